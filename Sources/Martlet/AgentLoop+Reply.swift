import MartletChat

extension AgentLoop {
  /// One usable reply: asked for again after a fault that may pass, and once after an empty one.
  nonisolated(nonsending) mutating func reply(toolChoice: ToolChoice) async throws -> ModelReply {
    if let change = conversation.prepareReply() { await tell(change) }
    var retries = RetryPolicy(maxAttempts: conversation.maxAttempts)
    var emptyReplies = 0
    while true {
      do throws(ReplyFailure) {
        let reply = try await streamedReply(toolChoice: toolChoice)
        await emitNotices()
        if !reply.isEmpty { return reply }
        emptyReplies += 1
        try await takeEmpty(reply, number: emptyReplies, nextAttempt: retries.nextAttempt)
      } catch {
        await emitNotices()
        if try await prepareAnotherAttempt(after: error, &retries) { emptyReplies = 0 }
      }
    }
  }

  /// Tells that a reply is empty and is asked for again; the second in a row is an error.
  @inline(never)
  nonisolated(nonsending) private mutating func takeEmpty(
    _ reply: ModelReply, number: Int, nextAttempt: Int
  ) async throws(ReplyFailure) {
    progress.add(reply.usage)
    if number > 1 { throw ReplyFailure(error: APIError.emptyReply("two empty replies"), hasStreamed: false) }
    let error = AgentError(.emptyReply("an empty reply"))
    await emit(.modelRetry(attempt: nextAttempt, delay: .zero, error: error))
  }

  /// Waits as long as the next attempt has to wait; throws the error if there is none. Says whether another model goes on.
  ///
  /// Not inlined: it would be part of the frame of every run that waits for a reply.
  @inline(never)
  nonisolated(nonsending) private mutating func prepareAnotherAttempt(
    after failure: ReplyFailure, _ retries: inout RetryPolicy
  ) async throws -> Bool {
    if failure.hasStreamed, !Task.isCancelled { await emit(.textVoid(turn: progress.turn)) }
    guard let fault = failure.error as? APIError else { throw failure.error }
    progress.add(fault.usage)
    let decision = retries.decide(after: fault)
    if let change = conversation.changeModel(after: fault, insteadOf: decision) {
      await tell(change)
      retries = RetryPolicy(maxAttempts: conversation.maxAttempts)
      return true
    }
    guard case .retry(let attempt, let delay) = decision else {
      throw retries.isWaitTooLong ? fault.withWaitThatIsTooLong : fault
    }
    await emit(.modelRetry(attempt: attempt, delay: delay, error: AgentError(fault)))
    try await clock.sleep(delay)
    return false
  }

  /// Tells what the model's side has to tell, each sentence once in a run.
  nonisolated(nonsending) private mutating func emitNotices() async {
    for notice in conversation.takeNotices() where progress.isNew(notice) {
      await emit(.notice(code: notice.code, message: notice.message))
    }
  }

  nonisolated(nonsending) private func tell(_ change: ModelNotice) async {
    await emit(.notice(code: change.code, message: change.message))
  }

  /// One request; its text goes out as it comes, unless it may have to be asked for again.
  nonisolated(nonsending) private mutating func streamedReply(toolChoice: ToolChoice) async throws(ReplyFailure)
    -> ModelReply
  {
    let (turn, emit, isShown) = (progress.turn, emit, answers.allowsStreaming)
    var streamed = ""
    do {
      // In its place: a copy would be one of all that a conversation knows.
      return try await conversation.reply(toolChoice: toolChoice) { batch in
        let text = batch.text
        guard !text.isEmpty else { return }
        streamed += text
        if isShown { await emit(.textDelta(turn: turn, text: text)) }
      }
    } catch {
      if Task.isCancelled, !streamed.isEmpty { progress.output = streamed }
      throw ReplyFailure(error: error, hasStreamed: isShown && !streamed.isEmpty)
    }
  }
}

/// A reply that failed, and whether some of it has been shown already.
private struct ReplyFailure: Error {
  let error: any Error
  let hasStreamed: Bool
}

extension ModelReply {
  /// A reply that says nothing and asks for nothing, although nothing cut it short.
  fileprivate var isEmpty: Bool {
    (text ?? "").isEmpty && calls.isEmpty && !finishReason.isIncomplete
  }
}

extension APIError {
  fileprivate static func emptyReply(_ what: String) -> APIError {
    APIError(code: Code(rawValue: "empty_reply"), message: "the model gave \(what): no text and no tool call")
  }
}

extension [ModelDelta] {
  fileprivate var text: String {
    // Most servers send a piece at a time.
    if count == 1, case .text(let piece) = self[0] { return piece }
    return reduce(into: "") { text, delta in if case .text(let piece) = delta { text += piece } }
  }
}
