import Martlet
import MartletJSON
import MartletTesting
import Testing

@Suite struct AgentLoopTests {
  private func run(
    _ model: StubModel, _ tools: ToolRegistry = ToolRegistry(), limits: RunLimits = RunLimits(),
    choice: ToolChoice = .auto, clock: RunClock = .instant(), recorder: any RunRecorder = NoRecorder(),
    log: EventLog = EventLog()
  ) async -> (result: RunResult, transcript: Transcript) {
    let agent = Agent(
      name: "test", instructions: "Be brief.", model: model, tools: tools, toolChoice: choice, limits: limits)
    let session = AgentSession(agent, clock: clock, recorder: recorder)
    let result = await session.perform("task", onEvent: log.handler)
    return (result, await session.transcript)
  }

  @Test func aTextReplyCompletesTheRun() async {
    let log = EventLog()
    let (result, transcript) = await run(StubModel(.text("hello")), log: log)
    #expect(result.outcome == .completed)
    #expect(result.output == "hello")
    #expect(result.turns == 1)
    #expect(transcript.entries == [.instructions("Be brief."), .user("task"), .turn(.init(text: "hello"))])
    #expect(log.words == ["run.started", "turn.started 1", "text hello", "turn.finished 1", "run.finished completed"])
  }

  @Test func aResultIsPrintedWithItsProperties() async {
    let (result, _) = await run(StubModel(.text("hello")))
    #expect("\(result)".hasPrefix("RunResult(outcome: ") && "\(result)".contains(#"output: Optional("hello")"#))
    var copy = result
    copy.output = "other"
    #expect(result.output == "hello")
  }

  @Test func resultsGoBackToTheModelInCallOrderWhateverOrderTheyFinishedIn() async throws {
    let isSecondDone = Box(false)
    let tool = RecordingTool { call in
      if call["n"] == 1 {
        while !isSecondDone.value { await Task.yield() }
        return "first"
      }
      isSecondDone.update { $0 = true }
      return "second"
    }
    let model = StubModel(
      .calls((name: "t", arguments: #"{"n":1}"#), (name: "t", arguments: #"{"n":2}"#)), .text("done"))
    let (result, transcript) = await run(model, try .tool("t", tool))
    #expect(result.outcome == .completed)
    guard case .turn(let turn)? = transcript.entries.dropFirst(2).first else { return #expect(Bool(false), "no turn") }
    #expect(turn.results.map(\.content) == ["first", "second"])
    #expect(turn.results.map(\.callID) == turn.calls.map(\.id))
    #expect(model.heard == transcript.entries)
  }

  @Test func noMoreCallsRunAtOnceThanMaxParallelCalls() async throws {
    let running = Box((now: 0, most: 0))
    let tool = RecordingTool { _ in
      running.update { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
      for _ in 0..<50 { await Task.yield() }
      running.update { $0.now -= 1 }
      return "ok"
    }
    var limits = RunLimits()
    limits.maxParallelCalls = 3
    let calls = (0..<20).map { (name: "t", arguments: "{\"n\":\($0)}") }
    let (result, _) = await run(StubModel(.calls(calls), .text("done")), try .tool("t", tool), limits: limits)
    #expect(result.toolCalls.count == 20)
    #expect(running.value.most <= 3)
    #expect(running.value.most > 1)
  }

  @Test func theRecorderIsToldOfEachStepBeforeTheNext() async throws {
    let steps = Box<[String]>([])
    let tool = RecordingTool { _ in
      steps.update { $0.append("run") }
      return "ok"
    }
    _ = await run(
      StubModel(.calls((name: "t", arguments: "{}")), .text("done")), try .tool("t", tool),
      recorder: StepRecorder(steps: steps))
    #expect(
      steps.value == [
        "started", "replied 1 starting 1", "run", "finished ok", "replied 2 starting 0", "ended completed",
      ])
  }

  @Test func aRecorderThatFailsEndsTheRunBeforeAnyCall() async throws {
    let tool = RecordingTool()
    let (result, _) = await run(
      StubModel(.calls((name: "t", arguments: "{}"))), try .tool("t", tool), recorder: StepRecorder(failing: "replied"))
    #expect(result.outcome == .failed)
    #expect(tool.arguments.isEmpty)
  }

  @Test func aHandlerThatThrowsEndsTheRunAndTheTurnIsAbsent() async throws {
    struct Broken: Error {}
    let tool = RecordingTool { _ in throw Broken() }
    let (result, transcript) = await run(StubModel(.calls((name: "t", arguments: "{}"))), try .tool("t", tool))
    #expect(result.outcome == .failed)
    #expect(result.error?.message == "tool `t` ended the run: Broken()")
    #expect(transcript.entries.count == 1)
    #expect(result.toolCalls.count == 1)
  }

  @Test func aForcedToolChoiceIsForcedInTheFirstTurnOnly() async throws {
    let model = StubModel(.calls((name: "t", arguments: "{}")), .text("done"))
    _ = await run(model, try .tool("t", RecordingTool()), choice: .required)
    #expect(model.toolChoices == [.required, .auto])
  }

  @Test func aSessionGoesOnWithWhatWasSaidBefore() async throws {
    let model = StubModel(.text("one"), .text("two"))
    let session = AgentSession(Agent(name: "test", model: model))
    try await session.respond(to: "first")
    let second = try await session.respond(to: "second")
    #expect(second.output == "two")
    #expect(second.turns == 1)
    #expect(model.heard.count == 4)
  }

  @Test func respondThrowsUnlessTheRunCompleted() async {
    let agent = Agent(
      name: "test", model: StubModel(.failure(APIError(code: .badRequest, statusCode: 400, message: "no"))))
    let error = await #expect(throws: AgentError.self) { try await agent.run("task") }
    #expect(error?.status == 400)
  }

  @Test func cancellingARunEndsItsToolsAndKeepsWhatWasProduced() async throws {
    let isRunning = Box(false)
    let tool = RecordingTool { _ in
      isRunning.update { $0 = true }
      try await Task.sleep(for: .seconds(3600))
      return "never"
    }
    let agent = Agent(
      name: "test", model: StubModel(.calls((name: "t", arguments: "{}"), text: "Let me see.")),
      tools: try .tool("t", tool))
    let session = AgentSession(agent)
    let run = Task { await session.perform("task") }
    while !isRunning.value { await Task.yield() }
    run.cancel()
    let result = await run.value
    #expect(result.outcome == .interrupted)
    #expect(result.output == "Let me see.")
    #expect(result.toolCalls.map(\.result) == [nil])
    #expect(await session.transcript.entries.isEmpty)
  }

  @Test func cancellingBeforeTheFirstWordKeepsTheEarlierText() async throws {
    let model = StubModel(.calls((name: "t", arguments: "{}"), text: "Let me see."), .hang(after: ""))
    let agent = Agent(name: "test", model: model, tools: try .tool("t", RecordingTool()))
    let run = Task { await AgentSession(agent).perform("task") }
    while model.toolChoices.count < 2 { await Task.yield() }
    run.cancel()
    let result = await run.value
    #expect(result.output == "Let me see.")
    #expect(result.turns == 1)
  }

  @Test func limitsOfAnySizeDoNotTrap() async throws {
    var limits = RunLimits()
    (limits.maxParallelCalls, limits.maxTurns, limits.maxToolCalls, limits.maxRepeats) = (.max, .min, .min, .min)
    let result = await run(
      StubModel(.calls((name: "t", arguments: "{}"))), try .tool("t", RecordingTool()), limits: limits)
    #expect(result.result.outcome == .limit)
  }

  @Test func cancellingAStreamKeepsWhatHasStreamed() async {
    let log = EventLog()
    let agent = Agent(name: "test", model: StubModel(.hang(after: "Once upon")))
    let run = Task { await AgentSession(agent).perform("task", onEvent: log.handler) }
    while !log.words.contains("text Once upon") { await Task.yield() }
    run.cancel()
    let result = await run.value
    #expect(result.outcome == .interrupted)
    #expect(result.output == "Once upon")
  }
}

private struct StepRecorder: RunRecorder {
  struct Failed: Error {}
  var steps = Box<[String]>([])
  var failing = ""

  private func note(_ step: String) throws {
    steps.update { $0.append(step) }
    if !failing.isEmpty, step.hasPrefix(failing) { throw Failed() }
  }

  func started(session: String, task: String, attachments: [ContentPart]) async throws { try note("started") }
  func replied(turn: Int, reply: ModelReply, starting calls: [ToolCall]) async throws {
    try note("replied \(turn) starting \(calls.count)")
  }
  func finished(_ call: ToolCallRecord) async throws { try note("finished \(call.result ?? "")") }
  func ended(_ result: RunResult) async throws { try note("ended \(result.outcome.rawValue)") }
}
