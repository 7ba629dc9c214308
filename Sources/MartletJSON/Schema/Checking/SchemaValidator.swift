/// One check of a value: a walk over nodes and value together, within bounds of depth and of steps.
///
/// It first runs without recording, which allocates nothing; only a value that failed is walked again for the reasons.
/// Values are passed by address: they are kept by who asked for the check, and copies would count references.
struct SchemaValidator {
  /// All searches of patterns together take so many steps at most.
  static let maximumPatternSteps = Pattern.defaultStepLimit

  /// So many steps go into the reasons of alternatives, which come on top of the check itself.
  private static let maximumExplanationSteps = 100_000

  let schema: CompiledSchema
  let nodes: UnsafePointer<SchemaNode>
  private let hasDynamicScope: Bool
  var isRecording: Bool
  var findings: [SchemaFinding] = []
  /// The name under check, where it is that and no part of the value.
  var name: String?
  /// How many `anyOf` and `oneOf` are being explained within one another.
  private(set) var explanationDepth = 0
  /// What has been evaluated of the value under check, where a keyword asks for that.
  var evaluated = EvaluatedParts()
  /// The resources on the way to the node under check, outermost first, where a `$dynamicRef` asks for them.
  var scope: [Int] = []
  /// The bound that was reached.
  private(set) var limit: SchemaFinding?
  private(set) var path: [SchemaFinding.Step] = []
  private var depth = 0
  private var remainingSteps = JSONSchema.maximumSteps
  private var remainingExplanationSteps = Self.maximumExplanationSteps
  private var remainingPatternSteps = Self.maximumPatternSteps

  private init(_ schema: CompiledSchema, nodes: UnsafePointer<SchemaNode>, recording: Bool) {
    self.schema = schema
    self.nodes = nodes
    self.isRecording = recording
    self.hasDynamicScope = schema.hasDynamicScope
  }

  static func isValid(_ value: JSONValue, by schema: CompiledSchema) -> Bool {
    var steps = JSONSchema.maximumSteps
    return isValid(value, by: schema, at: 0, spending: &steps)
  }

  /// Checks a value against a part of the schema, and takes the steps from what several checks may take together.
  static func isValid(_ value: JSONValue, by schema: CompiledSchema, at node: Int, spending steps: inout Int) -> Bool {
    guard let nodes = schema.nodes.baseAddress, schema.nodes.indices.contains(node) else { return true }
    return withExtendedLifetime(schema) {
      withUnsafePointer(to: value) { value in
        var validator = SchemaValidator(schema, nodes: nodes, recording: false)
        let allowed = max(0, min(steps, JSONSchema.maximumSteps))
        validator.remainingSteps = allowed
        let isValid = validator.evaluate(node, value)
        steps -= validator.stepsTaken(of: allowed)
        // Under `not`, a part that could not be checked must not count as one that failed.
        return isValid && validator.limit == nil
      }
    }
  }

  /// What is wrong with a value; takes the steps as ``isValid(_:by:at:spending:)`` does.
  static func violations(
    in value: JSONValue, by schema: CompiledSchema, spending steps: inout Int
  ) -> [SchemaViolation] {
    guard let nodes = schema.nodes.baseAddress else { return [] }
    return withExtendedLifetime(schema) {
      withUnsafePointer(to: value) { value in
        var validator = SchemaValidator(schema, nodes: nodes, recording: true)
        let allowed = max(0, min(steps, JSONSchema.maximumSteps))
        validator.remainingSteps = allowed
        _ = validator.evaluate(0, value)
        steps -= validator.stepsTaken(of: allowed)
        steps -= Self.maximumExplanationSteps - max(0, validator.remainingExplanationSteps)
        return (validator.findings + [validator.limit].compactMap(\.self)).violations(of: schema)
      }
    }
  }

  private func stepsTaken(of allowed: Int) -> Int {
    // The steps of a pattern are smaller.
    allowed - max(0, remainingSteps) + (Self.maximumPatternSteps - max(0, remainingPatternSteps)) / 8
  }

  /// Checks a value against a node and all that it refers to.
  ///
  /// This function and those that call it again build no messages and hold no values: that is done in functions of their
  /// own, so that the frames of the recursion stay small and the greatest depth fits a stack of 512 KB, unoptimized as
  /// well.
  @inline(__always)
  mutating func evaluate(_ index: Int, _ value: UnsafePointer<JSONValue>) -> Bool {
    let node = nodes + index
    if node.pointee.traits.contains(.special) { return evaluateSpecial(index, value) }
    guard spend(1), !isRecording || findings.count < JSONSchema.maximumViolations else { return false }
    let types = node.pointee.types
    if !types.contains(JSONTypes.type(of: value)), !types.admitsPlainInteger(value) {
      guard types.takesNumbersApart, spend(Self.numberSize(value)), types.admits(value) else {
        return failType(index, types, value)
      }
    }
    return node.pointee.traits.contains(.simple) || look(into: index, value)
  }

  /// A boolean schema, or the end of a chain of references.
  private mutating func evaluateSpecial(_ index: Int, _ value: UnsafePointer<JSONValue>) -> Bool {
    if let alias = nodes[index].alias { return evaluate(alias, value) }
    guard spend(1), !isRecording || findings.count < JSONSchema.maximumViolations else { return false }
    return nodes[index].verdict != false || failNever(index)
  }

  /// Goes on where the type alone does not decide.
  private mutating func look(into index: Int, _ value: UnsafePointer<JSONValue>) -> Bool {
    guard depth < JSONSchema.maximumDepth else { return stopAtDepth(index) }
    depth += 1
    let node = nodes + index
    let isValid =
      hasDynamicScope || node.pointee.traits.contains(.leftovers)
      ? checkScoped(node, index, value) : check(node, index, value)
    depth -= 1
    return isValid
  }

  @inline(__always)
  private mutating func check(
    _ node: UnsafePointer<SchemaNode>, _ index: Int, _ value: UnsafePointer<JSONValue>
  ) -> Bool {
    var isValid = checkOwnRules(node, index, value)
    if isValid || isRecording {
      if let rules = node.pointee.objects {
        isValid = checkMembers(of: value, rules.pointer, index) && isValid
      }
      if let rules = node.pointee.arrays {
        isValid = checkItems(of: value, rules.pointer, index) && isValid
      }
    }
    if node.pointee.traits.contains(.rest), isValid || isRecording {
      isValid = evaluateRest(node, index, value) && isValid
    }
    return isValid
  }

  /// Checks where it matters on what way the node was reached, or what is left over of the value.
  private mutating func checkScoped(
    _ node: UnsafePointer<SchemaNode>, _ index: Int, _ value: UnsafePointer<JSONValue>
  ) -> Bool {
    let entersScope = hasDynamicScope && enterScope(node.pointee.resource)
    let hasOwnFrame = node.pointee.traits.contains(.leftovers)
    let outer = hasOwnFrame ? openFrame(for: value) : evaluated.frame
    var isValid = check(node, index, value)
    if hasOwnFrame {
      if isValid || isRecording { isValid = evaluateLeftovers(node, index, value) && isValid }
      evaluated.closeFrame(outer, keeping: isValid || isRecording)
    }
    if entersScope { scope.removeLast() }
    return isValid
  }

  /// Checks what asks for no other schema.
  @inline(__always)
  private mutating func checkOwnRules(
    _ node: UnsafePointer<SchemaNode>, _ index: Int, _ value: UnsafePointer<JSONValue>
  ) -> Bool {
    var isValid = true
    if node.pointee.traits.contains(.values), let rules = node.pointee.values {
      isValid = checkValue(value, rules.pointer, index)
      guard isValid || isRecording else { return false }
    }
    switch value.pointee {
    case .string:
      if let rules = node.pointee.strings { isValid = checkString(value, rules.pointer, index) && isValid }
    case .number:
      if let rules = node.pointee.numbers { isValid = checkNumber(value, rules.pointer, index) && isValid }
    case .array:
      if let rules = node.pointee.arrays { isValid = checkArray(value, rules.pointer, index) && isValid }
    case .object:
      if let rules = node.pointee.objects { isValid = checkObject(value, rules.pointer, index) && isValid }
    case .null, .bool: break
    }
    return isValid
  }

  /// Checks what other schemas say of the same value.
  private mutating func evaluateRest(
    _ node: UnsafePointer<SchemaNode>, _ index: Int, _ value: UnsafePointer<JSONValue>
  ) -> Bool {
    var isValid = true
    if let rules = node.pointee.combinations { isValid = checkCombinations(value, rules.pointer, index) }
    guard isValid || isRecording else { return false }
    if let dynamic = node.pointee.dynamic {
      isValid = evaluate(target(of: dynamic.pointer), value) && isValid
      guard isValid || isRecording else { return false }
    }
    guard let reference = node.pointee.reference else { return isValid }
    return evaluate(reference, value) && isValid
  }

  /// Whether a value fits, without recording why not.
  mutating func fits(_ index: Int, _ value: UnsafePointer<JSONValue>) -> Bool {
    let wasRecording = isRecording
    isRecording = false
    let isValid = evaluate(index, value)
    isRecording = wasRecording
    return isValid
  }

  // MARK: The scope of dynamic references

  private mutating func enterScope(_ resource: Int) -> Bool {
    guard scope.last != resource else { return false }
    scope.append(resource)
    return true
  }

  private mutating func target(of reference: UnsafePointer<DynamicReference>) -> Int {
    guard spend(scope.count) else { return reference.pointee.fallback }
    for resource in scope {
      if let target = reference.pointee.targets[resource] { return target }
    }
    return reference.pointee.fallback
  }

  // MARK: The path

  @inline(__always)
  mutating func descend(to step: @autoclosure () -> SchemaFinding.Step) {
    if isRecording { path.append(step()) }
  }

  @inline(__always)
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
    if !isRecording { return false }
    return fail(index, "false", isKeyword: false) { SchemaMessages.never($0) }
  }

  private mutating func failType(_ index: Int, _ types: JSONTypes, _ value: UnsafePointer<JSONValue>) -> Bool {
    guard isRecording else { return false }
    let value = value.pointee
    return fail(index, "type") { SchemaMessages.type($0, types, value) }
  }

  private func finding(
    _ index: Int, _ keyword: String, isKeyword: Bool, wording: @escaping (_ subject: String) -> String
  ) -> SchemaFinding {
    SchemaFinding(path: path, name: name, node: index, keyword: keyword, isKeyword: isKeyword, wording: wording)
  }

  // MARK: Bounds

  /// Pays for work; false when the budget is used up, and ever after.
  @inline(__always)
  mutating func spend(_ steps: Int) -> Bool {
    guard steps <= remainingSteps else { return stopAtSteps() }
    remainingSteps -= steps
    return true
  }

  /// Whether there are steps left.
  var hasSteps: Bool { remainingSteps >= 0 }

  /// Lets what follows be paid for by the steps for reasons.
  mutating func beginExplaining() {
    if explanationDepth == 0 { swap(&remainingSteps, &remainingExplanationSteps) }
    explanationDepth += 1
  }

  mutating func endExplaining() {
    explanationDepth -= 1
    guard explanationDepth == 0 else { return }
    swap(&remainingSteps, &remainingExplanationSteps)
    if limit != nil { remainingSteps = -1 }
  }

  private mutating func stopAtSteps() -> Bool {
    remainingSteps = -1
    // Reasons that are too much work are left out.
    guard explanationDepth == 0 else { return false }
    return stop(finding(0, "steps", isKeyword: false) { SchemaMessages.tooManySteps($0) })
  }

  private mutating func stopAtDepth(_ index: Int) -> Bool {
    stop(finding(index, "depth", isKeyword: false) { SchemaMessages.tooDeep($0) })
  }

  private mutating func stop(_ finding: SchemaFinding) -> Bool {
    if limit == nil { limit = finding }
    remainingSteps = -1
    return false
  }

  /// Whether a pattern matches; one that takes too many steps ends the check.
  mutating func matches(
    _ pattern: UnsafePointer<Pattern>, _ text: String, _ index: Int, _ keyword: String
  ) -> Bool {
    // To begin a search costs about as much as four values.
    guard spend(4 + text.utf8.count / 64) else { return false }
    do throws(PatternStepLimitError) {
      return try pattern.pointee.matches(text, spending: &remainingPatternSteps)
    } catch {
      if explanationDepth > 0 { return false }
      let source = pattern.pointee.source
      return stop(
        finding(index, keyword, isKeyword: true) { SchemaMessages.patternSteps($0, source) })
    }
  }
}
