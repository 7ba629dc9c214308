package import Martlet

extension Costume {
  /// One that does what the standard asks for.
  package static let none = Costume("none")

  /// One that refuses bodies, with the sentence of a server that is known to do so.
  package static func refusing(
    _ name: String, status: Int = 400, _ message: String, _ isRefused: @escaping @Sendable (JSONValue) -> Bool
  ) -> Costume {
    var costume = Costume(name)
    costume.refusal = { isRefused($0) ? (status, message) : nil }
    return costume
  }

  package static let streamOptionsRefused = refusing(
    "stream_options is refused", "Unrecognized request argument supplied: stream_options"
  ) { $0["stream_options"] != nil }

  package static let maxTokensRefused = refusing(
    "max_tokens is refused",
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
  ) { $0["max_tokens"] != nil }

  package static let maxCompletionTokensRefused = refusing(
    "max_completion_tokens is refused",
    #"[{'type': 'extra_forbidden', 'loc': ('body', 'max_completion_tokens'), 'msg': 'Extra inputs are not permitted'}]"#
  ) { $0["max_completion_tokens"] != nil }

  package static let parallelToolCallsRefused = refusing(
    "parallel_tool_calls is refused",
    "Unsupported parameter: 'parallel_tool_calls' is not supported with this model."
  ) { $0["parallel_tool_calls"] != nil }

  package static let namedToolChoiceRefused = refusing(
    "a named tool_choice is refused",
    "Invalid tool_choice type: 'object'. Supported string values: none, auto, required"
  ) { $0["tool_choice"]?.objectValue != nil }

  package static let toolChoiceRefused = refusing(
    "every tool_choice is refused", "deepseek-reasoner does not support this tool_choice"
  ) { ($0["tool_choice"]?.objectValue ?? nil) != nil || $0["tool_choice"] == "required" }

  package static let longCallIDsRefused = refusing(
    "identifiers of calls must have nine letters and digits",
    "Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9."
  ) { body in
    let ids = body.messages.flatMap { message in
      (message["tool_calls"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }
        + [message["tool_call_id"]?.stringValue].compactMap { $0 }
    }
    return ids.contains { id in id.count != 9 || !id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } }
  }

  package static let userAfterToolRefused = refusing(
    "no user's message after a result", "Unexpected role 'user' after role 'tool'"
  ) { body in zip(body.roles, body.roles.dropFirst()).contains { $0 == "tool" && $1 == "user" } }

  package static let nullContentRefused = refusing(
    "content must not be null", "Invalid 'content': 'content' field must be a string or an array of objects."
  ) { body in body.messages.contains { $0["content"]?.isNull ?? false } }

  package static let blankContentRefused = refusing(
    "content must be neither null nor empty", "messages: text content blocks must be non-empty"
  ) { body in body.messages.contains { $0["content"]?.isNull ?? false || $0["content"] == "" } }

  package static let developerRefused = refusing(
    "there is no role developer",
    "Failed to deserialize the JSON body into the target type: messages[0].role: unknown variant `developer`, "
      + "expected one of `system`, `user`, `assistant`, `tool` at line 1 column 85"
  ) { $0.roles.contains("developer") }

  package static let secondSystemMessageRefused = refusing(
    "one system message, at the beginning", "System message must be at the beginning."
  ) { $0.roles.dropFirst().contains("system") }

  package static let reasoningRefused = refusing(
    "thinking must not come back",
    "messages.2.assistant.reasoning_content: property 'messages.2.assistant.reasoning_content' is unsupported"
  ) { body in body.messages.contains { $0["reasoning_content"] != nil } }.thinking(as: "reasoning_content")

  package static let reasoningRequired = refusing(
    "thinking must come back",
    "The `reasoning_content` in the thinking mode must be passed back to the API."
  ) { body in body.messages.contains { $0["tool_calls"] != nil && $0["reasoning_content"] == nil } }

  /// The same, with a member of thinking in each reply.
  package func thinking(as member: String) -> Costume {
    var costume = self
    let reply = reply
    costume.reply = { answer, body in
      reply(&answer, body)
      answer.extra[member] = "Hm."
    }
    return costume
  }

  /// One whose replies differ.
  package static func replying(
    _ name: String, _ change: @escaping @Sendable (inout CostumedReply, JSONValue) -> Void
  ) -> Costume {
    var costume = Costume(name)
    costume.reply = change
    return costume
  }

  /// Whoever must call something is not made to, unless the words say so.
  package static let requiredIgnored = replying("tool_choice: required is ignored") { reply, body in
    let isForced = body["tool_choice"] == "required" || body["tool_choice"]?.objectValue != nil
    guard isForced, !(body.messages.last?["content"]?.stringValue ?? "").contains("call ") else { return }
    reply.calls = []
    reply.text = nil
    reply.finishReason = "stop"
  }

  package static let noneIgnored = replying("tool_choice: none is ignored") { reply, body in
    guard body["tool_choice"] == "none", let name = body.toolNames.first else { return }
    reply.calls = [("call_none", name, #"{"city":"Oslo"}"#)]
    reply.text = nil
    reply.finishReason = "tool_calls"
  }

  package static let cutAt4096 = replying("the conversation is cut at 4096 tokens") { reply, _ in
    guard reply.promptTokens > 4_096 else { return }
    reply.promptTokens = 4_096
    if reply.text == "heron-42" { reply.text = "I see no code word." }
  }

  package static let thinkingInTags = replying("thinking stands in the text") { reply, _ in
    reply.text = reply.text.map { "<think>\nHm.\n</think>\n\n" + $0 }
  }

  package static let writtenCalls = replying("tool calls are written into the text") { reply, _ in
    guard !reply.calls.isEmpty else { return }
    reply.text = reply.calls.map { #"<tool_call>{"name":"\#($0.name)","arguments":\#($0.arguments)}</tool_call>"# }
      .joined(separator: "\n")
    reply.calls = []
    reply.finishReason = "stop"
  }

  package static let lostArguments = replying("arguments get lost in streams") { reply, body in
    if body["stream"] == true { reply.calls = reply.calls.map { ($0.id, $0.name, "") } }
  }

  package static let lostCalls = replying("calls come only without a stream") { reply, body in
    guard body["stream"] == true, !reply.calls.isEmpty else { return }
    reply.calls = []
    reply.text = "I cannot look that up."
    reply.finishReason = "stop"
  }

  package static let stopWithCalls = replying("calls end with stop") { reply, _ in reply.finishReason = "stop" }

  package static let noUsage = replying("no usage is reported") { reply, _ in reply.hasUsage = false }

  package static let noIdentifiers = replying("calls have no identifiers") { reply, _ in
    reply.calls = reply.calls.map { ("", $0.name, $0.arguments) }
  }

  /// One whose pieces of calls are numbered differently.
  package static func numbering(_ name: String, _ change: @escaping @Sendable (inout JSONObject) -> Void) -> Costume {
    var costume = Costume(name)
    costume.chunk = { event in
      guard var choice = event["choices"]?[0]?.objectValue, var delta = choice["delta"]?.objectValue,
        let pieces = delta["tool_calls"]?.arrayValue
      else { return }
      delta["tool_calls"] = .array(
        pieces.map { piece in
          var piece = piece.objectValue ?? [:]
          change(&piece)
          return .object(piece)
        })
      choice["delta"] = .object(delta)
      event["choices"] = [.object(choice)]
    }
    return costume
  }

  package static let noIndex = numbering("calls have no index") { $0["index"] = nil }
  package static let sameIndex = numbering("every call has index 0") { $0["index"] = 0 }
}

extension Costume {
  /// One that ends an answer where its bound is, as a real server does.
  package static var boundKept: Costume {
    var costume = Costume.none
    costume.keepsBound()
    return costume
  }

  /// Errors as text.
  package static let plainErrors: Costume = {
    var costume = Costume("errors are plain text")
    costume.hasPlainErrors = true
    return costume
  }()

  /// Lets long answers end at their bound.
  package mutating func keepsBound() {
    let reply = reply
    self.reply = { answer, body in
      reply(&answer, body)
      let bound = body["max_completion_tokens"]?.intValue ?? body["max_tokens"]?.intValue ?? 999
      if bound < 100, answer.calls.isEmpty { answer.finishReason = "length" }
    }
  }
}
