import Martlet
import MartletJSON

/// A model whose replies are a list; it keeps what it was told.
struct StubModel: Model {
  enum Step: Sendable {
    case reply(ModelReply)
    /// Streams this text, then fails.
    case failure(ModelError, after: String = "")
    /// Streams this text, then hangs until it is cancelled.
    case hang(after: String)
  }

  let steps: [Step]
  let heard = Box<[Transcript.Entry]>([])
  let choices = Box<[ToolChoice]>([])

  init(_ steps: Step...) { self.steps = steps }
  init(_ steps: [Step]) { self.steps = steps }

  var identifier: String { "stub" }

  func conversation(tools: [ToolSpecification]) -> any ModelConversation {
    StubConversation(steps: steps, heard: heard, choices: choices)
  }
}

private struct StubConversation: ModelConversation {
  let steps: [StubModel.Step]
  let heard: Box<[Transcript.Entry]>
  let choices: Box<[ToolChoice]>
  var next = 0

  mutating func append(_ entry: Transcript.Entry) {
    heard.update { $0.append(entry) }
  }

  mutating func reply(
    toolChoice: ToolChoice, onDeltas: ([ModelDelta]) async throws -> Void
  ) async throws -> ModelReply {
    choices.update { $0.append(toolChoice) }
    let step = steps[min(next, steps.count - 1)]
    next += 1
    switch step {
    case .reply(let reply):
      if let text = reply.text { try await onDeltas([.text(text)]) }
      return reply
    case .failure(let error, let text):
      if !text.isEmpty { try await onDeltas([.text(text)]) }
      throw error
    case .hang(let text):
      try await onDeltas([.text(text)])
      try await Task.sleep(for: .seconds(3600))
      return ModelReply()
    }
  }
}

extension StubModel.Step {
  static func text(_ text: String, finish: FinishReason = .stop, tokens: Int = 0) -> StubModel.Step {
    var usage = Usage()
    usage.completionTokens = tokens
    return .reply(ModelReply(text: text, finishReason: finish, usage: usage))
  }

  static func calls(
    _ calls: (name: String, arguments: String)..., text: String? = nil, finish: FinishReason = .toolCalls,
    tokens: Int = 0
  ) -> StubModel.Step {
    self.calls(calls, text: text, finish: finish, tokens: tokens)
  }

  static func calls(
    _ calls: [(name: String, arguments: String)], text: String? = nil, finish: FinishReason = .toolCalls,
    tokens: Int = 0
  ) -> StubModel.Step {
    let calls = calls.enumerated().map { ToolCall(id: "c\($0)", name: $1.name, arguments: $1.arguments) }
    var usage = Usage()
    usage.completionTokens = tokens
    return .reply(ModelReply(text: text, calls: calls, finishReason: finish, usage: usage))
  }
}
