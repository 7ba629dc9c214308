import MartletChat

/// The messages of a conversation, to be encoded anew where a server turns out to want them spelled otherwise.
///
/// Nearly all of it is what the transcript holds too and shares with it: the messages are made when they are needed.
struct ChatHistory: Sendable {
  private var entries: [Transcript.Entry] = []
  /// The replies that their provider wants back with more than their entries hold, by the places of these.
  private var replies: [Int: ChatMessage] = [:]
  /// What the model was told beside what was said, by the places of the entries.
  private var additions: [Int: String] = [:]

  /// How many entries there are.
  var count: Int { entries.count }

  /// All messages.
  var messages: [ChatMessage] { entries.indices.flatMap { messages(at: $0) } }

  /// Adds what was said, a turn with its reply as the provider wants it back if that is known; gives the messages of it.
  mutating func append(_ entry: Transcript.Entry, reply: ChatMessage?) -> [ChatMessage] {
    if let reply, case .turn(let turn) = entry, !reply.saysNoMore(than: turn) { replies[entries.count] = reply }
    entries.append(entry)
    // The reply knows more of what it holds than a message that is made of the entry.
    return entry.messages(reply: reply)
  }

  /// Adds a turn that holds all that its reply said, and encodes it without messages of it.
  mutating func append(
    whole turn: Transcript.Turn, with encoder: inout HistoryEncoder, into encoded: inout EncodedHistory
  ) {
    entries.append(.turn(turn))
    encoder.encode(
      PlainTurn(
        text: turn.text, count: turn.calls.count,
        call: { (turn.calls[$0].id, turn.calls[$0].name, turn.calls[$0].arguments) },
        result: { turn.results[$0].content }),
      into: &encoded)
  }

  /// Adds a paragraph to what was said last.
  mutating func append(paragraph: String) {
    additions[entries.count - 1] = paragraph
  }

  private func messages(at index: Int) -> [ChatMessage] {
    var messages = entries[index].messages(reply: replies[index])
    if let addition = additions[index] { messages[messages.count - 1].append(paragraph: addition) }
    return messages
  }
}

extension Transcript.Entry {
  /// The messages that say it: one, or a reply, as its provider wants it back if that is given, with the results of its
  /// calls.
  fileprivate func messages(reply: ChatMessage?) -> [ChatMessage] {
    switch self {
    case .instructions(let text): return [.system(text)]
    case .user(let text, let attachments): return [.user(text, attachments: attachments)]
    case .correction(let text): return [.user(text)]
    case .turn(let turn):
      var messages: [ChatMessage] = []
      messages.reserveCapacity(turn.results.count + 1)
      messages.append(reply ?? turn.reply)
      for result in turn.results { messages.append(.tool(callID: result.callID, result.content)) }
      return messages
    }
  }
}

extension Transcript.Turn {
  /// The reply as far as the turn holds it.
  fileprivate var reply: ChatMessage {
    .assistant(text, toolCalls: calls.map { .init(id: $0.id, name: $0.name, arguments: $0.arguments) })
  }
}

extension ChatMessage {
  /// Whether it is no more than the reply that a turn holds.
  fileprivate func saysNoMore(than turn: Transcript.Turn) -> Bool {
    let toolCalls = toolCalls ?? []
    guard isPlain, content == turn.text, toolCalls.count == turn.calls.count else { return false }
    return toolCalls.indices.allSatisfy { index in
      toolCalls[index].isPlain && toolCalls[index].id == turn.calls[index].id
        && toolCalls[index].function.name == turn.calls[index].name
        && toolCalls[index].function.arguments == turn.calls[index].arguments
    }
  }
}
