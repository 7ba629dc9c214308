import Martlet
import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

/// The loop over real sockets: an agent file, a loopback server, real requests.
@Suite struct ChatModelTests {
  private func agent(
    _ server: LoopbackServer, _ tool: RecordingTool = RecordingTool(), model: String = "model: local/m",
    more: String = "",
    environment: [String: String] = [:]
  ) throws -> Agent {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let file = try folder.write(
      "agent.yaml",
      """
      name: test
      \(model)
      instructions: Be brief.
      providers: {local: {base_url: "\(server.baseURL)/v1"\(more)}}
      tools:
        - name: add
          description: Adds
          parameters: {type: object, properties: {a: {type: integer}}}
      """)
    var settings = AgentSettings()
    settings.handlers = ["add": tool]
    settings.environment = environment
    return try Agent(contentsOf: file, settings: settings)
  }

  private func run(
    _ agent: Agent, clock: RunClock = .instant(), log: EventLog = EventLog()
  ) async -> RunResult {
    await AgentSession(agent, clock: clock).perform("task", onEvent: log.handler)
  }

  @Test func callsAreDispatchedAndTheirResultsSentBack() async throws {
    let server = try LoopbackServer(replies: [
      .chatStream(calls: [("x1", "add", #"{"a":1}"#), ("x2", "add", #"{"a":2}"#)]), .chatStream("It ", "is 3."),
    ])
    let tool = RecordingTool { "got \($0["a"]?.intValue ?? 0)" }
    let log = EventLog()
    let result = await run(try agent(server, tool), log: log)
    #expect(result.outcome == .completed)
    #expect(result.output == "It is 3.")
    #expect(result.usage?.totalTokens == 24)
    #expect(log.words.filter { $0.hasPrefix("text ") }.map { $0.dropFirst(5) }.joined() == "It is 3.")
    let messages = try #require(JSONValue(parsing: server.requests[1].text)["messages"]?.arrayValue)
    #expect(messages.compactMap { $0["role"]?.stringValue } == ["system", "user", "assistant", "tool", "tool"])
    #expect(messages[3]["tool_call_id"] == "x1")
    #expect(messages[3]["content"] == "got 1")
    #expect(messages[4]["content"] == "got 2")
  }

  @Test func requestsWithoutStreamingWorkAlike() async throws {
    let server = try LoopbackServer(replies: [.chat("whole")])
    let result = await run(
      try agent(server, model: "model: {provider: local, name: m, stream: false, temperature: 0.70}"))
    #expect(result.output == "whole")
    let body = try JSONValue(parsing: server.requests[0].text)
    #expect(body["stream"] == false)
    #expect(body["temperature"]?.canonicalString() == "0.70")
    #expect(body.objectValue?.last?.key == "messages")
  }

  @Test func everyRequestBeginsWithTheMessagesOfTheOneBeforeByteForByte() async throws {
    let turns = Box(0)
    let server = try LoopbackServer { _ in
      turns.update { $0 += 1 }
      let turn = turns.value
      return turn <= 50 ? .chatStream(calls: [("c\(turn)", "add", "{\"a\": \(turn)}")]) : .chatStream("done")
    }
    var agent = try agent(server)
    agent.limits.maxTurns = 100
    let result = await run(agent)
    #expect(result.turns == 51)
    let bodies = server.requests.map(\.body)
    for (earlier, later) in zip(bodies, bodies.dropFirst()) {
      #expect(later.starts(with: earlier.dropLast(2)))
      #expect(later.count > earlier.count)
    }
  }

  @Test func aReplyThatBecameNoTurnIsNoPartOfTheConversation() async throws {
    let server = try LoopbackServer(replies: [
      .chatStream(calls: [("x1", "add", #"{"a":1}"#)]), .chatStream(calls: [("x2", "add", #"{"a":2}"#)]),
      .chatStream("Hello."), .chatStream("Bye."),
    ])
    var agent = try agent(server)
    agent.limits.maxTurns = 2
    let session = AgentSession(agent, clock: .instant())
    #expect(await session.perform("task").outcome == .limit)
    #expect(await session.perform("next").outcome == .completed)
    #expect(await session.perform("last").outcome == .completed)
    let messages = try #require(JSONValue(parsing: server.requests[3].text)["messages"]?.arrayValue)
    #expect(
      messages.map { "\($0["role"]?.stringValue ?? ""): \($0["content"]?.stringValue ?? "calls")" } == [
        "system: Be brief.", "user: task", "assistant: calls", "tool: ok", "user: next", "assistant: Hello.",
        "user: last",
      ])
  }

  @Test func f07WhatStreamedBeforeAResetIsVoid() async throws {
    let gate = try LoopbackGate()
    var cut = ScriptedResponse.eventStream([#"{"choices":[{"index":0,"delta":{"content":"half"}}]}"#])
    cut.pieces.append(.wait(gate))
    cut.fault = .reset(.end)
    let server = try LoopbackServer(replies: [cut, .chatStream("whole")])
    let log = EventLog()
    let result = await AgentSession(try agent(server), clock: .instant()).perform("task") { event in
      await log.handler(event)
      if case .textDelta = event { gate.open() }
    }
    #expect(result.output == "whole")
    let words = log.words.filter { $0.hasPrefix("text") || $0.hasPrefix("retry") }
    #expect(words.first == "text half")
    #expect(Set(words[1...2]) == ["text.void", "retry 2 connection"])
    #expect(words.dropFirst(3).allSatisfy { $0.hasPrefix("text ") })
  }

  @Test func f07AResetInMidReplyIsAskedForAgainWithTheSameBytes() async throws {
    var cut = ScriptedResponse.chatStream("half of ", "the text")
    cut.fault = .reset(.body(bytes: 200))
    let server = try LoopbackServer(replies: [cut, .chatStream("whole")])
    let log = EventLog()
    let result = await run(try agent(server), log: log)
    #expect(result.output == "whole")
    #expect(log.words.contains("retry 2 connection"))
    #expect(server.requests.map(\.body)[0] == server.requests.map(\.body)[1])
    #expect(server.requests[0].header("X-Client-Request-Id") == server.requests[1].header("X-Client-Request-Id"))
  }

  @Test func f09AnEndWithoutAMarkIsAskedForAgainOnceAndThenAccepted() async throws {
    let unmarked = ScriptedResponse.eventStream([#"{"choices":[{"index":0,"delta":{"content":"all of it"}}]}"#])
    let server = try LoopbackServer(replies: [unmarked, unmarked])
    let log = EventLog()
    let result = await run(try agent(server), log: log)
    #expect(result.outcome == .completed)
    #expect(result.output == "all of it")
    #expect(server.requests.count == 2)
    #expect(log.words.contains("text.void"))
  }

  @Test func f09CallsOfAStreamWithoutAnEndAreNeverDispatched() async throws {
    let cut = ScriptedResponse.eventStream([
      #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"x","function":{"name":"add","arguments":"{\"a\":1"}}]}}]}"#
    ])
    let server = try LoopbackServer { _ in cut }
    let tool = RecordingTool()
    let result = await run(try agent(server, tool))
    #expect(result.outcome == .modelError)
    #expect(tool.arguments.isEmpty)
  }

  @Test func f01RateLimitsAreWaitedFor() async throws {
    let sleeps = Box<[Duration]>([])
    let server = try LoopbackServer(replies: [
      .chatError(status: 429, message: "slow down", headers: [("Retry-After", "3")]), .chatStream("there"),
    ])
    let result = await run(try agent(server), clock: .instant(sleeps))
    #expect(result.output == "there")
    #expect(sleeps.value.count == 1)
    #expect(sleeps.value.allSatisfy { $0 >= .seconds(3) && $0 <= .milliseconds(3600) })
  }

  @Test func f03AUsedUpQuotaEndsTheRunAsRateLimited() async throws {
    let server = try LoopbackServer { _ in
      .chatError(status: 429, message: "You exceeded your current quota", code: "insufficient_quota")
    }
    let result = await run(try agent(server))
    #expect(result.outcome == .rateLimited)
    #expect(server.requests.count == 1)
  }

  @Test func f04AServerThatKeepsFailingEndsTheRunAfterFiveAttempts() async throws {
    let server = try LoopbackServer { _ in .chatError(status: 503, message: "overloaded") }
    let result = await run(try agent(server))
    #expect(result.outcome == .modelError)
    #expect(result.error?.status == 503)
    #expect(server.requests.count == 5)
  }

  @Test(arguments: [408, 409, 425]) func f06AStatusThatMayPassIsTriedAgain(status: Int) async throws {
    let server = try LoopbackServer(replies: [.chatError(status: status, message: "not now"), .chatStream("there")])
    let log = EventLog()
    let result = await run(try agent(server), log: log)
    #expect(result.output == "there")
    #expect(log.words.filter { $0.hasPrefix("retry 2 ") }.count == 1)
    #expect(server.requests.map(\.body)[0] == server.requests.map(\.body)[1])
  }

  @Test func f02ADateIsWaitedForFromTheServersOwnTime() async throws {
    let sleeps = Box<[Duration]>([])
    let server = try LoopbackServer(replies: [
      .chatError(
        status: 429, message: "slow down",
        headers: [("Date", "Wed, 21 Oct 2015 07:28:00 GMT"), ("Retry-After", "Wed, 21 Oct 2015 07:28:05 GMT")]),
      .chatStream("there"),
    ])
    let result = await run(try agent(server), clock: .instant(sleeps))
    #expect(result.output == "there")
    #expect(sleeps.value.allSatisfy { $0 >= .seconds(5) && $0 <= .seconds(6) })
  }

  @Test func f08AResetAfterTheFinishReasonIsAWholeReply() async throws {
    var cut = ScriptedResponse.chatStream("all of it")
    cut.pieces.removeLast(2)
    cut.fault = .reset(.end)
    let gate = try LoopbackGate()
    cut.pieces.append(.wait(gate))
    let answer = cut
    let server = try LoopbackServer { _ in answer }
    let log = EventLog()
    let agent = try agent(server)
    async let result = AgentSession(agent, clock: .instant()).perform("task") { event in
      await log.handler(event)
      // The reset takes along what has not been read.
      if case .textDelta = event { gate.open() }
    }
    #expect(await result.outcome == .completed)
    #expect(await result.output == "all of it")
    #expect(server.requests.count == 1)
  }

  @Test func f29TwoCallsWithOneIdentifierAreSentBackAsTwo() async throws {
    let server = try LoopbackServer(replies: [
      .chatStream(calls: [("x", "add", #"{"a":1}"#), ("x", "add", #"{"a":2}"#), ("x_2", "add", #"{"a":3}"#)]),
      .chatStream("done"),
    ])
    let tool = RecordingTool { "got \($0["a"]?.intValue ?? 0)" }
    let result = await run(try agent(server, tool))
    #expect(result.outcome == .completed)
    #expect(Set(result.toolCalls.map(\.id)).count == 3)
    let messages = try #require(JSONValue(parsing: server.requests[1].text)["messages"]?.arrayValue)
    let echoed = messages[2]["tool_calls"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
    let answered = messages.dropFirst(3).compactMap { $0["tool_call_id"]?.stringValue }
    #expect(Set(echoed).count == 3)
    #expect(echoed == answered)
    #expect(messages.dropFirst(3).compactMap { $0["content"]?.stringValue } == ["got 1", "got 2", "got 3"])
  }

  @Test func f31TheAnswersTo130CallsAreSentBackInTheirOrder() async throws {
    let calls = (0..<130).map { (id: "c\($0)", name: "add", arguments: "{\"a\":\($0)}") }
    let server = try LoopbackServer(replies: [.chatStream(calls: calls), .chatStream("done")])
    let running = Box((now: 0, most: 0))
    let tool = RecordingTool { arguments in
      running.update { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
      for _ in 0..<(arguments["a"]?.intValue ?? 0) % 7 { await Task.yield() }
      running.update { $0.now -= 1 }
      return "got \(arguments["a"]?.intValue ?? 0)"
    }
    let result = await run(try agent(server, tool))
    #expect(result.outcome == .completed)
    #expect(running.value.most <= 8)
    let messages = try #require(JSONValue(parsing: server.requests[1].text)["messages"]?.arrayValue)
    #expect(messages.dropFirst(3).compactMap { $0["tool_call_id"]?.stringValue } == calls.map(\.id))
    let contents = messages.dropFirst(3).compactMap { $0["content"]?.stringValue }
    #expect(Array(contents.prefix(128)) == (0..<128).map { "got \($0)" })
    #expect(contents.dropFirst(128).allSatisfy { $0.hasPrefix("error: too_many_calls") })
  }

  @Test(arguments: [#"{"choices":[]}"#, #"{"choices":[{"index":0,"message":null,"finish_reason":"stop"}]}"#])
  func f35AReplyWithoutAMessageIsAskedForAgainOnce(body: String) async throws {
    let server = try LoopbackServer { _ in .json(body) }
    let result = await run(try agent(server, model: "model: {provider: local, name: m, stream: false}"))
    #expect(result.outcome == .modelError)
    #expect(server.requests.count == 2)
  }

  @Test func f18ACompressedReplyIsNotInflated() async throws {
    // What a gzip program makes of 64 MiB of zeros begins like this; a megabyte of the rest stands for it.
    let bomb: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 3] + [UInt8](repeating: 0x24, count: 1 << 20)
    let server = try LoopbackServer { _ in
      ScriptedResponse(
        headers: [("Content-Encoding", "gzip"), ("Content-Type", "application/json")], pieces: [.bytes(bomb)])
    }
    let result = await run(try agent(server))
    #expect(result.outcome == .modelError)
    #expect(result.error?.message.contains("not an OpenAI-compatible reply") == true)
    #expect(result.error?.message.hasSuffix("its body is encoded as gzip, which was not asked for") == true)
    #expect((result.error?.message.utf8.count ?? 0) < 1000)
    #expect(server.requests.allSatisfy { $0.header("Accept-Encoding") == nil })
  }

  @Test func f05ARefusalIsShownWithoutTheKey() async throws {
    let server = try LoopbackServer { request in
      .chatError(status: 401, message: "Incorrect API key: \(request.header("Authorization") ?? "")")
    }
    let agent = try agent(server, more: ", api_key_env: LOCAL_KEY", environment: ["LOCAL_KEY": "sk-canary-123456"])
    let result = await run(agent)
    #expect(server.requests.first?.header("Authorization") == "Bearer sk-canary-123456")
    #expect(result.error?.code == "authentication")
    #expect(result.error?.message == "the server answered with status 401: Incorrect API key: Bearer •••")
    #expect(agent.firstRequest(for: "hi")?.contains("canary") == false)
  }

  @Test func f02AWaitThatNobodyWaitsForIsSaid() async throws {
    let server = try LoopbackServer { _ in
      .chatError(status: 429, message: "x", headers: [("Retry-After", "600")])
    }
    let result = await run(try agent(server))
    #expect(result.outcome == .rateLimited)
    #expect(
      result.error?.message
        == "the server answered with status 429: x; it asks to wait 10 min, and all waits together take at most 5 min")
    #expect(result.error?.retryAfter == 600)
    #expect(server.requests.count == 1)
  }

  @Test func f16AnHTMLPageIsNoReply() async throws {
    let page = ScriptedResponse(headers: [("Content-Type", "text/html")], pieces: [.text("<html>Bad gateway</html>")])
    let server = try LoopbackServer { _ in page }
    let result = await run(try agent(server))
    #expect(result.outcome == .modelError)
    #expect(result.error?.message.contains("not an OpenAI-compatible reply") == true)
    #expect(server.requests.count == 2)
  }

  @Test func f15ARedirectIsNotFollowed() async throws {
    let other = try LoopbackServer { _ in .chatStream("never") }
    let url = other.baseURL
    let server = try LoopbackServer { _ in ScriptedResponse(status: 307, headers: [("Location", url + "/v1")]) }
    let result = await run(try agent(server))
    #expect(result.outcome == .modelError)
    #expect(other.requests.isEmpty)
  }

  @Test func f23AnErrorWithinAStreamStandsForItsStatus() async throws {
    let server = try LoopbackServer(replies: [
      .eventStream([#"{"error":{"message":"overloaded","code":503}}"#]), .chatStream("there"),
    ])
    let result = await run(try agent(server))
    #expect(result.output == "there")
  }

  @Test func aServerThatNamesWhatItCannotReadIsAskedWithoutIt() async throws {
    let server = try LoopbackServer(replies: [
      .chatError(status: 400, message: "Unrecognized request argument: stream_options"), .chatStream("there"),
    ])
    let result = await run(try agent(server))
    #expect(result.output == "there")
    #expect(server.requests[0].text.contains("stream_options"))
    #expect(!server.requests[1].text.contains("stream_options"))
  }

  @Test func whatOnlyTheProviderUnderstandsGoesBackVerbatim() async throws {
    let call =
      #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"x","type":"function","extra_content":{"google":{"thought_signature":"abc"}},"function":{"name":"add","arguments":"{\"a\": 1}"}}]},"finish_reason":"tool_calls"}]}"#
    let server = try LoopbackServer(replies: [.eventStream([call, "[DONE]"]), .chatStream("done")])
    _ = await run(try agent(server))
    let echoed = try JSONValue(parsing: server.requests[1].text)["messages"]?[2]?["tool_calls"]?[0]
    #expect(echoed?["extra_content"] == ["google": ["thought_signature": "abc"]])
    #expect(echoed?["function"]?["arguments"] == #"{"a": 1}"#)
  }

  @Test func aToleranceThatWasUsedIsANotice() async throws {
    let call =
      #"{"choices":[{"index":0,"delta":{"tool_calls":[{"id":"x","type":"function","function":{"name":"add","arguments":"{}"}}]},"finish_reason":"stop"}]}"#
    let server = try LoopbackServer(replies: [.eventStream([call, "[DONE]"]), .chatStream("done")])
    let log = EventLog()
    let result = await run(try agent(server), log: log)
    #expect(result.outcome == .completed)
    #expect(log.words.contains("notice tolerance"))
  }

  @Test func cancellingARunEndsTheTransfer() async throws {
    var stalled = ScriptedResponse.chatStream("Once ", "upon")
    stalled.fault = .stall(.body(bytes: 250))
    let server = try LoopbackServer(replies: [stalled])
    let log = EventLog()
    let agent = try agent(server)
    let run = Task { await AgentSession(agent).perform("task", onEvent: log.handler) }
    while !log.words.contains("text Once ") { await Task.yield() }
    run.cancel()
    let result = await run.value
    #expect(result.outcome == .interrupted)
    #expect(result.output == "Once ")
    try await server.waitForDisconnect()
  }

  @Test func aProviderWithoutItsKeySaysWhichVariableToSet() throws {
    let server = try LoopbackServer(replies: [])
    let error = #expect(throws: DefinitionError.self) { try agent(server, model: "model: openai/gpt-5-mini") }
    #expect(error?.errors.map(\.message) == ["no API key for openai"])
    #expect(error?.errors.first?.hint == "set OPENAI_API_KEY")
  }

  @Test(arguments: [170, 185, 195]) func aKeyIsNotShownWhereAnExcerptCutsIt(padding: Int) async throws {
    let server = try LoopbackServer { request in
      ScriptedResponse(
        headers: [("Content-Type", "text/plain")],
        pieces: [.text(String(repeating: "x", count: padding) + (request.header("Authorization")?.dropFirst(7) ?? ""))])
    }
    let agent = try agent(
      server, more: ", api_key_env: LOCAL_KEY", environment: ["LOCAL_KEY": "sk-canary-1234567890-1234567890"])
    #expect(await run(agent).error?.message.contains("canary") == false)
  }

  @Test func tokensInHeadersAreShownNowhere() async throws {
    let server = try LoopbackServer { .chatError(status: 401, message: "bad token \($0.header("X-Token") ?? "")") }
    let more = ", headers: {X-Token: \"Token ${TOKEN}\"}"
    let agent = try agent(server, more: more, environment: ["TOKEN": "tok-canary-99"])
    let result = await run(agent)
    #expect(server.requests.first?.header("X-Token") == "Token tok-canary-99")
    #expect(result.error?.message.contains("canary") == false)
    #expect(agent.firstRequest(for: "hi")?.contains("canary") == false)
    let error = #expect(throws: DefinitionError.self) { try self.agent(server, more: more) }
    #expect(error?.errors.first?.hint == "set TOKEN")
  }

  @Test(arguments: ["base_url: not-a-url", "base_url: ''", "base_url: http://127.0.0.1/v1, api_key_env: sk-canary-1"])
  func aProviderThatCannotWorkIsRefusedByCheck(members: String) {
    let text = "name: a\nproviders: {local: {\(members)}}\n"
    let loaded = AgentDefinition.load(bytes: Array(text.utf8), name: "a.yaml", .init(environment: [:]))
    #expect(loaded.definition == nil)
    #expect(!loaded.diagnostics.map { $0.rendered() }.joined().contains("canary"))
  }

  @Test func aKeyInTheFileIsRefusedAndNotShown() {
    let text = "name: a\nproviders:\n  local:\n    base_url: http://127.0.0.1/v1\n    api_key: sk-canary-123456\n"
    let loaded = AgentDefinition.load(bytes: Array(text.utf8), name: "a.yaml", .init(environment: [:]))
    #expect(loaded.diagnostics.map(\.line) == [5])
    #expect(!loaded.diagnostics.map { $0.rendered() }.joined().contains("canary"))
  }

  @Test func aLineWithAKeyIsNotShownByTheOtherMistakesOnIt() {
    let text = "name: a\nproviders: {local: {bogus: 1, base_url: http://127.0.0.1, api_key: sk-canary-123456}}\n"
    let loaded = AgentDefinition.load(bytes: Array(text.utf8), name: "a.yaml", .init(environment: [:]))
    #expect(loaded.diagnostics.count == 2)
    #expect(!loaded.diagnostics.map { $0.rendered() }.joined().contains("canary"))
  }

  @Test func aKeyFileMustBelongToItsReaderAlone() async throws {
    let server = try LoopbackServer { _ in .chatStream("ok") }
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let file = try folder.write("key", "sk-from-file\n")
    _ = try await Program.shell("chmod 644 \(file)")
    let more = ", api_key_file: \(file)"
    #expect(throws: DefinitionError.self) { try agent(server, more: more) }
    _ = try await Program.shell("chmod 600 \(file)")
    _ = await run(try agent(server, more: more))
    #expect(server.requests.first?.header("Authorization") == "Bearer sk-from-file")
  }
}
