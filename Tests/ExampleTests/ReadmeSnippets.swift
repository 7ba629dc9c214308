import Martlet

/// The Swift code of the README, compiled: a test compares it line by line.
enum ReadmeSnippets {
  static func runAnAgent() async throws {
    let agent = try Agent(contentsOf: "agents/weather.yaml")
    let reply = try await agent.run("What's the weather in Oslo?")
    print(reply.output ?? "", reply.turns)
  }
}
