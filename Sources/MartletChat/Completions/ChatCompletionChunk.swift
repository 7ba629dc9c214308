public import MartletJSON

/// A part of an answer, as it came.
public struct ChatCompletionChunk: Sendable, Hashable {
  /// What is new in the answer.
  public struct Delta: Sendable, Hashable {
    /// A piece of a call of a function.
    public struct ToolCall: Sendable, Hashable {
      /// The call's place among those of the answer.
      public var index: Int
      /// Its identifier, when it becomes known.
      public var id: String?
      /// Its function's name, when it becomes known.
      public var name: String?
      /// A piece of its arguments, to be appended to those before.
      public var arguments: String
    }

    /// A piece of the text.
    public var content: String?
    /// A piece of the sentence with which the model refuses.
    public var refusal: String?
    /// A piece of the model's thinking, where the provider shows it.
    public var reasoning: String?
    /// Pieces of calls; nil if none.
    public var toolCalls: [ToolCall]?
  }

  /// The answer that the part belongs to.
  public struct Choice: Sendable, Hashable {
    /// Its place among the choices; a stream follows the first one.
    public var index: Int
    /// What is new.
    public var delta: Delta
    /// Why the answer ended; in the last chunk only.
    public var finishReason: FinishReason?
    /// How likely the tokens of this part were, as the provider wrote it; nil unless the request asked for
    /// ``ChatRequest/logprobs``.
    public var logprobs: JSONValue?
  }

  /// The provider's identifier of the answer; empty if it gave none.
  public var id: String
  /// The model that answered, by the provider's word; empty if it gave none.
  public var model: String
  /// What is new in each choice.
  public var choices: [Choice]
  /// The tokens that the answer took; in the last chunk only.
  public var usage: Usage?

  /// The last chunk's answer; a list, so that the other chunks are small.
  private var whole: [ChatCompletion] = []

  /// The whole answer, put together of all chunks, the same as `create` gives; in the last chunk only.
  public var completion: ChatCompletion? { whole.first }

  init(_ delta: ChatDelta, of answer: (id: String, model: String)) {
    (id, model) = answer
    var part = Delta()
    var logprobs: JSONValue?
    switch delta {
    case .text(let text): part.content = text
    case .reasoning(let text): part.reasoning = text
    case .refusal(let text): part.refusal = text
    case .call(let index, let id, let name, let arguments):
      part.toolCalls = [Delta.ToolCall(index: index, id: id, name: name, arguments: arguments)]
    case .logprobs(let value, _): logprobs = value
    }
    choices = [Choice(index: 0, delta: part, logprobs: logprobs)]
  }

  /// The last chunk of a stream.
  init(endOf completion: ChatCompletion) {
    id = completion.id
    model = completion.model
    usage = completion.usage
    whole = [completion]
    choices = [Choice(index: 0, delta: Delta(), finishReason: completion.choices.first?.finishReason)]
  }
}
