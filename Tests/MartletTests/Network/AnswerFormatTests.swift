import Martlet
import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

/// What servers are told of the format of answers, over real sockets.
@Suite struct AnswerFormatTests {
  private let good = #"{"n":1}"#

  private func run(
    _ server: LoopbackServer, provider: String = "local", model: String? = nil,
    schema: String = "{type: object, required: [n]}",
    tools: String = "[]", more: String = "", log: EventLog = EventLog()
  ) async throws -> (result: RunResult, bodies: [JSONValue]) {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let file = try folder.write(
      "agent.yaml",
      """
      name: counter
      model: \(model ?? provider + "/m")
      providers: {local: {base_url: "\(server.baseURL)/v1"}}
      tools: \(tools)
      output: {schema: \(schema)}
      \(more)
      """)
    var settings = AgentSettings()
    settings.environment = ["OPENAI_API_KEY": "k", "DEEPSEEK_API_KEY": "k", "GEMINI_API_KEY": "k"]
    settings.handlers = tools == "[]" ? [:] : ["add": RecordingTool { _ in "1" }]
    if provider != "local" { settings.baseURL = server.baseURL + "/v1" }
    let result = await AgentSession(try Agent(contentsOf: file, settings: settings), clock: .instant())
      .perform("task", onEvent: log.handler)
    return (result, try server.requests.map { try JSONValue(parsing: $0.text) })
  }

  private let add = "[{name: add, description: Adds, parameters: {type: object}}]"

  private func formats(_ bodies: [JSONValue]) -> [String?] {
    bodies.map { $0["response_format"]?["type"]?.stringValue }
  }

  @Test func withoutToolsTheServerIsToldTheSchema() async throws {
    let server = try LoopbackServer(replies: [.chatStream(good)])
    let (result, bodies) = try await run(server)
    #expect(result.value == ["n": 1])
    let format = bodies[0]["response_format"]
    #expect(format?["type"] == "json_schema")
    #expect(format?["json_schema"]?["name"] == "counter")
    #expect(format?["json_schema"]?["schema"] == ["type": "object", "required": ["n"]])
    #expect(bodies[0]["messages"]?[0]?["content"]?.stringValue?.contains(#""required":["n"]"#) == true)
  }

  @Test(arguments: [
    (
      "openai", #"{"n":1,"note":null,"any":null}"#,
      "the answer: /note was null, as strict mode wants it of what is absent, and was left out"
    ),
    (
      "gemini", #"{"n":1,"any":"[\"x\"]"}"#,
      "the answer: /any was JSON in a text, as the server's schema wants it, and was decoded"
    ),
    (
      "gemini", "```json\n{\"n\":1,\"any\":\"[\\\"x\\\"]\"}\n```",
      "the answer: /any was JSON in a text, as the server's schema wants it, and was decoded"
    ),
  ]) func e12_whatAnotherFormOfTheSchemaMadeOfAnAnswerIsUndoneAndSaid(
    provider: String, answer: String, notice: String
  ) async throws {
    let server = try LoopbackServer(replies: [.chatStream(answer)])
    let log = EventLog()
    let any = provider == "openai" ? "{type: [integer, \"null\"]}" : "{}"
    let (result, bodies) = try await run(
      server, provider: provider,
      schema: "{type: object, properties: {n: {type: integer}, note: {type: string}, any: \(any)}, "
        + "required: [n], additionalProperties: false}", log: log)
    #expect(result.value == (provider == "openai" ? ["n": 1, "any": .null] : ["n": 1, "any": ["x"]]))
    #expect(result.turns == 1)
    #expect((bodies[0]["response_format"]?["json_schema"]?["strict"] == true) == (provider == "openai"))
    let notices = log.all.compactMap { if case .notice("repair", let message) = $0 { message } else { nil } }
    #expect(notices == [notice])
  }

  @Test func e15_besideToolsItIsToldOnlyWhenAnAnswerHasToBePutRight() async throws {
    let server = try LoopbackServer(replies: [
      .chatStream(calls: [("x", "add", "{}")]), .chatStream("One."), .chatStream(good),
    ])
    let (result, bodies) = try await run(server, tools: add)
    #expect(result.value == ["n": 1])
    #expect(formats(bodies) == [nil, nil, "json_schema"])
    #expect(bodies.allSatisfy { $0["tools"] != nil })
    let roles = bodies[2]["messages"]?.arrayValue?.compactMap { $0["role"]?.stringValue }
    #expect(roles == ["system", "user", "assistant", "tool", "assistant", "user"])
  }

  @Test func e15_aServerThatCanDoBothIsToldAtOnce() async throws {
    let server = try LoopbackServer(replies: [.chatStream(calls: [("x", "add", "{}")]), .chatStream(good)])
    let (_, bodies) = try await run(server, provider: "openai", tools: add)
    #expect(formats(bodies) == ["json_schema", "json_schema"])
  }

  @Test func e15_whereNoToolMayBeCalledItIsToldAtOnce() async throws {
    let server = try LoopbackServer(replies: [.chatStream(good)])
    let (_, bodies) = try await run(server, tools: add, more: "tool_choice: none")
    #expect(formats(bodies) == ["json_schema"])
  }

  @Test func aServerThatKnowsNoSchemasIsAskedForAnObject() async throws {
    let server = try LoopbackServer(replies: [.chatStream(good)])
    #expect(formats(try await run(server, provider: "deepseek").bodies) == ["json_object"])
  }

  @Test(arguments: ["[1]", "\"text\""]) func whatIsNoObjectIsAskedForInTheInstructionsAlone(answer: String) async throws
  {
    let server = try LoopbackServer(replies: [.chatStream(answer)])
    let (result, bodies) = try await run(server, schema: "{type: [array, string]}")
    #expect(result.output == answer)
    #expect(formats(bodies) == [nil])
  }

  @Test(arguments: [
    "Unknown parameter: response_format", "This model does not support response format `json_schema`.",
    "json mode cannot be combined with tool/function calling",
  ]) func aServerThatRefusesTheFormatIsAskedWithoutIt(message: String) async throws {
    let server = try LoopbackServer(replies: [
      .chatError(status: 400, message: message), .chatStream("none"), .chatStream(good),
    ])
    let (result, bodies) = try await run(server)
    #expect(result.value == ["n": 1])
    #expect(result.turns == 2)
    #expect(formats(bodies) == ["json_schema", nil, nil])
  }

  @Test func aFormatOfTheUsersOwnIsSentAsItIs() async throws {
    let server = try LoopbackServer(replies: [.chatStream(good)])
    let model = "{provider: local, name: m, extra_body: {response_format: {type: text}}}"
    #expect(formats(try await run(server, model: model).bodies) == ["text"])
  }
}
