/// The keywords of the standard, chapter by chapter. Each function says whether the keyword was one of its own.
extension SchemaCompiler {
  /// Core 8.
  mutating func readCore(_ name: SchemaKeyword.Name, _ value: JSONValue, into draft: inout Draft) -> Bool {
    let keyword = name.rawValue
    switch name {
    case .id, .anchor, .dynamicAnchor, .schema: break
    case .comment: checkString(keyword, value, in: draft)
    case .ref, .dynamicRef, .recursiveRef: addReference(keyword, value, in: draft)
    case .recursiveAnchor:
      if value == true { report(SchemaMessages.notSupported, at: draft.index, keyword) }
    case .defs, .definitions: _ = readMembers(keyword, value, in: draft)
    case .vocabulary:
      guard case .object(let object) = value, object.values.allSatisfy({ $0.boolValue != nil }) else {
        report(SchemaMessages.mustBe("an object of URIs, each true or false", value), at: draft.index, keyword)
        break
      }
    default: return false
    }
    return true
  }

  /// Validation 6.1 to 6.3.
  mutating func readScalarRule(_ name: SchemaKeyword.Name, _ value: JSONValue, into draft: inout Draft) -> Bool {
    let keyword = name.rawValue
    switch name {
    case .type: draft.node.types = readTypes(value, in: draft) ?? .any
    case .enum:
      guard case .array(let allowed) = value else {
        report(SchemaMessages.mustBe("an array", value), at: draft.index, keyword)
        break
      }
      draft.values.allowed = allowed
    case .const: draft.values.constant = value
    case .minLength: draft.strings.minimumLength = readCount(keyword, value, in: draft) ?? 0
    case .maxLength: draft.strings.maximumLength = readCount(keyword, value, in: draft) ?? .max
    case .pattern: draft.strings.pattern = readPattern(value, at: draft.index, keyword).map(Chapter.init)
    case .minimum: draft.numbers.minimum = readBound(keyword, value, in: draft)
    case .maximum: draft.numbers.maximum = readBound(keyword, value, in: draft)
    case .exclusiveMinimum: draft.numbers.exclusiveMinimum = readBound(keyword, value, in: draft)
    case .exclusiveMaximum: draft.numbers.exclusiveMaximum = readBound(keyword, value, in: draft)
    case .multipleOf: draft.numbers.divisor = readDivisor(value, in: draft)
    default: return false
    }
    return true
  }

  /// Core 10.3.1 and Validation 6.4.
  mutating func readArrayRule(_ name: SchemaKeyword.Name, _ value: JSONValue, into draft: inout Draft) -> Bool {
    let keyword = name.rawValue
    switch name {
    case .prefixItems: draft.arrays.prefix = readList(keyword, value, in: draft)
    case .items:
      guard case .array(let list) = value else {
        // `additionalItems` may stand before it, and means nothing then.
        draft.arrays.items = readSchema(keyword, value, in: draft)
        break
      }
      if draft.dialect.hasListsInItems {
        if !list.isEmpty { draft.arrays.prefix = readList(keyword, value, in: draft) }
      } else {
        report(SchemaMessages.itemsOfFormerDrafts, at: draft.index, keyword)
      }
    case .additionalItems:
      let node = readSchema(keyword, value, in: draft)
      if case .array = self.value(of: draft.index)["items"] { draft.arrays.items = node }
    case .unevaluatedItems: draft.node.unevaluatedItems = readSchema(keyword, value, in: draft)
    case .contains: draft.arrays.contains = readSchema(keyword, value, in: draft)
    case .minContains: draft.arrays.minimumContains = readCount(keyword, value, in: draft) ?? 1
    case .maxContains: draft.arrays.maximumContains = readCount(keyword, value, in: draft) ?? .max
    case .minItems: draft.arrays.minimumCount = readCount(keyword, value, in: draft) ?? 0
    case .maxItems: draft.arrays.maximumCount = readCount(keyword, value, in: draft) ?? .max
    case .uniqueItems:
      guard case .bool(let mustBeUnique) = value else {
        report(SchemaMessages.mustBe("true or false", value), at: draft.index, keyword)
        break
      }
      draft.arrays.mustBeUnique = mustBeUnique
    default: return false
    }
    return true
  }

  /// Core 10.3.2 and Validation 6.5; `dependencies` as former drafts had it.
  mutating func readObjectRule(_ name: SchemaKeyword.Name, _ value: JSONValue, into draft: inout Draft) -> Bool {
    let keyword = name.rawValue
    switch name {
    case .properties:
      draft.objects.nodes = readMembers(keyword, value, in: draft)
      if case .object(let object) = value { draft.objects.properties = Array(object.keys) }
    case .patternProperties:
      let members = readMembers(keyword, value, in: draft)
      guard case .object(let object) = value else { break }
      for (key, node) in zip(object.keys, members) {
        guard let pattern = readPattern(.string(key), at: draft.index, keyword, key) else { continue }
        draft.objects.patterns.append(ObjectRules.PatternProperty(pattern: Chapter(pattern), node: node))
      }
    case .additionalProperties: draft.objects.additional = readSchema(keyword, value, in: draft)
    case .unevaluatedProperties: draft.node.unevaluatedProperties = readSchema(keyword, value, in: draft)
    case .propertyNames: draft.objects.propertyNames = readSchema(keyword, value, in: draft)
    case .required:
      if case .bool = value {
        report(SchemaMessages.required(value, ofProperty: property(at: draft.index)), at: draft.index, keyword)
        break
      }
      draft.objects.required = readNames(value, at: draft.index, keyword)
    case .minProperties: draft.objects.minimumCount = readCount(keyword, value, in: draft) ?? 0
    case .maxProperties: draft.objects.maximumCount = readCount(keyword, value, in: draft) ?? .max
    case .dependentRequired, .dependentSchemas, .dependencies:
      guard case .object(let object) = value else {
        report(SchemaMessages.mustBe("an object", value), at: draft.index, keyword)
        break
      }
      for member in object { readDependency(keyword, member, into: &draft) }
    default: return false
    }
    return true
  }

  /// The name of the property that a subschema describes; nil if it is none.
  private func property(at index: Int) -> String? {
    let suffix = places[index].suffix
    return suffix.hasPrefix("properties/") ? PointerToken.keys(of: "/" + suffix)?.last : nil
  }

  private mutating func readDependency(_ keyword: String, _ member: JSONObject.Member, into draft: inout Draft) {
    var isList = keyword == "dependentRequired"
    if keyword == "dependencies", case .array = member.value { isList = true }
    var required: [String] = []
    var node: Int?
    if isList {
      required = readNames(member.value, at: draft.index, keyword, member.key)
    } else {
      let suffix = keyword + "/" + PointerToken.escaping(member.key)
      node = enqueue(
        member.value, parent: draft.index, suffix: suffix, resource: draft.node.resource, dialect: draft.dialect)
    }
    draft.objects.dependencies.append(
      ObjectRules.Dependency(keyword: keyword, key: member.key, required: required, node: node))
  }

  /// Core 10.2.
  mutating func readCombination(_ name: SchemaKeyword.Name, _ value: JSONValue, into draft: inout Draft) -> Bool {
    let keyword = name.rawValue
    switch name {
    case .allOf: draft.combinations.all = readList(keyword, value, in: draft)
    case .anyOf: draft.combinations.any = readList(keyword, value, in: draft)
    case .oneOf: draft.combinations.one = readList(keyword, value, in: draft)
    case .not: draft.combinations.excluded = readSchema(keyword, value, in: draft)
    case .if: draft.combinations.condition = readSchema(keyword, value, in: draft)
    case .then: draft.combinations.consequence = readSchema(keyword, value, in: draft)
    case .else: draft.combinations.alternative = readSchema(keyword, value, in: draft)
    default: return false
    }
    return true
  }

  /// Validation 7 to 9: what describes a value, and `format`, which asserts something if that is asked for.
  mutating func readAnnotation(_ name: SchemaKeyword.Name, _ value: JSONValue, into draft: inout Draft) -> Bool {
    let keyword = name.rawValue
    switch name {
    case .format:
      guard case .string(let name) = value else {
        report(SchemaMessages.mustBe("a string", value), at: draft.index, keyword)
        break
      }
      let isAsserted = options.checksFormats || draft.dialect.vocabularies.contains(.formatAssertion)
      if isAsserted { draft.strings.format = SchemaFormat(rawValue: name) }
      if let message = SchemaMessages.unknownFormat(name) { remark(message, at: draft.index, keyword) }
    case .contentEncoding, .contentMediaType, .title, .description: checkString(keyword, value, in: draft)
    case .contentSchema: _ = readSchema(keyword, value, in: draft)
    case .deprecated, .readOnly, .writeOnly:
      if case .bool = value { break }
      report(SchemaMessages.mustBe("true or false", value), at: draft.index, keyword)
    case .examples:
      if case .array = value { break }
      report(SchemaMessages.mustBe("an array", value), at: draft.index, keyword)
    default: return false
    }
    return true
  }
}

/// The values that keywords take.
extension SchemaCompiler {
  /// The instructions that all patterns of a document may come to together.
  private static let patternSizeLimit = 100_000

  private mutating func checkString(_ keyword: String, _ value: JSONValue, in draft: Draft) {
    if case .string = value { return }
    report(SchemaMessages.mustBe("a string", value), at: draft.index, keyword)
  }

  private mutating func readSchema(_ keyword: String, _ value: JSONValue, in draft: Draft) -> Int {
    enqueue(value, parent: draft.index, suffix: keyword, resource: draft.node.resource, dialect: draft.dialect)
  }

  private mutating func readList(_ keyword: String, _ value: JSONValue, in draft: Draft) -> [Int] {
    guard case .array(let elements) = value, !elements.isEmpty else {
      report(SchemaMessages.mustBe("an array of schemas, at least one", value), at: draft.index, keyword)
      return []
    }
    return elements.enumerated().map { position, element in
      enqueue(
        element, parent: draft.index, suffix: "\(keyword)/\(position)", resource: draft.node.resource,
        dialect: draft.dialect)
    }
  }

  private mutating func readMembers(_ keyword: String, _ value: JSONValue, in draft: Draft) -> [Int] {
    guard case .object(let object) = value else {
      report(SchemaMessages.mustBe("an object whose members are schemas", value), at: draft.index, keyword)
      return []
    }
    return object.map { member in
      let suffix = keyword + "/" + PointerToken.escaping(member.key)
      return enqueue(
        member.value, parent: draft.index, suffix: suffix, resource: draft.node.resource, dialect: draft.dialect)
    }
  }

  private mutating func readTypes(_ value: JSONValue, in draft: Draft) -> JSONTypes? {
    let names: [JSONValue]
    switch value {
    case .string: names = [value]
    case .array(let elements) where !elements.isEmpty: names = elements
    default:
      report(SchemaMessages.mustBe("the name of a type or an array of such names", value), at: draft.index, "type")
      return nil
    }
    var types: JSONTypes = []
    for name in names {
      guard case .string(let text) = name else {
        report(SchemaMessages.mustBe("the name of a type or an array of such names", value), at: draft.index, "type")
        return nil
      }
      guard let type = JSONTypes.named.first(where: { $0.name == text })?.type else {
        report(text == "any" ? SchemaMessages.anyType : SchemaMessages.unknownType(text), at: draft.index, "type")
        return nil
      }
      guard types.insert(type).inserted else {
        report(SchemaMessages.repeated(text), at: draft.index, "type")
        return nil
      }
    }
    return types
  }

  /// A count may be spelled `2.0`; one beyond all that can be counted is taken as the largest.
  private mutating func readCount(_ keyword: String, _ value: JSONValue, in draft: Draft) -> Int? {
    if case .number(let number) = value, number.isInteger, JSONNumber.compare(number, JSONNumber(0)) != .less {
      return number.intValue ?? .max
    }
    report(SchemaMessages.mustBe("an integer, 0 or more", value), at: draft.index, keyword)
    return nil
  }

  private mutating func readBound(_ keyword: String, _ value: JSONValue, in draft: Draft) -> Chapter<NumberRules.Bound>?
  {
    guard case .number(let number) = value else {
      let bound = self.value(of: draft.index)[keyword == "exclusiveMinimum" ? "minimum" : "maximum"]
      let message =
        keyword.hasPrefix("exclusive")
        ? SchemaMessages.exclusive(keyword, value, bound: bound) : SchemaMessages.mustBe("a number", value)
      report(message, at: draft.index, keyword)
      return nil
    }
    return Chapter(
      NumberRules.Bound(
        number: number, integer: number.inlineInteger, small: number.smallDecimal, nearest: number.doubleValue,
        form: number.decimalForm))
  }

  private mutating func readDivisor(_ value: JSONValue, in draft: Draft) -> DecimalDivisor? {
    guard case .number(let number) = value, JSONNumber.compare(number, JSONNumber(0)) == .greater else {
      report(SchemaMessages.mustBe("a number above 0", value), at: draft.index, "multipleOf")
      return nil
    }
    guard let divisor = DecimalDivisor(number) else {
      report(SchemaMessages.divisorTooLong, at: draft.index, "multipleOf")
      return nil
    }
    return divisor
  }

  private mutating func readPattern(
    _ value: JSONValue, at index: Int, _ keyword: String, _ key: String? = nil
  ) -> Pattern? {
    guard case .string(let source) = value else {
      report(SchemaMessages.mustBe("a string", value), at: index, keyword)
      return nil
    }
    // Once it is too much, it has been reported.
    guard patternSize <= Self.patternSizeLimit else { return nil }
    do throws(PatternError) {
      let pattern = try Pattern(source)
      patternSize += pattern.size
      if patternSize > Self.patternSizeLimit {
        report(SchemaMessages.patternsTooLarge(Self.patternSizeLimit), at: index, keyword)
      }
      return pattern
    } catch {
      if let key {
        report(SchemaMessages.badPattern(error), at: index, keyword, key)
      } else {
        report(SchemaMessages.badPattern(error), at: index, keyword)
      }
      return nil
    }
  }

  private mutating func readNames(
    _ value: JSONValue, at index: Int, _ keyword: String, _ key: String? = nil
  ) -> [String] {
    var names: [String] = []
    if case .array(let elements) = value { names = elements.compactMap(\.stringValue) }
    let areNames = names.count == value.arrayValue?.count
    if areNames, !Self.hasRepetition(names) { return names }
    let message = areNames ? SchemaMessages.namesRepeat : SchemaMessages.mustBe("an array of strings", value)
    if let key { report(message, at: index, keyword, key) } else { report(message, at: index, keyword) }
    return []
  }

  private static func hasRepetition(_ names: [String]) -> Bool {
    if names.count > 16 { return Set(names.map { MathematicalValue(value: .string($0)) }).count < names.count }
    return names.indices.contains { position in
      names[..<position].contains { $0.hasSameCodePoints(as: names[position]) }
    }
  }
}
