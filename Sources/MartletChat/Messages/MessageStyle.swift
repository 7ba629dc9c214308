/// How a provider wants messages spelled.
package struct MessageStyle: Sendable, Hashable {
  /// What stands for the text of a message that only calls functions.
  package enum EmptyContent: String, Sendable, Hashable, CaseIterable {
    case null
    case emptyString = "empty"
    case omitted
  }

  /// What becomes of the model's thinking when its message goes back.
  package enum Reasoning: String, Sendable, Hashable, CaseIterable {
    /// It goes back in the form in which it came.
    case asReceived = "as_received"
    /// It goes back as `<think>…</think>` at the beginning of the text.
    case tags
    /// It does not go back.
    case omitted
    /// It goes back as it came, and a message that calls functions always has some, if only an empty one.
    case required
  }

  package var emptyContent = EmptyContent.null
  package var reasoning = Reasoning.asReceived
  /// Whether there is a role `developer`; if not, its messages are those of the system.
  package var acceptsDeveloperRole = true

  package init(emptyContent: EmptyContent = .null, reasoning: Reasoning = .asReceived) {
    self.emptyContent = emptyContent
    self.reasoning = reasoning
  }
}
