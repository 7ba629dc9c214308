/// Tells of most schemas that nothing is wrong with them, without compiling them.
///
/// It knows the keywords of draft 2020-12 that stand for themselves. Whatever else there is, and whatever is wrong or
/// probably not meant, is left to the compiler, which has the words for it: a schema that is not plain may be one still.
struct PlainSchema {
  /// What is nested deeper is not looked at.
  private static let maximumDepth = 32
  /// Of more subschemas, or of longer patterns together, the compiler has to say whether they are too many.
  private static let maximumSubschemas = 1_000
  private static let maximumPatternBytes = 10_000

  private var subschemas = 0
  private var patternBytes = 0

  /// Whether the compiler has nothing to say of a document.
  static func isPlain(_ document: JSONValue) -> Bool {
    var check = PlainSchema()
    return check.isSchema(document, depth: 0)
  }

  private mutating func isSchema(_ value: JSONValue, depth: Int) -> Bool {
    subschemas += 1
    guard depth < Self.maximumDepth, subschemas <= Self.maximumSubschemas else { return false }
    switch value {
    case .bool: return true
    case .object(let object):
      // A member of a span is looked at where it lies.
      let members = object.members.span
      for position in members.indices {
        guard let keyword = SchemaKeyword.named(members[position].key)?.name else { return false }
        guard admits(members[position].value, for: keyword, in: object, depth: depth + 1) else { return false }
      }
      return true
    default: return false
    }
  }

  private mutating func admits(
    _ value: JSONValue, for keyword: SchemaKeyword.Name, in object: JSONObject, depth: Int
  ) -> Bool {
    switch keyword {
    case .default, .const: true
    case .title, .description, .comment, .contentEncoding, .contentMediaType: Self.isString(value)
    case .deprecated, .readOnly, .writeOnly, .uniqueItems: Self.isBool(value)
    case .enum, .examples: Self.isArray(value)
    case .type: Self.isType(value)
    case .format: Self.isFormat(value)
    case .pattern: isPattern(value)
    case .minLength, .maxLength, .minItems, .maxItems, .minProperties, .maxProperties: Self.isAtLeast(0, value)
    case .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum: Self.isNumber(value)
    case .multipleOf: Self.isDivisor(value)
    case .required: Self.areDescribed(value, in: object)
    case .properties: areSchemas(membersOf: value, depth: depth)
    case .allOf, .anyOf, .oneOf, .prefixItems: areSchemas(elementsOf: value, depth: depth)
    case .items, .additionalProperties, .propertyNames, .contains, .not: isSchema(value, depth: depth)
    default: false
    }
  }

  private mutating func areSchemas(membersOf value: JSONValue, depth: Int) -> Bool {
    guard case .object(let object) = value else { return false }
    let members = object.members.span
    for position in members.indices where !isSchema(members[position].value, depth: depth) { return false }
    return true
  }

  private mutating func areSchemas(elementsOf value: JSONValue, depth: Int) -> Bool {
    guard case .array(let elements) = value, !elements.isEmpty else { return false }
    for element in elements where !isSchema(element, depth: depth) { return false }
    return true
  }

  private mutating func isPattern(_ value: JSONValue) -> Bool {
    guard case .string(let source) = value else { return false }
    patternBytes += source.utf8.count
    return patternBytes <= Self.maximumPatternBytes && Pattern.isPlain(source)
  }
}

extension PlainSchema {
  private static func isString(_ value: JSONValue) -> Bool {
    if case .string = value { true } else { false }
  }

  private static func isBool(_ value: JSONValue) -> Bool {
    if case .bool = value { true } else { false }
  }

  private static func isArray(_ value: JSONValue) -> Bool {
    if case .array = value { true } else { false }
  }

  private static func isNumber(_ value: JSONValue) -> Bool {
    if case .number = value { true } else { false }
  }

  private static func isAtLeast(_ least: Int64, _ value: JSONValue) -> Bool {
    if case .number(let number) = value, let integer = number.inlineInteger { integer >= least } else { false }
  }

  private static func isDivisor(_ value: JSONValue) -> Bool {
    if case .number(let number) = value, let decimal = number.smallDecimal { decimal.mantissa > 0 } else { false }
  }

  private static func isFormat(_ value: JSONValue) -> Bool {
    if case .string(let name) = value { SchemaMessages.unknownFormat(name) == nil } else { false }
  }

  private static func isType(_ value: JSONValue) -> Bool {
    switch value {
    case .string(let name): return JSONTypes.named.contains { $0.name == name }
    case .array(let names):
      guard !names.isEmpty, names.count <= JSONTypes.named.count else { return false }
      for (position, name) in names.enumerated() {
        guard isString(name), isType(name), !names[..<position].contains(name) else { return false }
      }
      return true
    default: return false
    }
  }

  /// Whether a few names are required, each once, and the properties beside them describe each.
  private static func areDescribed(_ value: JSONValue, in object: JSONObject) -> Bool {
    guard case .array(let names) = value, names.count <= 16 else { return false }
    if names.isEmpty { return true }
    guard let place = object.position(of: "properties"), case .object(let properties) = object.members[place].value
    else { return false }
    var found: UInt64 = 0
    for name in names {
      guard case .string(let name) = name, let position = properties.position(of: name), position < 64,
        found & 1 << UInt64(position) == 0
      else { return false }
      found |= 1 << UInt64(position)
    }
    return true
  }
}
