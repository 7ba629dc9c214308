import Martlet
import MartletJSON

extension RunResult {
  /// The object of `--json`: every key is always there, null where unknown.
  var json: JSONValue {
    [
      "outcome": .string(outcome.rawValue),
      "output": value ?? .orNull(output),
      "finish_reason": .orNull(finishReason?.rawValue),
      "agent": agent.isEmpty ? .null : .string(agent),
      "model": .orNull(model),
      "session": .string(session),
      "turns": .number(JSONNumber(turns)),
      "cached_turns": .number(JSONNumber(cachedTurns)),
      "tool_calls": .array(toolCalls.map(\.json)),
      "usage": Usage.json(usage),
      "duration_ms": .number(JSONNumber(duration.wholeMilliseconds)),
      "error": error?.json ?? .null,
    ]
  }
}

extension ToolCallRecord {
  var json: JSONValue {
    [
      "turn": .number(JSONNumber(turn)), "id": .string(id), "name": .string(name), "arguments": arguments,
      "result": .orNull(result), "error": .bool(isError),
      "duration_ms": .number(JSONNumber(duration.wholeMilliseconds)),
    ]
  }
}

extension Usage {
  static func json(_ usage: Usage?) -> JSONValue {
    [
      "prompt_tokens": .orNull(usage?.promptTokens), "completion_tokens": .orNull(usage?.completionTokens),
      "total_tokens": .orNull(usage?.totalTokens), "cached_tokens": .orNull(usage?.cachedTokens),
      "estimated": usage.map { .bool($0.isEstimated) } ?? .null, "cost": usage?.costInJSON ?? .null,
    ]
  }
}

extension Usage {
  /// All digits of the dollars; null where a price is not known.
  fileprivate var costInJSON: JSONValue {
    exactCost.flatMap { JSONNumber(spelling: $0.decimal) }.map { .number($0) } ?? .null
  }
}

extension AgentError {
  var json: JSONValue {
    [
      "message": .string(message), "code": .string(code.rawValue), "status": .orNull(status),
      "retry_after": retryAfter.flatMap { JSONNumber($0) }.map { .number($0) } ?? .null,
    ]
  }
}

extension AgentEvent {
  /// The line of `--events`, without its end.
  func line(sequence: Int, milliseconds: Int) -> JSONValue {
    let (type, members) = content
    var line: JSONObject = [
      "seq": .number(JSONNumber(sequence)), "ms": .number(JSONNumber(milliseconds)), "type": .string(type),
    ]
    for member in members { line[member.key] = member.value }
    return .object(line)
  }

  private var content: (type: String, members: JSONObject) {
    switch self {
    case .runStarted(let agent, let model, let session):
      ("run.started", ["agent": .string(agent), "model": .string(model), "session": .string(session)])
    case .turnStarted(let turn):
      ("turn.started", ["turn": .number(JSONNumber(turn))])
    case .textDelta(let turn, let text):
      ("text.delta", ["turn": .number(JSONNumber(turn)), "text": .string(text)])
    case .textVoid(let turn):
      ("text.void", ["turn": .number(JSONNumber(turn))])
    case .toolStarted(let turn, let call):
      (
        "tool.started",
        [
          "turn": .number(JSONNumber(turn)), "id": .string(call.id), "name": .string(call.name),
          "arguments": call.argumentsValue,
        ]
      )
    case .toolFinished(let record):
      ("tool.finished", record.json.objectValue ?? [:])
    case .modelRetry(let attempt, let delay, let error):
      (
        "model.retry",
        [
          "attempt": .number(JSONNumber(attempt)), "delay_ms": .number(JSONNumber(delay.wholeMilliseconds)),
          "error": error.json,
        ]
      )
    case .notice(let code, let message):
      ("notice", ["code": .string(code), "message": .string(message)])
    case .turnFinished(let turn, let finishReason, let usage):
      (
        "turn.finished",
        [
          "turn": .number(JSONNumber(turn)), "finish_reason": .string(finishReason.rawValue),
          "usage": usage.map { Usage.json($0) } ?? .null,
        ]
      )
    case .runFinished(let result):
      ("run.finished", result.json.objectValue ?? [:])
    }
  }
}

extension JSONValue {
  fileprivate static func orNull(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
  fileprivate static func orNull(_ number: Int?) -> JSONValue { number.map { .number(JSONNumber($0)) } ?? .null }
}
