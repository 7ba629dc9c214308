/// A request that a ``LoopbackServer`` received, whole.
public struct RecordedRequest: Sendable {
  /// The position among all requests of the server, from 0.
  public let index: Int
  /// The position of its connection among all connections of the server, from 0.
  public let connection: Int
  /// The method, such as `POST`.
  public let method: String
  /// The request target as it was sent, such as `/v1/chat/completions?x=1`.
  public let path: String
  /// The header fields in the order in which they came.
  public let headers: [(name: String, value: String)]
  /// The body, without the framing of a chunked one.
  public let body: [UInt8]

  /// The body as text; bytes that are not UTF-8 are replaced.
  public var text: String { String(decoding: body, as: UTF8.self) }

  /// The value of the first header of that name, in any case.
  public func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}
