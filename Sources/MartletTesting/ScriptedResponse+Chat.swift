import MartletJSON

extension ScriptedResponse {
  /// A streamed chat-completions reply with this text, a delta for each piece.
  public static func chatStream(_ pieces: String..., finishReason: String = "stop") -> ScriptedResponse {
    .eventStream(
      pieces.map { chunk(["content": .string($0)]) } + [chunk([:], finishReason: finishReason), usageChunk, "[DONE]"])
  }

  /// A streamed reply that calls these tools; the arguments come in two pieces.
  public static func chatStream(calls: [(id: String, name: String, arguments: String)]) -> ScriptedResponse {
    var events: [String] = []
    for (index, call) in calls.enumerated() {
      let half = call.arguments.index(call.arguments.startIndex, offsetBy: call.arguments.count / 2)
      let parts = [String(call.arguments[..<half]), String(call.arguments[half...])]
      let number = JSONValue.number(JSONNumber(index))
      events.append(
        chunk([
          "tool_calls": [
            [
              "index": number, "id": .string(call.id), "type": "function",
              "function": ["name": .string(call.name), "arguments": .string(parts[0])],
            ]
          ]
        ]))
      events.append(chunk(["tool_calls": [["index": number, "function": ["arguments": .string(parts[1])]]]]))
    }
    return .eventStream(events + [chunk([:], finishReason: "tool_calls"), usageChunk, "[DONE]"])
  }

  /// A chat-completions reply in one piece.
  public static func chat(_ text: String, finishReason: String = "stop") -> ScriptedResponse {
    let reply: JSONValue = [
      "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "stub",
      "choices": [
        [
          "index": 0, "message": ["role": "assistant", "content": .string(text)],
          "finish_reason": .string(finishReason),
        ]
      ],
      "usage": usage,
    ]
    return .json(reply.canonicalString())
  }

  /// An error as OpenAI spells it.
  public static func chatError(
    status: Int, message: String, code: String? = nil, headers: [(name: String, value: String)] = []
  ) -> ScriptedResponse {
    let error: JSONValue = ["message": .string(message), "code": code.map { .string($0) } ?? .null]
    return .json(JSONValue.object(["error": error]).canonicalString(), status: status, headers: headers)
  }

  private static let usage: JSONValue = ["prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12]

  private static let usageChunk = JSONValue.object([
    "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "stub", "choices": [], "usage": usage,
  ]).canonicalString()

  private static func chunk(_ delta: JSONObject, finishReason: String? = nil) -> String {
    let choice: JSONValue = [
      "index": 0, "delta": .object(delta), "finish_reason": finishReason.map { .string($0) } ?? .null,
    ]
    return JSONValue.object([
      "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "stub", "choices": [choice],
    ]).canonicalString()
  }
}
