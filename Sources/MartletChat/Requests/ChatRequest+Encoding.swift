import MartletJSON

extension ChatRequest {
  /// The members of the body but for `messages` and the extra ones, in the order in which they are always sent.
  func parameters(_ quirks: ProviderQuirks) -> JSONObject {
    var body: JSONObject = ["model": .string(model)]
    body["temperature"] = Self.number(temperature)
    body["top_p"] = Self.number(topP)
    addTokenBounds(to: &body, quirks)
    body["presence_penalty"] = Self.number(presencePenalty)
    body["frequency_penalty"] = Self.number(frequencyPenalty)
    if !stop.isEmpty { body["stop"] = .array(stop.map { .string($0) }) }
    if !logitBias.isEmpty { body["logit_bias"] = biases }
    body["seed"] = Self.number(seed)
    body["n"] = Self.number(choiceCount)
    body["logprobs"] = logprobs.map { .bool($0) }
    body["top_logprobs"] = Self.number(topLogprobs)
    body["reasoning_effort"] = reasoningEffort.map { .string($0) }
    body["response_format"] = responseFormat(quirks)?.wire(quirks)
    body["user"] = user.map { .string($0) }
    addTools(to: &body, quirks)
    let stream = quirks.losesStreamedArguments && !tools.isEmpty ? stream.map { _ in false } : stream
    body["stream"] = stream.map { .bool($0) }
    if stream == true, includeUsage ?? quirks.acceptsStreamOptions {
      body["stream_options"] = ["include_usage": true]
    }
    return body
  }

  /// Under one name, if the provider knows one only; the bound that counts reasoning goes before the other.
  private func addTokenBounds(to body: inout JSONObject, _ quirks: ProviderQuirks) {
    switch quirks.tokenBound {
    case .asGiven:
      body["max_tokens"] = Self.number(maxTokens)
      body["max_completion_tokens"] = Self.number(maxCompletionTokens)
    case .maxTokens: body["max_tokens"] = Self.number(maxTokens ?? maxCompletionTokens)
    case .maxCompletionTokens: body["max_completion_tokens"] = Self.number(maxCompletionTokens ?? maxTokens)
    }
  }

  private func addTools(to body: inout JSONObject, _ quirks: ProviderQuirks) {
    let offered = toolChoice?.offered(tools, quirks) ?? tools
    if offered.isEmpty { return }
    body["tools"] = .array(offered.map { $0.wire(quirks) })
    body["tool_choice"] = toolChoice?.wire(quirks)
    if quirks.acceptsParallelToolCalls { body["parallel_tool_calls"] = parallelToolCalls.map { .bool($0) } }
  }

  private func responseFormat(_ quirks: ProviderQuirks) -> ResponseFormat? {
    guard adaptsResponseFormat else { return responseFormat }
    return switch quirks.answerFormat {
    case .schema: responseFormat
    case .object: responseFormat.map { _ in .jsonObject }
    case .none: nil
    }
  }

  private var biases: JSONValue {
    let ids = logitBias.keys.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    return .object(JSONObject(ids.compactMap { id in Self.number(logitBias[id]).map { (id, $0) } }))
  }

  private static func number(_ value: Int?) -> JSONValue? { value.map { .number(JSONNumber($0)) } }

  private static func number(_ value: Double?) -> JSONValue? { value.flatMap { JSONNumber($0) }.map(JSONValue.number) }
}

extension ChatRequest.ResponseFormat {
  func wire(_ quirks: ProviderQuirks) -> JSONValue {
    switch self {
    case .text: ["type": "text"]
    case .jsonObject: ["type": "json_object"]
    case .jsonSchema(let name, let description, let schema, let strict):
      ["type": "json_schema", "json_schema": .object(Self.schema(name, description, schema, strict, quirks))]
    }
  }

  private static func schema(
    _ name: String, _ description: String?, _ schema: JSONValue, _ strict: Bool?, _ quirks: ProviderQuirks
  ) -> JSONObject {
    var object: JSONObject = ["name": .string(name)]
    object["description"] = description.map { .string($0) }
    object["schema"] = quirks.needsSimpleSchemas ? SimpleSchema.answer(SchemaGraph(outlining: schema)).json : schema
    if let strict, quirks.acceptsStrict { object["strict"] = .bool(strict) }
    return object
  }
}
