extension JSONValue {
  /// Encodes a value, its properties in the order in which it encodes them.
  ///
  /// The members of a dictionary are sorted by key, so that the same value always gives the same bytes. A ``JSONValue``,
  /// ``JSONObject`` or ``JSONNumber`` inside the value is kept unchanged. What encodes nothing becomes an empty object.
  ///
  /// - Throws: `EncodingError` with the coding path, for a number that is not finite and for values nested deeper than
  ///   ``defaultMaximumDepth``; whatever the value's own `encode(to:)` throws.
  public init(encoding value: some Encodable) throws {
    self = try JSONValueEncoder.encode(value, at: CodingPath())
  }
}

/// Encodes one value into a node.
struct JSONValueEncoder: Encoder {
  let node: EncodedNode

  var codingPath: [any CodingKey] { node.path.keys }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(KeyedEncoder(node: node))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer { UnkeyedEncoder(node: node) }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }

  /// The JSON of a value that lies at a path.
  static func encode<T: Encodable>(_ value: T, at path: @autoclosure () -> CodingPath) throws -> JSONValue {
    if let leaf = value as? any JSONLeaf {
      if let encoded = leaf.jsonValue { return encoded }
      throw error(value, at: path(), "JSON has no number \(value)")
    }
    let node = EncodedNode(path: path())
    guard !node.path.isTooDeep else {
      throw error(value, at: node.path, "nested deeper than \(CodingPath.maximumDepth) levels")
    }
    try value.encode(to: JSONValueEncoder(node: node))
    let encoded = try node.finish()
    guard value is any UnorderedMembers, case .object(var object) = encoded else { return encoded }
    object.sortByKey()
    return .object(object)
  }

  private static func error(_ value: Any, at path: CodingPath, _ description: String) -> EncodingError {
    .invalidValue(value, EncodingError.Context(codingPath: path.keys, debugDescription: description))
  }
}

/// A dictionary that encodes itself as an object, in no particular order.
private protocol UnorderedMembers {}

extension Dictionary: UnorderedMembers where Key: CodingKeyRepresentable {}

// One generic method serves all the types that the protocols list one by one.
extension JSONValueEncoder: SingleValueEncodingContainer {
  func encodeNil() { node.set(.null) }

  func encode<T: Encodable>(_ value: T) throws {
    node.set(try Self.encode(value, at: node.path))
  }
}

/// Encodes the members of an object.
private struct KeyedEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let node: EncodedNode

  init(node: EncodedNode) {
    self.node = node
    node.becomeObject()
  }

  var codingPath: [any CodingKey] { node.path.keys }

  func encodeNil(forKey key: Key) { node.set(.null, forKey: key.stringValue) }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    node.set(try JSONValueEncoder.encode(value, at: node.path.appending(key)), forKey: key.stringValue)
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) -> KeyedEncodingContainer<NestedKey> {
    KeyedEncodingContainer(KeyedEncoder<NestedKey>(node: node.setChild(forKey: key)))
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    UnkeyedEncoder(node: node.setChild(forKey: key))
  }

  func superEncoder() -> any Encoder { JSONValueEncoder(node: node.setChild(forKey: MemberKey.superclass)) }

  func superEncoder(forKey key: Key) -> any Encoder { JSONValueEncoder(node: node.setChild(forKey: key)) }
}

/// Encodes the elements of an array.
private struct UnkeyedEncoder: UnkeyedEncodingContainer {
  let node: EncodedNode

  init(node: EncodedNode) {
    self.node = node
    node.becomeArray()
  }

  var codingPath: [any CodingKey] { node.path.keys }
  var count: Int { node.elementCount }

  func encodeNil() { node.append(.null) }

  func encode<T: Encodable>(_ value: T) throws {
    node.append(try JSONValueEncoder.encode(value, at: node.path.appending(MemberKey(intValue: node.elementCount))))
  }

  func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type) -> KeyedEncodingContainer<NestedKey> {
    KeyedEncodingContainer(KeyedEncoder<NestedKey>(node: node.appendChild()))
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    UnkeyedEncoder(node: node.appendChild())
  }

  func superEncoder() -> any Encoder { JSONValueEncoder(node: node.appendChild()) }
}
