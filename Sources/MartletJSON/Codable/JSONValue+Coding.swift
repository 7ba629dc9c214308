// Whether a type is one JSON value by itself is asked once here, and not for every value.
extension JSONValue {
  /// What ``decode(_:)`` does for a type.
  package static func decoding<T: Decodable & Sendable>(
    as type: T.Type
  ) -> @Sendable (JSONValue) throws -> T {
    if type is any JSONLeaf.Type { return { try $0.decode() } }
    return { try T(from: JSONValueDecoder(value: $0, path: CodingPath())) }
  }

  /// What ``init(encoding:)`` does for a type.
  package static func encoding<T: Encodable & Sendable>(of type: T.Type) -> @Sendable (T) throws -> JSONValue {
    guard let leaf = type as? any JSONLeaf.Type else { return { try JSONValue(encoding: $0) } }
    return { try leaf.json(of: $0) ?? JSONValue(encoding: $0) }
  }
}

extension JSONLeaf {
  /// The JSON of a value of this type.
  fileprivate static func json(of value: Any) -> JSONValue? { (value as? Self)?.jsonValue }
}
