import MartletJSON

/// Spells the messages of a conversation as their provider wants them.
///
/// What was encoded never changes: later messages add bytes at the end, and the same messages always become the same
/// bytes. A call and its results stay together: give them in one piece.
package struct HistoryEncoder: Sendable {
  // What of the quirks is about messages: a conversation has several copies of its encoder.
  private let style: MessageStyle
  private let acceptsUserAfterTool: Bool
  private let acceptsSeveralSystemMessages: Bool
  private var callIDs: CallIDs
  private var lastRole: ChatMessage.Role?

  package init(_ quirks: ProviderQuirks = ProviderQuirks()) {
    style = quirks.messageStyle
    acceptsUserAfterTool = quirks.acceptsUserAfterTool
    acceptsSeveralSystemMessages = quirks.acceptsSeveralSystemMessages
    callIDs = CallIDs(form: quirks.callIDs)
  }

  /// Encodes messages that follow those before them, each as a segment of its own.
  package mutating func encode(_ messages: [ChatMessage]) -> [[UInt8]] {
    var segments: [[UInt8]] = []
    segments.reserveCapacity(messages.count)
    var sink = ByteSink()
    encode(messages, to: &sink) { sink in
      segments.append(sink.withBytes { Array($0) })
      sink.removeAll()
    }
    return segments
  }

  /// Encodes messages that follow those before them, at the end of what is encoded.
  package mutating func encode(_ messages: [ChatMessage], into history: inout EncodedHistory) {
    var sink = ByteSink()
    encode(messages, to: &sink) { Self.endMessage(in: &$0, of: &history) }
    history.take(&sink)
  }

  /// Encodes a turn that follows the messages before it, at the end of what is encoded.
  package mutating func encode(_ turn: PlainTurn, into history: inout EncodedHistory) {
    guard callIDs.areKept, style.reasoning != .required else { return encode(turn.messages, into: &history) }
    var sink = ByteSink()
    turn.write(style, to: &sink) { Self.endMessage(in: &$0, of: &history) }
    history.take(&sink)
    lastRole = turn.count == 0 ? .assistant : .tool
  }

  private static func endMessage(in sink: inout ByteSink, of history: inout EncodedHistory) {
    sink.append(UInt8(ascii: ","))
    if sink.count > EncodedHistory.segmentSize { history.take(&sink) }
  }

  private mutating func encode(
    _ messages: [ChatMessage], to sink: inout ByteSink, afterEach: (inout ByteSink) -> Void
  ) {
    let messages = arranged(messages)
    for position in messages.indices {
      let role = messages[position].role
      if role == .user, lastRole == .tool, !acceptsUserAfterTool {
        callIDs.spelling(.assistant(HistoryText.betweenToolAndUser)).write(style, to: &sink)
        afterEach(&sink)
      }
      if callIDs.areKept {
        messages[position].write(style, to: &sink)
      } else {
        callIDs.spelling(messages[position]).write(style, to: &sink)
      }
      afterEach(&sink)
      lastRole = role
    }
  }

  /// The messages in the order and the number that the provider accepts.
  private func arranged(_ messages: [ChatMessage]) -> [ChatMessage] {
    var messages = messages.withResultsInPlace.withAttachmentsAfterResults
    if !acceptsSeveralSystemMessages { messages = messages.withOneSystemMessage(isBeginning: lastRole == nil) }
    return messages
  }
}

/// What a history says in nobody's name, where the wire wants words and there are none.
enum HistoryText {
  static let betweenToolAndUser = "I have the results."
  static let missingResult = "error: no_result: this call was not carried out"
  static let attachments = "What the tool returned beside its text:"
}
