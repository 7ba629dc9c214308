import Martlet
import MartletTesting
import Testing

@Suite struct WeatherAgentTests {
  let file = "agents/weather.yaml"

  @Test func aCityIsLookedUp() async throws {
    let model = StubModel(.call("get_weather", ["location": "Oslo"]), .text("Take one."))
    let weather = RecordingTool { _ in #"{"conditions":"rainy"}"# }
    let agent = try Agent(contentsOf: file, answering: model, recording: ["get_weather": weather])
    let reply = try await agent.run("Umbrella in Oslo?")
    #expect(reply.output == "Take one.")
    #expect(weather.arguments == [["location": "Oslo"]])
    #expect(model.heard.contains(.user("Umbrella in Oslo?")))
  }

  @Test func thePluginKnowsTokyo() async throws {
    let model = StubModel(.call("get_weather", ["location": "Tokyo"]), .text("Clear."))
    let agent = try Agent(contentsOf: file, answering: model)
    let call = try #require(try await agent.run("Tokyo?").toolCalls.first)
    #expect(!call.isError)
    #expect(call.result?.contains("\"temperature\":19") == true)
  }

  @Test(arguments: [#"{"city":"Oslo"}"#, #"{"location":""}"#, "not JSON"])
  func wrongArgumentsNeverReachTheTool(arguments: String) async throws {
    let model = StubModel(.calls((name: "get_weather", arguments: arguments)), .text("Sorry."))
    let weather = RecordingTool()
    let agent = try Agent(contentsOf: file, answering: model, recording: ["get_weather": weather])
    let reply = try await agent.run("Oslo?")
    #expect(reply.toolCalls.map(\.isError) == [true])
    #expect(weather.arguments.isEmpty)
  }

  @Test func aToolThatFailsDoesNotEndTheRun() async throws {
    let model = StubModel(.call("get_weather", ["location": "Oslo"]), .text("I do not know."))
    let weather = RecordingTool(failing: "the service is down")
    let agent = try Agent(contentsOf: file, answering: model, recording: ["get_weather": weather])
    let reply = try await agent.run("Oslo?")
    #expect(reply.output == "I do not know.")
    #expect(model.results.map(\.content) == ["error: tool_failed: the service is down"])
  }

  @Test func aModelThatGoesRoundInCirclesIsStopped() async throws {
    let model = StubModel(.call("get_weather", ["location": "Oslo"]))
    let agent = try Agent(contentsOf: file, answering: model, recording: ["get_weather": RecordingTool()])
    let error = await #expect(throws: AgentError.self) { try await agent.run("Oslo?") }
    #expect(error?.code == .maxRepeats)
  }

  @Test func aServerThatIsBusyIsAskedAgain() async throws {
    let server = try LoopbackServer(replies: [
      .chatError(status: 429, message: "slow down", headers: [("Retry-After", "0")]),
      .chatStream(calls: [(id: "call_1", name: "get_weather", arguments: #"{"location":"Oslo"}"#)]),
      .chatStream("Take ", "one."),
    ])
    let agent = try Agent(contentsOf: file, model: "local/any", baseURL: server.baseURL)
    #expect(try await agent.run("Umbrella in Oslo?").output == "Take one.")
    #expect(server.requests.map(\.path) == Array(repeating: "/v1/chat/completions", count: 3))
    #expect(server.requests[2].text.contains("rainy"))
  }
}

/// The rest of the guide to tests.
@Suite struct TestingAnAgentSnippets {
  @Test func aModelHangs() async throws {
    let model = StubModel(.hang(after: "Let me think"))
    let session = AgentSession(try Agent(contentsOf: "agents/weather.yaml", answering: model))
    for try await event in session.streamResponse(to: "Oslo?") {
      if case .textDelta = event { break }
    }
    await session.cancel()
  }

  @Test func aReplyIsHeld() async throws {
    let gate = try LoopbackGate()
    var slow = ScriptedResponse.chatStream("Take ", "one.")
    slow.pieces.insert(.wait(gate), at: 1)
    let server = try LoopbackServer(replies: [slow])
    let agent = try Agent(contentsOf: "agents/weather.yaml", model: "local/any", baseURL: server.baseURL)
    for try await event in AgentSession(agent).streamResponse(to: "Umbrella in Oslo?") {
      if case .textDelta(_, "Take ") = event { gate.open() }
    }
  }
}
