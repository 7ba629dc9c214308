import Martlet
import MartletTesting
import ProgramSupport
import Testing

/// Tools that want the server to hold the model to their schema.
@Suite struct StrictToolTests {
  private static let parameters = JSONSchema.object(
    .required("city", .string()), .optional("days", .integer(minimum: 1)))

  private struct Forecast: Tool {
    let name = "forecast"
    let description = "Forecasts"
    let parameters = StrictToolTests.parameters
    var isStrict: Bool { true }
    func call(arguments: JSONValue) -> JSONValue { arguments }
  }

  private static let tools: [any Tool] = [
    Forecast(),
    ClosureTool("forecast", "Forecasts", parameters: parameters, strict: true) { (arguments: JSONValue) in arguments },
    // In the file it is strict, and the code runs instead of its command.
    ToolOfTheFile(),
  ]

  private struct ToolOfTheFile: Tool {
    let name = "forecast"
    let description = ""
    let parameters = SchemaDocument.object()
    func call(arguments: JSONValue) -> JSONValue { arguments }
  }

  private static let declaration = """

    tools:
      - name: forecast
        description: Forecasts
        strict: true
        parameters:
          type: object
          properties: {city: {type: string}, days: {type: integer, minimum: 1}}
          required: [city]
          additionalProperties: false
        command: [cat]
    """

  private func agent(_ server: LoopbackServer, _ tool: any Tool, quirks: String = "") throws -> Agent {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let file = try folder.write(
      "agent.yaml",
      """
      name: test
      model: local/m
      instructions: Be brief.
      providers: {local: {base_url: "\(server.baseURL)/v1"\(quirks)}}\(tool is ToolOfTheFile ? Self.declaration : "")
      """)
    return try Agent(contentsOf: file, tools: [tool])
  }

  @Test(arguments: tools.indices) func aStrictToolIsSentAsThatModeWantsIt(index: Int) async throws {
    let server = try LoopbackServer(replies: [
      .chatStream(calls: [("x", "forecast", #"{"city":"Oslo","days":null}"#)]), .chatStream("Rain."),
    ])
    let result = try await agent(server, Self.tools[index]).run("Weather?")
    // A null stands for nothing where the mode wants every property to be there.
    #expect(result.toolCalls.map(\.result) == [#"{"city":"Oslo"}"#])
    let function = try #require(JSONValue(parsing: server.requests[0].text)["tools"]?[0]?["function"])
    #expect(function["strict"] == true)
    #expect(function["parameters"]?["required"] == ["city", "days"])
    #expect(function["parameters"]?["properties"]?["days"]?["type"] == ["integer", "null"])
  }

  @Test func otherToolsAreSentAsTheyAre() async throws {
    let server = try LoopbackServer(replies: [.chatStream("Rain.")])
    let tool = ClosureTool("forecast", "Forecasts", parameters: Self.parameters) { (_: JSONValue) in "" }
    _ = try await agent(server, tool).run("Weather?")
    let function = try #require(JSONValue(parsing: server.requests[0].text)["tools"]?[0]?["function"])
    #expect(function["strict"] == nil)
    #expect(function["parameters"] == Self.parameters.json)
  }

  @Test func whatThatModeCannotSayIsSentAsItIs() async throws {
    let server = try LoopbackServer(replies: [.chatStream("Rain.")])
    let parameters = JSONSchema.object(.required("names", .dictionary(of: .integer())))
    let tool = ClosureTool("forecast", "Forecasts", parameters: parameters, strict: true) { (_: JSONValue) in "" }
    _ = try await agent(server, tool).run("Weather?")
    let function = try #require(JSONValue(parsing: server.requests[0].text)["tools"]?[0]?["function"])
    #expect(function["strict"] == nil)
    #expect(function["parameters"] == parameters.json)
  }

  @Test func aServerThatKnowsNoStrictModeIsNotAskedForIt() async throws {
    let server = try LoopbackServer(replies: [.chatStream("Rain.")])
    _ = try await agent(server, Forecast(), quirks: ", quirks: {strict: false}").run("Weather?")
    let function = try #require(JSONValue(parsing: server.requests[0].text)["tools"]?[0]?["function"])
    #expect(function["strict"] == nil)
    #expect(function["parameters"] == Self.parameters.json)
  }
}
