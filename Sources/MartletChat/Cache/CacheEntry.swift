import MartletJSON

/// An entry of the cache as the bytes of its file: a line of JSON, the request's identity, the response's body, and the
/// digest of all of that.
struct CacheEntry: Sendable, Equatable {
  var endpoint: String
  var model: String
  /// What the request has to be, byte for byte.
  var identity: [UInt8]
  var contentType: String?
  /// The response's body as it came.
  var body: [UInt8]

  private static let format = "martlet-response-1"
  private static let digestLength = 32
  /// The longest first line: a URL, the name of a model and a content type.
  static let maxHeadBytes = 16 << 10

  /// The bytes of the file.
  var bytes: [UInt8] {
    let head: JSONValue = [
      "format": .string(Self.format), "endpoint": .string(endpoint), "model": .string(model),
      "content_type": contentType.map { .string($0) } ?? .null,
      "request_bytes": .number(JSONNumber(identity.count)), "reply_bytes": .number(JSONNumber(body.count)),
    ]
    let content = head.canonicalBytes() + [UInt8(ascii: "\n")] + identity + body
    return content + SHA256.digest(of: content)
  }

  /// Reads a file; nil if it is none of ours, not whole, or damaged.
  init?(bytes: [UInt8]) {
    guard let head = Head(bytes), bytes.count == head.length + head.identityBytes + head.bodyBytes + Self.digestLength
    else { return nil }
    let content = Array(bytes.dropLast(Self.digestLength))
    guard SHA256.digest(of: content).elementsEqual(bytes.suffix(Self.digestLength)) else { return nil }
    endpoint = head.endpoint
    model = head.model
    contentType = head.contentType
    let bodyStart = head.length + head.identityBytes
    identity = Array(content[head.length..<bodyStart])
    body = Array(content[bodyStart...])
  }

  init(key: CacheKey, contentType: String?, body: [UInt8]) {
    endpoint = key.endpoint
    model = key.model
    identity = key.identity
    self.contentType = contentType
    self.body = body
  }

  /// The first line of a file.
  struct Head {
    let endpoint: String
    let model: String
    let contentType: String?
    let identityBytes: Int
    let bodyBytes: Int
    /// The bytes of the line with its end.
    let length: Int

    /// Reads it from a file's beginning.
    init?(_ bytes: [UInt8]) {
      guard let end = bytes.prefix(CacheEntry.maxHeadBytes).firstIndex(of: UInt8(ascii: "\n")),
        let value = try? JSONValue(parsing: Array(bytes[..<end])), value["format"]?.stringValue == CacheEntry.format,
        let endpoint = value["endpoint"]?.stringValue, let model = value["model"]?.stringValue,
        let identityBytes = value["request_bytes"]?.intValue, let bodyBytes = value["reply_bytes"]?.intValue,
        (0...ResponseCache.maxEntryBytes).contains(identityBytes), (0...ResponseCache.maxEntryBytes).contains(bodyBytes)
      else { return nil }
      self.endpoint = endpoint
      self.model = model
      contentType = value["content_type"]?.stringValue
      self.identityBytes = identityBytes
      self.bodyBytes = bodyBytes
      length = end + 1
    }
  }
}
