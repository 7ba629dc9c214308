import Martlet
import MartletTesting
import ProgramSupport
import Testing

/// What servers reject in requests, each by a server that does so with the sentence of a real one.
@Suite struct RequestQuirkTests {
  private func agent(
    _ server: LoopbackServer, _ tool: RecordingTool = RecordingTool { _ in "7 degrees" },
    model: String = "model: local/stub", quirks: String = "{}", more: String = ""
  ) throws -> Agent {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let file = try folder.write(
      "agent.yaml",
      """
      name: test
      \(model)
      instructions: Be brief.
      \(more)
      providers: {local: {base_url: "\(server.baseURL)/v1", quirks: \(quirks)}}
      tools:
        - {name: weather, description: Weather, parameters: {type: object, properties: {city: {type: string}}, required: [city]}}
        - {name: other, description: Something else, parameters: {type: object, properties: {}}}
      """)
    var settings = AgentSettings()
    settings.handlers = ["weather": tool, "other": RecordingTool()]
    return try Agent(contentsOf: file, settings: settings)
  }

  private func run(
    _ agent: Agent, _ task: String = "weather in Oslo?", log: EventLog = EventLog()
  ) async -> RunResult {
    await AgentSession(agent, clock: .instant()).perform(task, onEvent: log.handler)
  }

  private func bodies(_ server: LoopbackServer) throws -> [JSONValue] {
    try server.requests.map { try JSONValue(parsing: $0.text) }
  }

  /// Runs an agent twice and checks that the refusal came once, and was told once.
  private func learnsOnce(
    _ costume: Costume, model: String = "model: local/stub", quirks: String = "{}", more: String = "",
    notices: Int = 1, refusals: Int = 1, says words: String
  ) async throws -> [JSONValue] {
    let server = try costume.server()
    let agent = try agent(server, model: model, quirks: quirks, more: more)
    let log = EventLog()
    for _ in 1...2 {
      let result = await run(agent, log: log)
      #expect(result.outcome == .completed, "\(result.error?.message ?? "")")
      #expect(result.output == "ok")
    }
    let lessons = log.notices(of: "lesson")
    #expect(lessons.count == notices)
    #expect(lessons.joined().contains(words), "\(lessons)")
    // Two requests for each run, and those that were refused.
    #expect(server.requests.count == 4 + refusals)
    return try bodies(server)
  }

  @Test func e01_identifiersAreCountedInNineLettersAndDigitsOnBothSides() async throws {
    let bodies = try await learnsOnce(.longCallIDsRefused, says: "nine letters and digits")
    let messages = try #require(bodies.last?.messages)
    #expect(messages[2]["tool_calls"]?[0]?["id"] == "call00001")
    #expect(messages[3]["tool_call_id"] == "call00001")
  }

  @Test func e01_theCatalogAndTheFileSayItBefore() async throws {
    #expect(ProviderCatalog.provider(named: "mistral")?.quirks.callIDs == .nineAlphanumeric)
    let server = try Costume.longCallIDsRefused.server()
    #expect(await run(try agent(server, quirks: "{call_ids: nine_alphanumeric}")).output == "ok")
    #expect(server.requests.count == 2)
  }

  @Test func e02_aMessageOfTheModelStandsBetweenAResultAndTheUser() async throws {
    var costume = Costume.userAfterToolRefused
    costume.reply = { reply, body in
      guard !body.canonicalString().contains("say ok") else { return }
      reply.calls = [("call_1", "weather", #"{"city":"Oslo"}"#)]
      (reply.text, reply.finishReason) = (nil, "tool_calls")
    }
    let server = try costume.server()
    var agent = try agent(server)
    agent.limits.maxRepeats = 2
    let session = AgentSession(agent, clock: .instant())
    #expect(await session.perform("weather in Oslo?").outcome == .limit)
    let log = EventLog()
    let result = await session.perform("say ok", onEvent: log.handler)
    #expect(result.output == "ok")
    #expect(log.notices(of: "lesson").count == 1)
    let roles = try bodies(server).map(\.roles)
    let former = ["system", "user", "assistant", "tool", "assistant", "tool"]
    #expect(roles[2] == former + ["user"])
    #expect(roles[3] == former + ["assistant", "user"])
    #expect(ProviderCatalog.provider(named: "mistral")?.quirks.acceptsUserAfterTool == false)
  }

  @Test func e03_contentThatIsRefusedIsSpelledTheNextWay() async throws {
    var bodies = try await learnsOnce(.nullContentRefused, says: "empty string")
    #expect(bodies.last?.messages[2]["content"] == "")
    bodies = try await learnsOnce(.blankContentRefused, notices: 2, refusals: 2, says: "without content")
    #expect(bodies.last?.messages[2].objectValue?["content"] == nil)
    bodies = try await learnsOnce(
      .blankContentRefused, quirks: "{empty_content: omitted}", notices: 0, refusals: 0, says: "")
    #expect(bodies.last?.messages[2].objectValue?["content"] == nil)
  }

  @Test func e04_theBoundOfTheLengthHasTheNameThatTheServerKnows() async throws {
    var bodies = try await learnsOnce(
      .maxTokensRefused, model: "model: {provider: local, name: stub, max_tokens: 9}", says: "max_completion_tokens")
    #expect(bodies.last?["max_completion_tokens"] == 9)
    #expect(bodies.last?["max_tokens"] == nil)
    bodies = try await learnsOnce(
      .maxCompletionTokensRefused, model: "model: {provider: local, name: stub, max_completion_tokens: 9}",
      says: "sent as `max_tokens`")
    #expect(bodies.last?["max_tokens"] == 9)
    bodies = try await learnsOnce(
      .maxCompletionTokensRefused, model: "model: {provider: local, name: stub, max_completion_tokens: 9}",
      quirks: "{max_completion_tokens: false}", notices: 0, refusals: 0, says: "")
    #expect(bodies.first?["max_tokens"] == 9)
    #expect(Provider.openAI.quirks.tokenBound == .maxCompletionTokens)
  }

  @Test func e05_parallelToolCallsIsSentWhenSetAndLeftOutWhereItIsRefused() async throws {
    let model = "model: {provider: local, name: stub, parallel_tool_calls: false}"
    let bodies = try await learnsOnce(.parallelToolCallsRefused, model: model, says: "parallel_tool_calls")
    #expect(bodies.first?["parallel_tool_calls"] == false)
    #expect(bodies.last?["parallel_tool_calls"] == nil)
    _ = try await learnsOnce(
      .parallelToolCallsRefused, model: model, quirks: "{parallel_tool_calls: false}", notices: 0, refusals: 0, says: ""
    )
    _ = try await learnsOnce(.parallelToolCallsRefused, notices: 0, refusals: 0, says: "")
  }

  @Test func e06_aToolThatCannotBeNamedIsOfferedAlone() async throws {
    let bodies = try await learnsOnce(.namedToolChoiceRefused, more: "tool_choice: weather", says: "that tool alone")
    #expect(bodies[1]["tool_choice"] == "required")
    #expect(bodies[1].toolNames == ["weather"])
    #expect(bodies[2]["tool_choice"] == nil)
    #expect(bodies[2].toolNames == ["weather", "other"])
    _ = try await learnsOnce(
      .namedToolChoiceRefused, quirks: "{named_tool_choice: false}", more: "tool_choice: weather", notices: 0,
      refusals: 0, says: "")
  }

  @Test(arguments: ["weather", "required"]) func e07_aChoiceThatIsRefusedIsAskedForInWords(choice: String) async throws
  {
    let isNamed = choice == "weather"
    let bodies = try await learnsOnce(
      .toolChoiceRefused, more: "tool_choice: \(choice)", notices: isNamed ? 2 : 1, refusals: isNamed ? 2 : 1,
      says: "in words")
    let asked = bodies[isNamed ? 2 : 1]
    #expect(asked["tool_choice"] == nil)
    #expect(asked.messages.last?["role"] == "user")
    let words = isNamed ? "call the tool `weather` now." : "call one of your tools now."
    #expect(asked.messages.last?["content"] == .string("weather in Oslo?\n\nAnswer with a tool call: \(words)"))
    // What was said stays, so that the next request begins with the same messages.
    #expect(Array(bodies[isNamed ? 3 : 2].messages.prefix(2)) == Array(asked.messages))
  }

  @Test func e07_aChoiceThatIsIgnoredIsAskedForInWords() async throws {
    let tool = RecordingTool { _ in "7 degrees" }
    let server = try Costume.requiredIgnored.server()
    let log = EventLog()
    let agent = try agent(server, tool, more: "tool_choice: required")
    #expect(await run(agent, "say hello", log: log).output == "ok")
    #expect(tool.arguments.count == 1)
    #expect(log.notices(of: "lesson").joined().contains("in words"))
    #expect(await run(agent, "say hello").output == "ok")
    #expect(server.requests.count == 5)
  }

  @Test func e07_aModelThatCallsNothingWhateverItIsToldEndsTheRunWithANotice() async throws {
    let server = try LoopbackServer { _ in .chatStream("I would rather not.") }
    let log = EventLog()
    let result = await run(try agent(server, more: "tool_choice: required"), log: log)
    #expect(result.outcome == .completed)
    #expect(result.output == "I would rather not.")
    #expect(log.words.contains("text.void"))
    #expect(log.notices(of: "tool_choice_ignored").count == 1)
    #expect(server.requests.count == 2)
  }

  @Test func e08_instructionsAreSystemMessages() async throws {
    let server = try Costume.developerRefused.server()
    #expect(await run(try agent(server)).output == "ok")
    #expect(try bodies(server).allSatisfy { $0.roles[0] == "system" })
  }

  @Test func e10_thereIsOneSystemMessageAndItIsTheFirst() async throws {
    let server = try Costume.secondSystemMessageRefused.server()
    let session = AgentSession(try agent(server), clock: .instant())
    for task in ["weather in Oslo?", "say ok"] { #expect(await session.perform(task).output == "ok") }
    #expect(try bodies(server).allSatisfy { $0.roles.filter { $0 == "system" }.count == 1 })
  }

  @Test func e11_aResultIsOneString() async throws {
    let server = try Costume.none.server()
    let tool = RecordingTool { _ in #"{"degrees": [7, 8]}"# }
    #expect(await run(try agent(server, tool)).output == "ok")
    #expect(try bodies(server)[1].messages.last?["content"] == #"{"degrees": [7, 8]}"#)
  }

  @Test func e13_brokenArgumentsGoBackAsAnObject() async throws {
    let server = try LoopbackServer { request in
      guard let body = try? JSONValue(parsing: request.text) else { return .chatError(status: 400, message: "no") }
      let calls = body.messages.flatMap { $0["tool_calls"]?.arrayValue ?? [] }
      let areWhole = calls.allSatisfy { call in
        let arguments = call["function"]?["arguments"]?.stringValue ?? ""
        return (try? JSONValue(parsing: arguments))?.objectValue != nil
      }
      if !areWhole { return .chatError(status: 500, message: "Failed to parse tool call arguments as JSON") }
      return calls.isEmpty ? .chatStream(calls: [("a", "weather", #"{"city": "Os"#)]) : .chat("ok")
    }
    let model = "model: {provider: local, name: stub, stream: false}"
    let result = await run(try agent(server, model: model))
    #expect(result.outcome == .completed)
    #expect(result.toolCalls.first?.isError == true)
    let call = try bodies(server).last?.messages[2]["tool_calls"]?[0]
    #expect(call?["function"]?["arguments"] == #"{"INVALID_JSON":"{\"city\": \"Os"}"#)
  }

  @Test func e14_aConversationThatTheServerCutIsTold() async throws {
    let long = String(repeating: "weather in Oslo and Rome, again and again. ", count: 600)
    let log = EventLog()
    let server = try Costume.cutAt4096.server()
    let result = await run(try agent(server), long, log: log)
    #expect(result.outcome == .completed)
    #expect(log.notices(of: "context_cut").count == 1)
    #expect(log.notices(of: "context_cut").joined().contains("exactly 4096 tokens"))
    let quiet = EventLog()
    let honest = try Costume.none.server()
    #expect(await run(try agent(honest), long, log: quiet).outcome == .completed)
    #expect(quiet.notices(of: "context_cut").isEmpty)
  }

  @Test func e16_streamOptionsAreLeftOutWhereTheyAreRefused() async throws {
    let bodies = try await learnsOnce(.streamOptionsRefused, says: "stream_options")
    #expect(bodies[0]["stream_options"] != nil)
    #expect(bodies[1]["stream_options"] == nil)
    _ = try await learnsOnce(
      .streamOptionsRefused, quirks: "{stream_options: false}", notices: 0, refusals: 0, says: "")
  }

  @Test func e17_anAgentWithoutToolsSendsNoEmptyList() async throws {
    let server = try Costume.refusing("empty tools", "[] is too short - 'tools'") { $0["tools"] != nil }.server()
    let client = ChatClient(provider: .custom(name: "x", baseURL: server.baseURL), apiKey: Secret("")) { _ in nil }
    let agent = Agent(name: "x", model: ChatModel(client: client, spec: try ModelSpec("x/stub")), toolChoice: .required)
    #expect(await run(agent).output == "ok")
  }

  @Test func e18_aNameThatServersRefuseIsRefusedByCheck() {
    for name in ["get weather", "a.b", String(repeating: "x", count: 65)] {
      let text = "name: a\ntools: [{name: \"\(name)\", description: d, command: [/bin/true]}]\n"
      let loaded = AgentDefinition.load(bytes: Array(text.utf8), name: "a.yaml", .init(environment: [:]))
      #expect(loaded.diagnostics.contains { $0.severity == .error && $0.message.contains("not a valid name") })
    }
  }

  @Test func e18_aNameThatTheModelMadeUpGoesBackInTheAlphabetOfServers() async throws {
    let server = try LoopbackServer(replies: [.chatStream(calls: [("a", "get weather!", "{}")]), .chatStream("ok")])
    #expect(await run(try agent(server)).output == "ok")
    #expect(try bodies(server)[1].messages[2]["tool_calls"]?[0]?["function"]?["name"] == "get_weather_")
  }

  @Test func e19_everyCallHasItsResultInOrderRightAfterIt() async throws {
    let calls = (0..<5).map { (id: "c\($0)", name: $0 == 3 ? "nobody" : "weather", arguments: #"{"city":"\#($0)"}"#) }
    let server = try LoopbackServer(replies: [.chatStream(calls: calls), .chatStream("ok")])
    let tool = RecordingTool { arguments in
      for _ in 0..<(10 - (Int(arguments["city"]?.stringValue ?? "") ?? 0)) { await Task.yield() }
      return "result \(arguments["city"]?.stringValue ?? "")"
    }
    #expect(await run(try agent(server, tool)).output == "ok")
    let messages = try bodies(server)[1].messages
    #expect(messages[3...].map { $0["role"] } == Array(repeating: "tool", count: 5))
    #expect(messages[3...].map { $0["tool_call_id"] } == calls.map { .string($0.id) })
    #expect(messages[4]["content"] == "result 1")
  }
}

extension EventLog {
  /// The messages of the notices of a kind.
  func notices(of kind: String) -> [String] {
    all.compactMap { if case .notice(kind, let message) = $0 { message } else { nil } }
  }
}
