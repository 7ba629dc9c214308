/// `unevaluatedItems` and `unevaluatedProperties`: what is left of a value when all else has been applied to it.
extension SchemaValidator {
  mutating func openFrame(for value: UnsafePointer<JSONValue>) -> EvaluatedParts.Frame {
    let count =
      switch value.pointee {
      case .array(let elements): elements.count
      case .object(let object): object.count
      default: 0
      }
    // Without steps nothing goes on anyway.
    guard spend(count / 64) else { return evaluated.openFrame(count: 0) }
    return evaluated.openFrame(count: count)
  }

  /// Whether a value fits an alternative; if it does, what that evaluated counts.
  mutating func fitsMarking(_ index: Int, _ value: UnsafePointer<JSONValue>) -> Bool {
    guard evaluated.frame.isActive else { return fits(index, value) }
    let outer = openFrame(for: value)
    let isValid = fits(index, value)
    evaluated.closeFrame(outer, keeping: isValid)
    return isValid
  }

  /// Whether a value fits, whatever that evaluates.
  mutating func fitsUnmarked(_ index: Int, _ value: UnsafePointer<JSONValue>) -> Bool {
    let outer = evaluated.frame
    evaluated.frame = .none
    let isValid = fits(index, value)
    evaluated.frame = outer
    return isValid
  }

  mutating func evaluateLeftovers(
    _ node: UnsafePointer<SchemaNode>, _ index: Int, _ value: UnsafePointer<JSONValue>
  ) -> Bool {
    if let items = node.pointee.unevaluatedItems, let elements = value.elements?.baseAddress {
      return evaluateLeftovers(items, index, elements: elements)
    }
    if let members = node.pointee.unevaluatedProperties, let base = value.members?.baseAddress {
      return evaluateLeftovers(members, index, members: base)
    }
    return true
  }

  private mutating func evaluateLeftovers(
    _ node: Int, _ index: Int, elements: UnsafePointer<JSONValue>
  ) -> Bool {
    let frame = evaluated.suspend()
    var isValid = spend(frame.count / 64)
    for position in 0..<frame.count where !evaluated.isMarked(position, in: frame) {
      descend(to: .index(position))
      isValid = evaluate(node, elements + position) && isValid
      ascend()
      guard isValid || isRecording && hasSteps else { break }
    }
    evaluated.frame = frame
    evaluated.markAll()
    return isValid
  }

  private mutating func evaluateLeftovers(
    _ node: Int, _ index: Int, members: UnsafePointer<JSONObject.Member>
  ) -> Bool {
    let frame = evaluated.suspend()
    var isValid = spend(frame.count / 64)
    for position in 0..<frame.count where !evaluated.isMarked(position, in: frame) {
      guard spend(1) else { break }
      descend(to: .key(members[position].key))
      isValid =
        isRecording && nodes[node].verdict == false
        ? failUnevaluated(members + position, index) : evaluate(node, (members + position).value) && isValid
      ascend()
      guard isValid || isRecording && hasSteps else { break }
    }
    evaluated.frame = frame
    evaluated.markAll()
    return isValid
  }

  private mutating func failUnevaluated(_ member: UnsafePointer<JSONObject.Member>, _ index: Int) -> Bool {
    // To gather the known names costs about as much as fifty values.
    guard findings.count < JSONSchema.maximumViolations, spend(50) else { return false }
    let key = member.pointee.key
    let known = knownNames(index)
    return fail(index, "unevaluatedProperties") { SchemaMessages.additional($0, key, known: known) }
  }

  /// The names of properties that a schema and those that it consists of speak of, the first two hundred.
  private func knownNames(_ index: Int) -> [String] {
    var names: [String] = []
    var seen: Set<Int> = []
    var pending = [index]
    while let next = pending.popLast(), names.count < 200, seen.count < 100 {
      guard seen.insert(next).inserted else { continue }
      let node = nodes[nodes[next].alias ?? next]
      if let rules = node.objects?.pointer.pointee { names += rules.properties.prefix(200) }
      pending += [node.reference].compactMap(\.self)
      if let rules = node.combinations?.pointer.pointee {
        pending += (rules.one + rules.any + rules.all).prefix(100)
        pending += [rules.condition, rules.consequence, rules.alternative].compactMap(\.self)
      }
    }
    return names
  }
}
