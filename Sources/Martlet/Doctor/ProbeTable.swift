import MartletChat

extension Probe {
  /// Everything that is tried, in order: first what all else needs.
  static let all: [Probe] = [models, reply, streaming] + toolCalls + toolChoices + conversations + answers + limits

  /// The names of those that can be left out.
  package static var names: [String] { all.map(\.name).filter { $0 != reply.name } }

  /// What an agent cannot do without.
  static let essential: Set<String> = ["reply", "streaming", "tool_call", "tool_result"]

  private static let models = Probe(name: "models", title: "lists its models", promptTokens: 0) {
    examination async throws(APIError) in
    let count = examination.models?.count ?? 0
    return [.note("\(count) \(count == 1 ? "model" : "models")")]
  }

  static let reply = Probe(name: "reply", title: "answers") { examination async throws(APIError) in
    let reply = try await examination.ask(examination.question("Reply with the word: ok"))
    return examination.judge(reply)
  }

  private static let streaming = Probe(name: "streaming", title: "streams its answer, with the usage") {
    examination async throws(APIError) in
    let reply = try await examination.ask(examination.question("Reply with the word: ok", streams: true))
    return examination.judge(reply)
  }
}

extension Examination {
  /// What a plain answer shows.
  mutating func judge(_ reply: AssembledReply) -> [Finding] {
    var findings: [Finding] = []
    if let reasoning = reply.reasoning, !reasoning.isEmpty, thinking == nil {
      thinking = reply.chatMessage
      if case .member(let name) = reply.reasoningForm { findings.append(.note("it thinks, in `\(name)`")) }
    }
    switch reply.finishReason {
    case .length: findings.append(.note("the answer was cut at \(Probe.maxTokens) tokens: it thinks for long"))
    case .stop where reply.text == nil: findings.append(.missing("the answer is empty"))
    case .stop: break
    case .toolCalls: findings.append(.stray("it calls a tool that it was not offered"))
    default: findings.append(.stray("it ended with `\(reply.finishReason)`"))
    }
    return findings
  }
}
