public import MartletJSON

/// An answer, whole.
///
/// ```swift
/// print(response.choices[0].message.content ?? "", response.choices[0].finishReason)
/// print(response.usage.promptTokens, response.usage.completionTokens, response.usage.totalTokens)
/// print(response.raw?["system_fingerprint"]?.stringValue ?? "")
/// ```
public struct ChatCompletion: Sendable, Hashable {
  /// One of the answers that were asked for.
  public struct Choice: Sendable, Hashable {
    /// Its place among the choices.
    public var index: Int
    /// What the model said, ready to be appended to the conversation.
    public var message: ChatMessage
    /// Why it ended.
    public var finishReason: FinishReason
    /// How likely each token was, as the provider wrote it; nil unless the request asked for ``ChatRequest/logprobs``.
    public var logprobs: JSONValue?
  }

  /// The provider's identifier of the answer; empty if it gave none.
  public var id: String
  /// The model that answered, by the provider's word.
  public var model: String
  /// When it was made, in seconds since 1970; 0 if the provider does not say.
  public var created: Int
  /// The answers, at least one; a stream follows one.
  public var choices: [Choice]
  /// The tokens that it took.
  public var usage: Usage
  /// Whether an earlier answer was given again by ``ResponseCache`` instead of asking the model.
  ///
  /// Giving it again took no tokens and costs nothing: ``usage`` says what the answer took when it was made, but its
  /// ``Usage/cost`` is 0, so that the costs of all answers add up to what was paid. A run of an agent counts no tokens for it.
  public var cached = false
  /// The server's identifier of the request, to quote to its operator; nil if it gave none.
  public var requestID: String?
  /// What the provider still allows, by the headers of its response; nil if it says nothing.
  public var rateLimit: RateLimit?
  /// The body of the response, if it came whole.
  var body: [UInt8] = []

  /// The response's body as the server wrote it, unknown members included; nil if it was streamed or is damaged JSON.
  ///
  /// It is parsed each time that it is asked for.
  public var raw: JSONValue? { body.isEmpty ? nil : try? JSONValue(parsing: body) }

  init(_ replies: [AssembledReply]) {
    let first = replies.first ?? AssembledReply()
    id = first.id
    model = first.model
    created = first.created
    usage = first.usage
    cached = first.isCached
    choices = replies.enumerated().map { index, reply in
      Choice(
        index: index, message: reply.chatMessage, finishReason: reply.finishReason, logprobs: reply.logprobs)
    }
  }
}
