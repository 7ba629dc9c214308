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
  /// A failure that may pass is tried again, as for one request. While one of them waits because the provider limits the
  /// rate (429, or any failure with a `Retry-After`), none is sent; then one is, and with each success one more at a
  /// time. When the account is used up, or the provider asks to wait for more than 5 minutes, those that were not sent yet
  /// fail with that error. Canceling the task ends the transfers; what was not answered then fails as canceled.
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
    do throws(APIError) {
      while true {
        try await gate.enter()
        do throws(APIError) {
          let completion = try await attempts.completion()
          gate.update { $0.leave(succeeded: true) }
          return .success(completion)
        } catch {
          try await wait(after: error, &attempts, gate)
        }
      }
    } catch {
      return .failure(error)
    }
  }

  /// Waits for another attempt, with the gate closed if others would fail for the same reason.
  private func wait(
    after error: APIError, _ attempts: inout RequestAttempts, _ gate: RateGate
  ) async throws(APIError) {
    guard error.concernsOthers || error.concernsAllLater else {
      gate.update { $0.leave(succeeded: false) }
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
