public import MartletJSON

extension ChatClient.Completions {
  /// Asks for an answer and returns it whole; ``ChatRequest`` says what each parameter means.
  ///
  /// What is nil or empty is not sent. A failure that may pass is tried again, as `maxAttempts` of the client allows. Calls
  /// at the same time wait each for itself: many that must not run into a rate limit together are a batch.
  ///
  /// ```swift
  /// let response = try await client.chat.completions.create(
  ///   model: "llama-3.2-3b", messages: [.user("Write a haiku about AI")], temperature: 0.7, maxTokens: 100)
  /// ```
  public func create(
    model: String, messages: [ChatMessage], temperature: Double? = nil, topP: Double? = nil, maxTokens: Int? = nil,
    maxCompletionTokens: Int? = nil, choiceCount: Int? = nil, stop: [String] = [], presencePenalty: Double? = nil,
    frequencyPenalty: Double? = nil, logitBias: [String: Int] = [:], seed: Int? = nil, user: String? = nil,
    logprobs: Bool? = nil, topLogprobs: Int? = nil, responseFormat: ChatRequest.ResponseFormat? = nil,
    tools: [ChatTool] = [], toolChoice: ChatRequest.ToolChoice? = nil, parallelToolCalls: Bool? = nil,
    reasoningEffort: String? = nil, extraBody: JSONObject = JSONObject(),
    cache: Bool = false
  ) async throws(APIError) -> ChatCompletion {
    try await create(
      ChatRequest(
        model: model, messages: messages, temperature: temperature, topP: topP, maxTokens: maxTokens,
        maxCompletionTokens: maxCompletionTokens, choiceCount: choiceCount, stop: stop,
        presencePenalty: presencePenalty, frequencyPenalty: frequencyPenalty, logitBias: logitBias, seed: seed,
        user: user, logprobs: logprobs, topLogprobs: topLogprobs, responseFormat: responseFormat, tools: tools,
        toolChoice: toolChoice, parallelToolCalls: parallelToolCalls, reasoningEffort: reasoningEffort,
        extraBody: extraBody, cache: cache))
  }

  /// Asks for an answer as the request says and returns it whole.
  public func create(_ request: ChatRequest) async throws(APIError) -> ChatCompletion {
    var attempts = RequestAttempts(client, request)
    while true {
      do throws(APIError) {
        return try await attempts.completion()
      } catch {
        try await attempts.wait(after: error)
      }
    }
  }

  /// Asks for an answer and gives it as it comes; ending the iteration early ends the transfer.
  ///
  /// The parameters are those of ``create(_:)``, but for the number of choices: a stream follows one.
  ///
  /// ```swift
  /// for try await chunk in client.chat.completions.stream(model: "llama-3.2-1b", messages: [.user("Count to 10")]) {
  ///   print(chunk.choices.first?.delta.content ?? "", terminator: "")
  /// }
  /// ```
  public func stream(
    model: String, messages: [ChatMessage], temperature: Double? = nil, topP: Double? = nil, maxTokens: Int? = nil,
    maxCompletionTokens: Int? = nil, stop: [String] = [], presencePenalty: Double? = nil,
    frequencyPenalty: Double? = nil, logitBias: [String: Int] = [:], seed: Int? = nil, user: String? = nil,
    logprobs: Bool? = nil, topLogprobs: Int? = nil, responseFormat: ChatRequest.ResponseFormat? = nil,
    tools: [ChatTool] = [], toolChoice: ChatRequest.ToolChoice? = nil, parallelToolCalls: Bool? = nil,
    reasoningEffort: String? = nil, includeUsage: Bool? = nil, extraBody: JSONObject = JSONObject(),
    cache: Bool = false
  ) -> ChatCompletionStream {
    stream(
      ChatRequest(
        model: model, messages: messages, temperature: temperature, topP: topP, maxTokens: maxTokens,
        maxCompletionTokens: maxCompletionTokens, stop: stop,
        presencePenalty: presencePenalty, frequencyPenalty: frequencyPenalty, logitBias: logitBias, seed: seed,
        user: user, logprobs: logprobs, topLogprobs: topLogprobs, responseFormat: responseFormat, tools: tools,
        toolChoice: toolChoice, parallelToolCalls: parallelToolCalls, reasoningEffort: reasoningEffort,
        includeUsage: includeUsage, extraBody: extraBody, cache: cache))
  }

  /// Asks for an answer as the request says and gives it as it comes; its `stream` is set to true.
  public func stream(_ request: ChatRequest) -> ChatCompletionStream {
    var request = request
    request.stream = true
    return ChatCompletionStream(client: client, request: request)
  }
}
