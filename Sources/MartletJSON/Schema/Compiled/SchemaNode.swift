/// One subschema. All its parts are plain words, the rules behind pointers.
struct SchemaNode {
  /// What a node consists of, in one byte.
  struct Traits: OptionSet {
    let rawValue: UInt8

    /// A boolean schema, or nothing but a reference.
    static let special = Traits(rawValue: 1)
    /// No more than the type is asked for.
    static let simple = Traits(rawValue: 2)
    /// `enum` or `const`.
    static let values = Traits(rawValue: 4)
    /// Other schemas apply to the same value.
    static let rest = Traits(rawValue: 8)
    /// `unevaluatedItems` or `unevaluatedProperties`.
    static let leftovers = Traits(rawValue: 16)
  }

  /// What a boolean schema says.
  var verdict: Bool?
  /// The types that are admitted.
  var types = JSONTypes.any
  /// What there is to look at.
  var traits: Traits = []
  /// The resource that the node belongs to.
  var resource = 0
  /// The node to look at instead, when this one is nothing but a reference.
  var alias: Int?
  /// The target of `$ref`.
  var reference: Int?
  // Chapters without a rule are nil.
  var values: Chapter<ValueRules>?
  var strings: Chapter<StringRules>?
  var numbers: Chapter<NumberRules>?
  var arrays: Chapter<ArrayRules>?
  var objects: Chapter<ObjectRules>?
  var combinations: Chapter<CombinationRules>?
  /// `$dynamicRef`, where the way to it decides.
  var dynamic: Chapter<DynamicReference>?
  var unevaluatedItems: Int?
  var unevaluatedProperties: Int?

  /// Whether nothing but the reference applies.
  var isOnlyReference: Bool {
    reference != nil && types == .any && values == nil && strings == nil && numbers == nil && arrays == nil
      && objects == nil && combinations == nil && dynamic == nil && unevaluatedItems == nil
      && unevaluatedProperties == nil
  }

  /// Notes what the node consists of; before a check begins, and after all else is settled.
  mutating func summarize() {
    traits = []
    if verdict != nil || alias != nil { traits.insert(.special) }
    if values != nil { traits.insert(.values) }
    if unevaluatedItems != nil || unevaluatedProperties != nil { traits.insert(.leftovers) }
    if combinations != nil || reference != nil || dynamic != nil { traits.insert(.rest) }
    if traits.isEmpty, strings == nil, numbers == nil, arrays == nil, objects == nil { traits.insert(.simple) }
  }

  /// Gives the memory of the rules back.
  func release() {
    values?.release()
    strings?.release()
    numbers?.release()
    arrays?.release()
    objects?.release()
    combinations?.release()
    dynamic?.release()
  }
}

/// `enum` and `const`.
struct ValueRules: SchemaRules {
  var allowed: [JSONValue]?
  /// The same for a long list.
  var allowedSet: Set<MathematicalValue>?
  /// The same if all are strings.
  var allowedNames: Chapter<NameTable>?
  var constant: JSONValue?
  /// The constant if it is a string.
  var constantName: Chapter<NameTable>?
  /// The steps that it takes to take the numbers of all these values apart.
  private(set) var numberSize = 0

  /// Notes what a comparison with these values costs, and prepares that of strings.
  mutating func prepare() {
    if let constant { numberSize += SchemaValidator.numberSizes(in: constant) }
    constantName = constant?.stringValue.map { Chapter(NameTable([$0])) }
    guard let allowed else { return }
    let names = allowed.compactMap(\.stringValue)
    // Texts have no numbers.
    if names.count < allowed.count {
      for value in allowed { numberSize += SchemaValidator.numberSizes(in: value) }
    }
    if names.count == allowed.count {
      allowedNames = Chapter(NameTable(names))
    } else if allowed.count > 16 {
      allowedSet = Set(allowed.map(MathematicalValue.init))
    }
  }

  func release() {
    allowedNames?.release()
    constantName?.release()
  }
}

/// `minLength`, `maxLength`, `pattern` and `format`.
struct StringRules: SchemaRules {
  var minimumLength = 0
  var maximumLength = Int.max
  var pattern: Chapter<Pattern>?
  var format: SchemaFormat?

  func release() { pattern?.release() }
}

extension Pattern: SchemaRules {}

/// `minimum`, `maximum`, their exclusive forms and `multipleOf`.
struct NumberRules: SchemaRules {
  struct Bound: SchemaRules {
    let number: JSONNumber
    /// The same if it is an integer as Swift writes it, or has few digits.
    let integer: Int64?
    let small: SmallDecimal?
    /// The nearest double, which settles most comparisons.
    let nearest: Double?
    /// The number for the others.
    let form: DecimalForm
  }

  var minimum: Chapter<Bound>?
  var maximum: Chapter<Bound>?
  var exclusiveMinimum: Chapter<Bound>?
  var exclusiveMaximum: Chapter<Bound>?
  var divisor: DecimalDivisor?
  /// The integers that no rule refuses, where that is the range from one to another.
  private(set) var integers: ClosedRange<Int64>?
  /// Whether no rule refuses a number above zero.
  private(set) var admitsAllAboveZero = false

  /// Notes what the rules say of integers, and of all that is above zero.
  mutating func prepare() {
    let lowerBounds = [minimum, exclusiveMinimum].compactMap { $0?.pointer.pointee.integer }
    admitsAllAboveZero =
      divisor == nil && maximum == nil && exclusiveMaximum == nil && lowerBounds.allSatisfy { $0 <= 0 }
      && lowerBounds.count == [minimum, exclusiveMinimum].compactMap(\.self).count
    let bounds = [minimum, maximum, exclusiveMinimum, exclusiveMaximum].compactMap { $0?.pointer.pointee }
    guard divisor == nil, bounds.allSatisfy({ $0.integer.map { $0 > .min && $0 < .max } ?? false }) else { return }
    func integer(_ bound: Chapter<Bound>?) -> Int64? { bound?.pointer.pointee.integer }
    let lowest = max(integer(minimum) ?? .min, integer(exclusiveMinimum).map { $0 + 1 } ?? .min)
    let highest = min(integer(maximum) ?? .max, integer(exclusiveMaximum).map { $0 - 1 } ?? .max)
    if lowest <= highest { integers = lowest...highest }
  }

  func release() {
    for bound in [minimum, maximum, exclusiveMinimum, exclusiveMaximum] { bound?.release() }
  }
}

/// `prefixItems`, `items`, `contains` and the counts.
struct ArrayRules: SchemaRules {
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
struct ObjectRules: SchemaRules, @unchecked Sendable {
  struct PatternProperty: Sendable {
    let pattern: Chapter<Pattern>
    let node: Int
  }

  struct Dependency: Sendable {
    let keyword: String
    let key: String
    let required: [String]
    let node: Int?
  }

  /// The names of `properties`.
  var properties: [String] = []
  /// The same, and behind them those of `required` alone.
  private(set) var names: Chapter<NameTable>?
  /// The node of each name of `properties`, by position.
  var nodes: [Int] = []
  var patterns: [PatternProperty] = []
  var additional: Int?
  var propertyNames: Int?
  var required: [String] = []
  /// The positions among `names` that must be there, one bit each; nil if there are more names than bits.
  private(set) var requiredBits: UInt64?
  var dependencies: [Dependency] = []
  var minimumCount = 0
  var maximumCount = Int.max
  /// The steps that it takes to look all names up that may have to be there.
  private(set) var namesSize = 0
  /// The same as `nodes`, in memory that is not counted.
  private(set) var memberNodes = UnsafeBufferPointer<Int>(start: nil, count: 0)
  /// Whether the names say which schema a member has, and a bit each which are there.
  private(set) var isDecidedByNames = false

  /// Notes what looking names up costs, and lets a walk over the members see which are missing.
  mutating func prepare() {
    for names in [required] + dependencies.map({ [$0.key] + $0.required }) {
      for name in names { namesSize += 1 + name.utf8.count / 64 }
    }
    guard mentionsMembers else { return }
    let memory = UnsafeMutableBufferPointer<Int>.allocate(capacity: nodes.count)
    _ = memory.initialize(from: nodes)
    memberNodes = UnsafeBufferPointer(memory)
    guard properties.count + required.count <= 64 else {
      names = Chapter(NameTable(properties))
      return
    }
    var all = properties
    var bits: UInt64 = 0
    for name in required {
      let position = properties.firstIndex { $0.hasSameCodePoints(as: name) } ?? all.count
      if position == all.count { all.append(name) }
      bits |= 1 << UInt64(position)
    }
    names = Chapter(NameTable(all))
    requiredBits = bits
    isDecidedByNames = patterns.isEmpty
  }

  func release() {
    names?.release()
    memberNodes.deallocate()
    for pattern in patterns { pattern.pattern.release() }
  }

  /// Whether a value of a member can be wrong.
  var mentionsMembers: Bool { !nodes.isEmpty || !patterns.isEmpty || additional != nil }

  /// Whether another schema is asked of the names or of the whole.
  var mentionsWhole: Bool { propertyNames != nil || !dependencies.isEmpty }
}

/// `allOf`, `anyOf`, `oneOf`, `not`, and `if` with `then` and `else`.
struct CombinationRules: SchemaRules {
  var all: [Int] = []
  var any: [Int] = []
  var one: [Int] = []
  var excluded: Int?
  var condition: Int?
  var consequence: Int?
  var alternative: Int?
}

/// A `$dynamicRef` (Core 8.2.3.2): the outermost resource on the way to it that has the anchor gives the target.
struct DynamicReference: SchemaRules {
  /// The node with the anchor, by resource.
  let targets: [Int: Int]
  /// What it leads to by itself.
  let fallback: Int
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
  static let any = JSONTypes(rawValue: 127)

  static let named: [(name: String, type: JSONTypes)] = [
    ("string", .string), ("integer", .integer), ("number", .number), ("boolean", .boolean), ("array", .array),
    ("object", .object), ("null", .null),
  ]

  /// Whether a number has to be looked at closely.
  var takesNumbersApart: Bool { contains(.integer) && !contains(.number) }

  /// The type of a value; for an integer, that of a number.
  @inline(__always)
  static func type(of value: UnsafePointer<JSONValue>) -> JSONTypes {
    switch value.pointee {
    case .null: .null
    case .bool: .boolean
    case .number: .number
    case .string: .string
    case .array: .array
    case .object: .object
    }
  }

  /// Whether a number that is an integer in the spelling of most is admitted, which asks for no closer look.
  @inline(__always)
  func admitsPlainInteger(_ value: UnsafePointer<JSONValue>) -> Bool {
    guard contains(.integer), case .number(let number) = value.pointee, case .integer = number.storage else {
      return false
    }
    return true
  }

  func admits(_ value: UnsafePointer<JSONValue>) -> Bool {
    switch value.pointee {
    case .null: contains(.null)
    case .bool: contains(.boolean)
    case .string: contains(.string)
    case .array: contains(.array)
    case .object: contains(.object)
    case .number(let number): contains(.number) || contains(.integer) && number.isInteger
    }
  }

  func admits(_ value: JSONValue) -> Bool { withUnsafePointer(to: value) { admits($0) } }
}
