public import MartletJSON

/// What to ask of a model: the conversation, and how to sample the answer.
///
/// What is nil is not sent, and the provider's default holds. What is out of range is refused before it is sent, with
/// ``APIError/Code/invalidParameter`` and the name of the parameter.
///
/// ```swift
/// var request = ChatRequest(model: "llama-3.2-1b", messages: [.user("Count to 10")], stop: ["5", "\n\n"])
/// request.temperature = 0.7
/// let response = try await client.chat.completions.create(request)
/// ```
public struct ChatRequest: Sendable, Hashable {
  /// Whether and what the model must call.
  public enum ToolChoice: Sendable, Hashable {
    /// The model decides.
    case auto
    /// It may call nothing.
    case none
    /// It must call something.
    case required
    /// It must call the function of this name.
    case tool(String)
  }

  /// The form of the answer.
  public enum ResponseFormat: Sendable, Hashable {
    /// Text.
    case text
    /// Some JSON object.
    case jsonObject
    /// JSON that satisfies a schema; the description tells the model what it is for.
    case jsonSchema(name: String, description: String? = nil, schema: JSONValue, strict: Bool? = nil)
  }

  /// The model's name at its provider.
  public var model: String
  /// The conversation, at least one message.
  public var messages: [ChatMessage]
  /// Randomness, 0 to 2.
  public var temperature: Double?
  /// Nucleus sampling: the share of probability considered, 0 to 1.
  public var topP: Double?
  /// Upper bound of the reply's tokens, at least 1; sent as `max_completion_tokens` to OpenAI, which wants it so.
  public var maxTokens: Int?
  /// Upper bound of the reply's tokens, reasoning included, at least 1.
  public var maxCompletionTokens: Int?
  /// How many answers to give, 1 to 128, `n` on the wire; a stream brings the first one only.
  public var choiceCount: Int?
  /// Texts at which the reply ends, up to 4, none of them empty.
  public var stop: [String] = []
  /// Favors new topics, -2 to 2.
  public var presencePenalty: Double?
  /// Disfavors repetition, -2 to 2.
  public var frequencyPenalty: Double?
  /// How tokens are favored, by token id, -100 to 100; sent in the order of the ids.
  public var logitBias: [String: Int] = [:]
  /// Asks for repeatable sampling.
  public var seed: Int?
  /// Your identifier of the end user.
  public var user: String?
  /// Whether to return how likely each token was, in ``ChatCompletion/Choice/logprobs``.
  public var logprobs: Bool?
  /// How many of the likeliest tokens to return at each place, 0 to 20; needs ``logprobs``.
  public var topLogprobs: Int?
  /// The form of the answer.
  public var responseFormat: ResponseFormat?
  /// Whether the form of the answer is spelled as the provider can keep it, or left out, because the answer is checked.
  package var adaptsResponseFormat = false
  /// The functions that the model may call.
  public var tools: [ChatTool] = []
  /// Whether and what the model must call; sent only with tools.
  ///
  /// The reply is what the server said: some servers do not heed it, so look whether there are calls in it. The agents of
  /// `Martlet` look, and ask again in words.
  public var toolChoice: ToolChoice?
  /// Whether one reply may call several functions; sent only with tools.
  public var parallelToolCalls: Bool?
  /// How long a reasoning model thinks, in its provider's words: none, minimal, low, medium, high, xhigh, max.
  public var reasoningEffort: String?
  /// Whether a stream is to end with the usage; the default is true for providers that accept the question.
  public var includeUsage: Bool?
  /// Members added to the request as they are, unchecked; they replace those of the same name, `messages` excepted.
  public var extraBody = JSONObject()
  /// Whether an earlier answer to the same request may be given again, and this one is kept for that; see
  /// ``ResponseCache``. Nothing of it is sent.
  public var cache = false
  /// Whether the reply is streamed; `create` then reads the stream to its end.
  public var stream: Bool?

  /// Makes a request; the properties say what each parameter means.
  public init(
    model: String, messages: [ChatMessage] = [], temperature: Double? = nil, topP: Double? = nil,
    maxTokens: Int? = nil, maxCompletionTokens: Int? = nil, choiceCount: Int? = nil, stop: [String] = [],
    presencePenalty: Double? = nil, frequencyPenalty: Double? = nil, logitBias: [String: Int] = [:],
    seed: Int? = nil, user: String? = nil, logprobs: Bool? = nil, topLogprobs: Int? = nil,
    responseFormat: ResponseFormat? = nil, tools: [ChatTool] = [], toolChoice: ToolChoice? = nil,
    parallelToolCalls: Bool? = nil, reasoningEffort: String? = nil, includeUsage: Bool? = nil,
    extraBody: JSONObject = JSONObject(), cache: Bool = false
  ) {
    self.model = model
    self.messages = messages
    self.temperature = temperature
    self.topP = topP
    self.maxTokens = maxTokens
    self.maxCompletionTokens = maxCompletionTokens
    self.choiceCount = choiceCount
    self.stop = stop
    self.presencePenalty = presencePenalty
    self.frequencyPenalty = frequencyPenalty
    self.logitBias = logitBias
    self.seed = seed
    self.user = user
    self.logprobs = logprobs
    self.topLogprobs = topLogprobs
    self.responseFormat = responseFormat
    self.tools = tools
    self.toolChoice = toolChoice
    self.parallelToolCalls = parallelToolCalls
    self.reasoningEffort = reasoningEffort
    self.includeUsage = includeUsage
    self.extraBody = extraBody
    self.cache = cache
  }
}
