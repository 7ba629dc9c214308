import Glibc
import Martlet
import MartletTesting
import ProgramSupport
import Testing

/// The events of a run as a sequence: in order, no faster than they are read, and over when nobody reads.
@Suite struct StreamResponseTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func session(
    _ model: StubModel, tools: [any Tool] = [], more: String = ""
  ) throws -> AgentSession {
    let file = try folder.write("a.yaml", "name: a\nmodel: scripted\n" + more)
    return AgentSession(try Agent(contentsOf: file, answering: model, tools: tools))
  }

  /// A plugin that leaves its process id in the file `pid` and then never ends by itself.
  private static let sleeper = """
    tools:
      - name: sleep
        description: Sleeps
        command: [sh, -c, "echo $$ > pid.new; mv pid.new pid; while :; do sleep 5; done"]
        args_from: none
        cwd: .
        timeout: 1h
    """

  /// Whether the process whose id a plugin has left is there; waits for the id.
  private func isPluginRunning() async throws -> Bool {
    while (try? folder.read("pid")) == nil { await Task.yield() }
    let id = try #require(pid_t(try folder.read("pid").split(separator: "\n").first ?? ""))
    return kill(id, 0) == 0
  }

  @Test func theEventsComeInOrderAndTheResultIsTheLast() async throws {
    let add = ClosureTool("add", "Adds") { 3 }
    let model = StubModel(.calls((name: "add", arguments: "{}"), text: "Hm."), .text("It is 3."))
    var events: [AgentEvent] = []
    for try await event in try session(model, tools: [add]).streamResponse(to: "1 + 2?") { events.append(event) }
    #expect(
      events.map(\.word) == [
        "run.started", "turn.started 1", "text Hm.", "tool.started c0", "tool.finished c0", "turn.finished 1",
        "turn.started 2", "text It is 3.", "turn.finished 2", "run.finished completed",
      ])
    guard case .runFinished(let result) = events.last else { return }
    #expect(result.output == "It is 3.")
  }

  @Test func aRunThatDoesNotCompleteThrowsAfterItsLastEvent() async throws {
    let model = StubModel(.failure(APIError(code: .badRequest, message: "no such model"), after: "I "))
    var words: [String] = []
    do {
      for try await event in try session(model).streamResponse(to: "go") { words.append(event.word) }
      Issue.record("nothing was thrown")
    } catch let error as AgentError {
      #expect(error.message == "no such model")
    }
    #expect(words.suffix(2) == ["text.void", "run.finished model_error"])
  }

  @Test func theRunGoesOnNoFasterThanItIsRead() async throws {
    let calls = Box(0)
    let tool = ClosureTool("tick", "Ticks") { () -> Int in
      calls.update { $0 += 1 }
      return calls.value
    }
    let session = try session(
      StubModel(.calls((name: "tick", arguments: "{}"))), tools: [tool], more: "limits: {max_turns: 180}\n")
    var events = session.streamResponse(to: "go").makeAsyncIterator()
    _ = try await events.next()
    for _ in 0..<20_000 { await Task.yield() }
    // Four events a turn, and 64 of them may wait.
    #expect((1...20).contains(calls.value))
    var count = 1
    await #expect(throws: AgentError.self) { while try await events.next() != nil { count += 1 } }
    #expect(calls.value == 179)
    #expect(count > 4 * 179)
  }

  @Test func cancelingTheReaderEndsEveryPluginBeforeItReturns() async throws {
    let session = try session(StubModel(.calls((name: "sleep", arguments: "{}"))), more: Self.sleeper)
    let reader = Task {
      var last = ""
      do {
        for try await event in session.streamResponse(to: "go") { last = event.word }
        return "nothing was thrown"
      } catch let error as AgentError {
        return "\(last), \(error.code)"
      }
    }
    #expect(try await isPluginRunning())
    reader.cancel()
    #expect(try await reader.value == "run.finished interrupted, interrupted")
    #expect(try await !isPluginRunning())
  }

  @Test func cancelingTheCallerEndsEveryPluginBeforeItReturns() async throws {
    let session = try session(StubModel(.calls((name: "sleep", arguments: "{}"))), more: Self.sleeper)
    let caller = Task { try await session.respond(to: "go") }
    #expect(try await isPluginRunning())
    caller.cancel()
    await #expect(throws: AgentError.self) { try await caller.value }
    #expect(try await !isPluginRunning())
  }

  @Test func leavingTheLoopCancelsTheRun() async throws {
    let session = try session(
      StubModel(.calls((name: "sleep", arguments: "{}")), .text("Good morning.")), more: Self.sleeper)
    for try await event in session.streamResponse(to: "go") {
      if case .toolStarted = event { break }
    }
    await session.cancel()
    // The plugin may have been canceled before it began.
    if let id = (try? folder.read("pid")).flatMap({ pid_t($0.trimmed) }) { #expect(kill(id, 0) != 0) }
  }

  @Test func theNextTaskWaitsForTheEndOfADroppedRun() async throws {
    let session = try session(
      StubModel(.hang(after: "Well, "), .text("Good morning.")), more: Self.sleeper)
    for try await event in session.streamResponse(to: "one") {
      if case .textDelta = event { break }
    }
    let reply = try await session.respond(to: "two")
    #expect(reply.output == "Good morning.")
    let heard = await session.transcript.entries
    #expect(heard == [.user("two"), .turn(.init(text: "Good morning."))])
  }

  @Test func aTaskThatGotNoTurnLeavesNothingBehind() async throws {
    let server = try LoopbackServer(replies: [
      .chatError(status: 400, message: "no"), .chatStream("Yes."), .chatStream("And yes."),
    ])
    let file = try folder.write(
      "a.yaml",
      "name: a\nmodel: local/m\ninstructions: I\nproviders: {local: {base_url: \"\(server.baseURL)/v1\"}}\n")
    let session = AgentSession(try Agent(contentsOf: file))
    await #expect(throws: AgentError.self) { try await session.respond(to: "one") }
    try await session.respond(to: "two")
    try await session.respond(to: "three")
    let roles = try server.requests.map { request in
      try JSONValue(parsing: request.text)["messages"]?.arrayValue?.compactMap { $0["role"]?.stringValue }
    }
    #expect(
      roles == [["system", "user"], ["system", "user"], ["system", "user", "assistant", "user"]])
  }

  @Test func aRunCanBeCanceledFromWithin() async throws {
    let holder = Box<AgentSession?>(nil)
    let tool = ClosureTool("stop", "Stops") { await holder.value?.cancel() }
    let session = try session(StubModel(.call("stop"), .hang(after: "")), tools: [tool])
    holder.update { $0 = session }
    let result = await session.perform("go")
    #expect(result.outcome == .interrupted)
    let second = await session.perform("go") { event in
      if case .turnStarted = event { await session.cancel() }
    }
    #expect(second.outcome == .interrupted)
    holder.update { $0 = nil }
  }

  @Test(arguments: [true, false]) func whatAToolThrowsWhenItIsCanceledDoesNotMatter(byTimeout: Bool) async throws {
    struct OwnError: Error {}
    let started = AsyncStream.makeStream(of: Void.self)
    let tool = ClosureTool("wait", "Waits") { () async throws -> String in
      started.continuation.yield()
      do { try await Task.sleep(for: .seconds(3600)) } catch { throw OwnError() }
      return ""
    }
    var agent = try session(StubModel(.call("wait")), tools: [tool]).agent
    if byTimeout { agent.limits.timeout = .milliseconds(1) }
    let session = AgentSession(agent)
    let run = Task { await session.perform("go") }
    if !byTimeout {
      for await _ in started.stream { break }
      run.cancel()
    }
    #expect(await run.value.outcome == (byTimeout ? .limit : .interrupted))
  }

  @Test func extremeLimitsDoNotTrap() async throws {
    var agent = try session(StubModel(.text("done"))).agent
    agent.limits.timeout = .seconds(Int64.max)
    #expect(await AgentSession(agent).perform("go").outcome == .completed)
    agent.limits.maxTurns = 0
    agent.limits.maxParallelCalls = -1
    #expect(agent.limits.maxTurns == 1)
    #expect(await AgentSession(agent).perform("go").outcome == .completed)
    #expect(Duration.seconds(Int64.max).wholeMilliseconds > 0)
    #expect(Duration.seconds(Int64.min).wholeMilliseconds < 0)
  }

  @Test func droppingTheIteratorEndsTheTransfer() async throws {
    let gate = try LoopbackGate()
    var reply = ScriptedResponse.chatStream("Hello ", "there")
    reply.pieces.insert(.wait(gate), at: 1)
    let server = try LoopbackServer(replies: [reply])
    let file = try folder.write(
      "a.yaml", "name: a\nmodel: local/m\nproviders: {local: {base_url: \"\(server.baseURL)/v1\"}}\n")
    let session = AgentSession(try Agent(contentsOf: file))
    for try await event in session.streamResponse(to: "go") {
      if case .textDelta = event { break }
    }
    try await server.waitForDisconnect()
    await session.cancel()
    #expect(server.requests.count == 1)
  }

  @Test func aSessionWorksOnOneTaskAtATime() async throws {
    let session = try session(StubModel(.hang(after: "Well, ")))
    let text = AsyncStream.makeStream(of: Void.self)
    let first = Task {
      try await session.respond(to: "one") { if case .textDelta = $0 { text.continuation.yield() } }
    }
    for await _ in text.stream { break }
    do {
      try await session.respond(to: "two")
      Issue.record("nothing was thrown")
    } catch {
      #expect(error.code == "busy")
    }
    await session.cancel()
    await #expect(throws: AgentError.self) { try await first.value }
  }

  @Test func aSessionKnowsWhatWasSaidBefore() async throws {
    let model = StubModel(.text("Rain."), .text("Sun."))
    let session = try session(model, more: "instructions: Be brief.\n")
    #expect(try await session.respond(to: "Oslo?").output == "Rain.")
    #expect(try await session.respond(to: "Rome?").output == "Sun.")
    #expect(
      model.heard == [
        .instructions("Be brief."), .user("Oslo?"), .turn(.init(text: "Rain.")), .user("Rome?"),
        .turn(.init(text: "Sun.")),
      ])
  }
}
