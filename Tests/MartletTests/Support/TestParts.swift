import Martlet
import MartletHTTP
import MartletJSON

/// A value that tasks share.
final class Box<Value: Sendable>: Sendable {
  private let lock: Lock<Value>

  init(_ value: Value) { lock = Lock(value) }

  var value: Value { lock.withLock { $0 } }

  func update(_ change: (inout Value) -> Void) { lock.withLock { change(&$0) } }
}

extension ToolRegistry {
  /// One tool `name` with any arguments, or with the given schema.
  static func tool(_ name: String, schema: JSONValue = ["type": "object"], _ handler: any ToolExecutor) throws
    -> ToolRegistry
  {
    ToolRegistry([.init(specification: try .named(name, schema: schema), executor: handler)])
  }
}

extension ToolSpecification {
  static func named(_ name: String, schema: JSONValue = ["type": "object"]) throws -> ToolSpecification {
    ToolSpecification(name: name, description: "", parameters: try JSONSchema(schema))
  }
}

extension RunClock {
  /// Time passes only where something sleeps, and then at once; the sleeps are kept.
  static func instant(_ sleeps: Box<[Duration]> = Box([])) -> RunClock {
    let now = Box(Duration.zero)
    return RunClock(
      now: { now.value },
      sleep: { duration in
        try Task.checkCancellation()
        sleeps.update { $0.append(duration) }
        now.update { $0 += duration }
      })
  }
}

/// The events of a run as words, in order.
final class EventLog: Sendable {
  private let events = Box<[AgentEvent]>([])

  var handler: AgentEventHandler { { [events] event in events.update { $0.append(event) } } }
  var all: [AgentEvent] { events.value }
  var words: [String] { all.map(\.word) }
}

extension AgentEvent {
  var word: String {
    switch self {
    case .runStarted: "run.started"
    case .turnStarted(let turn): "turn.started \(turn)"
    case .textDelta(_, let text): "text \(text)"
    case .textVoid: "text.void"
    case .toolStarted(_, let call): "tool.started \(call.id)"
    case .toolFinished(let record): "tool.finished \(record.id)"
    case .modelRetry(let attempt, _, let error): "retry \(attempt) \(error.code)"
    case .notice(let code, _): "notice \(code)"
    case .turnFinished(let turn, _, _): "turn.finished \(turn)"
    case .runFinished(let result): "run.finished \(result.outcome.rawValue)"
    }
  }
}
