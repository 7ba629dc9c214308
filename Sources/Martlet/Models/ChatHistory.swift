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
    var messages = entry.messages
    if let reply {
      if messages[0] != reply { replies[entries.count] = reply }
      // It knows more of what it holds than a message that is made of the entry.
      messages[0] = reply
    }
    entries.append(entry)
    return messages
  }

  /// Adds a paragraph to what was said last.
  mutating func append(paragraph: String) {
    additions[entries.count - 1] = paragraph
  }

  private func messages(at index: Int) -> [ChatMessage] {
    var messages = entries[index].messages
    if let reply = replies[index] { messages[0] = reply }
    if let addition = additions[index] { messages[messages.count - 1].append(paragraph: addition) }
    return messages
  }
}

extension Transcript.Entry {
  /// The messages that say it: one, or a reply with the results of its calls.
  fileprivate var messages: [ChatMessage] {
    switch self {
    case .instructions(let text): [.system(text)]
    case .user(let text, let attachments): [.user(text, attachments: attachments)]
    case .correction(let text): [.user(text)]
    case .turn(let turn):
      [.assistant(turn.text, toolCalls: turn.calls.map { .init(id: $0.id, name: $0.name, arguments: $0.arguments) })]
        + turn.results.map { .tool(callID: $0.callID, $0.content) }
    }
  }
}
