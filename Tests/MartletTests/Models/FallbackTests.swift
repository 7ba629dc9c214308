import MartletChat
import MartletTesting
import Testing

@testable import Martlet

/// An agent with several models, each decided by the test.
@Suite struct FallbackTests {
  private let time = Box(Duration.zero)
  private let sleeps = Box<[Duration]>([])

  private func agent(_ models: StubModel..., retries: Int = 2, tool: String? = nil) throws -> Agent {
    let named = models.enumerated().map { NamedModel(identifier: "m\($0)", stub: $1) }
    let model = FallbackModel(named[0], fallbacks: Array(named.dropFirst()), retries: retries) { [time] in time.value }
    return Agent(
      name: "a", instructions: "I", model: model,
      tools: try tool.map { try .tool($0, RecordingTool { _ in "ok" }) } ?? ToolRegistry())
  }

  private func run(
    _ session: AgentSession, _ task: String = "task", log: EventLog = EventLog()
  ) async -> RunResult { await session.perform(task, onEvent: log.handler) }

  private func session(_ agent: Agent) -> AgentSession { AgentSession(agent, clock: .instant(sleeps)) }

  private func fault(_ code: APIError.Code, retryable: Bool = true, after: Duration? = nil) -> APIError {
    var error = APIError(code: code, message: "down", isRetryable: retryable)
    error.retryAfter = after
    return error
  }

  @Test func aModelThatFailsAfterItsRetriesIsFollowedByTheNext() async throws {
    let (one, two) = (StubModel(.failure(fault(.server))), StubModel(.text("hi")))
    let log = EventLog()
    let result = await run(session(try agent(one, two)), log: log)
    #expect(result.outcome == .completed)
    #expect(result.output == "hi")
    #expect(result.model == "m1")
    #expect(one.toolChoices.count == 3)
    #expect(
      log.words == [
        "run.started", "turn.started 1", "retry 2 server_error", "retry 3 server_error", "notice model_fallback",
        "text hi", "turn.finished 1", "run.finished completed",
      ])
    guard case .notice(_, let message) = log.all[4] else { return #expect(Bool(false)) }
    #expect(message == "m0 failed (down); m1 goes on")
  }

  @Test(arguments: [
    APIError.Code.connection, .timeout, .server, .rateLimited, .quotaExceeded, .invalidReply, .replyTooLarge,
    .malformedToolCall, .contextLengthExceeded,
  ])
  func whatAnotherModelMayDoBetterGoesToIt(code: APIError.Code) async throws {
    let one = StubModel(.failure(fault(code, retryable: false)))
    let result = await run(session(try agent(one, StubModel(.text("hi")))))
    #expect(result.output == "hi")
    #expect(one.toolChoices.count == 1)
  }

  @Test(arguments: [
    APIError.Code.authentication, .permission, .notFound, .badRequest, .contentFilter, .configuration,
    .invalidParameter,
  ])
  func whatAPersonHasToMendEndsTheRun(code: APIError.Code) async throws {
    let two = StubModel(.text("hi"))
    let result = await run(session(try agent(StubModel(.failure(fault(code, retryable: false))), two)))
    #expect(result.outcome == .modelError)
    #expect(result.error?.code.rawValue == code.rawValue)
    #expect(two.toolChoices.isEmpty)
  }

  @Test func twoEmptyRepliesGoToTheNext() async throws {
    let result = await run(session(try agent(StubModel(.text("")), StubModel(.text("hi")))))
    #expect(result.output == "hi")
  }

  @Test func everyModelIsAskedBeforeTheRunFails() async throws {
    let models = (0..<3).map { _ in StubModel(.failure(fault(.server))) }
    let result = await run(session(try agent(models[0], models[1], models[2], retries: 1)))
    #expect(result.outcome == .modelError)
    #expect(models.map(\.toolChoices.count) == [2, 2, 2])
  }

  @Test func afterAllHaveFailedTheFirstIsAskedFirstAgain() async throws {
    let down = StubModel.Step.failure(fault(.server, retryable: false))
    let (one, two) = (StubModel(down, .text("back")), StubModel(down, .text("hi")))
    let session = session(try agent(one, two))
    #expect(await run(session).outcome == .modelError)
    #expect(await run(session).model == "m0")
    #expect(await run(session).model == "m0", "it has answered since")
  }

  @Test func aRateLimitThatLastsIsNotWaitedForWhileAnotherModelCanAnswer() async throws {
    let limited = fault(.rateLimited, after: .seconds(30))
    let (one, two) = (StubModel(.failure(limited)), StubModel(.text("hi")))
    #expect(await run(session(try agent(one, two))).output == "hi")
    #expect(one.toolChoices.count == 1)
    #expect(sleeps.value == [])

    let alone = await run(session(try agent(StubModel(.failure(limited)), StubModel(.failure(limited)))))
    #expect(alone.outcome == .rateLimited)
    #expect(sleeps.value.count == 2, "the last model is waited for")
  }

  @Test func aServerThatDoesNotAnswerIsNotWaitedForAgainWhileAnotherModelIsLeft() async throws {
    let silent = StubModel.Step.failure(fault(.timeout))
    let (one, two) = (StubModel(silent), StubModel(silent))
    let result = await run(session(try agent(one, two, retries: 2)))
    #expect(result.outcome == .modelError)
    #expect(one.toolChoices.count == 1)
    #expect(two.toolChoices.count == 3, "the last model is waited for")
  }

  @Test func anErrorSaysWhoseItIs() async throws {
    let two = await run(
      session(try agent(StubModel(.failure(fault(.server))), StubModel(.failure(fault(.rateLimited))), retries: 0)))
    #expect(two.error?.message == "m1: down")
    let one = await run(
      session(try agent(StubModel(.failure(fault(.authentication, retryable: false))), StubModel(.text("hi")))))
    #expect(one.error?.message == "m0: down")
  }

  @Test func whatHadStreamedDoesNotCount() async throws {
    let one = StubModel(.failure(fault(.server, retryable: false), after: "It is"))
    let log = EventLog()
    let result = await run(session(try agent(one, StubModel(.text("hi")))), log: log)
    #expect(result.output == "hi")
    #expect(log.words.dropFirst(2).prefix(4) == ["text It is", "text.void", "notice model_fallback", "text hi"])
  }

  @Test func aModelThatFailedIsLeftAloneForAMinute() async throws {
    let down = StubModel.Step.failure(fault(.server, retryable: false))
    let (one, two) = (StubModel(down, .text("back")), StubModel(.text("hi")))
    let session = session(try agent(one, two))
    #expect(await run(session).output == "hi")
    time.update { $0 += .seconds(59) }
    #expect(await run(session).output == "hi")
    #expect(one.toolChoices.count == 1)
    time.update { $0 += .seconds(1) }
    let log = EventLog()
    let result = await run(session, log: log)
    #expect(result.output == "back")
    #expect(result.model == "m0")
    #expect(log.words.contains("notice model_resumed"))
  }

  @Test func allSessionsOfAnAgentKnowOfAFailure() async throws {
    let (one, two) = (StubModel(.failure(fault(.server, retryable: false))), StubModel(.text("hi")))
    let agent = try agent(one, two)
    #expect(await run(session(agent)).output == "hi")
    let log = EventLog()
    #expect(await run(session(agent), log: log).output == "hi")
    #expect(one.toolChoices.count == 1)
    guard case .notice("model_fallback", let message)? = log.all.dropFirst(2).first else {
      return #expect(Bool(false), "\(log.words)")
    }
    #expect(message == "m0 failed a short while ago; m1 goes on")
  }

  @Test func aServerThatAsksForMoreIsLeftAloneForLonger() async throws {
    let one = StubModel(.failure(fault(.rateLimited, retryable: false, after: .seconds(300))), .text("back"))
    let session = session(try agent(one, StubModel(.text("hi"))))
    #expect(await run(session).output == "hi")
    time.update { $0 += .seconds(299) }
    #expect(await run(session).output == "hi")
    time.update { $0 += .seconds(1) }
    #expect(await run(session).output == "back")
  }

  @Test func aModelForWhichTheConversationIsTooLongIsNotAskedInItAgain() async throws {
    let one = StubModel(.failure(fault(.contextLengthExceeded, retryable: false)))
    let agent = try agent(one, StubModel(.text("long")))
    let session = session(agent)
    #expect(await run(session).output == "long")
    time.update { $0 += .seconds(3600) }
    #expect(await run(session).output == "long")
    #expect(one.toolChoices.count == 1)
    #expect(await run(self.session(agent)).output == "long")
    #expect(one.toolChoices.count == 2, "another conversation may fit")
  }

  @Test func eachModelIsToldTheWholeConversationOnce() async throws {
    let down = StubModel.Step.failure(fault(.server, retryable: false))
    let one = StubModel(.call("t"), down, .text("done"))
    let two = StubModel(.call("t"), .text("from two"))
    let session = session(try agent(one, two, tool: "t"))
    #expect(await run(session, "first").output == "from two")
    time.update { $0 += .seconds(61) }
    #expect(await run(session, "second").output == "done")
    let transcript = await session.transcript.entries
    #expect(transcript.count == 7)
    #expect(two.heard == Array(transcript.dropLast()))
    #expect(one.heard == transcript)
  }
}

/// A stub under a name of its own.
private struct NamedModel: Model {
  let identifier: String
  let stub: StubModel

  var knowsCost: Bool { stub.knowsCost }

  func conversation(tools: [ToolSpecification], output: OutputFormat?) -> any ModelConversation {
    stub.conversation(tools: tools, output: output)
  }
}
