/// Arrays and objects.
extension SchemaValidator {
  mutating func checkItems(_ elements: [JSONValue], _ rules: Boxed<ArrayRules>, _ index: Int) -> Bool {
    var isValid = true
    let prefixCount = rules.value.prefix.count
    let items = rules.value.items
    for position in 0..<(items == nil ? min(prefixCount, elements.count) : elements.count) {
      guard let node = position < prefixCount ? rules.value.prefix[position] : items else { break }
      descend(to: .index(position))
      isValid = evaluate(node, elements[position]) && isValid
      ascend()
      guard isValid || isRecording && limit == nil else { return false }
    }
    if let node = rules.value.contains {
      isValid = checkContains(elements, node, rules, index) && isValid
    }
    return isValid
  }

  mutating func checkArraySize(_ elements: [JSONValue], _ rules: ArrayRules, _ index: Int) -> Bool {
    let (minimum, maximum) = (rules.minimumCount, rules.maximumCount)
    var isValid = true
    if elements.count < minimum {
      isValid = fail(index, "minItems") { SchemaMessages.count($0, "at least", minimum, "item", elements.count) }
    }
    if elements.count > maximum {
      isValid = fail(index, "maxItems") { SchemaMessages.count($0, "at most", maximum, "item", elements.count) }
    }
    guard rules.mustBeUnique, elements.count > 1, isValid || isRecording else {
      return isValid
    }
    guard spend(Self.size(of: .array(elements))) else { return false }
    guard let (first, second) = Self.repetition(in: elements) else { return isValid }
    return fail(index, "uniqueItems") { SchemaMessages.repeated($0, first, second, elements[second]) }
  }

  /// The first item that is the same as an earlier one, with that one.
  private static func repetition(in elements: [JSONValue]) -> (Int, Int)? {
    guard elements.count > 16 else {
      for second in elements.indices {
        for first in 0..<second where MathematicalValue.areEqual(elements[first], elements[second]) {
          return (first, second)
        }
      }
      return nil
    }
    var positions: [MathematicalValue: Int] = [:]
    positions.reserveCapacity(elements.count)
    for (position, element) in elements.enumerated() {
      if let first = positions.updateValue(position, forKey: MathematicalValue(value: element)) {
        return (first, position)
      }
    }
    return nil
  }

  private mutating func checkContains(
    _ elements: [JSONValue], _ node: Int, _ rules: Boxed<ArrayRules>, _ index: Int
  ) -> Bool {
    let (minimum, maximum) = (rules.value.minimumContains, rules.value.maximumContains)
    var count = 0
    for element in elements where fits(node, element) {
      count += 1
      if count > maximum { break }
      if count >= minimum, maximum == .max { return true }
    }
    return count >= minimum && count <= maximum || failContains(count, minimum, maximum, index)
  }

  private mutating func failContains(_ count: Int, _ minimum: Int, _ maximum: Int, _ index: Int) -> Bool {
    if count > maximum {
      return fail(index, "maxContains") { SchemaMessages.contains($0, "at most", maximum, count) }
    }
    let keyword = minimum == 1 ? "contains" : "minContains"
    return fail(index, keyword) { SchemaMessages.contains($0, "at least", minimum, count) }
  }

  // MARK: Objects

  /// What can be said of the keys alone.
  mutating func checkPresence(_ object: JSONObject, _ rules: ObjectRules, _ index: Int) -> Bool {
    guard spend(rules.namesSize) else { return false }
    var isValid = true
    for key in rules.required where object.position(of: key) == nil {
      isValid = fail(index, "required") { SchemaMessages.required($0, key) }
      if !isRecording { return false }
    }
    for dependency in rules.dependencies where object.position(of: dependency.key) != nil {
      for key in dependency.required where object.position(of: key) == nil {
        isValid = fail(index, dependency.keyword) { SchemaMessages.dependent($0, key, of: dependency.key) }
      }
    }
    if object.count < rules.minimumCount {
      isValid = fail(index, "minProperties") {
        SchemaMessages.count($0, "at least", rules.minimumCount, "property", object.count)
      }
    }
    if object.count > rules.maximumCount {
      isValid = fail(index, "maxProperties") {
        SchemaMessages.count($0, "at most", rules.maximumCount, "property", object.count)
      }
    }
    return isValid
  }

  mutating func checkMembers(_ object: JSONObject, _ rules: Boxed<ObjectRules>, _ index: Int) -> Bool {
    var isValid = true
    if rules.value.mentionsMembers {
      for position in object.indices {
        guard spend(1 + object[position].key.utf8.count / 64) else { return false }
        descend(to: .key(object[position].key))
        isValid = checkMember(object, position, rules, index) && isValid
        ascend()
        guard isValid || isRecording else { return false }
      }
    }
    guard rules.value.mentionsWhole else { return isValid }
    return checkNames(object, rules) && checkDependencies(object, rules) && isValid
  }

  private mutating func checkMember(_ object: JSONObject, _ member: Int, _ rules: Boxed<ObjectRules>, _ index: Int)
    -> Bool
  {
    var isKnown = false
    var isValid = true
    if let position = rules.value.names.position(of: object[member].key) {
      isKnown = true
      isValid = evaluate(rules.value.nodes[position], object[member].value)
    }
    for pattern in rules.value.patterns.indices {
      guard let node = node(ofPattern: pattern, object[member].key, rules, index) else { continue }
      isKnown = true
      isValid = evaluate(node, object[member].value) && isValid
    }
    guard !isKnown, let additional = rules.value.additional else { return isValid }
    if schema.nodes[additional].value.verdict == false { return failAdditional(object[member].key, rules, index) }
    return evaluate(additional, object[member].value)
  }

  /// The schema of a member whose name matches one of `patternProperties`.
  private mutating func node(ofPattern position: Int, _ key: String, _ rules: Boxed<ObjectRules>, _ index: Int) -> Int?
  {
    let property = rules.value.patterns[position]
    return matches(property.pattern, key, index, "patternProperties") ? property.node : nil
  }

  private mutating func failAdditional(_ key: String, _ rules: Boxed<ObjectRules>, _ index: Int) -> Bool {
    guard isRecording else { return false }
    let names = rules.value.names
    return fail(index, "additionalProperties") { SchemaMessages.additional($0, key, known: names.keys) }
  }

  private mutating func checkNames(_ object: JSONObject, _ rules: Boxed<ObjectRules>) -> Bool {
    guard let node = rules.value.propertyNames else { return true }
    var isValid = true
    for position in object.indices {
      isValid = checkName(object[position].key, node) && isValid
      guard isValid || isRecording else { return false }
    }
    return isValid
  }

  /// A name is no part of the instance that a pointer could lead to, hence it is called by what it is.
  private mutating func checkName(_ key: String, _ node: Int) -> Bool {
    guard isRecording else { return evaluate(node, .string(key)) }
    let outer = name
    name = key
    defer { name = outer }
    return evaluate(node, .string(key))
  }

  private mutating func checkDependencies(_ object: JSONObject, _ rules: Boxed<ObjectRules>) -> Bool {
    var isValid = true
    for position in rules.value.dependencies.indices {
      guard let node = rules.value.dependencies[position].node,
        object.position(of: rules.value.dependencies[position].key) != nil
      else { continue }
      isValid = evaluate(node, .object(object)) && isValid
      guard isValid || isRecording else { return false }
    }
    return isValid
  }
}
