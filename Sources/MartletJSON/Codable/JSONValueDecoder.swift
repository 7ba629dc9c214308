extension JSONValue {
  /// Decodes a type from the value.
  ///
  /// An integer type takes every number with exactly its value, `1.0` and `1e2` included. A ``JSONValue``, ``JSONObject``
  /// or ``JSONNumber`` inside the type gets its part unchanged.
  ///
  /// - Throws: `DecodingError` with the coding path, also for a number that does not fit and for a type that nests values
  ///   deeper than ``defaultMaximumDepth``.
  public func decode<T: Decodable>(_ type: T.Type = T.self) throws -> T {
    try JSONValueDecoder(value: self, path: CodingPath()).decodeWhole(type)
  }
}

/// Decodes from a value in memory.
///
/// A class, because what decodes hands it on as any decoder, and would put a structure of this size into a box each time.
final class JSONValueDecoder: Decoder {
  let value: JSONValue
  let path: CodingPath

  init(value: JSONValue, path: CodingPath) {
    self.value = value
    self.path = path
  }

  var codingPath: [any CodingKey] { path.keys }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .object = value else { throw mismatch(JSONObject.self, expecting: "object") }
    return KeyedDecodingContainer(KeyedDecoder(decoder: self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let elements) = value else { throw mismatch([JSONValue].self, expecting: "array") }
    return UnkeyedDecoder(elements: elements, path: path)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

  /// Decodes the whole value as a type.
  func decodeWhole<T: Decodable>(_ type: T.Type) throws -> T {
    if let leaf = type as? any JSONLeaf.Type {
      guard let decoded = leaf.init(jsonValue: value) as? T else { throw mismatch(type, expecting: leaf.jsonTypeName) }
      return decoded
    }
    guard !path.isTooDeep else {
      throw DecodingError.dataCorrupted(context("nested deeper than \(CodingPath.maximumDepth) levels"))
    }
    return try T(from: self)
  }

  /// The value of a member of the object that is decoded; nil if there is none.
  fileprivate func member(_ key: String) -> JSONValue? { value[key] }

  private func mismatch(_ type: Any.Type, expecting expectation: String) -> DecodingError {
    switch value {
    case .null:
      return .valueNotFound(type, context("expected \(expectation), found null"))
    case .number(let number) where expectation == "number":
      return .dataCorrupted(context("the number \(number.spelling.prefix(40)) does not fit \(type)"))
    default:
      return .typeMismatch(type, context("expected \(expectation), found \(value.typeName)"))
    }
  }

  private func context(_ description: String) -> DecodingError.Context {
    DecodingError.Context(codingPath: codingPath, debugDescription: description)
  }
}

// One generic method serves all the types that the protocols list one by one.
extension JSONValueDecoder: SingleValueDecodingContainer {
  func decodeNil() -> Bool { value.isNull }

  func decode<T: Decodable>(_ type: T.Type) throws -> T { try decodeWhole(type) }
}

/// Decodes the members of an object.
private struct KeyedDecoder<Key: CodingKey>: KeyedDecodingContainerProtocol {
  /// The one of the object.
  let decoder: JSONValueDecoder

  private var object: JSONObject { if case .object(let object) = decoder.value { object } else { JSONObject() } }

  var codingPath: [any CodingKey] { decoder.codingPath }
  var allKeys: [Key] { object.compactMap { Key(stringValue: $0.key) } }

  func contains(_ key: Key) -> Bool { decoder.member(key.stringValue) != nil }

  func decodeNil(forKey key: Key) throws -> Bool { try decoder(forKey: key).value.isNull }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    try decoder(forKey: key).decodeWhole(type)
  }

  // The types of most members have methods of their own: the one above asks the runtime twice what a type is.
  func decode(_ type: String.Type, forKey key: Key) throws -> String { try leaf(type, forKey: key) }
  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try leaf(type, forKey: key) }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try leaf(type, forKey: key) }
  func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try leaf(type, forKey: key) }

  @inline(__always)
  private func leaf<Leaf: JSONLeaf & Decodable>(_ type: Leaf.Type, forKey key: Key) throws -> Leaf {
    if let value = decoder.member(key.stringValue), let leaf = Leaf(jsonValue: value) { return leaf }
    return try decoder(forKey: key).decodeWhole(type)
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try decoder(forKey: key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoder(forKey: key).unkeyedContainer()
  }

  func superDecoder() -> any Decoder { decoderOrNull(for: MemberKey.superclass) }

  func superDecoder(forKey key: Key) -> any Decoder { decoderOrNull(for: key) }

  private func decoder(forKey key: Key) throws -> JSONValueDecoder {
    guard let value = decoder.member(key.stringValue) else {
      let description = "the object has no member \(JSONValue.string(key.stringValue))"
      throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: description))
    }
    return JSONValueDecoder(value: value, path: decoder.path.appending(key))
  }

  private func decoderOrNull(for key: any CodingKey) -> JSONValueDecoder {
    JSONValueDecoder(value: decoder.member(key.stringValue) ?? .null, path: decoder.path.appending(key))
  }
}

/// Decodes the elements of an array.
private struct UnkeyedDecoder: UnkeyedDecodingContainer {
  let elements: [JSONValue]
  let path: CodingPath
  private(set) var currentIndex = 0

  init(elements: [JSONValue], path: CodingPath) {
    self.elements = elements
    self.path = path
  }

  var codingPath: [any CodingKey] { path.keys }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex >= elements.count }

  mutating func decodeNil() throws -> Bool {
    guard try current(Any?.self).value.isNull else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    try advance(after: current(type).decodeWhole(type))
  }

  mutating func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try advance(after: current(type).container(keyedBy: type))
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try advance(after: current([JSONValue].self).unkeyedContainer())
  }

  mutating func superDecoder() throws -> any Decoder {
    try advance(after: current(JSONValue.self))
  }

  /// The decoder of the next element, which stays the next one if decoding it fails.
  private func current(_ type: Any.Type) throws -> JSONValueDecoder {
    let path = path.appending(MemberKey(intValue: currentIndex))
    guard !isAtEnd else {
      let description = "the array has only \(elements.count) elements"
      throw DecodingError.valueNotFound(type, .init(codingPath: path.keys, debugDescription: description))
    }
    return JSONValueDecoder(value: elements[currentIndex], path: path)
  }

  private mutating func advance<Result>(after result: Result) -> Result {
    currentIndex += 1
    return result
  }
}
