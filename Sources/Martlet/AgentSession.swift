public import MartletChat

/// A conversation with an agent: one task after the other, each with what was said before.
///
/// ```swift
/// let session = AgentSession(agent)
/// try await session.respond(to: "What's the weather in Oslo?")
/// let reply = try await session.respond(to: "And in Rome?")
/// ```
///
/// A session works on one task at a time. Canceling the task that waits for a response cancels the run: its transfer and
/// every plugin have ended when the call returns. The turns until then stay in the ``transcript``; a task that got none
/// leaves nothing behind, and can be given again.
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
  /// The run that goes on.
  private var current: Task<RunResult, Never>?

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
    self.conversation = agent.newConversation()
    if let prompt = agent.systemPrompt { transcript.append(.instructions(prompt)) }
  }

  /// Works on a task to the end.
  ///
  /// - Parameters:
  ///   - task: What the user says.
  ///   - attachments: Images, sounds and files that go to the model with the task, if it can take them.
  ///   - onEvent: Is told of everything that happens; the run waits for it.
  /// - Throws: ``AgentError`` unless the run completed; ``perform(_:attachments:onEvent:)`` gives what there is of it.
  @discardableResult
  public func respond(
    to task: String, attachments: [ContentPart] = [], onEvent: AgentEventHandler? = nil
  ) async throws(AgentError) -> RunResult {
    try await perform(task, attachments: attachments, onEvent: onEvent).completed()
  }

  /// Works on a task, and what goes to the model with it, while its events are read.
  public nonisolated func streamResponse(to task: String, attachments: [ContentPart] = []) -> AgentEventStream {
    AgentEventStream(session: self, task: task, attachments: attachments)
  }

  /// Cancels the run that goes on, if there is one, and returns when its transfer and every plugin have ended.
  ///
  /// Called from within the run, by a tool or by what takes its events, it does not wait: the run waits for them.
  public func cancel() async {
    guard let current else { return }
    current.cancel()
    if !Self.sessionsOfTask.contains(id) { _ = await current.value }
  }

  /// The sessions in whose runs the current task works.
  @TaskLocal private static var sessionsOfTask: [String] = []

  /// Works on a task to the end, and tells of every outcome in the same way: also of a run that did not complete there
  /// is the text so far, the calls and the tokens.
  public func perform(
    _ task: String, attachments: [ContentPart] = [], onEvent: AgentEventHandler? = nil
  ) async -> RunResult {
    await perform(Assignment(task: task, attachments: attachments, output: agent.output), onEvent)
  }

  /// Inlined, because one function that waits takes less room than two.
  @inline(__always)
  func perform(_ assignment: Assignment, _ onEvent: AgentEventHandler?) async -> RunResult {
    while let current {
      guard current.isCancelled else { return busy }
      _ = await current.value
    }
    let run = begin(assignment, onEvent)
    return await withTaskCancellationHandler {
      await run.value
    } onCancel: {
      run.cancel()
    }
  }

  @inline(never)
  private func begin(_ assignment: Assignment, _ onEvent: AgentEventHandler?) -> Task<RunResult, Never> {
    let run = Self.$sessionsOfTask.withValue(Self.sessionsOfTask + [id]) {
      Task(executorPreference: agent.languageModel.executor) { await self.work(on: assignment, onEvent) }
    }
    current = run
    return run
  }

  private var busy: RunResult {
    var result = RunResult(outcome: .failed, agent: agent.name, model: agent.model, session: id)
    result.error = AgentError(code: "busy", message: "the session is still working on another task")
    return result
  }

  private func work(
    on assignment: Assignment, _ onEvent: AgentEventHandler?
  ) async -> RunResult {
    defer { current = nil }
    let started = clock.now()
    let emit = AgentEventSink(onEvent)
    await emit(.runStarted(agent: agent.name, model: agent.model, session: id))
    let (ending, run) = await loop(assignment, onEvent)
    var result = takeOver(run, ending, after: clock.now() - started)
    await end(&result)
    await emit(.runFinished(result))
    return result
  }

  /// Runs the loop, and gives it with its ending if it began.
  private func loop(_ assignment: Assignment, _ emit: AgentEventHandler?) async -> (RunEnding, Run?) {
    if agent.limits.maxCost != nil, !agent.languageModel.knowsCost {
      return (.failed(AgentError(code: .invalid, message: ModelResolver.unknownPrice(of: agent.model))), nil)
    }
    do {
      try await recorder.started(session: id, task: assignment.task, attachments: assignment.attachments)
    } catch {
      return (.failed(AgentError(code: "recorder", message: "the run could not be recorded: \(error)")), nil)
    }
    let run = newRun(on: assignment, emit)
    let ending = await run.loop.run(
      task: assignment.task, attachments: assignment.attachments, timeout: agent.limits.timeout,
      on: agent.languageModel.executor)
    return (ending, run)
  }

  // Both are apart, so that what they need is not part of the frame that waits.
  @inline(never)
  private func newRun(on assignment: Assignment, _ emit: AgentEventHandler?) -> Run {
    let tools = ToolDispatcher(
      registry: agent.tools, maxParallelCalls: agent.limits.maxParallelCalls, sessionID: id, secrets: agent.secrets,
      repairsArguments: agent.repairsArguments)
    return Run(
      AgentLoop(
        conversation: conversation, transcript: transcript, tools: tools, toolChoice: agent.toolChoice,
        limits: agent.limits, output: assignment.output, clock: clock, recorder: recorder, emit: emit))
  }

  /// Takes over what was said in a run, and gives what it came to.
  @inline(never)
  private func takeOver(_ run: Run?, _ ending: RunEnding, after duration: Duration) -> RunResult {
    var result = RunResult(outcome: ending.outcome, agent: agent.name, model: agent.model, session: id)
    result.error = ending.error
    result.duration = duration
    guard let run else { return result }
    // A task that got no turn leaves nothing behind, so that two messages of the user never stand in a row.
    if run.loop.transcript.entries.count > transcript.entries.count + 1 {
      transcript = run.loop.transcript
      conversation = run.loop.conversation
    }
    result.take(run.loop.progress)
    return result
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

/// What a session works on; a class, because every step of a run that waits refers to it.
final class Assignment: Sendable {
  let task: String
  let attachments: [ContentPart]
  /// What the answer has to be, which the model knows from its system prompt.
  let output: OutputFormat?

  init(task: String, attachments: [ContentPart], output: OutputFormat?) {
    self.task = task
    self.attachments = attachments
    self.output = output
  }
}

/// A loop apart from the functions that wait for its end, which it is larger than.
private final class Run {
  var loop: AgentLoop

  init(_ loop: AgentLoop) {
    self.loop = loop
  }
}

extension AgentLoop {
  /// Runs the loop on an executor, and cancels it when it takes longer than `timeout`.
  fileprivate mutating func run(
    task: String, attachments: [ContentPart], timeout: Duration?, on executor: (any TaskExecutor)?
  ) async -> RunEnding {
    guard let timeout else { return await run(task: task, attachments: attachments) }
    return await run(task: task, attachments: attachments, within: timeout, on: executor)
  }

  /// Apart from the run without a bound, whose frame would be as large as this one.
  @inline(never)
  private mutating func run(
    task: String, attachments: [ContentPart], within timeout: Duration, on executor: (any TaskExecutor)?
  ) async -> RunEnding {
    let (clock, former) = (clock, self)
    let work = Task(executorPreference: executor) {
      var loop = former
      let ending = await loop.run(task: task, attachments: attachments)
      return (loop, ending)
    }
    // On no thread of the run's: where something holds that up, the run ends in time all the same.
    let timer = Task(executorPreference: globalConcurrentExecutor) {
      guard (try? await clock.sleep(timeout)) != nil, !work.isCancelled else { return false }
      work.cancel()
      return true
    }
    let (loop, ending) = await withTaskCancellationHandler {
      await work.value
    } onCancel: {
      work.cancel()
    }
    timer.cancel()
    self = loop
    if await timer.value, case .interrupted = ending { return .limit(.time(timeout)) }
    return ending
  }
}

extension RunResult {
  /// The result of a run that completed; throws what went wrong with any other.
  func completed() throws(AgentError) -> RunResult {
    if outcome == .completed { return self }
    throw error ?? AgentError(code: .init(rawValue: outcome.rawValue), message: "the run did not complete")
  }

  fileprivate mutating func take(_ progress: RunProgress) {
    turns = progress.turns
    cachedTurns = progress.cachedTurns
    toolCalls = progress.toolCalls
    usage = progress.usage
    output = progress.output
    value = progress.value
    finishReason = progress.finishReason
    model = progress.model ?? model
  }
}
