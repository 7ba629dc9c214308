import MartletChat
import MartletJSON

/// The calls of one reply while they are carried out: which one is next, and what came of those that are over.
///
/// They run in lanes, tasks that take one call after the other. A lane is asked for when the one before it has begun
/// and calls still wait: handlers that wait get one each, and for those that return at once a few are enough.
final class CallRound: Sendable {
  let calls: [ToolCall]
  let turn: Int
  let clock: RunClock
  let recorder: any RunRecorder
  let emit: AgentEventHandler
  private let maxLanes: Int
  private let keys = SessionID.Series()
  private let state: Lock<State>

  private struct State {
    var outcomes: [ToolDispatcher.Outcome?]
    /// The first call that waits.
    var next = 0
    var lanes = 0
    /// Whether a lane was asked for that has not begun.
    var isLaneComing = false
    /// Whether a handler ended the run, so that no other call begins.
    var isStopped = false
    var waiter: UnsafeContinuation<Bool, Never>?

    var hasWaitingCalls: Bool { !isStopped && next < outcomes.count }

    /// Whether another lane is to begin; nil while that is not known.
    mutating func decideOnLane(_ maxLanes: Int) -> Bool? {
      guard hasWaitingCalls else { return false }
      guard lanes < maxLanes, !isLaneComing else { return nil }
      lanes += 1
      isLaneComing = true
      return true
    }

    /// The one who waits for that decision, if it can be made now.
    mutating func takeWaiter(_ maxLanes: Int) -> (UnsafeContinuation<Bool, Never>, Bool)? {
      guard let waiter, let decision = decideOnLane(maxLanes) else { return nil }
      self.waiter = nil
      return (waiter, decision)
    }
  }

  init(
    _ calls: [ToolCall], maxLanes: Int, turn: Int, clock: RunClock, recorder: any RunRecorder,
    emit: @escaping AgentEventHandler
  ) {
    self.calls = calls
    self.maxLanes = maxLanes
    self.turn = turn
    self.clock = clock
    self.recorder = recorder
    self.emit = emit
    state = Lock(State(outcomes: [ToolDispatcher.Outcome?](repeating: nil, count: calls.count)))
  }

  /// Waits until another lane is to begin, or until none has to any more: then it is false.
  func needsLane() async -> Bool {
    if let decision = state.withLock({ $0.decideOnLane(maxLanes) }) { return decision }
    return await withUnsafeContinuation { waiter in
      let decision = state.withLock { state in
        let decision = state.decideOnLane(maxLanes)
        if decision == nil { state.waiter = waiter }
        return decision
      }
      if let decision { waiter.resume(returning: decision) }
    }
  }

  /// The next call for a lane; nil if none waits.
  func takeCall(beginningLane isFirst: Bool = false) -> Int? {
    let (index, waiter) = state.withLock { state -> (Int?, (UnsafeContinuation<Bool, Never>, Bool)?) in
      if isFirst { state.isLaneComing = false }
      let index = state.hasWaitingCalls ? state.next : nil
      if index != nil { state.next += 1 }
      return (index, state.takeWaiter(maxLanes))
    }
    if let (waiter, decision) = waiter { waiter.resume(returning: decision) }
    return index
  }

  /// The key of a call, which no other call has.
  func key(of index: Int) -> String { keys[index] }

  /// Takes what came of a call: its handler's answer, or nil if it was canceled or `error` ends the run.
  @inline(never)
  func finish(
    _ index: Int, arguments: JSONValue?, answer: ToolOutput?, error: AgentError?, after duration: Duration
  ) -> ToolCallRecord {
    let call = calls[index]
    let record = ToolCallRecord(
      turn: turn, id: call.id, name: call.name, arguments: arguments ?? call.argumentsValue, result: answer?.content,
      isError: answer?.isError ?? true, duration: duration)
    let waiter = state.withLock { state in
      state.outcomes[index] = ToolDispatcher.Outcome(record: record, stopError: error)
      if error != nil { state.isStopped = true }
      return state.takeWaiter(maxLanes)
    }
    if let (waiter, decision) = waiter { waiter.resume(returning: decision) }
    return record
  }

  /// What came of all calls, in their order; those that did not begin have no result.
  @inline(never)
  func outcomes() -> [ToolDispatcher.Outcome] {
    let outcomes = state.withLock { $0.outcomes }
    return outcomes.indices.map { index in
      outcomes[index]
        ?? .init(
          record: ToolCallRecord(
            turn: turn, id: calls[index].id, name: calls[index].name, arguments: calls[index].argumentsValue,
            result: nil, isError: true, duration: .zero), stopError: nil)
    }
  }
}
