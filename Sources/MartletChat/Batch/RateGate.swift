import MartletHTTP

/// What all requests of a batch pass, so that a limit that one of them meets slows them all.
final class RateGate: Sendable {
  private struct Waiter {
    let id: Int
    let continuation: CheckedContinuation<Result<GateState.Pass, APIError>, Never>
  }

  private struct Contents {
    var state: GateState
    var waiters: [Waiter] = []
    var nextID = 0

    /// Takes out those who may go on, with what they are told.
    mutating func released() -> [(Waiter, Result<GateState.Pass, APIError>)] {
      if let refusal = state.refusal {
        defer { waiters = [] }
        return waiters.map { ($0, .failure(refusal)) }
      }
      var released: [(Waiter, Result<GateState.Pass, APIError>)] = []
      while released.count < waiters.count, let pass = state.enter() {
        released.append((waiters[released.count], .success(pass)))
      }
      waiters.removeFirst(released.count)
      return released
    }
  }

  private let contents: Lock<Contents>

  init(maximum: Int) {
    contents = Lock(Contents(state: GateState(maximum: maximum)))
  }

  /// Waits for a place, in the order of coming.
  ///
  /// - Throws: the error that ended the batch, or ``APIError/Code/canceled``.
  func enter(isolation: isolated (any Actor)? = #isolation) async throws(APIError) -> GateState.Pass {
    let id = contents.withLock { contents in
      contents.nextID += 1
      return contents.nextID
    }
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let now = contents.withLock { contents -> Result<GateState.Pass, APIError>? in
          if let refusal = contents.state.refusal { return .failure(refusal) }
          // The mark of cancellation is set before its handler runs, so that one of the two is seen.
          if Task.isCancelled { return .failure(.canceledBeforeSending) }
          if contents.waiters.isEmpty, let pass = contents.state.enter() { return .success(pass) }
          contents.waiters.append(Waiter(id: id, continuation: continuation))
          return nil
        }
        if let now { continuation.resume(returning: now) }
      }
    } onCancel: {
      let waiter = contents.withLock { contents in
        contents.waiters.firstIndex { $0.id == id }.map { contents.waiters.remove(at: $0) }
      }
      waiter?.continuation.resume(returning: .failure(.canceledBeforeSending))
    }
    return try result.get()
  }

  /// Changes the state and lets those through who now may.
  @discardableResult func update<Answer: Sendable>(_ change: (inout GateState) -> Answer) -> Answer {
    let (answer, released) = contents.withLock { contents in
      let answer = change(&contents.state)
      return (answer, contents.released())
    }
    for (waiter, result) in released { waiter.continuation.resume(returning: result) }
    return answer
  }
}

extension APIError {
  fileprivate static var canceledBeforeSending: APIError {
    APIError(code: .canceled, message: "the request was canceled before it was sent")
  }
}
