/// A compiled schema: nodes that refer to one another by index.
final class CompiledSchema: Sendable {
  let document: JSONValue
  let nodes: [Boxed<SchemaNode>]
  let places: [SchemaPlace]

  init(document: JSONValue, nodes: [SchemaNode], places: [SchemaPlace]) {
    self.document = document
    self.nodes = nodes.map(Boxed.init)
    self.places = places
  }
}

/// A value behind a reference: passing it on costs one word, on the stack as well.
final class Boxed<Value: Sendable>: Sendable {
  let value: Value

  init(_ value: Value) { self.value = value }
}

/// One subschema.
struct SchemaNode: Sendable {
  /// What a boolean schema says.
  var verdict: Bool?
  /// The node to look at instead, when this one is nothing but a reference.
  var alias: Int?
  /// The target of `$ref`.
  var reference: Int?
  /// nil: any.
  var types: JSONTypes?
  // Chapters without a rule are nil.
  var values: Boxed<ValueRules>?
  var strings: Boxed<StringRules>?
  var numbers: Boxed<NumberRules>?
  var arrays: Boxed<ArrayRules>?
  var objects: Boxed<ObjectRules>?
  var combinations: Boxed<CombinationRules>?

  /// Whether nothing but the reference applies.
  var isOnlyReference: Bool {
    reference != nil && types == nil && values == nil && strings == nil && numbers == nil && arrays == nil
      && objects == nil && combinations == nil
  }
}

/// Where a node stands in the document: the way there from the subschema around it.
struct SchemaPlace: Sendable {
  let parent: Int?
  /// Escaped tokens of a JSON Pointer, such as `properties/city`.
  let suffix: String
}

/// `enum` and `const`.
struct ValueRules: Sendable {
  var allowed: [JSONValue]?
  /// The same for a long list.
  var allowedSet: Set<MathematicalValue>?
  var constant: JSONValue?
  /// The steps that it takes to take the numbers of all these values apart.
  private(set) var numberSize = 0

  /// Notes what a comparison with these values costs.
  mutating func measure() {
    for value in [constant].compactMap(\.self) + (allowed ?? []) {
      numberSize += SchemaValidator.numberSizes(in: value)
    }
  }
}

/// `minLength`, `maxLength` and `pattern`.
struct StringRules: Sendable {
  var minimumLength = 0
  var maximumLength = Int.max
  var pattern: Pattern?
}

/// `minimum`, `maximum`, their exclusive forms and `multipleOf`.
struct NumberRules: Sendable {
  struct Bound: Sendable {
    let number: JSONNumber
    /// The nearest double, which settles most comparisons.
    let nearest: Double?
    /// The number for the others.
    let form: DecimalForm
  }

  var minimum: Bound?
  var maximum: Bound?
  var exclusiveMinimum: Bound?
  var exclusiveMaximum: Bound?
  var divisor: DecimalDivisor?
}

/// `prefixItems`, `items`, `contains` and the counts.
struct ArrayRules: Sendable {
  var prefix: [Int] = []
  var items: Int?
  var contains: Int?
  var minimumContains = 1
  var maximumContains = Int.max
  var minimumCount = 0
  var maximumCount = Int.max
  var mustBeUnique = false
}

/// `properties` and what else speaks of members.
struct ObjectRules: Sendable {
  struct PatternProperty: Sendable {
    let pattern: Pattern
    let node: Int
  }

  struct Dependency: Sendable {
    let keyword: String
    let key: String
    let required: [String]
    let node: Int?
  }

  /// The keyword's own object, which finds the position of a name in constant time.
  var names = JSONObject()
  /// The node of each name, by position.
  var nodes: [Int] = []
  var patterns: [PatternProperty] = []
  var additional: Int?
  var propertyNames: Int?
  var required: [String] = []
  var dependencies: [Dependency] = []
  var minimumCount = 0
  var maximumCount = Int.max
  /// The steps that it takes to look all names up that may have to be there.
  private(set) var namesSize = 0

  /// Notes what looking names up costs.
  mutating func measure() {
    for names in [required] + dependencies.map({ [$0.key] + $0.required }) {
      for name in names { namesSize += 1 + name.utf8.count / 64 }
    }
  }

  /// Whether a value of a member can be wrong.
  var mentionsMembers: Bool { !nodes.isEmpty || !patterns.isEmpty || additional != nil }

  /// Whether another schema is asked of the names or of the whole.
  var mentionsWhole: Bool { propertyNames != nil || !dependencies.isEmpty }
}

/// `allOf`, `anyOf`, `oneOf`, `not`, and `if` with `then` and `else`.
struct CombinationRules: Sendable {
  var all: [Int] = []
  var any: [Int] = []
  var one: [Int] = []
  var excluded: Int?
  var condition: Int?
  var consequence: Int?
  var alternative: Int?
}

/// A set of the types that JSON Schema knows (Validation 6.1.1).
struct JSONTypes: OptionSet, Sendable, Hashable {
  let rawValue: UInt8

  static let null = JSONTypes(rawValue: 1)
  static let boolean = JSONTypes(rawValue: 2)
  static let object = JSONTypes(rawValue: 4)
  static let array = JSONTypes(rawValue: 8)
  static let number = JSONTypes(rawValue: 16)
  static let string = JSONTypes(rawValue: 32)
  static let integer = JSONTypes(rawValue: 64)

  static let named: [(name: String, type: JSONTypes)] = [
    ("string", .string), ("integer", .integer), ("number", .number), ("boolean", .boolean), ("array", .array),
    ("object", .object), ("null", .null),
  ]

  func admits(_ value: JSONValue) -> Bool {
    switch value {
    case .null: contains(.null)
    case .bool: contains(.boolean)
    case .string: contains(.string)
    case .array: contains(.array)
    case .object: contains(.object)
    case .number(let number): contains(.number) || contains(.integer) && number.isInteger
    }
  }
}
