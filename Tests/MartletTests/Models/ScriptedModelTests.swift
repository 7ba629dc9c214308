import Martlet
import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

@Suite struct ScriptedModelTests {
  private func agent(_ script: String, handlers: [String: any ToolExecutor] = [:], more: String = "") throws -> Agent {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let file = try folder.write(
      "agent.yaml",
      """
      name: test
      model: scripted
      parameters: [{name: unit, default: celsius}]
      tools:
        - name: weather
          description: Weather
          parameters: {type: object, properties: {city: {type: string}, days: {type: integer}}}
        - {name: other, description: Other}
      \(more)
      script:
      \(script.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
        - {when: "unit of measure", say: "{{ unit }}"}
      """)
    var settings = AgentSettings()
    settings.handlers = ["weather": RecordingTool(), "other": RecordingTool()].merging(handlers) { _, given in given }
    return try Agent(contentsOf: file, settings: settings)
  }

  private func run(_ agent: Agent, _ task: String, log: EventLog = EventLog()) async -> RunResult {
    await AgentSession(agent, clock: .instant()).perform(task, onEvent: log.handler)
  }

  @Test func whenSearchesTheUserMessageIgnoringCaseAndItsGroupsAreValues() async throws {
    let tool = RecordingTool { _ in #"{"temperature": 9.50}"# }
    let agent = try agent(
      """
      - when: "weather in (?<city>[^?.!]+?)( for (?<days>[0-9]+) days)?[?.!]*$"
        call: {weather: {city: "{{ city }}", days: "{{ days }}"}}
      - after: weather
        say: "{{ result.temperature }}° {{ unit }}"
      """, handlers: ["weather": tool])
    let result = await run(agent, "What is the WEATHER in São Paulo for 3 days?")
    #expect(result.output == "9.50° celsius")
    #expect(tool.arguments.map { $0.canonicalString() } == [#"{"city":"São Paulo","days":3}"#])
    _ = await run(agent, "weather in Oslo")
    #expect(tool.arguments.last?.canonicalString() == #"{"city":"Oslo"}"#)
  }

  @Test func aWhenFitsOnlyWhileTheUserMessageIsTheNewest() async throws {
    let result = await run(try agent("- {when: go, call: {weather: {}}}\n- {say: after the call}"), "go")
    #expect(result.output == "after the call")
    #expect(result.turns == 2)
  }

  @Test func afterHasTheLastResultOfThatToolAndAllOfThem() async throws {
    let tool = RecordingTool { call in call["city"]?.stringValue ?? "" }
    let agent = try agent(
      """
      - when: go
        call: [{weather: {city: a}}, {other: {}}, {weather: {city: b}}]
      - after: weather
        say: "{{ result }} of {{ results }} first {{ results.0 }}"
      """, handlers: ["weather": tool])
    let result = await run(agent, "go")
    #expect(result.output == #"b of ["a","b"] first a"#)
    #expect(result.toolCalls.map(\.id) == ["call_1_1", "call_1_2", "call_1_3"])
  }

  @Test func theFirstRuleThatFitsAnswers() async throws {
    let result = await run(try agent("- {say: first}\n- {say: second}"), "anything")
    #expect(result.output == "first")
  }

  @Test func noRuleThatFitsIsAAPIErrorThatSaysSo() async throws {
    let result = await run(try agent("- {when: hello, say: hi}"), "bye")
    #expect(result.outcome == .modelError)
    #expect(result.error?.code == "no_rule_fits")
    #expect(result.error?.message == #"none of the 2 rules of the script fits the message "bye""#)
  }

  @Test func aFaultIsPlayedAndThenPassedOver() async throws {
    let log = EventLog()
    let agent = try agent("- {fail: {status: 429, retry_after: 1, times: 2}}\n- {say: there}")
    let result = await run(agent, "go", log: log)
    #expect(result.outcome == .completed)
    #expect(result.output == "there")
    #expect(log.words.filter { $0.hasPrefix("retry") } == ["retry 2 rate_limited", "retry 3 rate_limited"])
  }

  @Test func aFaultThatLastsEndsTheRunAsTheWireWould() async throws {
    let limited = await run(try agent("- {fail: {status: 429, times: 99}}"), "go")
    #expect(limited.outcome == .rateLimited)
    #expect(limited.error?.status == 429)
    let refused = await run(try agent("- {fail: {status: 401}}\n- {say: hi}"), "go")
    #expect(refused.outcome == .modelError)
    #expect(refused.error?.code == "authentication")
  }

  @Test func theTextStreamsInPiecesThatTogetherAreTheReply() async throws {
    let log = EventLog()
    let result = await run(try agent("- {say: \"one two\\nthree \"}"), "go", log: log)
    #expect(log.words.filter { $0.hasPrefix("text") } == ["text one ", "text two\n", "text three "])
    #expect(result.output == "one two\nthree ")
  }

  @Test func withoutStreamingThereAreNoDeltas() async throws {
    let log = EventLog()
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let file = try folder.write("a.yaml", "name: a\nmodel: {provider: scripted, stream: false}\nscript: [{say: hi}]\n")
    let result = await run(try Agent(contentsOf: file), "go", log: log)
    #expect(result.output == "hi")
    #expect(!log.words.contains { $0.hasPrefix("text") })
  }

  @Test(arguments: [("none", "calls tools"), ("other", "does not call `other`")])
  func theScriptIsHeldToTheToolChoice(choice: String, problem: String) async throws {
    let result = await run(try agent("- {call: {weather: {}}}", more: "tool_choice: \(choice)"), "go")
    #expect(result.outcome == .modelError)
    #expect(result.error?.message.contains(problem) == true)
  }

  @Test func usageIsEstimatedSoThatLimitsOfTokensWorkOffline() async throws {
    let result = await run(try agent("- {say: \"12345678\"}"), "1234")
    #expect(result.usage?.promptTokens == 1)
    #expect(result.usage?.completionTokens == 2)
    #expect(result.usage?.isEstimated == true)
  }

  @Test func aPatternThatTakesTooLongIsAAPIErrorAndNotAHang() async throws {
    let result = await run(try agent("- {when: \"(a+)+$\", say: hi}"), String(repeating: "a", count: 40) + "b")
    #expect(result.error?.code == "script_error")
  }
}
