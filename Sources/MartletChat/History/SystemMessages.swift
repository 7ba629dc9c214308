import MartletJSON

extension [ChatMessage] {
  /// The messages with the texts of all system messages in one, at the beginning.
  ///
  /// After the beginning, where nothing may change any more, they become the user's.
  func withOneSystemMessage(isBeginning: Bool) -> [ChatMessage] {
    let system = filter(\.isOfTheSystem)
    if !isBeginning {
      return map { $0.isOfTheSystem ? .user($0.wholeText) : $0 }
    }
    guard let first = system.first, system.count > 1 || self.first?.isOfTheSystem == false else { return self }
    var one = ChatMessage(role: first.role, content: nil)
    one.content = system.map(\.wholeText).filter { !$0.isEmpty }.joined(separator: "\n\n")
    return [one] + filter { !$0.isOfTheSystem }
  }
}

extension ChatMessage {
  fileprivate var isOfTheSystem: Bool { role == .system || role == .developer }

  fileprivate var wholeText: String {
    parts.isEmpty ? content ?? "" : parts.compactMap { $0.json["text"]?.stringValue }.joined(separator: "\n")
  }

  /// Adds a paragraph at the end of what the message says.
  package mutating func append(paragraph: String) {
    if parts.isEmpty {
      content = [content ?? "", paragraph].filter { !$0.isEmpty }.joined(separator: "\n\n")
    } else {
      parts.append(.text(paragraph))
    }
  }
}
