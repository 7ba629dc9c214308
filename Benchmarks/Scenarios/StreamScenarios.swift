import Martlet

/// Replies that come as streams of one word a chunk, and prompts without any history.
struct StreamScenarios {
  let url: String

  /// What an agent makes of a stream, for whoever takes its events.
  func agent(_ count: Int) async throws {
    let agent = Agent(
      name: "bench", model: ChatModel(client: client(), spec: try ModelSpec("bench/bench")), limits: .generous)
    _ = try await words(of: agent)
    let measurement = Measurement()
    var words = 0
    for _ in 0..<count { words += try await self.words(of: agent) }
    try measurement.end(words)
  }

  /// What the client's public stream makes of one.
  func client(_ count: Int) async throws {
    let client = client()
    _ = try await chunks(of: client)
    let measurement = Measurement()
    var chunks = 0
    for _ in 0..<count { chunks += try await self.chunks(of: client) }
    try measurement.end(chunks)
  }

  func batch(_ count: Int, _ atATime: Int) async throws {
    let client = client(connections: atATime)
    let measurement = Measurement()
    let results = await client.chat.completions.batch(
      model: "bench", prompts: (0..<count).map { "Say a word about the number \($0)." }, maxConcurrent: atATime)
    let answered = results.count { (try? $0.get().choices[0].message.content?.isEmpty) == false }
    if answered != count { throw UnexpectedEnd(what: "\(answered) of \(count) prompts were answered") }
    try measurement.end(count)
  }

  private func client(connections: Int = 1) -> ChatClient {
    ChatClient(
      provider: .custom(name: "bench", baseURL: url), apiKey: Secret("none"), maxConnections: connections,
      variable: { _ in nil })
  }

  private func words(of agent: Agent) async throws -> Int {
    let counter = Counter()
    let result = await AgentSession(agent).perform("Begin.") { event in
      if case .textDelta(_, let text) = event { await counter.add(text) }
    }
    let (words, bytes) = await (counter.words, counter.bytes)
    guard result.outcome == .completed, bytes == result.output?.utf8.count else {
      throw UnexpectedEnd(what: "\(result.outcome): \(result.error?.message ?? "")")
    }
    return words
  }

  private func chunks(of client: ChatClient) async throws -> Int {
    var chunks = 0
    for try await chunk in client.chat.completions.stream(model: "bench", messages: [.user("Begin.")]) {
      chunks += chunk.choices.first?.delta.content == nil ? 0 : 1
    }
    return chunks
  }

  /// Counts the words of a reply, of which one ends in each space.
  private actor Counter {
    private(set) var words = 0
    private(set) var bytes = 0

    func add(_ text: String) {
      words += text.utf8.count { $0 == UInt8(ascii: " ") }
      bytes += text.utf8.count
    }
  }
}
