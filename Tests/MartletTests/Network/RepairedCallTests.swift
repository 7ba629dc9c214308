import Martlet
import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

/// Calls that a server or a model spoils, put right on the way to the tool; each repair is said.
@Suite struct RepairedCallTests {
  private let tool = RecordingTool { _ in "ok" }

  private func run(_ server: LoopbackServer, quirks: String = "{}", more: String = "") async throws -> (
    result: RunResult, notices: [String]
  ) {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let file = try folder.write(
      "agent.yaml",
      """
      name: test
      model: local/m
      providers: {local: {base_url: "\(server.baseURL)/v1", quirks: \(quirks)}}
      tools:
        - name: add
          description: Adds
          parameters:
            type: object
            properties: {a: {type: integer}, list: {type: array, items: {type: object}}}
            required: [a]
      \(more)
      """)
    var settings = AgentSettings()
    settings.handlers = ["add": tool]
    settings.environment = [:]
    let log = EventLog()
    let result = await AgentSession(try Agent(contentsOf: file, settings: settings), clock: .instant())
      .perform("task", onEvent: log.handler)
    let notices = log.all.compactMap { event -> String? in
      if case .notice(_, let message) = event { message } else { nil }
    }
    return (result, notices)
  }

  private func isStreamed(_ request: RecordedRequest) throws -> Bool {
    try JSONValue(parsing: request.text)["stream"] == true
  }

  private static func whole(_ arguments: String) -> ScriptedResponse {
    let call: JSONValue = [
      "id": "w", "type": "function", "function": ["name": "add", "arguments": .string(arguments)],
    ]
    let message: JSONValue = ["role": "assistant", "content": .null, "tool_calls": [call]]
    return .json(
      JSONValue.object(["choices": [["index": 0, "message": message, "finish_reason": "tool_calls"]]]).canonicalString()
    )
  }

  @Test(arguments: ["", #"{"a": "#]) func a14_argumentsLostInAStreamAreAskedForWithoutOne(lost: String) async throws {
    let server = try LoopbackServer(replies: [
      .chatStream(calls: [("x", "add", lost)]), Self.whole(#"{"a":1}"#), Self.whole(#"{"a":2}"#), .chat("done"),
    ])
    let (result, notices) = try await run(server)
    #expect(result.outcome == .completed)
    #expect(tool.arguments == [["a": 1], ["a": 2]])
    // What helped once is done from then on.
    #expect(try server.requests.map(isStreamed) == [true, false, false, false])
    #expect(notices.contains { $0.contains("(A14)") })
  }

  @Test func whatWasReadWithTheReplyIsCheckedAsStrictlyAsAText() async throws {
    let server = try LoopbackServer(replies: [
      .chatStream(calls: [
        ("x", "add", #"{"a": 1, "a": 2}"#), ("y", "add", #"{"b": 3}"#), ("z", "add", #"{ "a" : 4 }"#),
      ]),
      .chatStream("done"),
    ])
    let (result, _) = try await run(server)
    #expect(result.outcome == .completed)
    #expect(tool.arguments == [["a": 4]])
    #expect(result.toolCalls.map(\.isError) == [true, true, false])
    #expect(result.toolCalls[0].result?.contains("duplicate") == true)
    // The history has the arguments as the model wrote them.
    #expect(try #require(server.requests.last).text.contains(#"{ \"a\" : 4 }"#))
  }

  @Test func a14_whatAWholeReplyLacksTooIsTheModelsFault() async throws {
    let server = try LoopbackServer(replies: [
      .chatStream(calls: [("x", "add", #"{"a": "#)]), Self.whole(#"{"a": "#),
      .chatStream(calls: [("y", "add", #"{"a": "#)]), .chatStream("done"),
    ])
    let (result, notices) = try await run(server)
    #expect(result.outcome == .completed)
    #expect(tool.arguments == [])
    #expect(try server.requests.map(isStreamed) == [true, false, true, true])
    #expect(result.toolCalls.map { $0.result?.hasPrefix("error: malformed_arguments") } == [true, true])
    #expect(!notices.contains { $0.contains("(A14)") })
  }

  @Test(arguments: [
    String(repeating: #"{"a":"#, count: 200) + "1" + String(repeating: "}", count: 200), "[1]", #""text""#, "5",
  ]) func a14_argumentsThatCameWholeAreNotAskedForAgain(arguments: String) async throws {
    let server = try LoopbackServer(replies: [.chatStream(calls: [("x", "add", arguments)]), .chatStream("done")])
    let (result, _) = try await run(server)
    #expect(result.output == "done")
    #expect(tool.arguments == [])
    #expect(result.toolCalls.first?.result?.hasPrefix("error: malformed_arguments") == true)
    #expect(try server.requests.map(isStreamed) == [true, true])
  }

  @Test func a15_anObjectOrAListThatWasEncodedTwiceIsDecodedWhereTheSchemaWantsOne() async throws {
    let server = try LoopbackServer(replies: [
      .chatStream(calls: [("x", "add", #"{"a":1,"list":"[\"{\\\"b\\\":2}\"]"}"#)]),
      .chatStream(calls: [("y", "add", #"{"a":1,"list":"[{\"b\":2}]"}"#)]),
      .chatStream(calls: [("z", "add", #"{"a":1,"list":"text"}"#)]), .chatStream("done"),
    ])
    let (result, notices) = try await run(server)
    #expect(tool.arguments == [["a": 1, "list": [["b": 2]]], ["a": 1, "list": [["b": 2]]]])
    #expect(notices.contains { $0.contains("was a text that holds JSON") })
    #expect(result.toolCalls.map(\.isError) == [false, false, true])
    #expect(result.toolCalls.last?.result?.contains("/list must be") == true)
  }

  @Test func f26_eachRepairIsAnEventAndTheRecordHoldsWhatTheToolGot() async throws {
    let server = try LoopbackServer(replies: [
      .chatStream(calls: [("x", "add", #"{"a":"1","list":{"b":2}}}"#), ("y", "add", #"{"a":2}"#)]), .chatStream("done"),
    ])
    let (result, notices) = try await run(server)
    #expect(tool.arguments.count == 2)
    #expect(result.toolCalls[0].arguments == ["a": 1, "list": [["b": 2]]])
    #expect(
      notices == [
        "add (x): the arguments had text around them, which was left out",
        "add (x): /a was a number in quotes, which was read as the number",
        "add (x): /list was one value, which was read as a list of it",
      ])
    // The history holds only JSON objects.
    let sent = try JSONValue(parsing: server.requests[1].text)["messages"]?[1]?["tool_calls"]?[0]
    #expect(sent?["function"]?["arguments"] == #"{"a":"1","list":{"b":2}}"#)
  }

  @Test(arguments: [#"{"a":"1"}"#, #"{"a":1}}"#, #"{"a":1}{"a":1}"#]) func theFileCanTurnRepairsOff(
    arguments: String
  ) async throws {
    let server = try LoopbackServer(replies: [.chatStream(calls: [("x", "add", arguments)]), .chatStream("done")])
    let (result, notices) = try await run(server, more: "repair_arguments: false")
    #expect(tool.arguments == [])
    #expect(result.toolCalls.first?.result?.hasPrefix("error: ") == true)
    #expect(!notices.contains { $0.contains("(x)") })
  }

  @Test func a20_writtenCallsAreReadWhereTheFileSaysSo() async throws {
    let text = #"<tool_call>{"name": "add", "arguments": {"a": 1}}</tool_call>"#
    let server = try LoopbackServer(replies: [.chatStream(text), .chatStream("done")])
    let (result, notices) = try await run(server, quirks: "{text_tool_calls: true}")
    #expect(result.output == "done")
    #expect(tool.arguments == [["a": 1]])
    #expect(notices.contains { $0.contains("(A20)") })
    let messages = try #require(JSONValue(parsing: server.requests[1].text)["messages"]?.arrayValue)
    #expect(messages[1]["tool_calls"]?[0]?["id"] == "call_1_1")
    #expect(messages[2]["tool_call_id"] == "call_1_1")

    let other = try LoopbackServer(replies: [.chatStream(text)])
    #expect(try await run(other).result.output == text)
  }

  @Test func c13_theCallOfAFailedGenerationIsCarriedOut() async throws {
    let error: JSONValue = [
      "message": "Failed to call a function", "code": "tool_use_failed",
      "failed_generation": .string(#"<function=add>{"a": 1}</function>"#),
    ]
    let server = try LoopbackServer(replies: [
      .json(JSONValue.object(["error": error]).canonicalString(), status: 400), .chatStream("done"),
    ])
    let (result, notices) = try await run(server)
    #expect(result.output == "done")
    #expect(tool.arguments == [["a": 1]])
    #expect(notices.contains { $0.contains("(C13)") })
  }
}
