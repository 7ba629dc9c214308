import MartletJSON

extension ChatRequest {
  /// The members of the body but for `messages` and the extra ones, in the order in which they are always sent.
  func parameters(_ quirks: ProviderQuirks) -> JSONObject {
    var body: JSONObject = ["model": .string(model)]
    body["temperature"] = Self.number(temperature)
    body["top_p"] = Self.number(topP)
    let renamesMaxTokens = quirks.renamesMaxTokens && maxCompletionTokens == nil
    body[renamesMaxTokens ? "max_completion_tokens" : "max_tokens"] = Self.number(maxTokens)
    if let maxCompletionTokens { body["max_completion_tokens"] = Self.number(maxCompletionTokens) }
    body["presence_penalty"] = Self.number(presencePenalty)
    body["frequency_penalty"] = Self.number(frequencyPenalty)
    if !stop.isEmpty { body["stop"] = .array(stop.map { .string($0) }) }
    if !logitBias.isEmpty { body["logit_bias"] = biases }
    body["seed"] = Self.number(seed)
    body["n"] = Self.number(choiceCount)
    body["logprobs"] = logprobs.map { .bool($0) }
    body["top_logprobs"] = Self.number(topLogprobs)
    body["reasoning_effort"] = reasoningEffort.map { .string($0) }
    body["response_format"] = responseFormat?.wire
    body["user"] = user.map { .string($0) }
    if !tools.isEmpty { addTools(to: &body, quirks) }
    let stream = quirks.losesStreamedArguments && !tools.isEmpty ? stream.map { _ in false } : stream
    body["stream"] = stream.map { .bool($0) }
    if stream == true, includeUsage ?? quirks.acceptsStreamOptions {
      body["stream_options"] = ["include_usage": true]
    }
    return body
  }

  private func addTools(to body: inout JSONObject, _ quirks: ProviderQuirks) {
    var offered = tools
    // Where a name cannot be chosen, the choice is between the functions that are offered.
    if case .tool(let name)? = toolChoice, !quirks.acceptsNamedToolChoice { offered.removeAll { $0.name != name } }
    body["tools"] = .array(
      offered.map { tool in
        var tool = tool
        if !quirks.acceptsStrict { tool.strict = nil }
        return tool.wire
      })
    body["tool_choice"] = toolChoice?.wire(quirks)
    if quirks.acceptsParallelToolCalls { body["parallel_tool_calls"] = parallelToolCalls.map { .bool($0) } }
  }

  private var biases: JSONValue {
    let ids = logitBias.keys.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    return .object(JSONObject(ids.compactMap { id in Self.number(logitBias[id]).map { (id, $0) } }))
  }

  private static func number(_ value: Int?) -> JSONValue? { value.map { .number(JSONNumber($0)) } }

  private static func number(_ value: Double?) -> JSONValue? { value.flatMap { JSONNumber($0) }.map(JSONValue.number) }
}

extension ChatRequest.ToolChoice {
  func wire(_ quirks: ProviderQuirks) -> JSONValue {
    switch self {
    case .auto: "auto"
    case .none: "none"
    case .required: "required"
    case .tool where !quirks.acceptsNamedToolChoice: "required"
    case .tool(let name): ["type": "function", "function": ["name": .string(name)]]
    }
  }
}

extension ChatRequest.ResponseFormat {
  var wire: JSONValue {
    switch self {
    case .text: ["type": "text"]
    case .jsonObject: ["type": "json_object"]
    case .jsonSchema(let name, let schema, let strict):
      ["type": "json_schema", "json_schema": .object(Self.schema(name, schema, strict))]
    }
  }

  private static func schema(_ name: String, _ schema: JSONValue, _ strict: Bool?) -> JSONObject {
    var object: JSONObject = ["name": .string(name), "schema": schema]
    if let strict { object["strict"] = .bool(strict) }
    return object
  }
}
