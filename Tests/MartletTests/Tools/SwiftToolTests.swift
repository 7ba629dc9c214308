import Martlet
import MartletTesting
import ProgramSupport
import Testing

/// What a tool is told by its arguments, and what the model is told by its result.
@Suite struct SwiftToolTests {
  struct Numbers: Decodable, Sendable {
    var a: Double
    var b: Double
  }

  struct Divide: Tool {
    let name = "divide"
    let description = "Divide a by b"
    let parameters = JSONSchema.object(.required("a", .number()), .required("b", .number()))

    func call(arguments: Numbers) async throws -> Double {
      guard arguments.b != 0 else { throw ToolError.tellModel("b must not be 0") }
      return arguments.a / arguments.b
    }
  }

  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("agent.yaml", "name: a\nmodel: scripted\n")
  }

  /// What the model reads after it has called the tool with these arguments; the run's result.
  private func run(_ tool: any Tool, _ arguments: String) async throws -> (heard: ToolResult, result: RunResult) {
    let model = StubModel(.calls((name: tool.name, arguments: arguments)), .text("done"))
    let agent = try Agent(contentsOf: folder.path + "/agent.yaml", answering: model, tools: [tool])
    let result = await AgentSession(agent).perform("go")
    let heard = model.heard.compactMap { if case .turn(let turn) = $0 { turn.results.first } else { nil } }
    return (heard.first ?? ToolResult(callID: "", name: "", content: "nothing", isError: false), result)
  }

  private func answer(_ tool: any Tool, _ arguments: String = "{}") async throws -> String {
    try await run(tool, arguments).heard.content
  }

  @Test func aToolTakesTypedArgumentsAndGivesATypedResult() async throws {
    #expect(try await answer(Divide(), #"{"a": 3, "b": 2}"#) == "1.5")
  }

  @Test func argumentsThatBreakTheSchemaNeverReachTheTool() async throws {
    let heard = try await run(Divide(), #"{"a": "3", "b": 2, "c": 1}"#).heard
    #expect(heard.isError)
    #expect(heard.content.hasPrefix("error: invalid_arguments: the tool was not run"))
    #expect(heard.content.contains("/a must be"))
    #expect(heard.content.contains("/c is not a known property"))
  }

  @Test func argumentsThatFitTheSchemaButNotTheTypeAreToldToTheModel() async throws {
    let tool = ClosureTool("count", "Counts", parameters: .object(.required("n", .array(of: .number())))) {
      (arguments: [String: [Int]]) in arguments.count
    }
    #expect(
      try await answer(tool, #"{"n": [1, 1.5]}"#)
        == "error: invalid_arguments: the tool was not run, because its arguments cannot be used: "
        + "/n/1: the number 1.5 does not fit Int. Call the tool again with other arguments.")
  }

  @Test func aFailureForTheModelLetsTheRunGoOn() async throws {
    let (heard, result) = try await run(Divide(), #"{"a": 1, "b": 0}"#)
    #expect(heard.content == "error: tool_failed: b must not be 0")
    #expect(heard.isError)
    #expect(result.outcome == .completed)
    #expect(result.toolCalls.map(\.isError) == [true])
  }

  @Test(arguments: [true, false]) func aFailureThatStopsTheRunIsNamed(isToolError: Bool) async throws {
    struct DiskIsFull: Error, CustomStringConvertible { let description = "the disk is full" }
    let tool = ClosureTool("save", "Saves") { () async throws -> String in
      throw isToolError ? ToolError.stopRun("the disk is full") : DiskIsFull()
    }
    let (_, result) = try await run(tool, "{}")
    #expect(result.outcome == .failed)
    #expect(result.error?.code == "tool_failed")
    #expect(result.error?.message == "tool `save` ended the run: the disk is full")
    #expect(result.turns == 1)
  }

  @Test func aTextIsReadAsItIsAndEverythingElseAsJSON() async throws {
    struct City: Encodable, Sendable { var name = "Oslo", population = 709_037 }
    enum Weather: String, Encodable, Sendable { case rainy }
    #expect(try await answer(ClosureTool("t", "T") { "it \"rains\"\n" }) == "it \"rains\"\n")
    #expect(try await answer(ClosureTool("t", "T") { Weather.rainy }) == "rainy")
    #expect(try await answer(ClosureTool("t", "T") { City() }) == #"{"name":"Oslo","population":709037}"#)
    #expect(try await answer(ClosureTool("t", "T") { [1.5, 2] }) == "[1.5,2]")
    #expect(try await answer(ClosureTool("t", "T") { Optional<Int>.none }) == "null")
    #expect(try await answer(ClosureTool("t", "T") { JSONValue.string("plain") }) == "plain")
    #expect(try await answer(ClosureTool("t", "T") { ["b": JSONValue.bool(true)] }) == #"{"b":true}"#)
  }

  @Test func aResultThatIsNoJSONIsToldToTheModel() async throws {
    let (heard, result) = try await run(ClosureTool("t", "T") { [1, Double.nan] }, "{}")
    #expect(
      heard.content.hasPrefix("error: tool_failed: the tool was run, but its result cannot be written as JSON: /1: "))
    #expect(result.outcome == .completed)
  }

  @Test func whatATypeRefusesInItsOwnWordsIsToldToTheModel() async throws {
    struct Even: Codable, Sendable {
      struct IsOdd: Error, CustomStringConvertible { let description = "the number is odd" }
      let number: Int
      init(_ number: Int) { self.number = number }
      init(from decoder: any Decoder) throws {
        number = try Int(from: decoder)
        if number % 2 != 0 { throw IsOdd() }
      }
      func encode(to encoder: any Encoder) throws { throw IsOdd() }
    }
    let tool = ClosureTool("halve", "Halves", parameters: .object(.required("n", .integer()))) {
      (arguments: [String: Even]) in Even(arguments["n"]?.number ?? 1)
    }
    #expect(try await answer(tool, #"{"n": 3}"#).contains("its arguments cannot be used: the number is odd."))
    #expect(try await answer(tool, #"{"n": 4}"#).hasSuffix("its result cannot be written as JSON: the number is odd"))
  }

  @Test func aClosureMayGiveNothing() async throws {
    let log = Box<[String]>([])
    let note = ClosureTool("note", "Notes", parameters: .object(.required("text", .string()))) {
      (arguments: [String: String]) in log.update { $0.append(arguments["text"] ?? "") }
    }
    #expect(try await answer(note, #"{"text": "x"}"#) == "done")
    #expect(try await answer(ClosureTool("ping", "Pings") { log.update { $0.append("ping") } }) == "done")
    #expect(log.value == ["x", "ping"])
  }

  @Test func aLongResultIsCutInTheMiddle() async throws {
    let heard = try await answer(ClosureTool("t", "T") { String(repeating: "é", count: 20_000) + "end" })
    #expect(heard.utf8.count < 33_000)
    #expect(heard.hasPrefix("éé"))
    #expect(heard.hasSuffix("éend"))
    #expect(heard.contains("\n[… 7235 bytes are missing here …]\n"))
  }

  @Test func aToolWithoutArgumentsHasAnEmptySchema() async throws {
    struct Now: Tool {
      let name = "now"
      let description = "The time"
      func call(arguments: NoArguments) -> String { "noon" }
    }
    #expect(try await answer(Now()) == "noon")
    #expect(try await answer(Now(), #"{"zone": "UTC"}"#).hasPrefix("error: invalid_arguments"))
  }

  @Test func aToolKnowsTheCallThatItWorksOn() async throws {
    let contexts = Box<[ToolContext]>([])
    let tool = ClosureTool("t", "T") { () -> String in
      if let context = ToolContext.current { contexts.update { $0.append(context) } }
      return ""
    }
    let model = StubModel(.calls((name: "t", arguments: "{}"), (name: "t", arguments: "{}")), .text(""), .text("done"))
    let agent = try Agent(contentsOf: folder.path + "/agent.yaml", answering: model, tools: [tool])
    let result = await AgentSession(agent).perform("go")
    #expect(contexts.value.map(\.tool) == ["t", "t"])
    #expect(Set(contexts.value.map(\.callID)) == ["c0", "c1"])
    #expect(contexts.value.allSatisfy { $0.sessionID == result.session })
    #expect(Set(contexts.value.map(\.idempotencyKey)).count == 2)
    #expect(Set(contexts.value).count == 2 && Set(contexts.value + contexts.value).count == 2)
    let context = try #require(contexts.value.first)
    let properties = "tool: \"t\", callID: \"\(context.callID)\", sessionID: \"\(context.sessionID)\""
    #expect("\(context)" == "ToolContext(\(properties), idempotencyKey: \"\(context.idempotencyKey)\")")
    #expect(ToolContext.current == nil)
  }

  @Test func workThatIsCanceledInsideAToolIsToldToTheModel() async throws {
    let tool = ClosureTool("t", "T") { () async throws -> String in throw CancellationError() }
    let (heard, result) = try await run(tool, "{}")
    #expect(heard.content == "error: tool_failed: its work was canceled, and it gave no result")
    #expect(result.outcome == .completed)
  }

  @Test func canceledRunsCancelTheirTools() async throws {
    let started = AsyncStream.makeStream(of: Void.self)
    let isOver = Box(false)
    let tool = ClosureTool("wait", "Waits") { () async throws -> String in
      started.continuation.yield()
      defer { isOver.update { $0 = true } }
      try await Task.sleep(for: .seconds(3600))
      return "never"
    }
    let model = StubModel(.calls((name: "wait", arguments: "{}")))
    let agent = try Agent(contentsOf: folder.path + "/agent.yaml", answering: model, tools: [tool])
    let run = Task { await AgentSession(agent).perform("go") }
    for await _ in started.stream { break }
    run.cancel()
    #expect(await run.value.outcome == .interrupted)
    #expect(isOver.value)
  }
}
