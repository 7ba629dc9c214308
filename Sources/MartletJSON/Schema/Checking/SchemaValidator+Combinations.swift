/// Schemas that are put together of others, and the one reason that is given when no alternative fits.
extension SchemaValidator {
  /// So many alternatives are looked at for the nearest.
  private static let explainedAlternatives = 32

  /// Alternatives within alternatives are explained to this depth; a message of more would help nobody.
  private static let explainedDepth = 4

  mutating func checkCombinations(
    _ value: UnsafePointer<JSONValue>, _ rules: UnsafePointer<CombinationRules>, _ index: Int
  ) -> Bool {
    var isValid = true
    for position in rules.pointee.all.indices {
      isValid = evaluate(rules.pointee.all[position], value) && isValid
      guard isValid || isRecording else { return false }
    }
    if !rules.pointee.any.isEmpty, !fitsAny(rules, value) {
      isValid = failAlternatives("anyOf", rules.pointee.any, value, index)
    }
    guard isValid || isRecording else { return false }
    if !rules.pointee.one.isEmpty { isValid = checkOne(rules, value, index) && isValid }
    guard isValid || isRecording else { return false }
    if let node = rules.pointee.excluded, fitsUnmarked(node, value) { isValid = failNot(index, value) }
    guard isValid || isRecording, let condition = rules.pointee.condition else { return isValid }
    let branch = fitsMarking(condition, value) ? rules.pointee.consequence : rules.pointee.alternative
    guard let branch else { return isValid }
    return evaluate(branch, value) && isValid
  }

  private mutating func fitsAny(
    _ rules: UnsafePointer<CombinationRules>, _ value: UnsafePointer<JSONValue>
  ) -> Bool {
    var isValid = false
    for position in rules.pointee.any.indices where fitsMarking(rules.pointee.any[position], value) {
      isValid = true
      // What further alternatives evaluate counts as well, if somebody asks.
      guard evaluated.frame.isActive else { return true }
    }
    return isValid
  }

  private mutating func checkOne(
    _ rules: UnsafePointer<CombinationRules>, _ value: UnsafePointer<JSONValue>, _ index: Int
  ) -> Bool {
    var first: Int?
    for position in rules.pointee.one.indices where fitsMarking(rules.pointee.one[position], value) {
      if let first { return failOne(index, first, position) }
      first = position
    }
    return first != nil || failAlternatives("oneOf", rules.pointee.one, value, index)
  }

  private mutating func failOne(_ index: Int, _ first: Int, _ second: Int) -> Bool {
    guard isRecording else { return false }
    return fail(index, "oneOf") { SchemaMessages.severalAlternatives($0, first, second) }
  }

  private mutating func failNot(_ index: Int, _ value: UnsafePointer<JSONValue>) -> Bool {
    guard isRecording else { return false }
    let value = value.pointee
    return fail(index, "not") { SchemaMessages.excluded($0, value) }
  }

  // MARK: The reason

  /// Says what all alternatives ask for if that is of one kind, and else why the nearest of them fails.
  private mutating func failAlternatives(
    _ keyword: String, _ nodes: [Int], _ value: UnsafePointer<JSONValue>, _ index: Int
  ) -> Bool {
    guard isRecording, limit == nil else { return false }
    // What no alternative holds for cannot be told from what none of them speaks of.
    evaluated.markAll()
    if let isValid = failAtOnce(keyword, nodes, value, index) { return isValid }
    var nearest: Nearest?
    if explanationDepth < Self.explainedDepth {
      beginExplaining()
      for position in nodes.indices.prefix(Self.explainedAlternatives) {
        let findings = reasons(nodes[position], value)
        // Of an alternative that was looked at in part only there is nothing to say.
        guard hasSteps else { break }
        improve(&nearest, position, findings)
      }
      endExplaining()
    }
    return failNearest(keyword, nodes.count, nearest, index)
  }

  private struct Nearest {
    let position: Int
    let distance: Int
    let findings: [SchemaFinding]
  }

  /// Says what all alternatives ask for, if that is of one kind.
  private mutating func failAtOnce(
    _ keyword: String, _ nodes: [Int], _ value: UnsafePointer<JSONValue>, _ index: Int
  ) -> Bool? {
    let value = value.pointee
    if let types = commonTypes(nodes), !types.admits(value) {
      return fail(index, keyword) { SchemaMessages.type($0, types, value) }
    }
    if let allowed = commonValues(nodes) {
      guard spend(allowed.count) else { return false }
      return fail(index, keyword) { SchemaMessages.allowed($0, allowed, value) }
    }
    return nil
  }

  private func improve(_ nearest: inout Nearest?, _ position: Int, _ findings: [SchemaFinding]) {
    let distance = distance(of: findings)
    if distance < nearest?.distance ?? .max {
      nearest = Nearest(position: position, distance: distance, findings: findings)
    }
  }

  private mutating func failNearest(_ keyword: String, _ count: Int, _ nearest: Nearest?, _ index: Int) -> Bool {
    // A reason within a reason is one only, so that they do not multiply.
    let shown = nearest?.findings.prefix(explanationDepth == 0 ? 3 : 1) ?? []
    return fail(index, keyword) { subject in
      SchemaMessages.noAlternative(
        subject, count: count, nearest: nearest?.position ?? 0, reasons: shown.map(\.message))
    }
  }

  /// What is wrong by one alternative alone.
  private mutating func reasons(_ node: Int, _ value: UnsafePointer<JSONValue>) -> [SchemaFinding] {
    var outer: [SchemaFinding] = []
    swap(&outer, &findings)
    _ = evaluate(node, value)
    swap(&outer, &findings)
    return outer
  }

  /// How far a value is from an alternative: another type is farthest, then another of its fixed values, which tell
  /// alternatives apart.
  private func distance(of findings: [SchemaFinding]) -> Int {
    findings.reduce(0) { distance, finding in
      let isHere = finding.path == path
      return switch finding.keyword {
      case "type" where isHere, "false" where isHere: distance + 10_000
      case "const", "enum": distance + (isHere ? 1_000 : 100)
      default: distance + 1
      }
    }
  }

  /// The types of all alternatives together, if each names some.
  private func commonTypes(_ nodes: [Int]) -> JSONTypes? {
    var types: JSONTypes = []
    for node in nodes {
      let own = schema.nodes[schema.nodes[node].alias ?? node].types
      guard own != .any else { return nil }
      types.formUnion(own)
    }
    return types
  }

  /// The values of all alternatives together, if each is a list of values.
  private func commonValues(_ nodes: [Int]) -> [JSONValue]? {
    var values: [JSONValue] = []
    for node in nodes {
      guard let rules = schema.nodes[schema.nodes[node].alias ?? node].values?.pointer.pointee else { return nil }
      values += rules.constant.map { [$0] } ?? rules.allowed ?? []
    }
    return values
  }
}
