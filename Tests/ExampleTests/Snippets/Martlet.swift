import Martlet
import Testing

/// The Swift code of the catalog's first page.
@Suite struct MartletSnippets {
  @Test func anAgentIsRun() async throws {
    let agent = try Agent(contentsOf: "agents/weather.yaml")
    let reply = try await agent.run("What's the weather in Oslo?")
    print(reply.output ?? "", reply.turns)
  }
}
