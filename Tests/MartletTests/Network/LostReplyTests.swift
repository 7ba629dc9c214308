import Martlet
import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

/// What a reply took that is thrown away and asked for again was paid all the same.
@Suite struct LostReplyTests {
  private func run(_ server: LoopbackServer, more: String = "") async throws -> RunResult {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let file = try folder.write(
      "agent.yaml",
      """
      name: test
      model: local/m
      providers: {local: {base_url: "\(server.baseURL)/v1", prices: {m: {input: 1, output: 10}}}}
      tools:
        - {name: add, description: Adds, parameters: {type: object, properties: {a: {type: integer}}, required: [a]}}
      \(more)
      """)
    var settings = AgentSettings()
    settings.handlers = ["add": RecordingTool { _ in "ok" }]
    settings.environment = [:]
    return await AgentSession(try Agent(contentsOf: file, settings: settings), clock: .instant()).perform("task")
  }

  /// That so many replies of 9 tokens to it and 3 from it were paid.
  private func expect(_ replies: Int, _ result: RunResult) {
    #expect(result.usage?.promptTokens == 9 * replies)
    #expect(result.usage?.completionTokens == 3 * replies)
    #expect(result.usage?.isEstimated == false)
    #expect(result.usage?.exactCost?.decimal == ["", "0.000039", "0.000078", "0.000117"][replies])
  }

  private static let call = ScriptedResponse.chatStream(calls: [("x", "add", #"{"a":1}"#)])

  private static let wholeCall = ScriptedResponse.json(
    #"{"choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"w","type":"function","#
      + #""function":{"name":"add","arguments":"{\"a\":1}"}}]},"finish_reason":"tool_calls"}],"#
      + #""usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}"#)

  @Test func a14_aReplyWithoutItsArgumentsCounts() async throws {
    let server = try LoopbackServer(replies: [.chatStream(calls: [("x", "add", "")]), Self.wholeCall, .chat("done")])
    let result = try await run(server)
    #expect(result.outcome == .completed)
    #expect(result.turns == 2)
    expect(3, result)
  }

  @Test func e7_aReplyThatDoesNotHeedTheToolChoiceCounts() async throws {
    let server = try LoopbackServer(replies: [.chatStream("no"), Self.call, .chatStream("done")])
    let result = try await run(server, more: "tool_choice: required")
    #expect(result.outcome == .completed)
    #expect(result.turns == 2)
    expect(3, result)
  }

  @Test func c7_aReplyThatIsCutCountsAsFarAsItsServerSays() async throws {
    var cut = ScriptedResponse.eventStream([
      #"{"choices":[{"index":0,"delta":{"content":"Hel"}}],"usage":{"prompt_tokens":9,"completion_tokens":1}}"#,
      #"{"choices":[{"index":0,"delta":{"content":"lo"}}],"usage":{"prompt_tokens":9,"completion_tokens":3}}"#,
    ])
    cut.fault = .reset(.end)
    var silent = ScriptedResponse.eventStream([#"{"choices":[{"index":0,"delta":{"content":"Hel"}}]}"#])
    silent.fault = .reset(.end)
    let server = try LoopbackServer(replies: [cut, silent, .chatStream("done")])
    let result = try await run(server)
    #expect(result.outcome == .completed)
    expect(2, result)
  }

  @Test func aRunThatFailsSaysWhatItTook() async throws {
    let failed = ScriptedResponse.eventStream([
      #"{"choices":[{"index":0,"delta":{"content":"Hel"}}],"usage":{"prompt_tokens":9,"completion_tokens":3}}"#,
      #"{"error":{"message":"the account is closed","code":401}}"#,
    ])
    let result = try await run(try LoopbackServer(replies: [failed]))
    #expect(result.outcome == .modelError)
    expect(1, result)
  }
}
