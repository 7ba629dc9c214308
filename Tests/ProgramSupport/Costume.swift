package import Martlet
package import MartletTesting

/// What an endpoint does otherwise than one that does all that the standard asks for.
package struct Costume: Sendable, CustomStringConvertible {
  /// What it stands for, in a few words.
  package let name: String
  /// Status and message of the refusal of a body; nil for one that it accepts.
  package var refusal: @Sendable (JSONValue) -> (status: Int, message: String)? = { _ in nil }
  /// Changes the reply that would be given to a body.
  package var reply: @Sendable (inout CostumedReply, JSONValue) -> Void = { _, _ in }
  /// Changes the chunks of a stream before they are sent.
  package var chunk: @Sendable (inout JSONObject) -> Void = { _ in }

  /// Whether errors come as text.
  package var hasPlainErrors = false

  package init(_ name: String) { self.name = name }

  package var description: String { name }

  /// A server in this costume.
  package func server() throws -> LoopbackServer {
    let costume = self
    return try LoopbackServer { costume.answer(to: $0) }
  }

  private func answer(to request: RecordedRequest) -> ScriptedResponse {
    if request.path.hasSuffix("/models") {
      return .json(#"{"object":"list","data":[{"id":"stub","object":"model","created":1,"owned_by":"me"}]}"#)
    }
    guard let body = try? JSONValue(parsing: request.text) else {
      return .chatError(status: 400, message: "the body is no JSON")
    }
    if let (status, message) = refusal(body) { return .chatError(status: status, message: message) }
    if body["model"] != "stub" {
      if hasPlainErrors { return ScriptedResponse(status: 404, pieces: [.text("no such model")]) }
      return .chatError(status: 404, message: "The model `\(body["model"]?.stringValue ?? "")` does not exist")
    }
    var answer = CostumedReply(to: body)
    reply(&answer, body)
    return body["stream"] == true ? answer.stream(chunk) : answer.whole
  }
}

extension JSONValue {
  package var messages: [JSONValue] { self["messages"]?.arrayValue ?? [] }
  package var roles: [String] { messages.map { $0["role"]?.stringValue ?? "" } }
  /// The names of the functions that a body offers.
  package var toolNames: [String] {
    (self["tools"]?.arrayValue ?? []).compactMap { $0["function"]?["name"]?.stringValue }
  }
}

/// What an endpoint answers.
package struct CostumedReply: Sendable {
  package var text: String?
  package var calls: [(id: String, name: String, arguments: String)] = []
  package var finishReason = "stop"
  package var promptTokens: Int
  package var completionTokens = 3
  package var hasUsage: Bool
  /// Members of the message beside those.
  package var extra = JSONObject()

  /// Calls the tool that is offered first, once for each city that the user names, or says what was asked for.
  init(to body: JSONValue) {
    promptTokens = body.canonicalBytes().count / 4
    hasUsage = body["stream"] != true || body["stream_options"]?["include_usage"] == true
    let last = body.messages.last
    let question = last?["content"]?.stringValue ?? ""
    let names = body["tool_choice"]?["function"]?["name"]?.stringValue.map { [$0] } ?? body.toolNames
    if last?["role"] == "user", body["tool_choice"] != "none", let name = names.first,
      body["tool_choice"] != nil || question.contains("weather") || question.contains("call")
    {
      let cities = ["Oslo", "Rome"].filter { question.contains($0) }
      let arguments = cities.isEmpty ? [#"{"city":"Oslo"}"#] : cities.map { #"{"city":"\#($0)"}"# }
      let first = body.messages.count
      calls = arguments.enumerated().map { ("call_\(first)_\($0)_abcdefgh", name, $1) }
      finishReason = "tool_calls"
    } else if body["response_format"] != nil {
      text = #"{"city":"Oslo","degrees":7}"#
    } else {
      // A code word is answered with, wherever the conversation has it.
      let whole = body.canonicalString()
      text = whole.contains("heron-42") ? "heron-42" : "ok"
    }
  }

  private var message: JSONObject {
    var message: JSONObject = ["role": "assistant", "content": text.map { .string($0) } ?? .null]
    if !calls.isEmpty {
      message["tool_calls"] = .array(
        calls.map { call in
          [
            "id": .string(call.id), "type": "function",
            "function": ["name": .string(call.name), "arguments": .string(call.arguments)],
          ]
        })
    }
    message.merge(extra)
    return message
  }

  private var usage: JSONValue {
    let prompt = JSONValue.number(JSONNumber(promptTokens))
    return [
      "prompt_tokens": prompt, "completion_tokens": .number(JSONNumber(completionTokens)),
      "total_tokens": .number(JSONNumber(promptTokens + completionTokens)),
    ]
  }

  var whole: ScriptedResponse {
    var body: JSONObject = ["id": "x", "object": "chat.completion", "created": 1, "model": "stub"]
    body["choices"] = [["index": 0, "message": .object(message), "finish_reason": .string(finishReason)]]
    if hasUsage { body["usage"] = usage }
    return .json(JSONValue.object(body).canonicalString())
  }

  func stream(_ change: (inout JSONObject) -> Void) -> ScriptedResponse {
    var deltas: [JSONObject] = [["role": "assistant", "content": ""]]
    for member in extra { deltas.append([member.key: member.value]) }
    if let text { deltas.append(["content": .string(text)]) }
    for (index, call) in calls.enumerated() {
      let number = JSONValue.number(JSONNumber(index))
      deltas.append([
        "tool_calls": [
          [
            "index": number, "id": .string(call.id), "type": "function",
            "function": ["name": .string(call.name), "arguments": ""],
          ]
        ]
      ])
      deltas.append(["tool_calls": [["index": number, "function": ["arguments": .string(call.arguments)]]]])
    }
    var events = deltas.map { event(choice: ["index": 0, "delta": .object($0), "finish_reason": .null], change) }
    events.append(event(choice: ["index": 0, "delta": [:], "finish_reason": .string(finishReason)], change))
    if hasUsage { events.append(event(choice: nil, change)) }
    return .eventStream(events + ["[DONE]"])
  }

  private func event(choice: JSONObject?, _ change: (inout JSONObject) -> Void) -> String {
    var event: JSONObject = ["id": "x", "object": "chat.completion.chunk", "created": 1, "model": "stub"]
    event["choices"] = choice.map { [.object($0)] } ?? []
    if choice == nil { event["usage"] = usage }
    change(&event)
    return JSONValue.object(event).canonicalString()
  }
}
