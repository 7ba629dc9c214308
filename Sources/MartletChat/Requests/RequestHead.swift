import MartletJSON

/// The beginning of a request's body, up to and including `"messages":[`.
///
/// `messages` is the last member, so that a conversation is kept as encoded segments: each turn adds bytes at the end
/// and nothing before them changes.
package struct RequestHead: Sendable, Hashable {
  package let bytes: [UInt8]
  /// Whether the body asks for a stream.
  package let isStreaming: Bool

  /// Encodes everything of a request but its messages, for a provider.
  package init(_ request: ChatRequest, quirks: ProviderQuirks = ProviderQuirks()) {
    var body = request.parameters(quirks)
    body.merge(request.extraBody)
    body["messages"] = nil
    let members = JSONValue.object(body).canonicalBytes().dropLast()
    let messages = body.isEmpty ? #""messages":["# : #","messages":["#
    // In its size: every conversation keeps it.
    var bytes: [UInt8] = []
    bytes.reserveCapacity(members.count + messages.utf8.count)
    bytes += members
    bytes += messages.utf8
    self.bytes = bytes
    isStreaming = body["stream"]?.boolValue ?? false
  }

  /// The body of segments, each one message or several with commas between them; nothing is copied or joined.
  package func body(_ segments: [[UInt8]]) -> [[UInt8]] {
    var body: [[UInt8]] = []
    body.reserveCapacity(segments.count * 2 + 1)
    body.append(bytes)
    for segment in segments where !segment.isEmpty {
      if body.count > 1 { body.append(Self.comma) }
      body.append(segment)
    }
    body.append(Self.end)
    return body
  }

  private static let comma = [UInt8(ascii: ",")]
  private static let end = Array("]}".utf8)
}
