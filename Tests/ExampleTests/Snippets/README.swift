import Martlet
import MartletChat
import MartletTesting
import Testing

/// The Swift code of the README.
@Suite struct ReadmeSnippets {
  @Test func anAgentIsRun() async throws {
    let agent = try Agent(contentsOf: "agents/weather.yaml")
    let reply = try await agent.run("What's the weather in Oslo?")
    print(reply.output ?? "", reply.turns)
  }

  /// Compiled only: it asks a provider.
  func askAModel() async throws {
    let client = ChatClient(provider: .bud, apiKey: "your-key")
    let response = try await client.chat.completions.create(
      model: "llama-3.2-1b", messages: [.system("Be brief."), .user("What is machine learning?")], temperature: 0.7)
    print(response.choices[0].message.content ?? "")
  }

  @Test func anAgentIsTested() async throws {
    let model = StubModel(.calls((name: "get_weather", arguments: #"{"location":"Oslo"}"#)), .text("Take one."))
    let weather = RecordingTool { _ in "rainy" }
    let agent = try Agent(contentsOf: "agents/weather.yaml", answering: model, recording: ["get_weather": weather])
    let reply = try await agent.run("Umbrella in Oslo?")
    #expect(reply.output == "Take one.")
    #expect(weather.arguments == [["location": "Oslo"]])
  }
}
