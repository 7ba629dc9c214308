import MartletJSON

extension [ChatMessage] {
  /// The messages with one result for each call, in the order of the calls and right after them, as every server wants.
  ///
  /// Results are moved to their calls, up to the assistant's next message. A call without a result gets one that says so.
  /// Nothing is left out: a result without a call stays where it is, for the server to judge.
  var withResultsInPlace: [ChatMessage] {
    if hasResultsInPlace { return self }
    var arranged: [ChatMessage] = []
    var position = startIndex
    while position < endIndex {
      let message = self[position]
      arranged.append(message)
      position += 1
      guard let calls = message.toolCalls, !calls.isEmpty, message.role == .assistant else { continue }
      let end = self[position...].firstIndex { $0.role == .assistant } ?? endIndex
      var following = Array(self[position..<end])
      for call in calls {
        let found = following.firstIndex { $0.role == .tool && $0.toolCallID == call.id }
        arranged.append(
          found.map { following.remove(at: $0) } ?? .tool(callID: call.id, HistoryText.missingResult))
      }
      arranged += following
      position = end
    }
    return arranged
  }

  private var hasResultsInPlace: Bool {
    var position = startIndex
    while position < endIndex {
      let calls = self[position].role == .assistant ? self[position].toolCalls ?? [] : []
      position += 1
      guard position + calls.count <= endIndex else { return false }
      for call in calls {
        guard self[position].role == .tool, self[position].toolCallID == call.id else { return false }
        position += 1
      }
    }
    return true
  }

  /// The messages with what a result holds beside text in a user's message after the results: a result is one string.
  var withAttachmentsAfterResults: [ChatMessage] {
    // By position, for a copy of each message would count references.
    guard indices.contains(where: { self[$0].role == .tool && self[$0].parts.contains { !$0.isText } }) else {
      return self
    }
    var arranged: [ChatMessage] = []
    var attachments: [ContentPart] = []
    for message in self {
      if message.role != .tool, !attachments.isEmpty {
        arranged.append(.user([.text(HistoryText.attachments)] + attachments))
        attachments = []
      }
      arranged.append(message)
      if message.role == .tool { attachments += message.parts.filter { !$0.isText } }
    }
    if !attachments.isEmpty { arranged.append(.user([.text(HistoryText.attachments)] + attachments)) }
    return arranged
  }
}

extension ContentPart {
  fileprivate var isText: Bool { json["type"]?.stringValue == "text" }
}
