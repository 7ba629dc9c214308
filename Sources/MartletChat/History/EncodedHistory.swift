import MartletJSON

/// The encoded messages of a conversation in a few large segments, so that a request need not carry one for each.
package struct EncodedHistory: Sendable, Equatable {
  /// Each holds one message or several, with commas between them.
  package private(set) var segments: [[UInt8]] = []
  /// The bytes of all of them, and of the commas between messages.
  package private(set) var count = 0

  /// What is appended goes into one segment up to this size.
  static let segmentSize = 64 << 10
  /// From this size on, what is appended has a segment of its own: a segment that grows is copied.
  static let ownSegmentSize = 8 << 10

  package init() {}

  /// Takes encoded messages, each with a comma after it.
  mutating func take(_ messages: inout ByteSink) {
    messages.withBytes { if !$0.isEmpty { append(UnsafeBufferPointer(rebasing: $0.dropLast())) } }
    messages.removeAll()
  }

  /// Appends an encoded message, or several with commas between them.
  mutating func append(_ message: UnsafeBufferPointer<UInt8>) {
    count += message.count + (segments.isEmpty ? 0 : 1)
    // In place: a copy of the last segment would be one of most of the conversation.
    if let size = segments.last?.count, message.count < Self.ownSegmentSize, size + message.count < Self.segmentSize {
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

extension EncodedHistory {
  /// Whether both hold the same messages, however they lie in segments.
  package static func == (one: EncodedHistory, other: EncodedHistory) -> Bool {
    let comma = [UInt8(ascii: ",")]
    return one.count == other.count
      && one.segments.joined(separator: comma).elementsEqual(other.segments.joined(separator: comma))
  }
}
