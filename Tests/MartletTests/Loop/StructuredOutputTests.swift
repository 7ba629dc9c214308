import Martlet
import MartletJSON
import MartletTesting
import Testing

/// Answers that have to satisfy a schema: accepted, asked for again, or rejected.
@Suite struct StructuredOutputTests {
  private let schema: JSONValue = [
    "type": "object", "properties": ["title": ["type": "string"], "pages": ["type": "integer"]],
    "required": ["title", "pages"], "additionalProperties": false,
  ]

  private func run(
    _ model: StubModel, retries: Int = 2, tools: ToolRegistry = ToolRegistry(), limits: RunLimits = RunLimits(),
    log: EventLog = EventLog()
  ) async throws -> (result: RunResult, transcript: Transcript) {
    let output = OutputFormat(name: "test", schema: try JSONSchema(schema), retries: retries)
    let agent = Agent(
      name: "test", instructions: "Be brief.", model: model, tools: tools, limits: limits, output: output)
    let session = AgentSession(agent, clock: .instant())
    let result = await session.perform("task", onEvent: log.handler)
    return (result, await session.transcript)
  }

  private static let good = #"{ "title": "Birds", "pages": 12 }"#

  @Test func aValidAnswerIsGivenAsCanonicalJSONAndAsAValueAndNothingStreams() async throws {
    let log = EventLog()
    let model = StubModel(.text(Self.good))
    let (result, transcript) = try await run(model, log: log)
    #expect(result.outcome == .completed)
    #expect(result.output == #"{"title":"Birds","pages":12}"#)
    #expect(result.value == ["title": "Birds", "pages": 12])
    #expect(log.words == ["run.started", "turn.started 1", "turn.finished 1", "run.finished completed"])
    // The history keeps the model's own bytes.
    #expect(transcript.entries.last == .turn(.init(text: Self.good)))
  }

  @Test func theModelIsToldTheSchemaAfterTheInstructions() async throws {
    let model = StubModel(.text(Self.good))
    _ = try await run(model)
    guard case .instructions(let prompt)? = model.heard.first else { return #expect(Bool(false), "no instructions") }
    #expect(prompt.hasPrefix("Be brief.\n\nYour final answer must be one JSON value"))
    #expect(prompt.hasSuffix("\n\n" + schema.canonicalString()))
  }

  @Test func anAnswerThatBreaksTheSchemaIsAskedForAgainWithWhatIsWrong() async throws {
    let log = EventLog()
    let model = StubModel(.text(#"{"title": 1, "pages": "12"}"#, tokens: 5), .text(Self.good, tokens: 7))
    let (result, transcript) = try await run(model, log: log)
    #expect(result.outcome == .completed)
    #expect(result.turns == 2)
    #expect(result.usage?.completionTokens == 12)
    #expect(
      log.words == [
        "run.started", "turn.started 1", "notice invalid_output", "turn.finished 1", "turn.started 2",
        "turn.finished 2",
        "run.finished completed",
      ])
    guard case .correction(let told)? = transcript.entries.dropFirst(3).first else {
      return #expect(Bool(false), "no correction")
    }
    #expect(told.hasPrefix("error: invalid_output: the answer breaks its schema:\n- /title must be a string"))
    #expect(told.contains("\n- /pages must be"))
  }

  @Test(arguments: [
    "Here it is:\n```json\n{\"title\":\"Birds\",\"pages\":12}\n```\nAnything else?",
    "{\"title\":\"Birds\",\"pages\":12}\n\nI hope this helps [1].",
    "{\"title\":\"Birds\",\"pages\":12} {\"title\":\"Birds\",\"pages\":12}",
    "First {\"title\":\"draft\"}, then {\"title\":\"Birds\",\"pages\":12}",
  ]) func textAroundTheJSONIsToleratedWhereOneValueIsMeant(text: String) async throws {
    let log = EventLog()
    let (result, _) = try await run(StubModel(.text(text)), log: log)
    #expect(result.value == ["title": "Birds", "pages": 12])
    #expect(result.turns == 1)
    #expect(log.words.contains("notice tolerance"))
  }

  @Test(arguments: [
    ("For example {\"title\":\"a\",\"pages\":1}, so {\"title\":\"b\",\"pages\":2}", "it holds 2 JSON values"),
    ("The title is Birds.", "it is text, not JSON, and one JSON object is wanted. Answer again with one JSON object"),
    ("  ", "it is empty, and one JSON object is wanted"), ("nope", "it is text, not JSON"),
    ("{\"title\":\"Birds\",\"pages\":12", "it is not valid JSON"),
    ("Cut off: {\"x\": {\"title\":\"Birds\",\"pages\":12}", "it is not valid JSON"),
    (#"{"title":"Birds","pages":12,"pages":13}"#, "it is not valid JSON"),
    ("```json\n{\"title\":\"Birds\"}\n```", "lacks the required property \"pages\""),
  ]) func whatHasNoOneReadingIsAskedForAgain(text: String, told: String) async throws {
    let model = StubModel(.text(text), .text(Self.good))
    let (result, transcript) = try await run(model)
    #expect(result.turns == 2)
    let corrections = transcript.entries.compactMap { if case .correction(let text) = $0 { text } else { nil } }
    #expect(corrections.count == 1)
    #expect(corrections.first?.contains(told) == true, "\(corrections)")
  }

  @Test func anAnswerThatStaysWrongIsRejectedWithItAndWhatIsWrong() async throws {
    let model = StubModel(.text("no"), .text("{}"), .text(#"{"title":"Birds"}"#))
    let (result, _) = try await run(model)
    #expect(result.outcome == .rejected)
    #expect(result.output == #"{"title":"Birds"}"#)
    #expect(result.value == nil)
    #expect(result.turns == 3)
    #expect(result.error?.code == .rejected)
    #expect(result.error?.answer == #"{"title":"Birds"}"#)
    #expect(
      result.error?.message.hasPrefix("the answer breaks its schema after it was asked for again 2 times:\n- ") == true)
  }

  @Test func withoutRetriesTheFirstAnswerCounts() async throws {
    let (result, _) = try await run(StubModel(.text("no")), retries: 0)
    #expect(result.outcome == .rejected)
    #expect(result.turns == 1)
    #expect(result.error?.message == "the answer cannot be used: it is text, not JSON, and one JSON object is wanted")
  }

  @Test func anotherTryIsATurnAndTheLimitsHold() async throws {
    var limits = RunLimits()
    limits.maxTurns = 1
    let (turns, _) = try await run(StubModel(.text("no")), limits: limits)
    #expect(turns.outcome == .limit)
    #expect(turns.output == "no")
    limits = RunLimits()
    limits.maxTotalTokens = 10
    let (tokens, _) = try await run(StubModel(.text("no", tokens: 10)), limits: limits)
    #expect(tokens.error?.code == .maxTotalTokens)
  }

  @Test func toolsAreCalledBeforeAndAfterAnAnswerIsAskedForAgain() async throws {
    let tool = RecordingTool { _ in "12" }
    let model = StubModel(
      .call("count", text: "Let me count."), .text("Twelve."), .call("count", ["again": true]), .text(Self.good))
    let log = EventLog()
    let (result, transcript) = try await run(model, tools: try .tool("count", tool), log: log)
    #expect(result.outcome == .completed)
    #expect(tool.arguments.count == 2)
    #expect(!log.words.contains { $0.hasPrefix("text") })
    // A user's message never follows directly after a tool's result.
    for (entry, next) in zip(transcript.entries, transcript.entries.dropFirst()) {
      if case .correction = next {
        guard case .turn(let turn) = entry else { return #expect(Bool(false), "no turn before the correction") }
        #expect(turn.results.isEmpty)
      }
    }
  }

  @Test func aCutReplyIsIncompleteWhateverItHolds() async throws {
    let (result, _) = try await run(StubModel(.text(Self.good, finish: .length)))
    #expect(result.outcome == .incomplete)
  }

  // MARK: Swift types

  private struct Report: Decodable, Equatable {
    var title: String
    var pages: UInt8
  }

  private func agent(_ model: StubModel) -> Agent { Agent(name: "test", model: model) }

  private static let document = SchemaDocument.object(.required("title", .string()), .required("pages", .integer()))

  @Test func anAnswerIsDecodedIntoAType() async throws {
    let report = try await agent(StubModel(.text(Self.good))).run("task", as: Report.self, schema: Self.document)
    #expect(report == Report(title: "Birds", pages: 12))
    let value = try await agent(StubModel(.text("[1]"))).run(
      "task", as: [Int].self, schema: .array(of: .integer(minimum: 1)))
    #expect(value == [1])
  }

  @Test func whatTheTypeCannotBeMadeOfIsToldToTheModelToo() async throws {
    let model = StubModel(.text(#"{"title":"Birds","pages":1000}"#), .text(Self.good))
    let report = try await agent(model).run("task", as: Report.self, schema: Self.document)
    #expect(report.pages == 12)
    let told = model.heard.compactMap { if case .correction(let text) = $0 { text } else { nil } }
    #expect(told.first?.contains("/pages") == true, "\(told)")
  }

  @Test func aRejectedAnswerIsAnErrorThatHoldsIt() async throws {
    let error = await #expect(throws: AgentError.self) {
      try await agent(StubModel(.text("no"))).run("task", as: Report.self, schema: Self.document)
    }
    #expect(error?.code == .rejected)
    #expect(error?.answer == "no")
  }

  @Test func aTypeNeedsASchema() async throws {
    let model = StubModel(.text(Self.good))
    let error = await #expect(throws: AgentError.self) { try await agent(model).run("task", as: Report.self) }
    #expect(error?.code == .invalid)
    let broken = await #expect(throws: AgentError.self) {
      try await agent(model).run("task", as: Report.self, schema: SchemaDocument(["type": "thing"]))
    }
    #expect(broken?.message.contains("/type") == true)
    #expect(model.heard.isEmpty)
  }

  @Test func aTypeMayBringItsSchema() async throws {
    let model = StubModel(.text("twelve"), .text("12"))
    #expect(try await agent(model).run("How many?", as: Int.self) == 12)
    guard case .instructions(let prompt)? = model.heard.first else { return #expect(Bool(false), "no instructions") }
    #expect(prompt.hasSuffix(#"{"type":"integer"}"#))
  }

  @Test func aSessionAnswersInATypeWithTheSchemaOfItsAgent() async throws {
    var agent = agent(StubModel(.text(Self.good), .text("{}"), .text(Self.good)))
    agent.output = OutputFormat(name: "test", schema: try JSONSchema(Self.document))
    let session = AgentSession(agent)
    #expect(try await session.respond(to: "one", as: Report.self).pages == 12)
    #expect(try await session.respond(to: "two", as: Report.self).pages == 12)
    #expect(await session.transcript.entries.count == 7)
  }
}
