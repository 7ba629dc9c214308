/// One check of a value: a walk over nodes and value together, within bounds of depth and of steps.
///
/// It first runs without recording, which allocates nothing; only a value that failed is walked again for the reasons.
struct SchemaValidator {
  /// All searches of patterns together take so many steps at most.
  static let maximumPatternSteps = Pattern.defaultStepLimit

  /// So many steps go into the reasons of alternatives, which come on top of the check itself.
  private static let maximumExplanationSteps = 100_000

  let schema: CompiledSchema
  var isRecording: Bool
  var findings: [SchemaFinding] = []
  /// The name under check, where it is that and no part of the value.
  var name: String?
  /// How many `anyOf` and `oneOf` are being explained within one another.
  var explanationDepth = 0
  /// The bound that was reached.
  private(set) var limit: SchemaFinding?
  private(set) var path: [SchemaFinding.Step] = []
  private var depth = 0
  private var remainingSteps = JSONSchema.maximumSteps
  private var remainingExplanationSteps = Self.maximumExplanationSteps
  private var remainingPatternSteps = Self.maximumPatternSteps

  init(_ schema: CompiledSchema, recording: Bool) {
    self.schema = schema
    self.isRecording = recording
  }

  mutating func isValid(_ value: JSONValue) -> Bool {
    let isValid = evaluate(0, value)
    // Under `not`, a part that could not be checked must not count as one that failed.
    return isValid && limit == nil
  }

  mutating func violations(in value: JSONValue) -> [SchemaViolation] {
    _ = evaluate(0, value)
    return (findings + [limit].compactMap(\.self)).map { $0.violation(of: schema) }
  }

  /// Checks a value against a node and all that it refers to.
  ///
  /// This function and those that call it again build no messages: that is done in functions of their own, so that
  /// the frames of the recursion stay small and the greatest depth fits a stack of 512 KB, unoptimized as well.
  mutating func evaluate(_ index: Int, _ value: JSONValue) -> Bool {
    guard spend(1 + Self.numberSize(value)), findings.count < JSONSchema.maximumViolations else { return false }
    var index = index
    var node = schema.nodes[index]
    if let alias = node.value.alias {
      index = alias
      node = schema.nodes[alias]
    }
    if let verdict = node.value.verdict { return verdict || failNever(index) }
    if let types = node.value.types, !types.admits(value) { return failType(index, types, value) }
    guard depth < JSONSchema.maximumDepth else { return stopAtDepth(index) }
    depth += 1
    defer { depth -= 1 }
    var isValid = checkOwnRules(node, index, value)
    guard isValid || isRecording else { return false }
    switch value {
    case .array(let elements):
      if let rules = node.value.arrays { isValid = checkItems(elements, rules, index) && isValid }
    case .object(let object):
      if let rules = node.value.objects { isValid = checkMembers(object, rules, index) && isValid }
    default: break
    }
    guard isValid || isRecording else { return false }
    if let rules = node.value.combinations {
      isValid = checkCombinations(value, rules, index) && isValid
      guard isValid || isRecording else { return false }
    }
    guard let reference = node.value.reference else { return isValid }
    return evaluate(reference, value) && isValid
  }

  /// Checks what asks for no other schema.
  private mutating func checkOwnRules(_ node: Boxed<SchemaNode>, _ index: Int, _ value: JSONValue) -> Bool {
    var isValid = true
    if let rules = node.value.values { isValid = checkValue(value, rules.value, index) }
    guard isValid || isRecording else { return false }
    switch value {
    case .string(let string):
      if let rules = node.value.strings { isValid = checkString(string, rules.value, index) && isValid }
    case .number(let number):
      if let rules = node.value.numbers { isValid = checkNumber(number, rules.value, index) && isValid }
    case .array(let elements):
      if let rules = node.value.arrays { isValid = checkArraySize(elements, rules.value, index) && isValid }
    case .object(let object):
      if let rules = node.value.objects { isValid = checkPresence(object, rules.value, index) && isValid }
    case .null, .bool: break
    }
    return isValid
  }

  /// Whether a value fits, without recording why not.
  mutating func fits(_ index: Int, _ value: JSONValue) -> Bool {
    let wasRecording = isRecording
    isRecording = false
    let isValid = evaluate(index, value)
    isRecording = wasRecording
    return isValid
  }

  // MARK: The path

  mutating func descend(to step: SchemaFinding.Step) {
    if isRecording { path.append(step) }
  }

  mutating func ascend() {
    if isRecording { path.removeLast() }
  }

  // MARK: Failing

  /// Records a violation, if that is wanted; always false.
  mutating func fail(
    _ index: Int, _ keyword: String, isKeyword: Bool = true, wording: @escaping (_ subject: String) -> String
  ) -> Bool {
    guard isRecording, limit == nil, findings.count < JSONSchema.maximumViolations else { return false }
    findings.append(finding(index, keyword, isKeyword: isKeyword, wording: wording))
    return false
  }

  private mutating func failNever(_ index: Int) -> Bool {
    fail(index, "false", isKeyword: false) { SchemaMessages.never($0) }
  }

  private mutating func failType(_ index: Int, _ types: JSONTypes, _ value: JSONValue) -> Bool {
    fail(index, "type") { SchemaMessages.type($0, types, value) }
  }

  private func finding(
    _ index: Int, _ keyword: String, isKeyword: Bool, wording: @escaping (_ subject: String) -> String
  ) -> SchemaFinding {
    SchemaFinding(path: path, name: name, node: index, keyword: keyword, isKeyword: isKeyword, wording: wording)
  }

  // MARK: Bounds

  /// Pays for work; false when the budget is used up, and ever after.
  mutating func spend(_ steps: Int) -> Bool {
    guard limit == nil else { return false }
    if explanationDepth > 0 {
      remainingExplanationSteps -= min(steps, remainingExplanationSteps + 1)
      return canExplain
    }
    remainingSteps -= min(steps, remainingSteps + 1)
    return remainingSteps >= 0 || stopAtSteps()
  }

  /// Whether there are steps left for the reasons of alternatives.
  var canExplain: Bool { remainingExplanationSteps >= 0 }

  private mutating func stopAtSteps() -> Bool {
    limit = finding(0, "steps", isKeyword: false) { SchemaMessages.tooManySteps($0) }
    return false
  }

  private mutating func stopAtDepth(_ index: Int) -> Bool {
    if limit == nil {
      limit = finding(index, "depth", isKeyword: false) { SchemaMessages.tooDeep($0) }
    }
    return false
  }

  /// Whether a pattern matches; one that takes too many steps ends the check.
  mutating func matches(_ pattern: Pattern, _ text: String, _ index: Int, _ keyword: String) -> Bool {
    // To begin a search costs about as much as four values.
    guard spend(4 + text.utf8.count / 64) else { return false }
    do throws(PatternStepLimitError) {
      return try pattern.matches(text, spending: &remainingPatternSteps)
    } catch {
      if explanationDepth > 0 { return false }
      limit = finding(index, keyword, isKeyword: true) {
        SchemaMessages.patternSteps($0, pattern.source)
      }
      return false
    }
  }
}
