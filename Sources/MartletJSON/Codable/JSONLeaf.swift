/// A type that is encoded as one JSON value and decoded from one, without a container.
protocol JSONLeaf: SendableMetatype {
  /// The value as JSON; nil if it has none, as an infinite number.
  var jsonValue: JSONValue? { get }

  /// Makes the value of JSON; nil if it is of another type or does not fit exactly.
  init?(jsonValue: JSONValue)

  /// What ``init(jsonValue:)`` takes, for messages.
  static var jsonTypeName: String { get }
}

extension Bool: JSONLeaf {
  var jsonValue: JSONValue? { .bool(self) }

  init?(jsonValue: JSONValue) {
    guard case .bool(let value) = jsonValue else { return nil }
    self = value
  }

  static var jsonTypeName: String { "boolean" }
}

extension String: JSONLeaf {
  var jsonValue: JSONValue? { .string(self) }

  init?(jsonValue: JSONValue) {
    guard case .string(let value) = jsonValue else { return nil }
    self = value
  }

  static var jsonTypeName: String { "string" }
}

extension JSONLeaf where Self: FixedWidthInteger {
  var jsonValue: JSONValue? { .number(JSONNumber(self)) }

  init?(jsonValue: JSONValue) {
    guard case .number(let number) = jsonValue, let value = number.exactInteger(as: Self.self) else { return nil }
    self = value
  }

  static var jsonTypeName: String { "number" }
}

extension Int: JSONLeaf {}
extension Int8: JSONLeaf {}
extension Int16: JSONLeaf {}
extension Int32: JSONLeaf {}
extension Int64: JSONLeaf {}
extension Int128: JSONLeaf {}
extension UInt: JSONLeaf {}
extension UInt8: JSONLeaf {}
extension UInt16: JSONLeaf {}
extension UInt32: JSONLeaf {}
extension UInt64: JSONLeaf {}
extension UInt128: JSONLeaf {}

extension Double: JSONLeaf {
  var jsonValue: JSONValue? { JSONNumber(self).map(JSONValue.number) }

  init?(jsonValue: JSONValue) {
    guard let value = jsonValue.doubleValue else { return nil }
    self = value
  }

  static var jsonTypeName: String { "number" }
}

extension Float: JSONLeaf {
  var jsonValue: JSONValue? { JSONNumber(self).map(JSONValue.number) }

  init?(jsonValue: JSONValue) {
    guard case .number(let number) = jsonValue, let value = number.floatValue else { return nil }
    self = value
  }

  static var jsonTypeName: String { "number" }
}

extension JSONValue: JSONLeaf {
  var jsonValue: JSONValue? { self }

  init?(jsonValue: JSONValue) { self = jsonValue }

  static var jsonTypeName: String { "value" }
}

extension JSONNumber: JSONLeaf {
  var jsonValue: JSONValue? { .number(self) }

  init?(jsonValue: JSONValue) {
    guard case .number(let value) = jsonValue else { return nil }
    self = value
  }

  static var jsonTypeName: String { "number" }
}

extension JSONObject: JSONLeaf {
  var jsonValue: JSONValue? { .object(self) }

  init?(jsonValue: JSONValue) {
    guard case .object(let value) = jsonValue else { return nil }
    self = value
  }

  static var jsonTypeName: String { "object" }
}
