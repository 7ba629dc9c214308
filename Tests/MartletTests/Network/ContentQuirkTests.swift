import Martlet
import MartletTesting
import ProgramSupport
import Testing

/// What servers do with content and thinking, in replies and in what goes back to them.
@Suite struct ContentQuirkTests {
  private func agent(
    _ server: LoopbackServer, provider: Provider? = nil, quirks change: (inout ProviderQuirks) -> Void = { _ in },
    streams: Bool = true, tool: RecordingTool = RecordingTool { _ in "7 degrees" }
  ) throws -> Agent {
    var provider = provider ?? .custom(name: "local", baseURL: server.baseURL)
    change(&provider.quirks)
    var spec = try ModelSpec("local/stub")
    spec.streams = streams
    let client = ChatClient(provider: provider, apiKey: Secret("")) { _ in nil }
    let tools = try ToolRegistry.tool("weather", tool)
    return Agent(name: "test", model: ChatModel(client: client, spec: spec), tools: tools)
  }

  private func run(
    _ agent: Agent, _ task: String = "weather in Oslo?", log: EventLog = EventLog()
  ) async -> RunResult {
    await AgentSession(agent, clock: .instant()).perform(task, onEvent: log.handler)
  }

  private func bodies(_ server: LoopbackServer) throws -> [JSONValue] {
    try server.requests.map { try JSONValue(parsing: $0.text) }
  }

  private func stream(_ deltas: String..., finish: String = "stop") -> ScriptedResponse {
    .eventStream(
      deltas.map { #"{"choices":[{"index":0,"delta":\#($0),"finish_reason":null}]}"# }
        + [#"{"choices":[{"index":0,"delta":{},"finish_reason":"\#(finish)"}]}"#, "[DONE]"])
  }

  private let call = #"{"tool_calls":[{"index":0,"id":"a","function":{"name":"weather","arguments":"{}"}}]}"#

  @Test func d01_partsAreJoinedAndGoBackAsTheyCame() async throws {
    let server = try LoopbackServer(replies: [
      stream(
        #"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}]}]}"#,
        #"{"content":[{"type":"text","text":"Let me "},{"type":"reference","reference_ids":[1]}]}"#,
        #"{"content":"look."}"#, call, finish: "tool_calls"), .chatStream("ok"),
    ])
    let log = EventLog()
    #expect(await run(try agent(server), log: log).output == "ok")
    #expect(log.words.filter { $0.hasPrefix("text ") }.map { $0.dropFirst(5) }.joined() == "Let me look.ok")
    #expect(log.notices(of: "tolerance").joined().contains("list of parts"))
    #expect(
      try bodies(server)[1].messages[1]["content"]?.canonicalString()
        == #"[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}]},{"type":"text","text":"Let me look."}]"#)
  }

  @Test(arguments: ["reasoning", "reasoning_content"])
  func d02_D3_thinkingGoesBackUnderTheNameItCame(member: String) async throws {
    let server = try Costume("thinking").thinking(as: member).server()
    #expect(await run(try agent(server)).output == "ok")
    let message = try bodies(server)[1].messages[1]
    #expect(message[member] == "Hm.")
    #expect(message.objectValue?.map(\.key) == ["role", "content", member, "tool_calls"])
  }

  @Test func d03_thinkingThatMustComeBackIsSentEmptyWhereThereIsNone() async throws {
    let server = try Costume.reasoningRequired.server()
    let log = EventLog()
    let agent = try agent(server)
    for _ in 1...2 { #expect(await run(agent, log: log).output == "ok") }
    #expect(log.notices(of: "lesson").count == 1)
    #expect(try bodies(server).last?.messages[1]["reasoning_content"] == "")
    #expect(server.requests.count == 5)
  }

  @Test func d04_thinkingThatIsRefusedIsLeftOut() async throws {
    let server = try Costume.reasoningRefused.server()
    let log = EventLog()
    let agent = try agent(server)
    for _ in 1...2 { #expect(await run(agent, log: log).output == "ok") }
    #expect(log.notices(of: "lesson") == ["the server refuses thinking that is sent back: it is left out"])
    #expect(try bodies(server).last?.messages[1]["reasoning_content"] == nil)
    #expect(server.requests.count == 5)
  }

  @Test(arguments: [true, false]) func d05_thinkingInTheTextIsNotShownAndGoesBackAsItCame(streams: Bool) async throws {
    let server = try Costume.thinkingInTags.server()
    let log = EventLog()
    let session = AgentSession(try agent(server, streams: streams), clock: .instant())
    for _ in 1...2 {
      let result = await session.perform("say ok", onEvent: log.handler)
      #expect(result.output == "ok")
    }
    #expect(!log.words.joined().contains("Hm."))
    #expect(try bodies(server)[1].messages[1]["content"] == "<think>\nHm.\n</think>\n\nok")
    #expect(log.notices(of: "tolerance").joined().contains("<think>"))
  }

  @Test func d05_thinkingGoesBackInTheTextWhereTheServerWantsItThere() async throws {
    let server = try Costume("thinking").thinking(as: "reasoning").server()
    #expect(await run(try agent(server, quirks: { $0.messageStyle.reasoning = .tags })).output == "ok")
    let message = try bodies(server)[1].messages[1]
    #expect(message["content"] == "<think>Hm.</think>\n")
    #expect(message["reasoning"] == nil)
  }

  @Test func d05_whatLooksLikeThinkingIsTextWhereTheFileSaysSo() async throws {
    let server = try Costume.thinkingInTags.server()
    let result = await run(try agent(server, quirks: { $0.readsThinkingTags = false }), "say ok")
    #expect(result.output == "<think>\nHm.\n</think>\n\nok")
  }

  @Test func d06_whatACallsProviderAloneUnderstandsGoesBackVerbatim() async throws {
    // The signature comes in a piece of its own, without an index.
    let server = try LoopbackServer(replies: [
      stream(
        call, #"{"tool_calls":[{"extra_content":{"google":{"thought_signature":"abc+/="}}}]}"#, finish: "tool_calls"),
      .chatStream("ok"),
    ])
    #expect(await run(try agent(server)).output == "ok")
    let echoed = try bodies(server)[1].messages[1]["tool_calls"]
    #expect(echoed?.arrayValue?.count == 1)
    #expect(echoed?[0]?["extra_content"] == ["google": ["thought_signature": "abc+/="]])
  }

  @Test func a8_D07_identifiersThatComeAgainInLaterTurnsAreKeptAndResultsStandByTheirPosition() async throws {
    let ids = ["functions.weather:0", "functions.weather:1"]
    let server = try LoopbackServer(replies: [
      .chatStream(calls: [(ids[0], "weather", #"{"n":1}"#)]),
      .chatStream(calls: [(ids[0], "weather", #"{"n":2}"#), (ids[1], "weather", #"{"n":3}"#)]), .chatStream("ok"),
    ])
    let tool = RecordingTool { arguments in "result \(arguments["n"]?.canonicalString() ?? "")" }
    #expect(await run(try agent(server, tool: tool)).output == "ok")
    let messages = try bodies(server)[2].messages
    let calls = messages.flatMap { $0["tool_calls"]?.arrayValue ?? [] }
    #expect(calls.map { $0["id"]?.stringValue } == [ids[0], ids[0], ids[1]])
    #expect(messages.map { $0["tool_call_id"]?.stringValue } == [nil, nil, ids[0], nil, ids[0], ids[1]])
    #expect(
      messages.map { $0["content"]?.stringValue?.hasPrefix("result ") == true ? $0["content"]?.stringValue : nil } == [
        nil, nil, "result 1", nil, "result 2", "result 3",
      ])
  }

  @Test(arguments: [
    #"{"refusal":"I cannot help with that."}"#,
    #"{"content":[{"type":"refusal","refusal":"I cannot help with that."}]}"#,
  ])
  func d08_aRefusalIsAnOutcomeOfItsOwn(delta: String) async throws {
    let server = try LoopbackServer(replies: [stream(delta)])
    let result = await run(try agent(server))
    #expect(result.outcome == .incomplete)
    #expect(result.finishReason == .refusal)
    #expect(result.output == "I cannot help with that.")
    #expect(result.error?.code == "refusal")
    #expect(server.requests.count == 1)
  }
}
