/// The encoded messages of a conversation in a few large segments, so that a request need not carry one for each.
package struct EncodedHistory: Sendable, Equatable {
  /// Each holds one message or several, with commas between them.
  package private(set) var segments: [[UInt8]] = []
  /// The bytes of all of them.
  package private(set) var count = 0

  /// Messages go into one segment up to this size; a larger message has one of its own.
  private static let segmentSize = 64 << 10

  package init() {}

  /// Appends an encoded message.
  mutating func append(_ message: UnsafeBufferPointer<UInt8>) {
    count += message.count
    // In place: a copy of the last segment would be one of most of the conversation.
    if let size = segments.last?.count, size + message.count < Self.segmentSize {
      let last = segments.count - 1
      let needed = size + message.count + 1
      // An array would double its room, and a conversation that waits has nothing to fill it with.
      if segments[last].capacity < needed { segments[last].reserveCapacity(needed + needed / 8) }
      segments[last].append(UInt8(ascii: ","))
      segments[last].append(contentsOf: message)
    } else {
      segments.append(Array(message))
    }
  }
}
