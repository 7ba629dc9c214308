import Dispatch
import Glibc
import Martlet
import MartletHTTP
import MartletJSON
import MartletTesting
import Testing

@Suite struct LimitTests {
  private func run(
    _ model: StubModel, limits: RunLimits, clock: RunClock = .instant(), log: EventLog = EventLog()
  ) async throws -> (result: RunResult, tool: RecordingTool) {
    let tool = RecordingTool { arguments in arguments.canonicalString() }
    let agent = Agent(name: "test", model: model, tools: try .tool("t", tool), limits: limits)
    let result = await AgentSession(agent, clock: clock).perform("task", onEvent: log.handler)
    return (result, tool)
  }

  @Test func callsThatWouldExceedMaxToolCallsAreNotRun() async throws {
    var limits = RunLimits()
    limits.maxToolCalls = 3
    let two = StubModel.Step.calls((name: "t", arguments: #"{"n":1}"#), (name: "t", arguments: #"{"n":2}"#), text: "hm")
    let (result, tool) = try await run(StubModel(two, two), limits: limits)
    #expect(result.error?.code == "max_tool_calls")
    #expect(result.output == "hm")
    #expect(tool.arguments.count == 2)
  }

  @Test func tokensEndARunThatWantsToGoOnButNotOneThatIsDone() async throws {
    var limits = RunLimits()
    limits.maxTotalTokens = 100
    let call = StubModel.Step.calls((name: "t", arguments: "{}"), tokens: 60)
    let (ended, tool) = try await run(StubModel(call, call), limits: limits)
    #expect(ended.error?.code == "max_total_tokens")
    #expect(ended.usage?.totalTokens == 120)
    #expect(tool.arguments.count == 1)
    let (done, _) = try await run(StubModel(call, .text("done", tokens: 60)), limits: limits)
    #expect(done.outcome == .completed)
  }

  @Test func moneyEndsARunThatWantsToGoOnButNotOneThatIsDone() async throws {
    var limits = RunLimits()
    limits.maxCost = 0.3
    var usage = Usage()
    usage.cost = 0.1
    let call = StubModel.Step.reply(
      text: "hm", calls: [ToolCall(id: "a", name: "t", arguments: "{}")], finishReason: .toolCalls, usage: usage)
    let log = EventLog()
    // Three times 0.1 is 0.3, which it is not in binary fractions.
    let (ended, tool) = try await run(StubModel(call), limits: limits, log: log)
    #expect(ended.outcome == .limit)
    #expect(ended.error?.code == .maxCost)
    #expect(ended.output == "hm")
    #expect(ended.usage?.cost == 0.3)
    #expect(tool.arguments.count == 2)
    #expect(!log.words.contains("notice limit_near"))
    let done = StubModel.Step.reply(text: "done", calls: [], finishReason: .stop, usage: usage)
    #expect(try await run(StubModel(call, call, done), limits: limits).result.outcome == .completed)
  }

  @Test func aRunIsRefusedWhereItsPriceIsNotKnown() async throws {
    var limits = RunLimits()
    limits.maxCost = 1
    let client = ChatClient(provider: .custom(name: "local", baseURL: "http://127.0.0.1:9/v1"))
    let model = ChatModel(client: client, spec: try ModelSpec("local/m"))
    let result = await AgentSession(Agent(name: "a", model: model, limits: limits)).perform("task")
    #expect(result.outcome == .invalid)
    #expect(result.error?.message == "`max_cost` needs the prices of local/m, and they are not known")
  }

  @Test func theTimeoutEndsARunAndKeepsWhatHasStreamed() async throws {
    var limits = RunLimits()
    limits.timeout = .seconds(60)
    let log = EventLog()
    let clock = RunClock(
      now: { .zero },
      sleep: { _ in
        while !log.words.contains("text so far") {
          try Task.checkCancellation()
          await Task.yield()
        }
      })
    let (result, _) = try await run(StubModel(.hang(after: "so far")), limits: limits, clock: clock, log: log)
    #expect(result.outcome == .limit)
    #expect(result.error?.code == "timeout")
    #expect(result.output == "so far")
  }

  @Test(.timeLimit(.minutes(10))) func theTimeoutCancelsCallsWhoseThreadIsHeldUp() async throws {
    var limits = RunLimits()
    limits.timeout = .seconds(60)
    let (isHeldUp, isCanceled) = (Box(false), DispatchSemaphore(value: 0))
    let clock = RunClock(
      now: { .zero },
      sleep: { _ in
        while !isHeldUp.value {
          try Task.checkCancellation()
          await Task.yield()
        }
      })
    let tool = RecordingTool { arguments in
      if arguments["n"] == 2 {
        isHeldUp.update { $0 = true }
        wait(for: isCanceled)
        return "ok"
      }
      return try await withTaskCancellationHandler {
        try await Task.sleep(for: .seconds(3_600))
        return "not canceled"
      } onCancel: {
        isCanceled.signal()
      }
    }
    let calls = StubModel.Step.calls((name: "t", arguments: #"{"n":1}"#), (name: "t", arguments: #"{"n":2}"#))
    let model = ModelOnThread(model: StubModel(calls, .text("done")), thread: .started())
    let agent = Agent(name: "test", model: model, tools: try .tool("t", tool), limits: limits)
    let result = await AgentSession(agent, clock: clock).perform("task")
    #expect(result.error?.code == "timeout")
  }

  @Test func aLimitThatComesNearIsNoticedOnce() async throws {
    var limits = RunLimits()
    limits.maxTurns = 10
    let log = EventLog()
    let steps = (0..<9).map { StubModel.Step.calls((name: "t", arguments: "{\"n\":\($0)}")) } + [.text("done")]
    let (result, _) = try await run(StubModel(steps), limits: limits, log: log)
    #expect(result.outcome == .completed)
    #expect(log.words.filter { $0 == "notice limit_near" }.count == 1)
  }
}

@Suite struct RetryTests {
  private func error(_ status: Int, retryAfter: String? = nil) -> APIError {
    APIError(status: status, body: [], headers: ResponseFacts(now: 0) { $0 == "retry-after" ? retryAfter : nil })
  }

  @Test func whatHasStreamedIsVoidWhenTheReplyIsAskedForAgain() async {
    let log = EventLog()
    let sleeps = Box<[Duration]>([])
    let model = StubModel(.failure(error(503), after: "part"), .text("whole"))
    let result = await AgentSession(Agent(name: "test", model: model), clock: .instant(sleeps))
      .perform("task", onEvent: log.handler)
    #expect(result.outcome == .completed)
    #expect(result.output == "whole")
    #expect(result.turns == 1)
    #expect(log.words.contains("text.void"))
    #expect(log.words.contains("retry 2 server_error"))
    #expect(sleeps.value.count == 1)
  }

  @Test func fiveAttemptsAreMadeThenTheRunFails() async {
    let sleeps = Box<[Duration]>([])
    let result = await AgentSession(
      Agent(name: "test", model: StubModel(.failure(error(500)))), clock: .instant(sleeps)
    )
    .perform("task")
    #expect(result.outcome == .modelError)
    #expect(result.error?.status == 500)
    #expect(sleeps.value.count == 4)
  }

  @Test func aRateLimitThatLastsHasItsOwnOutcome() async {
    let result = await AgentSession(
      Agent(name: "test", model: StubModel(.failure(error(429, retryAfter: "2")))), clock: .instant()
    )
    .perform("task")
    #expect(result.outcome == .rateLimited)
    #expect(result.error?.retryAfter == 2)
  }
}

/// A model whose runs are carried out on one thread.
private struct ModelOnThread: Model {
  let model: StubModel
  let thread: TaskThread

  var identifier: String { "stub" }
  var knowsCost: Bool { true }
  var executor: (any TaskExecutor)? { thread }

  func conversation(tools: [ToolSpecification], output: OutputFormat?) -> any ModelConversation {
    model.conversation(tools: tools, output: output)
  }
}

extension TaskThread {
  /// With its thread, which lasts as long as the tests.
  fileprivate static func started() -> TaskThread {
    let thread = TaskThread()
    var id = pthread_t()
    pthread_create(
      &id, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<TaskThread>.fromOpaque(context).takeRetainedValue().run()
      }, Unmanaged.passRetained(thread).toOpaque())
    return thread
  }
}

/// Blocks, as a handler may that knows nothing of tasks.
private func wait(for semaphore: DispatchSemaphore) { semaphore.wait() }
