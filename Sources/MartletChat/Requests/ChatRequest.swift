public import MartletJSON

/// What to ask of a model: the conversation, and how to sample the answer.
///
/// What is nil is not sent, and the provider's default holds.
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
    /// JSON that satisfies a schema.
    case jsonSchema(name: String, schema: JSONValue, strict: Bool? = nil)
  }

  /// The model's name at its provider.
  public var model: String
  /// The conversation.
  public var messages: [ChatMessage]
  /// Randomness, 0 to 2.
  public var temperature: Double?
  /// Nucleus sampling: the share of probability considered, 0 to 1.
  public var topP: Double?
  /// Upper bound of the reply's tokens.
  public var maxTokens: Int?
  /// Upper bound of the reply's tokens, reasoning included.
  public var maxCompletionTokens: Int?
  /// Favors new topics, -2 to 2.
  public var presencePenalty: Double?
  /// Disfavors repetition, -2 to 2.
  public var frequencyPenalty: Double?
  /// Texts at which the reply ends, at most 4.
  public var stop: [String] = []
  /// How tokens are favored, by token id, -100 to 100; sent in the order of the ids.
  public var logitBias: [String: Double] = [:]
  /// Asks for repeatable sampling.
  public var seed: Int?
  /// How many answers to give; a stream brings the first one only.
  public var choiceCount: Int?
  /// How long a reasoning model thinks: none, minimal, low, medium, high.
  public var reasoningEffort: String?
  /// The form of the answer.
  public var responseFormat: ResponseFormat?
  /// Your identifier of the end user.
  public var user: String?
  /// The functions that the model may call.
  public var tools: [ChatTool] = []
  /// Whether and what the model must call; sent only with tools.
  public var toolChoice: ToolChoice?
  /// Whether one reply may call several functions; sent only with tools.
  public var parallelToolCalls: Bool?
  /// Whether the reply is streamed.
  public var stream: Bool?
  /// Whether a stream is to end with the usage; the default is true for providers that accept the question.
  public var includeUsage: Bool?
  /// Members added to the request as they are; they replace those of the same name, `messages` excepted.
  public var extraBody = JSONObject()

  /// Makes a request; everything that has no parameter here is set on it afterwards.
  public init(
    model: String, messages: [ChatMessage] = [], temperature: Double? = nil, topP: Double? = nil,
    maxTokens: Int? = nil, presencePenalty: Double? = nil, frequencyPenalty: Double? = nil, stop: [String] = [],
    logitBias: [String: Double] = [:], seed: Int? = nil, tools: [ChatTool] = [], toolChoice: ToolChoice? = nil,
    responseFormat: ResponseFormat? = nil, user: String? = nil, extraBody: JSONObject = JSONObject()
  ) {
    self.model = model
    self.messages = messages
    self.temperature = temperature
    self.topP = topP
    self.maxTokens = maxTokens
    self.presencePenalty = presencePenalty
    self.frequencyPenalty = frequencyPenalty
    self.stop = stop
    self.logitBias = logitBias
    self.seed = seed
    self.tools = tools
    self.toolChoice = toolChoice
    self.responseFormat = responseFormat
    self.user = user
    self.extraBody = extraBody
  }
}
