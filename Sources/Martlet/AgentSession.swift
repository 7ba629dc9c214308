/// A conversation with an agent: one task after the other, each with what was said before.
public actor AgentSession {
  /// The agent that answers.
  public nonisolated let agent: Agent
  /// The identifier of the session: 26 characters, ordered by time.
  public nonisolated let id: String
  /// What was said so far, in whole turns.
  public private(set) var transcript = Transcript()

  private let clock: RunClock
  private let recorder: any RunRecorder
  private var conversation: any ModelConversation
  private var isResponding = false

  /// Begins a session.
  public init(_ agent: Agent) {
    self.init(agent, clock: .continuous, recorder: NoRecorder())
  }

  package init(
    _ agent: Agent, id: String = SessionID.make(), clock: RunClock = .continuous,
    recorder: any RunRecorder = NoRecorder()
  ) {
    self.agent = agent
    self.id = id
    self.clock = clock
    self.recorder = recorder
    self.conversation = agent.languageModel.conversation(tools: agent.tools.specifications)
    if let instructions = agent.instructions {
      transcript.append(.instructions(instructions))
      conversation.append(.instructions(instructions))
    }
  }

  /// Works on a task to the end; throws ``AgentError`` unless the run completed.
  ///
  /// A session answers one task at a time.
  @discardableResult
  public func respond(to task: String, onEvent: @escaping AgentEventHandler = { _ in }) async throws -> RunResult {
    let result = await perform(task, onEvent: onEvent)
    if result.outcome == .completed { return result }
    throw result.error ?? AgentError(code: result.outcome.rawValue, message: "the run did not complete")
  }

  /// Works on a task to the end, and tells of every outcome in the same way.
  package func perform(_ task: String, onEvent: @escaping AgentEventHandler = { _ in }) async -> RunResult {
    var result = RunResult(outcome: .failed, agent: agent.name, model: agent.model, session: id)
    guard !isResponding else {
      result.error = AgentError(code: "busy", message: "the session is still working on another task")
      return result
    }
    isResponding = true
    defer { isResponding = false }

    let started = clock.now()
    await onEvent(.runStarted(agent: agent.name, model: agent.model, session: id))
    let ending = await loop(task, into: &result, onEvent)
    result.outcome = ending.outcome
    result.error = ending.error
    result.duration = clock.now() - started
    await end(&result)
    await onEvent(.runFinished(result))
    return result
  }

  private func loop(_ task: String, into result: inout RunResult, _ emit: @escaping AgentEventHandler) async
    -> RunEnding
  {
    do {
      try await recorder.started(session: id, task: task)
    } catch {
      return .failed(AgentError(code: "recorder", message: "the run could not be recorded: \(error)"))
    }
    let loop = AgentLoop(
      conversation: conversation, transcript: transcript,
      tools: ToolDispatcher(registry: agent.tools, maxParallelCalls: agent.limits.maxParallelCalls, sessionID: id),
      toolChoice: agent.toolChoice, limits: agent.limits, clock: clock, recorder: recorder, emit: emit)
    let (finished, ending) = await loop.run(task: task, timeout: agent.limits.timeout)
    transcript = finished.transcript
    conversation = finished.conversation
    result.take(finished.progress)
    return ending
  }

  private func end(_ result: inout RunResult) async {
    do {
      try await recorder.ended(result)
    } catch {
      result.outcome = .failed
      result.error = AgentError(code: "recorder", message: "the end of the run could not be recorded: \(error)")
    }
  }
}

extension AgentLoop {
  /// Runs the loop, and cancels it when it takes longer than `timeout`; gives the loop as it was at its end.
  fileprivate func run(task: String, timeout: Duration?) async -> (AgentLoop, RunEnding) {
    guard let timeout else {
      var loop = self
      let ending = await loop.run(task: task)
      return (loop, ending)
    }
    return await withTaskGroup(of: (AgentLoop, RunEnding)?.self) { group in
      group.addTask {
        var loop = self
        let ending = await loop.run(task: task)
        return (loop, ending)
      }
      group.addTask {
        try? await clock.sleep(timeout)
        return nil
      }
      var isTimedOut = false
      while let finished = await group.next() {
        guard let (loop, ending) = finished else {
          isTimedOut = !Task.isCancelled
          group.cancelAll()
          continue
        }
        group.cancelAll()
        if isTimedOut, case .interrupted = ending { return (loop, .limit(.time(timeout))) }
        return (loop, ending)
      }
      return (self, .interrupted)
    }
  }
}

extension RunResult {
  fileprivate mutating func take(_ progress: RunProgress) {
    turns = progress.turns
    toolCalls = progress.toolCalls
    usage = progress.usage
    output = progress.output
    finishReason = progress.finishReason
  }
}
