extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  /// Makes `null` of the literal `nil`.
  public init(nilLiteral: ()) { self = .null }

  /// Makes a boolean of a literal.
  public init(booleanLiteral value: Bool) { self = .bool(value) }

  /// Makes a number of an integer literal.
  public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }

  /// Makes a number of a literal such as `0.7`, spelled as ``JSONNumber/init(_:)-(Double)`` does; `null` if infinite.
  public init(floatLiteral value: Double) { self = JSONNumber(value).map(JSONValue.number) ?? .null }

  /// Makes a string of a literal.
  public init(stringLiteral value: String) { self = .string(value) }

  /// Makes an array of a literal.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

  /// Makes an object of a literal, its members in the order written; of members with one key the last value wins.
  public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
}
