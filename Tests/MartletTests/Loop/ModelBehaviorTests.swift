import Martlet
import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

/// What a model can do wrong, by the numbers of the fault cases.
@Suite struct ModelBehaviorTests {
  private let schema: JSONValue = [
    "type": "object", "properties": ["n": ["type": "integer"]], "required": ["n"], "additionalProperties": false,
  ]

  private func run(
    _ model: StubModel, _ tool: RecordingTool, limits: RunLimits = RunLimits(), schema: JSONValue = ["type": "object"]
  ) async throws -> (result: RunResult, transcript: Transcript) {
    let agent = Agent(name: "test", model: model, tools: try .tool("add", schema: schema, tool), limits: limits)
    let session = AgentSession(agent, clock: .instant())
    let result = await session.perform("task")
    return (result, await session.transcript)
  }

  @Test func f25AnUnknownToolIsToldToTheModelWithTheNamesThereAre() async throws {
    let tool = RecordingTool()
    let (result, _) = try await run(StubModel(.calls((name: "ad", arguments: "{}")), .text("sorry")), tool)
    #expect(result.outcome == .completed)
    #expect(result.turns == 2)
    let told = try #require(result.toolCalls.first?.result)
    #expect(told.hasPrefix("error: unknown_tool"))
    #expect(told.contains("add"))
    #expect(result.toolCalls.first?.isError == true)
    #expect(tool.arguments.isEmpty)
  }

  @Test(arguments: [
    #"{"n": 1,}"#, #"{"n": 1} {"n": 2}"#, #"{"n": 1"#, #"{"n": 1, "n": 2}"#, #"[1]"#, #""text""#,
  ])
  func f26MalformedArgumentsAreToldToTheModelAndTheToolIsNotRun(arguments: String) async throws {
    let tool = RecordingTool()
    let (result, _) = try await run(StubModel(.calls((name: "add", arguments: arguments)), .text("done")), tool)
    #expect(result.outcome == .completed)
    #expect(result.toolCalls.first?.result?.hasPrefix("error: malformed_arguments") == true)
    #expect(tool.arguments.isEmpty)
  }

  @Test func f26TheErrorNamesThePosition() async throws {
    let (result, _) = try await run(
      StubModel(.calls((name: "add", arguments: #"{"n": x}"#)), .text("done")), RecordingTool())
    #expect(result.toolCalls.first?.result?.contains("byte 6") == true)
  }

  @Test func f26AModelThatNeverLearnsIsEndedByTheLimits() async throws {
    let tool = RecordingTool()
    let (result, _) = try await run(StubModel(.calls((name: "add", arguments: #"{"n": "#))), tool)
    #expect(result.outcome == .limit)
    #expect(result.toolCalls.allSatisfy { $0.result?.hasPrefix("error: malformed_arguments") == true })
    #expect(tool.arguments.isEmpty)
  }

  @Test func f27ArgumentsThatBreakTheSchemaAreToldWithTheirPlaceAndRule() async throws {
    let tool = RecordingTool()
    let (result, _) = try await run(
      StubModel(.calls((name: "add", arguments: #"{"n":"one","x":1}"#)), .text("done")), tool, schema: schema)
    let told = try #require(result.toolCalls.first?.result)
    #expect(told.hasPrefix("error: invalid_arguments"))
    #expect(told.contains("/n"))
    #expect(told.contains("integer"))
    #expect(told.contains("x"))
    #expect(tool.arguments.isEmpty)
  }

  @Test(arguments: [60, 3000])
  func f27TheListOfViolationsIsBoundedAndCountsNothingThatWasNotLookedFor(items: Int) async throws {
    let list = (0..<items).map { _ in #""x""# }.joined(separator: ",")
    let (result, _) = try await run(
      StubModel(.calls((name: "add", arguments: #"{"n":[\#(list)]}"#)), .text("done")), RecordingTool(),
      schema: ["type": "object", "properties": ["n": ["type": "array", "items": ["type": "integer"]]]])
    let told = try #require(result.toolCalls.first?.result)
    let lines = told.split(separator: "\n").dropFirst()
    #expect(lines.reduce(0) { $0 + $1.utf8.count + 1 } <= 2048)
    if items < JSONSchema.maximumViolations {
      let last = try #require(lines.last.flatMap { Int($0.filter(\.isNumber)) })
      #expect(lines.count - 1 + last == items)
    } else {
      #expect(lines.last == "- and more")
    }
  }

  @Test(arguments: ["", "  \n"]) func f28EmptyArgumentsAreAnEmptyObject(arguments: String) async throws {
    let tool = RecordingTool()
    _ = try await run(StubModel(.calls((name: "add", arguments: arguments)), .text("done")), tool)
    #expect(tool.arguments == [[:]])
  }

  @Test func f31The129thCallIsAnsweredWithAnErrorAndNoneIsDropped() async throws {
    let tool = RecordingTool()
    let calls = (0..<130).map { (name: "add", arguments: "{\"n\":\($0)}") }
    let (result, transcript) = try await run(StubModel(.calls(calls), .text("done")), tool)
    #expect(result.outcome == .completed)
    #expect(tool.arguments.count == 128)
    #expect(result.toolCalls.count == 130)
    #expect(result.toolCalls[128...].allSatisfy { $0.result?.hasPrefix("error: too_many_calls") == true })
    guard case .turn(let turn)? = transcript.entries.dropFirst().first else { return #expect(Bool(false), "no turn") }
    #expect(turn.results.map(\.callID) == turn.calls.map(\.id))
  }

  @Test func f32TheSameCallWithTheSameResultIsNotedAndThenEndsTheRun() async throws {
    let tool = RecordingTool()
    let (result, transcript) = try await run(StubModel(.calls((name: "add", arguments: #"{"n":1}"#))), tool)
    #expect(result.outcome == .limit)
    #expect(result.error?.code == "max_repeats")
    #expect(result.turns == 5)
    let contents = transcript.entries.compactMap { entry -> String? in
      if case .turn(let turn) = entry { turn.results.first?.content } else { nil }
    }
    #expect(contents.count == 5)
    #expect(contents.prefix(2).allSatisfy { $0 == "ok" })
    #expect(contents.dropFirst(2).allSatisfy { $0.hasPrefix("ok\n\n[note: ") })
  }

  @Test func f32AnEndlessLoopOfDifferentCallsStopsAtMaxTurns() async throws {
    var limits = RunLimits()
    limits.maxTurns = 4
    let steps = (0..<10).map { StubModel.Step.calls((name: "add", arguments: "{\"n\":\($0)}"), text: "step \($0)") }
    let tool = RecordingTool()
    let (result, transcript) = try await run(StubModel(steps), tool, limits: limits)
    #expect(result.outcome == .limit)
    #expect(result.error?.code == "max_turns")
    #expect(result.turns == 4)
    #expect(result.output == "step 3")
    #expect(tool.arguments.count == 3)
    #expect(transcript.entries.count == 4)
  }

  @Test func f33NoCallOfAReplyThatWasCutIsRun() async throws {
    let tool = RecordingTool()
    let (result, transcript) = try await run(
      StubModel(.calls((name: "add", arguments: "{}"), text: "partly", finish: .length)), tool)
    #expect(result.outcome == .incomplete)
    #expect(result.output == "partly")
    #expect(tool.arguments.isEmpty)
    #expect(transcript.entries.isEmpty)
  }

  @Test(arguments: [FinishReason.contentFilter, .refusal, .length])
  func f34AFilteredOrRefusedReplyIsIncompleteAndItsTextIsKept(reason: FinishReason) async throws {
    let (result, _) = try await run(StubModel(.text("I cannot", finish: reason)), RecordingTool())
    #expect(result.outcome == .incomplete)
    #expect(result.output == "I cannot")
    #expect(result.error?.code.rawValue == reason.rawValue)
  }

  @Test func f35AnEmptyReplyIsAskedForAgainOnce() async throws {
    let (result, _) = try await run(StubModel(.text(""), .text("there")), RecordingTool())
    #expect(result.outcome == .completed)
    #expect(result.output == "there")
    let (failed, _) = try await run(StubModel(.text(""), .text("")), RecordingTool())
    #expect(failed.outcome == .modelError)
    #expect(failed.error?.code == "empty_reply")
    #expect(failed.turns == 0)
  }

  @Test func f35CallsWithoutTextAreNormal() async throws {
    let tool = RecordingTool()
    let (result, _) = try await run(StubModel(.calls((name: "add", arguments: "{}")), .text("done")), tool)
    #expect(result.outcome == .completed)
    #expect(tool.arguments.count == 1)
  }

  @Test func f36ThePresenceOfCallsDecidesNotTheFinishReason() async throws {
    let tool = RecordingTool()
    let (stopped, _) = try await run(
      StubModel(.calls((name: "add", arguments: "{}"), finish: .stop), .text("done")), tool)
    #expect(stopped.outcome == .completed)
    #expect(tool.arguments.count == 1)
    let (wordOnly, _) = try await run(StubModel(.text("done", finish: .toolCalls)), tool)
    #expect(wordOnly.outcome == .completed)
    #expect(wordOnly.output == "done")
  }
}

/// What the doubles for users' tests promise.
@Suite struct TestingDoublesTests {
  @Test func aRecordingToolFailsAsASwiftToolDoes() async throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let file = try folder.write("a.yaml", "name: a\nmodel: scripted\ntools: [{name: t, description: T}, {name: u}]\n")
    let model = StubModel(.call("t", ["x": 1]), .call("u"), .text("done"))
    let failing = RecordingTool { _ in throw ToolError.tellModel("try later") }
    let agent = try Agent(
      contentsOf: file, answering: model, recording: ["t": failing, "u": RecordingTool(failing: "broken")])
    let reply = try await agent.run("go")
    #expect(reply.output == "done")
    #expect(model.results.map(\.content) == ["error: tool_failed: try later", "error: tool_failed: broken"])
    #expect(failing.arguments == [["x": 1]])
  }
}
