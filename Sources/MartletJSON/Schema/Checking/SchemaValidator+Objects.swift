/// Objects.
extension SchemaValidator {
  /// What can be said without looking at members, of their names and number.
  mutating func checkObject(
    _ value: UnsafePointer<JSONValue>, _ rules: UnsafePointer<ObjectRules>, _ index: Int
  ) -> Bool {
    // A walk over the members sees what is missing, but reasons come in an order of their own.
    let isSeen = !isRecording && rules.pointee.requiredBits != nil
    let isValid = isSeen || rules.pointee.required.isEmpty || checkRequired(value, rules, index)
    guard isValid || isRecording, let count = value.members?.count else { return false }
    let hasRightCount = count >= rules.pointee.minimumCount && count <= rules.pointee.maximumCount
    return (hasRightCount || failCounts(count, rules, index)) && isValid
  }

  /// The members; a value that is no object has none.
  mutating func checkMembers(
    of value: UnsafePointer<JSONValue>, _ rules: UnsafePointer<ObjectRules>, _ index: Int
  ) -> Bool {
    guard let members = value.members else { return true }
    var isValid = true
    if rules.pointee.mentionsMembers {
      let isOnlyAsked = rules.pointee.isDecidedByNames && !isRecording && !evaluated.frame.isActive
      isValid = isOnlyAsked ? fitsEach(members, rules) : checkEach(members, rules, index)
      guard isValid || isRecording && limit == nil else { return false }
    }
    guard rules.pointee.mentionsWhole else { return isValid }
    isValid = checkNames(members, rules) && isValid
    guard isValid || isRecording else { return false }
    return checkDependencies(value, rules, index) && isValid
  }

  // MARK: Presence

  private mutating func checkRequired(
    _ value: UnsafePointer<JSONValue>, _ rules: UnsafePointer<ObjectRules>, _ index: Int
  ) -> Bool {
    guard case .object(let object) = value.pointee, spend(rules.pointee.namesSize) else { return false }
    var isValid = true
    for position in rules.pointee.required.indices where object.position(of: rules.pointee.required[position]) == nil {
      isValid = failRequired(rules.pointee.required[position], object, rules, index)
      if !isRecording { return false }
    }
    return isValid
  }

  private mutating func failRequired(
    _ key: String, _ object: JSONObject, _ rules: UnsafePointer<ObjectRules>, _ index: Int
  ) -> Bool {
    guard isRecording else { return false }
    let source = schema.sources[index]["properties"]?[key]
    return fail(index, "required") { SchemaMessages.required($0, key, source) }
  }

  private mutating func failCounts(_ count: Int, _ rules: UnsafePointer<ObjectRules>, _ index: Int) -> Bool {
    let (minimum, maximum) = (rules.pointee.minimumCount, rules.pointee.maximumCount)
    if count < minimum { _ = failPropertyCount(index, "minProperties", "at least", minimum, count) }
    if count > maximum { _ = failPropertyCount(index, "maxProperties", "at most", maximum, count) }
    return false
  }

  private mutating func failPropertyCount(
    _ index: Int, _ keyword: String, _ relation: String, _ bound: Int, _ count: Int
  ) -> Bool {
    guard isRecording else { return false }
    return fail(index, keyword) { SchemaMessages.count($0, relation, bound, "property", count) }
  }

  // MARK: Members

  private mutating func checkEach(
    _ members: UnsafeBufferPointer<JSONObject.Member>, _ rules: UnsafePointer<ObjectRules>, _ index: Int
  ) -> Bool {
    guard let base = members.baseAddress, let table = rules.pointee.names?.pointer else {
      return isRecording || (rules.pointee.requiredBits ?? 0) == 0
    }
    let frame = evaluated.suspend()
    var isValid = true
    var next = 0
    var seen: UInt64 = 0
    for position in members.indices {
      guard spend(1) else { break }
      let member = base + position
      let known = self.position(of: member, in: table, expecting: next)
      if known >= 0 {
        next = known + 1
        if known < 64 { seen |= 1 << UInt64(known) }
      }
      descend(to: .key(member.pointee.key))
      var isKnown = known >= 0 && known < rules.pointee.nodes.count
      if isKnown { isValid = evaluate(rules.pointee.nodes[known], member.value) && isValid }
      if !rules.pointee.patterns.isEmpty, isValid || isRecording {
        isValid = checkPatterns(member, rules, index, &isKnown) && isValid
      }
      if !isKnown, let additional = rules.pointee.additional {
        isKnown = true
        isValid =
          nodes[additional].verdict == false
          ? failAdditional(member, rules, index) : evaluate(additional, member.value) && isValid
      }
      ascend()
      if isKnown { evaluated.mark(position, in: frame) }
      guard isValid || isRecording && limit == nil else { break }
    }
    evaluated.frame = frame
    guard hasSteps, let required = rules.pointee.requiredBits, !isRecording else { return hasSteps && isValid }
    return isValid && seen & required == required
  }

  /// The same, where names alone say which schema a member has, and only the answer is wanted: what most checks are.
  private mutating func fitsEach(
    _ members: UnsafeBufferPointer<JSONObject.Member>, _ rules: UnsafePointer<ObjectRules>
  ) -> Bool {
    guard let base = members.baseAddress, let table = rules.pointee.names?.pointer else {
      return (rules.pointee.requiredBits ?? 0) == 0
    }
    guard spend(members.count) else { return false }
    let known = rules.pointee.memberNodes
    let additional = rules.pointee.additional ?? -1
    var next = 0
    var seen: UInt64 = 0
    for member in base..<(base + members.count) {
      let position = self.position(of: member, in: table, expecting: next)
      var node = additional
      if position >= 0 {
        next = position + 1
        seen |= 1 << UInt64(position)
        if position < known.count { node = known[position] }
      }
      guard node < 0 || evaluate(node, member.value) else { return false }
    }
    return hasSteps && rules.pointee.requiredBits.map { seen & $0 == $0 } ?? true
  }

  /// The position of a member's name among those that are spoken of; -1 if it is none of them.
  @inline(__always)
  private mutating func position(
    of member: UnsafePointer<JSONObject.Member>, in table: UnsafePointer<NameTable>, expecting next: Int
  ) -> Int {
    NameTable.quickPosition(of: member.key, in: table, expecting: next) ?? slowPosition(of: member, in: table) ?? -1
  }

  /// What a key's words do not say: long keys lie elsewhere than the names that they are.
  private mutating func slowPosition(
    of member: UnsafePointer<JSONObject.Member>, in table: UnsafePointer<NameTable>
  ) -> Int? {
    guard table.pointee.count > 0 else { return nil }
    let key = member.pointee.key
    guard spend(key.utf8.count / 64) else { return nil }
    return table.pointee.position(of: key)
  }

  /// What `patternProperties` say of a member.
  private mutating func checkPatterns(
    _ member: UnsafePointer<JSONObject.Member>, _ rules: UnsafePointer<ObjectRules>, _ index: Int,
    _ isKnown: inout Bool
  ) -> Bool {
    var isValid = true
    for pattern in rules.pointee.patterns.indices {
      guard let node = node(ofPattern: pattern, member, rules, index) else { continue }
      isKnown = true
      isValid = evaluate(node, member.value) && isValid
      guard isValid || isRecording else { return false }
    }
    return isValid
  }

  /// The schema of a member whose name matches one of `patternProperties`.
  private mutating func node(
    ofPattern position: Int, _ member: UnsafePointer<JSONObject.Member>, _ rules: UnsafePointer<ObjectRules>,
    _ index: Int
  ) -> Int? {
    let pattern = rules.pointee.patterns[position].pattern.pointer
    return matches(pattern, member.pointee.key, index, "patternProperties")
      ? rules.pointee.patterns[position].node : nil
  }

  private mutating func failAdditional(
    _ member: UnsafePointer<JSONObject.Member>, _ rules: UnsafePointer<ObjectRules>, _ index: Int
  ) -> Bool {
    guard isRecording else { return false }
    let key = member.pointee.key
    let names = rules.pointee.properties
    return fail(index, "additionalProperties") { SchemaMessages.additional($0, key, known: names) }
  }

  // MARK: Names and dependencies

  private mutating func checkNames(
    _ members: UnsafeBufferPointer<JSONObject.Member>, _ rules: UnsafePointer<ObjectRules>
  ) -> Bool {
    guard let node = rules.pointee.propertyNames, let base = members.baseAddress else { return true }
    let (outer, frame) = (name, evaluated.suspend())
    var isValid = true
    for position in members.indices {
      isValid = checkName(base + position, node) && isValid
      guard isValid || isRecording else { break }
    }
    name = outer
    evaluated.frame = frame
    return isValid
  }

  /// A name is no part of the instance that a pointer could lead to, hence it is called by what it is.
  private mutating func checkName(_ member: UnsafePointer<JSONObject.Member>, _ node: Int) -> Bool {
    if isRecording { name = member.pointee.key }
    return withUnsafePointer(to: JSONValue.string(member.pointee.key)) { evaluate(node, $0) }
  }

  private mutating func checkDependencies(
    _ value: UnsafePointer<JSONValue>, _ rules: UnsafePointer<ObjectRules>, _ index: Int
  ) -> Bool {
    guard !rules.pointee.dependencies.isEmpty else { return true }
    guard spend(rules.pointee.namesSize) else { return false }
    var isValid = true
    for position in rules.pointee.dependencies.indices {
      guard let fits = checkPresence(value, rules, position, index) else { continue }
      isValid = fits && isValid
      if let node = rules.pointee.dependencies[position].node { isValid = evaluate(node, value) && isValid }
      guard isValid || isRecording else { return false }
    }
    return isValid
  }

  /// Whether what a property requires is there; nil if the property is not.
  private mutating func checkPresence(
    _ value: UnsafePointer<JSONValue>, _ rules: UnsafePointer<ObjectRules>, _ position: Int, _ index: Int
  ) -> Bool? {
    let dependency = rules.pointee.dependencies[position]
    guard case .object(let object) = value.pointee, object.position(of: dependency.key) != nil else { return nil }
    var isValid = true
    for key in dependency.required where object.position(of: key) == nil {
      isValid = failDependency(key, dependency, index)
    }
    return isValid
  }

  private mutating func failDependency(_ key: String, _ dependency: ObjectRules.Dependency, _ index: Int) -> Bool {
    guard isRecording else { return false }
    return fail(index, dependency.keyword) { SchemaMessages.dependent($0, key, of: dependency.key) }
  }
}
