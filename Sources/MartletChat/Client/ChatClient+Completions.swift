public import MartletJSON

extension ChatClient.Completions {
  /// Asks for an answer and returns it whole.
  ///
  /// What is nil or empty is not sent. A failure that may pass is tried again, as `maxAttempts` of the client allows.
  ///
  /// ```swift
  /// let response = try await client.chat.completions.create(
  ///   model: "llama-3.2-3b", messages: [.user("Write a haiku about AI")], temperature: 0.7, maxTokens: 100)
  /// ```
  public func create(
    model: String, messages: [ChatMessage], temperature: Double? = nil, topP: Double? = nil, maxTokens: Int? = nil,
    presencePenalty: Double? = nil, frequencyPenalty: Double? = nil, stop: [String] = [],
    logitBias: [String: Double] = [:], seed: Int? = nil, tools: [ChatTool] = [],
    toolChoice: ChatRequest.ToolChoice? = nil, responseFormat: ChatRequest.ResponseFormat? = nil, user: String? = nil,
    extraBody: JSONObject = JSONObject()
  ) async throws(APIError) -> ChatCompletion {
    try await create(
      ChatRequest(
        model: model, messages: messages, temperature: temperature, topP: topP, maxTokens: maxTokens,
        presencePenalty: presencePenalty, frequencyPenalty: frequencyPenalty, stop: stop, logitBias: logitBias,
        seed: seed, tools: tools, toolChoice: toolChoice, responseFormat: responseFormat, user: user,
        extraBody: extraBody))
  }

  /// Asks for an answer as the request says and returns it whole.
  public func create(_ request: ChatRequest) async throws(APIError) -> ChatCompletion {
    var attempts = RequestAttempts(client, request)
    while true {
      do throws(APIError) {
        var exchange = try await attempts.open()
        while try await exchange.nextBatch() != nil {}
        return ChatCompletion([exchange.reply] + exchange.alternatives)
      } catch {
        try await attempts.wait(after: error)
      }
    }
  }

  /// Asks for an answer and gives it as it comes; ending the iteration early ends the transfer.
  ///
  /// ```swift
  /// for try await chunk in client.chat.completions.stream(model: "llama-3.2-1b", messages: [.user("Count to 10")]) {
  ///   print(chunk.choices.first?.delta.content ?? "", terminator: "")
  /// }
  /// ```
  public func stream(
    model: String, messages: [ChatMessage], temperature: Double? = nil, topP: Double? = nil, maxTokens: Int? = nil,
    presencePenalty: Double? = nil, frequencyPenalty: Double? = nil, stop: [String] = [],
    logitBias: [String: Double] = [:], seed: Int? = nil, tools: [ChatTool] = [],
    toolChoice: ChatRequest.ToolChoice? = nil, responseFormat: ChatRequest.ResponseFormat? = nil, user: String? = nil,
    extraBody: JSONObject = JSONObject()
  ) -> ChatCompletionStream {
    stream(
      ChatRequest(
        model: model, messages: messages, temperature: temperature, topP: topP, maxTokens: maxTokens,
        presencePenalty: presencePenalty, frequencyPenalty: frequencyPenalty, stop: stop, logitBias: logitBias,
        seed: seed, tools: tools, toolChoice: toolChoice, responseFormat: responseFormat, user: user,
        extraBody: extraBody))
  }

  /// Asks for an answer as the request says and gives it as it comes; its `stream` is set to true.
  public func stream(_ request: ChatRequest) -> ChatCompletionStream {
    var request = request
    request.stream = true
    return ChatCompletionStream(client: client, request: request)
  }
}
