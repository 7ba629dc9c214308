import Martlet

/// Turns of the loop with a model that answers from memory: what is left of a turn when there is no wire.
enum ScriptScenario {
  static func run(turns: Int) async throws {
    let numbers = ToolHandler { (numbers: ConversationScenarios.Numbers) in numbers.a &+ numbers.b }
    let agent = Agent(
      name: "bench", instructions: "Add numbers.", model: MemoryModel(turns: turns),
      tools: try .adding(with: numbers.executor), limits: .generous)
    let measurement = Measurement()
    let result = await AgentSession(agent).perform("Begin.")
    if result.turns != turns + 1 { throw UnexpectedEnd(what: "\(result.outcome) after \(result.turns) turns") }
    try measurement.end(turns)
  }

  /// Calls the tool so many times and then says a word.
  private struct MemoryModel: Model {
    let turns: Int
    var identifier: String { "memory" }
    var knowsCost: Bool { false }

    func conversation(tools: [ToolSpecification], output: OutputFormat?) -> any ModelConversation {
      Conversation(turns: turns)
    }
  }

  private struct Conversation: ModelConversation {
    let turns: Int
    private var turn = 0

    init(turns: Int) {
      self.turns = turns
    }

    mutating func append(_ entry: Transcript.Entry) {
      if case .turn = entry { turn += 1 }
    }

    nonisolated(nonsending) mutating func reply(
      toolChoice: ToolChoice, onDeltas: nonisolated(nonsending) (_ batch: [ModelDelta]) async throws -> Void
    ) async throws -> ModelReply {
      guard turn < turns else { return ModelReply(text: "Done.") }
      let call = ToolCall(id: "call_\(turn)", name: "add", arguments: #"{"a":\#(turn),"b":\#(turn + 1)}"#)
      return ModelReply(calls: [call], finishReason: .toolCalls)
    }
  }
}
