extension ChatClient.Completions {
  /// Asks one model many things, some of them at a time; ``batch(_:maxConcurrent:isolation:onProgress:)`` says how.
  ///
  /// ```swift
  /// let results = await client.chat.completions.batch(
  ///   model: "llama-3.2-1b", prompts: ["What is AI?", "What is ML?", "What is deep learning?"])
  /// for result in results { print(try result.get().choices[0].message.content ?? "") }
  /// ```
  public func batch(
    model: String, prompts: [String], maxConcurrent: Int = 16, isolation: isolated (any Actor)? = #isolation,
    onProgress: (BatchProgress) -> Void = { _ in }
  ) async -> [Result<ChatCompletion, APIError>] {
    await batch(prompts.count, maxConcurrent, onProgress: onProgress) { index in
      ChatRequest(model: model, messages: [.user(prompts[index])])
    }
  }

  /// Sends many requests, some of them at a time, and gives what became of each, in their order.
  ///
  /// A failure that may pass is tried again, as for one request. When the provider limits the rate (429, or any failure
  /// with a `Retry-After`), none is sent until the wait that it asks for is over; where it asks for none, or goes on
  /// refusing, the waits grow. Then one is sent, and with each success one more at a time. A 429 is no attempt of the
  /// request that met it, unless ``ChatClient/maxAttempts`` is 1.
  ///
  /// When the account is used up, or the provider asks to wait for more than 5 minutes, or refuses for so long, those that
  /// were not answered yet fail with that error. A request that was refused 20 times while others were answered fails
  /// alone. Canceling the task ends the transfers; what was not answered then fails as canceled.
  ///
  /// - Parameters:
  ///   - requests: What to ask. Only their answers are kept, in memory.
  ///   - maxConcurrent: How many requests are under way at most; a client has 512 connections.
  ///   - isolation: The actor of the caller.
  ///   - onProgress: Told of each request that came to its end, one after the other, in the order of their ends.
  public func batch(
    _ requests: [ChatRequest], maxConcurrent: Int = 16, isolation: isolated (any Actor)? = #isolation,
    onProgress: (BatchProgress) -> Void = { _ in }
  ) async -> [Result<ChatCompletion, APIError>] {
    await batch(requests.count, maxConcurrent, onProgress: onProgress) { requests[$0] }
  }

  private typealias Outcome = (index: Int, result: Result<ChatCompletion, APIError>)

  private func batch(
    _ count: Int, _ maxConcurrent: Int, isolation: isolated (any Actor)? = #isolation,
    onProgress: (BatchProgress) -> Void, request: @escaping @Sendable (Int) -> ChatRequest
  ) async -> [Result<ChatCompletion, APIError>] {
    let gate = RateGate(maximum: maxConcurrent)
    var results: [Result<ChatCompletion, APIError>?] = Array(repeating: nil, count: count)
    await withTaskGroup(of: Outcome.self) { group in
      var started = 0
      var succeeded = 0
      var failed = 0
      while succeeded + failed < count {
        while started < count, started - succeeded - failed < max(maxConcurrent, 1) {
          let index = started
          group.addTask { (index, await self.result(of: request(index), gate)) }
          started += 1
        }
        guard let (index, result) = await group.next(isolation: isolation) else { break }
        results[index] = result
        if case .success = result { succeeded += 1 } else { failed += 1 }
        onProgress(
          BatchProgress(index: index, result: result, total: count, succeeded: succeeded, failed: failed))
      }
    }
    return results.compactMap(\.self)
  }

  /// The answer to one request of a batch, each attempt of which passes the gate.
  private func result(
    of request: ChatRequest, _ gate: RateGate
  ) async -> Result<ChatCompletion, APIError> {
    var attempts = RequestAttempts(client, request)
    // What is answered at once waits for no rate limit.
    if let completion = attempts.cachedCompletion() { return .success(completion) }
    var ownRefusals = OwnRefusals()
    do throws(APIError) {
      while true {
        let pass = try await gate.enter()
        do throws(APIError) {
          let completion = try await attempts.completion()
          gate.update { $0.leave(pass, succeeded: true) }
          return .success(completion)
        } catch {
          if error.code == .rateLimited {
            try await waitOutLimit(error, pass, &ownRefusals, gate)
          } else {
            try await wait(after: error, pass, &attempts, gate)
          }
        }
      }
    } catch {
      return .failure(error)
    }
  }

  /// Waits until the limit may be over, with the gate shut; throws the error if the request is not sent again.
  private func waitOutLimit(
    _ error: APIError, _ pass: GateState.Pass, _ ownRefusals: inout OwnRefusals, _ gate: RateGate
  ) async throws(APIError) {
    let random = client.clock.random()
    let error = error.retryAfter ?? .zero > RetryPolicy.maxTotalDelay ? error.withWaitThatIsTooLong : error
    let (next, answered) = gate.update { ($0.leave(pass, refused: error, random: random), $0.answered) }
    switch next {
    case .fails: throw error
    case .comesBack: break
    case .waits(let delay):
      defer { gate.update { $0.open() } }
      try await client.clock.wait(delay)
    }
    if client.maxAttempts <= 1 || ownRefusals.areTooMany(answered: answered) { throw error }
  }

  /// Waits for another attempt, with the gate shut if others would fail for the same reason.
  private func wait(
    after error: APIError, _ pass: GateState.Pass, _ attempts: inout RequestAttempts, _ gate: RateGate
  ) async throws(APIError) {
    guard error.concernsOthers || error.concernsAllLater else {
      gate.update { $0.leave(pass, succeeded: false) }
      return try await attempts.wait(after: error)
    }
    gate.update { state in
      state.leaveClosing()
      if error.concernsAllLater { state.refuse(error) }
    }
    defer { gate.update { $0.open() } }
    do throws(APIError) {
      try await attempts.wait(after: error)
    } catch let final {
      // The last attempt failed: the others still have to wait as long as the server asked.
      if final.code != .canceled, !error.concernsAllLater, let delay = error.retryAfter {
        try await client.clock.wait(delay)
      }
      throw final
    }
  }
}

/// How often a request was refused because of the rate limit while others were answered, as one is that is larger than
/// the limit itself.
private struct OwnRefusals {
  static let limit = 20

  private var count = 0
  /// How many were answered when it was refused last.
  private var answered = 0

  /// Counts a refusal, after so many were answered.
  mutating func areTooMany(answered now: Int) -> Bool {
    if now > answered { count += 1 }
    answered = now
    return count >= Self.limit
  }
}
