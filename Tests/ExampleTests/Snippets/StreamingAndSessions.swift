import Martlet
import ProgramSupport
import Testing

/// The Swift code of the guide to streams and sessions.
@Suite struct StreamingAndSessionsSnippets {
  @Test func aSessionRemembers() async throws {
    let agent = try Agent(contentsOf: "agents/weather.yaml")
    let session = AgentSession(agent)
    try await session.respond(to: "What's the weather in Oslo?")
    let reply = try await session.respond(to: "And what's the weather in Tokyo?")
    print(reply.output ?? "", reply.turns)
    for case .turn(let turn) in await session.transcript.entries {
      print(turn.text ?? "", turn.calls.map(\.name))
    }
    #expect(await session.transcript.entries.count == 7)
  }

  private func session() throws -> (agent: Agent, session: AgentSession) {
    let agent = try Agent(contentsOf: "agents/weather.yaml")
    return (agent, AgentSession(agent))
  }

  @Test func eventsAreShown() async throws {
    let (_, session) = try session()
    for try await event in session.streamResponse(to: "What's the weather in Oslo?") {
      switch event {
      case .textDelta(_, let text): print(text, terminator: "")
      case .textVoid: print("\n(that does not count: the model is asked again)")
      case .toolStarted(_, let call): print("calling \(call.name) \(call.arguments)")
      case .runFinished(let result): print("\n\(result.turns) turns, \(result.toolCalls.count) calls")
      default: break
      }
    }
  }

  @Test func theEventsComeInTheOrderShown() async throws {
    let (_, session) = try session()
    var words: [String] = []
    for try await event in session.streamResponse(to: "What's the weather in Oslo?") {
      let word = "\(event)".prefix { $0 != "(" }
      if words.last != String(word) { words.append(String(word)) }
    }
    #expect(Page.named("StreamingAndSessions").shows(words.joined(separator: "\n")))
  }

  @Test func aClosureFollowsARun() async throws {
    let (agent, _) = try session()
    try await agent.run("What's the weather in Oslo?") { event in
      if case .toolFinished(let call) = event { print(call.name, call.isError ? "failed" : "done", call.duration) }
    }
  }

  @Test func aTaskIsCanceled() async throws {
    let (_, session) = try session()
    let work = Task { try await session.respond(to: "What's the weather in Oslo?") }
    work.cancel()
    let outcome = await work.result
    if case .failure(let error) = outcome { #expect((error as? AgentError)?.code == "interrupted") }
  }

  @Test func aLoopIsLeft() async throws {
    let (_, session) = try session()
    for try await event in session.streamResponse(to: "What's the weather in Oslo?") {
      if case .toolStarted = event { break }
    }
    await session.cancel()
    // Nothing is left of the run, or all of it: on a busy machine it may have ended before the loop was left.
    #expect([1, 4].contains(await session.transcript.entries.count))
  }

  @Test func imagesGoWithATask() async throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], to: folder.path + "/photo.png")
    let (agent, session) = try session()
    try await agent.run("What's in this picture?", attachments: [.image(file: folder.path + "/photo.png")])
    try await session.respond(
      to: "Which of these is older?",
      attachments: [.image(url: "https://example.com/1.jpg"), .image(url: "https://example.com/2.jpg")])
    #expect(await session.transcript.entries.count == 3)
  }

  @Test func moneyIsLimited() async throws {
    let (agent, _) = try session()
    var thrifty = agent
    thrifty.limits.maxCost = 0.05
    let reply = try await thrifty.run("What's the weather in Oslo?")
    if let cost = reply.usage?.cost { print("$\(cost)") }
    #expect(reply.usage?.cost == 0)
  }

  @Test func timeIsLimited() throws {
    let (agent, _) = try session()
    var hasty = agent
    hasty.limits.timeout = .seconds(30)
    hasty.limits.maxTurns = 10
    #expect(hasty.limits != agent.limits)
  }

  @Test func errorsAreToldApart() async throws {
    let (_, session) = try session()
    do {
      let reply = try await session.respond(to: "What's the weather in Oslo?")
      print(reply.output ?? "")
    } catch {
      switch error.code {
      case .interrupted: print("stopped")
      case "rate_limited": print("try again in \(error.retryAfter ?? 60) s")
      case .maxTurns, .maxToolCalls, .maxTotalTokens, .maxCost, .timeout: print("too much: \(error.message)")
      default: print("it did not work: \(error.message)")
      }
    }
  }

  @Test func aPartialAnswerIsShown() async throws {
    let (_, session) = try session()
    let result = await session.perform("What's the weather in Oslo?")
    if result.outcome != .completed {
      print(result.outcome, result.output ?? "", result.toolCalls.count, result.usage?.totalTokens ?? 0)
    }
  }
}
