import Martlet
import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

/// `fallback` of an agent file, over real sockets.
@Suite struct FallbackRunTests {
  private func agent(
    _ one: LoopbackServer, _ two: LoopbackServer, model: String = "{provider: one, name: m, temperature: 0.5}",
    more: String = "", settings change: (inout AgentSettings) -> Void = { _ in }
  ) throws -> Agent {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let file = try folder.write(
      "agent.yaml",
      """
      name: test
      model: \(model)
      instructions: Be brief.
      fallback: {models: [two/n], retries: 1}
      providers:
        one: {base_url: "\(one.baseURL)/v1"}
        two: {base_url: "\(two.baseURL)/v1"\(more)}
      tools:
        - name: add
          description: Adds
          parameters: {type: object, properties: {a: {type: integer}}}
      """)
    var settings = AgentSettings()
    settings.handlers = ["add": RecordingTool { _ in "3" }]
    settings.environment = [:]
    change(&settings)
    return try Agent(contentsOf: file, settings: settings)
  }

  private func run(_ agent: Agent, log: EventLog = EventLog()) async -> RunResult {
    await AgentSession(agent, clock: .instant()).perform("task", onEvent: log.handler)
  }

  private let down = ScriptedResponse.chatError(status: 503, message: "overloaded")

  @Test func theConversationGoesOnWithTheOtherModel() async throws {
    let one = try LoopbackServer(replies: [.chatStream(calls: [("c1", "add", #"{"a":1}"#)]), down, down])
    let two = try LoopbackServer(replies: [.chatStream("It is 3.")])
    let log = EventLog()
    let result = await run(try agent(one, two), log: log)
    #expect(result.output == "It is 3.")
    #expect(result.model == "two/n")
    #expect(one.requests.count == 3)
    #expect(log.words.contains("notice model_fallback"))
    let body = try JSONValue(parsing: two.requests[0].text)
    #expect(body["model"] == "n")
    #expect(body["temperature"]?.canonicalString() == "0.5")
    let messages = try #require(body["messages"]?.arrayValue)
    #expect(messages.compactMap { $0["role"]?.stringValue } == ["system", "user", "assistant", "tool"])
    #expect(messages[2]["tool_calls"]?[0]?["id"] == messages[3]["tool_call_id"])
    #expect(messages[3]["content"] == "3")
  }

  @Test func aStreamThatBreaksOffGoesToTheOtherModel() async throws {
    let cut = ScriptedResponse.eventStream([#"{"choices":[{"index":0,"delta":{"content":"hello wo"}}]}"#])
    let one = try LoopbackServer { _ in cut }
    let two = try LoopbackServer { _ in .chatStream("hello world") }
    let result = await run(try agent(one, two))
    #expect(result.output == "hello world")
    #expect(result.model == "two/n")
    #expect(one.requests.count == 2)

    // The last model's word is taken, because there is no other: its stream most likely is whole.
    let last = try LoopbackServer { _ in cut }
    let broken = try LoopbackServer { [down] _ in down }
    let guessed = await run(try agent(broken, last))
    #expect(guessed.output == "hello wo")
    #expect(last.requests.count == 2)
  }

  @Test func eachModelHasItsOwnSpelling() async throws {
    let reasoned = ScriptedResponse.json(
      #"{"choices":[{"message":{"role":"assistant","content":null,"reasoning_content":"hm","tool_calls":[{"id":"c1","#
        + #""type":"function","function":{"name":"add","arguments":"{\"a\":1}"}}]},"finish_reason":"tool_calls"}]}"#)
    let one = try LoopbackServer(replies: [reasoned, down, down])
    // The other server refuses null, and is asked again with what it can read.
    let refusal = ScriptedResponse.chatError(
      status: 400, message: "Invalid value for 'content': expected a string, got null.")
    let two = try LoopbackServer(replies: [refusal, .chatStream("fine")])
    let result = await run(try agent(one, two, model: "{provider: one, name: m, stream: false}"))
    #expect(result.output == "fine")
    try #require(two.requests.count == 2)
    let former = try JSONValue(parsing: one.requests[1].text)["messages"]?[2]
    #expect(former?["reasoning_content"] == "hm")
    let spelled = try JSONValue(parsing: two.requests[1].text)["messages"]?[2]
    #expect(spelled?["reasoning_content"] == nil)
    #expect(spelled?["content"] == "")
  }

  @Test func theSecondModelsKeyIsCheckedAtTheStart() async throws {
    let server = try LoopbackServer { _ in .chatStream("never") }
    let error = #expect(throws: DefinitionError.self) {
      try agent(server, server, more: ", api_key_env: TWO_KEY")
    }
    let problem = try #require(error?.errors.first)
    #expect(problem.message == "no API key for two")
    #expect(problem.line == 4)
    #expect(problem.column == 21)
    #expect(problem.hint == "set TWO_KEY")
  }

  @Test func aModelThatIsNamedStandsAlone() async throws {
    let one = try LoopbackServer { [down] _ in down }
    let two = try LoopbackServer { _ in .chatStream("never") }
    let result = await run(try agent(one, two) { $0.model = "one/other" })
    #expect(result.outcome == .modelError)
    #expect(one.requests.count == 5)
    #expect(two.requests.isEmpty)
    let elsewhere = await run(try agent(two, two) { $0.baseURL = one.baseURL + "/v1" })
    #expect(elsewhere.outcome == .modelError)
    #expect(two.requests.isEmpty)
  }

  @Test func anExtraBodyStaysWithItsProvider() async throws {
    let one = try LoopbackServer { [down] _ in down }
    let two = try LoopbackServer { _ in .chatStream("hi") }
    let model = "{provider: one, name: m, top_p: 0.9, extra_body: {only_one: true}}"
    #expect(await run(try agent(one, two, model: model)).output == "hi")
    #expect(one.requests[0].text.contains("only_one"))
    #expect(!two.requests[0].text.contains("only_one"))
    #expect(two.requests[0].text.contains("top_p"))
  }
}
