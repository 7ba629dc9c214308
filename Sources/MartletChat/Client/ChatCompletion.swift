/// An answer, whole.
public struct ChatCompletion: Sendable, Hashable {
  /// One of the answers that were asked for.
  public struct Choice: Sendable, Hashable {
    /// Its place among the choices.
    public var index: Int
    /// What the model said, ready to be appended to the conversation.
    public var message: ChatMessage
    /// Why it ended.
    public var finishReason: FinishReason
  }

  /// The provider's identifier of the answer; empty if it gave none.
  public var id: String
  /// The model that answered, by the provider's word.
  public var model: String
  /// When it was made, in seconds since 1970; 0 if the provider does not say.
  public var created: Int
  /// The answers, at least one.
  public var choices: [Choice]
  /// The tokens that it took.
  public var usage: Usage

  init(_ replies: [AssembledReply]) {
    let first = replies.first ?? AssembledReply()
    id = first.id
    model = first.model
    created = first.created
    usage = first.usage
    choices = replies.enumerated().map { index, reply in
      Choice(index: index, message: reply.chatMessage, finishReason: reply.finishReason)
    }
  }
}
