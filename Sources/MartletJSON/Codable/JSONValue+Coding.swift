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
    return leaf.encoding(of: type)
  }
}

extension JSONLeaf {
  /// The encoding of a type that is known to be this one, so that no value need be asked what it is.
  fileprivate static func encoding<T: Encodable & Sendable>(of type: T.Type) -> @Sendable (T) throws -> JSONValue {
    { value in
      let json = withUnsafePointer(to: value) { pointer in
        T.self == Self.self ? UnsafeRawPointer(pointer).assumingMemoryBound(to: Self.self).pointee.jsonValue : nil
      }
      return try json ?? JSONValue(encoding: value)
    }
  }
}
