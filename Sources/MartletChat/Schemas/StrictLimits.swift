import MartletJSON

/// How large a schema may be in strict mode; the bounds are those of OpenAI's structured outputs.
struct StrictLimits {
  /// Schemas within one another.
  static let maximumDepth = 10
  static let maximumProperties = 5_000
  /// The values of all enumerations together.
  static let maximumValues = 1_000
  /// The characters of all names, of properties and definitions, and of all values that are enumerated.
  static let maximumCharacters = 120_000
  /// The characters of one enumeration of more than ``longEnumeration`` values.
  static let maximumCharactersOfLongEnumeration = 15_000
  static let longEnumeration = 250

  private var properties = 0
  private var values = 0
  private var characters = 0

  func check(depth: Int, at pointer: String) throws(StrictSchema.Obstacle) {
    guard depth <= Self.maximumDepth else {
      throw .init(pointer: pointer, rule: "\(Self.maximumDepth) levels within one another at most")
    }
  }

  mutating func count(property name: String, at pointer: String) throws(StrictSchema.Obstacle) {
    properties += 1
    guard properties <= Self.maximumProperties else {
      throw .init(pointer: pointer, rule: "\(Self.maximumProperties) properties in all at most")
    }
    try count(name: name, at: pointer)
  }

  mutating func count(name: String, at pointer: String) throws(StrictSchema.Obstacle) {
    try count(characters: name.unicodeScalars.count, at: pointer)
  }

  mutating func count(values count: Int, at pointer: String) throws(StrictSchema.Obstacle) {
    values += count
    guard values <= Self.maximumValues else {
      throw .init(pointer: pointer, rule: "\(Self.maximumValues) values in all lists of values at most")
    }
  }

  /// Counts what a schema enumerates.
  mutating func count(valuesOf schema: JSONObject, at pointer: String) throws(StrictSchema.Obstacle) {
    if let value = schema["const"] { try count(characters: Self.length(of: value), at: pointer + "/const") }
    guard let list = schema["enum"]?.arrayValue else { return }
    let place = pointer + "/enum"
    try count(values: list.count, at: place)
    let length = list.reduce(0) { $0 + Self.length(of: $1) }
    if list.count > Self.longEnumeration, length > Self.maximumCharactersOfLongEnumeration {
      throw .init(
        pointer: place,
        rule:
          "\(Self.maximumCharactersOfLongEnumeration) characters at most in more than \(Self.longEnumeration) values")
    }
    try count(characters: length, at: place)
  }

  private mutating func count(characters count: Int, at pointer: String) throws(StrictSchema.Obstacle) {
    characters += count
    guard characters <= Self.maximumCharacters else {
      throw .init(pointer: pointer, rule: "\(Self.maximumCharacters) characters in all names and values at most")
    }
  }

  private static func length(of value: JSONValue) -> Int {
    (value.stringValue ?? value.canonicalString()).unicodeScalars.count
  }
}
