public import Martlet

/// A model whose replies are a list: the agent under test is real, what the model says is decided by the test.
///
/// ```swift
/// let model = StubModel(.call("get_weather", ["location": "Oslo"]), .text("It rains."))
/// let agent = try Agent(contentsOf: "agents/weather.yaml", answering: model)
/// let reply = try await agent.run("Umbrella?")
/// #expect(reply.output == "It rains.")
/// ```
public struct StubModel: Sendable {
  /// What the model does when it is asked for a reply.
  public enum Step: Sendable {
    /// Says and calls this, in one piece.
    case reply(text: String?, calls: [ToolCall], finishReason: FinishReason, usage: Usage)
    /// Says this, then fails.
    case failure(APIError, after: String = "")
    /// Says this, then nothing more until the run is canceled.
    case hang(after: String)
  }

  let steps: [Step]
  let log = SharedLock<(heard: [Transcript.Entry], choices: [ToolChoice])>(([], []))

  /// Makes a model that takes these steps in order, and the last one over and over.
  public init(_ steps: [Step]) {
    self.steps = steps
  }

  /// Makes a model that takes these steps in order, and the last one over and over.
  public init(_ steps: Step...) {
    self.steps = steps
  }

  /// Everything that the model was told, in order; of all conversations, if there are several.
  public var heard: [Transcript.Entry] { log.withLock { $0.heard } }

  /// The results of tools that the model was given, in order.
  public var results: [ToolResult] {
    heard.flatMap { entry -> [ToolResult] in if case .turn(let turn) = entry { turn.results } else { [] } }
  }

  /// The tool choice of each reply that it was asked for.
  public var toolChoices: [ToolChoice] { log.withLock { $0.choices } }
}

extension StubModel.Step {
  /// Says this.
  public static func text(_ text: String, finish: FinishReason = .stop, tokens: Int = 0) -> StubModel.Step {
    .reply(text: text, calls: [], finishReason: finish, usage: usage(tokens))
  }

  /// Calls a tool.
  public static func call(_ name: String, _ arguments: JSONValue = [:], text: String? = nil) -> StubModel.Step {
    calls([(name, arguments.canonicalString())], text: text)
  }

  /// Calls these tools with arguments as a model would write them, valid or not.
  public static func calls(
    _ calls: (name: String, arguments: String)..., text: String? = nil, finish: FinishReason = .toolCalls,
    tokens: Int = 0
  ) -> StubModel.Step {
    self.calls(calls, text: text, finish: finish, tokens: tokens)
  }

  /// Calls these tools with arguments as a model would write them, valid or not.
  public static func calls(
    _ calls: [(name: String, arguments: String)], text: String? = nil, finish: FinishReason = .toolCalls,
    tokens: Int = 0
  ) -> StubModel.Step {
    let calls = calls.enumerated().map { ToolCall(id: "c\($0)", name: $1.name, arguments: $1.arguments) }
    return .reply(text: text, calls: calls, finishReason: finish, usage: usage(tokens))
  }

  private static func usage(_ tokens: Int) -> Usage {
    var usage = Usage()
    usage.completionTokens = tokens
    usage.cost = 0
    return usage
  }
}

extension StubModel: Model {
  package var identifier: String { "stub" }

  package var knowsCost: Bool { true }

  package func conversation(tools: [ToolSpecification], output: OutputFormat?) -> any ModelConversation {
    StubConversation(model: self)
  }
}

private struct StubConversation: ModelConversation {
  let model: StubModel
  /// Counts on when the conversation goes back to where it was before a task.
  let next = SharedLock(0)

  mutating func append(_ entry: Transcript.Entry) {
    model.log.withLock { $0.heard.append(entry) }
  }

  nonisolated(nonsending) mutating func reply(
    toolChoice: ToolChoice, onDeltas: nonisolated(nonsending) ([ModelDelta]) async throws -> Void
  ) async throws -> ModelReply {
    model.log.withLock { $0.choices.append(toolChoice) }
    guard !model.steps.isEmpty else {
      throw APIError(code: .badRequest, message: "the stub model has no steps")
    }
    let position = next.withLock { next in
      defer { next += 1 }
      return next
    }
    let step = model.steps[min(position, model.steps.count - 1)]
    switch step {
    case .reply(let text, let calls, let finishReason, let usage):
      if let text, !text.isEmpty { try await onDeltas([.text(text)]) }
      return ModelReply(text: text, calls: calls, finishReason: finishReason, usage: usage)
    case .failure(let error, let text):
      if !text.isEmpty { try await onDeltas([.text(text)]) }
      throw error
    case .hang(let text):
      if !text.isEmpty { try await onDeltas([.text(text)]) }
      while true { try await Task.sleep(for: .seconds(3600)) }
    }
  }
}
