import MartletJSON

extension ChatRequest {
  /// What cannot be sent, by the first parameter that is out of its range; nil if there is nothing.
  ///
  /// Only the shape is checked: whether a model knows a parameter is its provider's to say.
  var problem: APIError? {
    if messages.isEmpty { return .invalid("messages", "messages is empty; it must hold at least one message") }
    return imageProblem ?? numberProblem ?? stopProblem ?? biasProblem ?? formatProblem ?? toolProblem
  }

  private var imageProblem: APIError? {
    for part in messages.lazy.flatMap(\.parts) {
      guard let url = part.json["image_url"]?["url"]?.stringValue, let problem = ImageURL.problem(url) else { continue }
      return .invalid("messages", problem)
    }
    return nil
  }

  private var numberProblem: APIError? {
    Self.problem("temperature", temperature, ParameterRange.temperature)
      ?? Self.problem("top_p", topP, ParameterRange.topP)
      ?? Self.problem("max_tokens", maxTokens, ParameterRange.tokenBound)
      ?? Self.problem("max_completion_tokens", maxCompletionTokens, ParameterRange.tokenBound)
      ?? Self.problem("n", choiceCount, ParameterRange.choiceCount)
      ?? Self.problem("presence_penalty", presencePenalty, ParameterRange.penalty)
      ?? Self.problem("frequency_penalty", frequencyPenalty, ParameterRange.penalty)
      ?? Self.problem("top_logprobs", topLogprobs, ParameterRange.topLogprobs) ?? logprobsProblem
  }

  private static func problem(_ name: String, _ value: Double?, _ range: ClosedRange<Double>) -> APIError? {
    // NaN is in no range.
    guard let value, !range.contains(value) else { return nil }
    return .invalid(name, "\(name) is \(value); it must be \(ParameterRange.words(range))")
  }

  private static func problem(_ name: String, _ value: Int?, _ range: ClosedRange<Int>) -> APIError? {
    guard let value, !range.contains(value) else { return nil }
    return .invalid(name, "\(name) is \(value); it must be \(ParameterRange.words(range))")
  }

  private var logprobsProblem: APIError? {
    guard topLogprobs != nil, logprobs != true else { return nil }
    return .invalid("top_logprobs", "top_logprobs needs logprobs to be true")
  }

  private var stopProblem: APIError? {
    let limit = ParameterRange.stopCount.upperBound
    if stop.count > limit { return .invalid("stop", "stop holds \(stop.count) texts; it must hold at most \(limit)") }
    guard stop.contains("") else { return nil }
    return .invalid("stop", "stop holds an empty text; leave it out, no reply could begin")
  }

  private var biasProblem: APIError? {
    // The smallest id, so that the same request is always refused in the same words.
    let range = ParameterRange.logitBias
    guard let id = logitBias.keys.filter({ !range.contains(logitBias[$0] ?? 0) }).min() else { return nil }
    return .invalid(
      "logit_bias",
      "logit_bias of the token \(id) is \(logitBias[id] ?? 0); it must be \(ParameterRange.words(range))")
  }

  private var formatProblem: APIError? {
    guard case .jsonSchema(let name, _, let schema, _)? = responseFormat else { return nil }
    if !Self.isName(name) { return .invalid("response_format", Self.nameProblem("the name of response_format", name)) }
    guard schema.objectValue == nil else { return nil }
    return .invalid("response_format", "the schema of response_format is no JSON object")
  }

  private var toolProblem: APIError? {
    for tool in tools {
      if !Self.isName(tool.name) { return .invalid("tools", Self.nameProblem("the name of a tool", tool.name)) }
      if tool.parameters.objectValue == nil {
        return .invalid("tools", "the parameters of the tool \(tool.name) are no JSON object")
      }
    }
    guard case .tool(let name)? = toolChoice, !tools.contains(where: { $0.name == name }) else { return nil }
    return .invalid("tool_choice", "tool_choice names \(name), which is not among the tools")
  }

  private static func isName(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  private static func nameProblem(_ what: String, _ name: String) -> String {
    "\(what) is \"\(name)\"; it must be 1 to 64 letters, digits, underscores and dashes"
  }
}

extension APIError {
  /// Makes the error of a parameter that was not sent.
  static func invalid(_ parameter: String, _ message: String) -> APIError {
    var error = APIError(code: .invalidParameter, message: message)
    error.param = parameter
    return error
  }
}
