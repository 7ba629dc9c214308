/// A JSON value (RFC 8259) that keeps the order of its members and the spelling of its numbers.
///
/// Reading a value and writing it again gives the same bytes, apart from white space and from how a string was escaped:
///
/// ```swift
/// let value = try JSONValue(parsing: #"{"b": 1.0, "a": [1e5]}"#)
/// value["a"]?[0]?.intValue      // 100000
/// value.canonicalString()       // {"b":1.0,"a":[1e5]}
/// ```
///
/// A parsed value is at most ``maximumDepth`` deep. A value built in code may be deeper: writing, comparing and hashing
/// it need no stack for that, but Swift releases it recursively, with about 250 bytes of stack a level. 10,000 levels
/// are safe on a stack of 8 MB.
public enum JSONValue: Sendable {
  /// The literal `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number in the spelling it was given.
  case number(JSONNumber)
  /// A string of Unicode scalar values.
  case string(String)
  /// An ordered list of values.
  case array([JSONValue])
  /// Members in their order.
  case object(JSONObject)

  /// The value's type in the words of JSON Schema: null, boolean, number, string, array or object.
  public var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}

extension JSONValue {
  /// Whether this is the literal `null`.
  public var isNull: Bool {
    if case .null = self { true } else { false }
  }

  /// The truth value, or nil if this is not a boolean.
  public var boolValue: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The exact integer, or nil if this is not a number, not integral or out of range.
  public var intValue: Int? {
    if case .number(let number) = self { number.intValue } else { nil }
  }

  /// The nearest double, or nil if this is not a number or beyond the finite doubles.
  public var doubleValue: Double? {
    if case .number(let number) = self { number.doubleValue } else { nil }
  }

  /// The string, or nil if this is not a string.
  public var stringValue: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The elements, or nil if this is not an array.
  public var arrayValue: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The members, or nil if this is not an object.
  public var objectValue: JSONObject? {
    if case .object(let object) = self { object } else { nil }
  }

  /// The value of a member, or nil if this is not an object or has no such member.
  public subscript(key: String) -> JSONValue? {
    if case .object(let object) = self { object[key] } else { nil }
  }

  /// An element, or nil if this is not an array or the index is out of range.
  public subscript(index: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }
}
