public import MartletChat

/// Something that happened in a run, in the order in which it happened.
///
/// The run waits until an event has been taken before it goes on.
public enum AgentEvent: Sendable {
  /// The run begins.
  indirect case runStarted(agent: String, model: String, session: String)
  /// The model is asked for its reply number `turn`, from 1.
  case turnStarted(turn: Int)
  /// A piece of the reply's text.
  case textDelta(turn: Int, text: String)
  /// What streamed in this turn does not count: the reply is asked for again.
  case textVoid(turn: Int)
  // The large ones are indirect, so that the other events are small.
  /// A call is about to run.
  indirect case toolStarted(turn: Int, call: ToolCall)
  /// A call has its result.
  indirect case toolFinished(ToolCallRecord)
  /// The request failed and is sent again, as attempt number `attempt`, after `delay`.
  indirect case modelRetry(attempt: Int, delay: Duration, error: AgentError)
  /// Something worth knowing: a limit that comes near, a repair, a tolerance.
  case notice(code: String, message: String)
  /// The reply and the results of all its calls are there.
  indirect case turnFinished(turn: Int, finishReason: FinishReason, usage: Usage?)
  /// The run has ended; always the last event.
  indirect case runFinished(RunResult)
}

/// Takes the events of a run, one at a time.
public typealias AgentEventHandler = @Sendable (AgentEvent) async -> Void

/// Where the events of a run go; where nobody takes them, none is made.
struct AgentEventSink: Sendable {
  private let handler: AgentEventHandler?

  init(_ handler: AgentEventHandler?) {
    self.handler = handler
  }

  /// Whether anybody takes them.
  var isHeard: Bool { handler != nil }

  @inline(__always)
  nonisolated(nonsending) func callAsFunction(_ event: @autoclosure () -> AgentEvent) async {
    if let handler { await handler(event()) }
  }
}
