package import MartletChat

/// The loop: ask the model; if it called tools, run them and append their results; if it did not, finish; stop early
/// for a limit, a cancellation or an error, saying which.
///
/// It knows models and tools and nothing else: neither YAML nor HTTP, neither the disk nor the terminal.
package struct AgentLoop: Sendable {
  private let tools: ToolDispatcher
  private let toolChoice: ToolChoice
  var answers: AnswerPolicy
  let clock: RunClock
  private let recorder: any RunRecorder
  private let onEvent: AgentEventHandler?
  var emit: AgentEventSink { AgentEventSink(onEvent) }

  package private(set) var transcript: Transcript
  var conversation: any ModelConversation
  package var progress: RunProgress
  private var repeats: RepeatCounter

  package init(
    conversation: any ModelConversation, transcript: Transcript, tools: ToolDispatcher, toolChoice: ToolChoice = .auto,
    limits: RunLimits = RunLimits(), output: OutputFormat? = nil, clock: RunClock = .continuous,
    recorder: any RunRecorder = NoRecorder(),
    emit: AgentEventHandler? = nil
  ) {
    self.conversation = conversation
    self.transcript = transcript
    self.tools = tools
    self.toolChoice = toolChoice
    self.answers = AnswerPolicy(output)
    self.clock = clock
    self.recorder = recorder
    self.onEvent = emit
    self.progress = RunProgress(limits: limits)
    self.repeats = RepeatCounter(limit: limits.maxRepeats)
  }

  /// Works on a task until the model stops or something stops the run.
  package mutating func run(task: String, attachments: [ContentPart] = []) async -> RunEnding {
    add(.user(task, attachments: attachments))
    do {
      while true {
        if let ending = try await turn() { return ending }
      }
    } catch is CancellationError {
      return .interrupted
    } catch let error as APIError {
      return Task.isCancelled ? .interrupted : .modelError(error)
    } catch let error as AgentError {
      return .failed(error)
    } catch {
      return Task.isCancelled ? .interrupted : .failed(AgentError(code: "failed", message: "\(error)"))
    }
  }

  /// One reply of the model and the results of its calls; an ending unless the run goes on.
  nonisolated(nonsending) private mutating func turn() async throws -> RunEnding? {
    try Task.checkCancellation()
    progress.turn += 1
    await emit(.turnStarted(turn: progress.turn))
    let reply = try await reply(toolChoice: progress.turn == 1 ? toolChoice : toolChoice.afterFirstTurn)
    return try await act(on: reply)
  }

  /// Does what a reply leads to; an ending unless the run goes on.
  ///
  /// Not inlined: it would be part of the frame of every run that waits for a reply.
  @inline(never)
  nonisolated(nonsending) private mutating func act(on reply: ModelReply) async throws -> RunEnding? {
    let (next, notices) = step(after: reply)
    if !notices.isEmpty { await tell(notices) }
    try await recorder.replied(turn: progress.turn, reply: reply, starting: next.calls)
    var outcome: ToolDispatcher.Outcome?
    if case .run(let calls) = next {
      outcome = await tools.run(
        calls, knownAs: reply.objects, turn: progress.turn, clock: clock, recorder: recorder, emit: onEvent)
    }
    let (ending, moreNotices) = try appendTurn(of: reply, next, outcome)
    if !moreNotices.isEmpty { await tell(moreNotices) }
    await emit(turnFinished(with: reply))
    return ending
  }

  /// What a reply leads to.
  private enum Step {
    case run([ToolCall])
    case askAgain(correction: String)
    case end(RunEnding)

    var calls: [ToolCall] { if case .run(let calls) = self { calls } else { [] } }
  }

  // The steps between the waits are not inlined either: what they need would be part of the frame that waits for tools.

  /// Decides what a reply leads to; with what is worth knowing of it.
  @inline(never)
  private mutating func step(after reply: ModelReply) -> (Step, notices: [AgentEvent]) {
    progress.add(reply)
    var notices = progress.notices(of: reply)
    let step = decide(on: reply)
    notices += answers.takeNotices()
    return (step, notices)
  }

  /// The presence of calls decides, not the finish reason.
  private mutating func decide(on reply: ModelReply) -> Step {
    if reply.finishReason.isIncomplete { return .end(.incomplete(reply.finishReason)) }
    var next = Step.run(reply.calls)
    if reply.calls.isEmpty {
      switch answers.decide(on: reply.text ?? "") {
      case .accept(let value):
        progress.complete(with: value)
        return .end(.completed)
      case .reject(let error): return .end(.rejected(error))
      case .askAgain(let correction): next = .askAgain(correction: correction)
      }
    }
    return progress.limitReached(before: reply.calls.count).map { .end(.limit($0)) } ?? next
  }

  /// Appends the turn of a reply; an ending unless the run goes on, and what is worth knowing.
  @inline(never)
  private mutating func appendTurn(
    of reply: ModelReply, _ step: Step, _ outcome: ToolDispatcher.Outcome?
  ) throws -> (RunEnding?, notices: [AgentEvent]) {
    switch step {
    case .run:
      guard let outcome else { return (nil, []) }
      var notices = try appendTurn(of: reply, outcome)
      if repeats.isLimitReached { return (.limit(.repeats(repeats.limit)), notices) }
      notices += progress.takeNotices()
      return (nil, notices)
    case .askAgain(let correction):
      add(.turn(.init(text: reply.text)))
      add(.correction(correction))
      return (nil, [])
    case .end(let reason):
      if case .rejected = reason { conversation.rejectReply() }
      if reply.calls.isEmpty { add(.turn(.init(text: reply.text))) }
      return (reason, [])
    }
  }

  /// Appends the whole turn of calls that were carried out; tells of those that go round in circles.
  private mutating func appendTurn(
    of reply: ModelReply, _ outcome: ToolDispatcher.Outcome
  ) throws -> [AgentEvent] {
    progress.toolCalls += outcome.records
    if let error = outcome.stopError { throw error }
    try Task.checkCancellation()

    var notices: [AgentEvent] = []
    var results: [ToolResult] = []
    results.reserveCapacity(outcome.records.count)
    for record in outcome.records {
      let count = repeats.count(record)
      let note = repeats.note(for: count)
      results.append(ToolResult(record, note: note))
      if note != nil {
        let message = "\(record.name) gave the same result \(count) times in a row"
        notices.append(.notice(code: "repeated_call", message: message))
      }
    }
    add(.turn(.init(text: reply.text, calls: reply.calls, results: results)))
    return notices
  }

  @inline(never)
  private func turnFinished(with reply: ModelReply) -> AgentEvent {
    .turnFinished(turn: progress.turn, finishReason: reply.finishReason, usage: reply.usage)
  }

  @inline(never)
  nonisolated(nonsending) private func tell(_ events: [AgentEvent]) async {
    for event in events { await emit(event) }
  }

  private mutating func add(_ entry: Transcript.Entry) {
    transcript.append(entry)
    conversation.append(entry)
  }
}

extension ToolResult {
  /// The result as the transcript holds it.
  fileprivate init(_ record: ToolCallRecord, note: String?) {
    let result = record.result ?? ""
    self.init(
      callID: record.id, name: record.name, content: note.map { result + "\n\n" + $0 } ?? result,
      isError: record.isError)
  }
}

extension ToolChoice {
  /// A forced call is forced once: otherwise the model could never finish.
  fileprivate var afterFirstTurn: ToolChoice { self == .none ? .none : .auto }
}
