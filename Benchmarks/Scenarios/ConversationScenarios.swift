import Martlet

/// Conversations of an agent with one Swift tool, as `floor turns` and `floor together` have them without an agent.
struct ConversationScenarios {
  struct Numbers: Decodable, Sendable {
    let a: Int
    let b: Int
  }

  let url: String

  func oneAfterTheOther(_ count: Int) async throws {
    let agent = try agent(connections: 1)
    _ = try await turns(of: agent)
    let measurement = Measurement()
    var turns = 0
    for _ in 0..<count { turns += try await self.turns(of: agent) }
    try measurement.end(turns)
  }

  func together(_ count: Int, _ atATime: Int) async throws {
    let agent = try agent(connections: atATime)
    let measurement = Measurement()
    let turns = try await withThrowingTaskGroup(of: Int.self) { group in
      var (turns, started) = (0, min(count, atATime))
      for _ in 0..<started { group.addTask { try await self.turns(of: agent) } }
      while let more = try await group.next() {
        turns += more
        if started < count { group.addTask { try await self.turns(of: agent) } }
        started += 1
      }
      return turns
    }
    try measurement.end(turns)
  }

  func history() async throws {
    let text = String(repeating: "0123456789abcdef", count: 2_000)
    let tool = ToolHandler { (numbers: Numbers) in "\(numbers.a) " + text }
    let agent = try agent(connections: 1, add: tool)
    let measurement = Measurement()
    try measurement.end(try await turns(of: agent))
  }

  private func turns(of agent: Agent) async throws -> Int {
    let result = await AgentSession(agent).perform("Begin.")
    if result.outcome != .completed { throw UnexpectedEnd(what: "\(result.outcome): \(result.error?.message ?? "")") }
    return result.turns
  }

  private func agent(
    connections: Int, add: ToolHandler = ToolHandler { (numbers: Numbers) in numbers.a &+ numbers.b }
  ) throws -> Agent {
    let client = ChatClient(
      provider: .custom(name: "bench", baseURL: url), apiKey: Secret("none"), maxConnections: connections,
      variable: { _ in nil })
    var spec = try ModelSpec("bench/bench")
    spec.streams = false
    return Agent(
      name: "bench", instructions: "Add numbers.", model: ChatModel(client: client, spec: spec),
      tools: try .adding(with: add.executor), limits: .generous)
  }
}

extension ToolRegistry {
  /// The one tool of the benchmarks.
  static func adding(with executor: any ToolExecutor) throws -> ToolRegistry {
    let schema = try JSONSchema([
      "type": "object", "properties": ["a": ["type": "integer"], "b": ["type": "integer"]], "required": ["a", "b"],
    ])
    return ToolRegistry([
      Tool(
        specification: ToolSpecification(name: "add", description: "Adds two integers", parameters: schema),
        executor: executor)
    ])
  }
}

extension RunLimits {
  /// Limits that no scenario reaches.
  static var generous: RunLimits {
    var limits = RunLimits()
    (limits.maxTurns, limits.maxToolCalls, limits.maxRepeats) = (100_000, 1_000_000, 1_000_000)
    limits.maxParallelCalls = 64
    return limits
  }
}
