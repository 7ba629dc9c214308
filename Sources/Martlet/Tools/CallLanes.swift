import MartletHTTP

/// What the calls of a round have come to: which one is next, and what came of those that are over.
///
/// They run in lanes, tasks that take one call after the other. A lane is asked for when the one before it has begun
/// and calls still wait: handlers that wait get one each, and for those that return at once a few are enough.
final class CallLanes: Sendable {
  private let maxLanes: Int
  private let state: Lock<State>

  private struct State {
    var records: [ToolCallRecord?]
    /// The error of a handler that ends the run, and which call it was.
    var stop: (index: Int, error: AgentError)?
    /// The first call that waits.
    var next = 0
    var lanes = 0
    /// Whether a lane was asked for that has not begun.
    var isLaneComing = false
    var waiter: UnsafeContinuation<Bool, Never>?

    var hasWaitingCalls: Bool { stop == nil && next < records.count }

    mutating func takeNext() -> Int? {
      guard hasWaitingCalls else { return nil }
      next += 1
      return next - 1
    }

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

  init(count: Int, maxLanes: Int) {
    self.maxLanes = maxLanes
    state = Lock(State(records: [ToolCallRecord?](repeating: nil, count: count)))
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
      return (state.takeNext(), state.takeWaiter(maxLanes))
    }
    if let (waiter, decision) = waiter { waiter.resume(returning: decision) }
    return index
  }

  /// Takes what came of a call, and the error of its handler that ends the run; gives the next call if it is asked for.
  func finish(_ index: Int, _ record: ToolCallRecord, stoppingFor error: AgentError?, takingNext: Bool) -> Int? {
    let (next, waiter) = state.withLock { state -> (Int?, (UnsafeContinuation<Bool, Never>, Bool)?) in
      state.records[index] = record
      if let error, index < state.stop?.index ?? .max { state.stop = (index, error) }
      let next = takingNext ? state.takeNext() : nil
      return (next, state.takeWaiter(maxLanes))
    }
    if let (waiter, decision) = waiter { waiter.resume(returning: decision) }
    return next
  }

  /// What came of all calls, in their order.
  func outcome(of round: CallRound) -> ToolDispatcher.Outcome {
    let (records, stop) = state.withLock { ($0.records, $0.stop) }
    return ToolDispatcher.Outcome(
      records: records.indices.map { records[$0] ?? round.record($0) }, stopError: stop?.error)
  }
}
