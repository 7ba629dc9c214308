import MartletHTTP
import MartletTesting
import Testing

@testable import MartletChat

/// Many requests at a time.
@Suite struct BatchTests {
  private static func answer(_ text: String) -> ScriptedResponse {
    .json(#"{"choices":[{"index":0,"message":{"role":"assistant","content":"\#(text)"},"finish_reason":"stop"}]}"#)
  }

  /// The prompt in a request's body.
  private static func prompt(_ request: RecordedRequest) -> String {
    String(request.text.split(separator: #""content":""#).last?.prefix { $0 != "\"" } ?? "")
  }

  private static let limited = ScriptedResponse.json(
    #"{"error":{"message":"slow down"}}"#, status: 429, headers: [("Retry-After", "3")])

  @Test func resultsStandInTheOrderOfThePromptsEachForItself() async throws {
    let server = try LoopbackServer { request in
      let prompt = Self.prompt(request)
      return prompt == "3" ? .json(#"{"error":{"message":"no"}}"#, status: 400) : Self.answer("re " + prompt)
    }
    var progress: [BatchProgress] = []
    let results = await client(server).chat.completions.batch(
      model: "m", prompts: (0..<20).map(String.init), maxConcurrent: 4
    ) { progress.append($0) }
    for (index, result) in results.enumerated() {
      switch result {
      case .success(let response): #expect(response.choices[0].message.content == "re \(index)")
      case .failure(let error): #expect(index == 3 && error.statusCode == 400)
      }
    }
    #expect(results.count == 20)
    #expect(progress.map(\.completed) == Array(1...20))
    #expect(Set(progress.map(\.index)) == Set(0..<20))
    #expect(progress.last?.succeeded == 19)
    #expect(progress.last?.failed == 1)
    #expect(progress.last?.total == 20)
    #expect(server.requests.count == 20)
  }

  @Test func noMoreAreUnderWayThanAllowed() async throws {
    let gate = try LoopbackGate()
    let server = try LoopbackServer { request in
      var response = Self.answer("x")
      response.pieces.insert(.wait(gate), at: 0)
      return response
    }
    let completions = client(server).chat.completions
    let batch = Task { await completions.batch(model: "m", prompts: ["1", "2", "3", "4", "5"], maxConcurrent: 2) }
    try await server.waitForRequests(2)
    for _ in 0..<5 { gate.open() }
    let results = await batch.value
    #expect(results.count == 5)
    #expect(results.allSatisfy { (try? $0.get()) != nil })
    #expect(server.peakConnectionCount == 2)
  }

  @Test func nothingToAskGivesNothing() async throws {
    let server = try LoopbackServer(replies: [])
    #expect(await client(server).chat.completions.batch([]).isEmpty)
    #expect(await client(server).chat.completions.batch(model: "m", prompts: []).isEmpty)
    let refused = await client(server).chat.completions.batch([ChatRequest(model: "m")], maxConcurrent: 0)
    #expect(throws: APIError.self) { try refused[0].get() }
    #expect(server.requests.isEmpty)
  }

  /// While the one that met the limit waits, none is sent.
  @Test func aLimitSlowsAllOfThem() async throws {
    let held = try LoopbackGate()
    let server = try LoopbackServer { request in
      if request.index == 0 { return Self.limited }
      var response = Self.answer("x")
      if request.index < 4 { response.pieces.insert(.wait(held), at: 0) }
      return response
    }
    let sleeper = Sleeper()
    let client = ChatClient(
      provider: .custom(name: "test", baseURL: server.baseURL), apiKey: nil,
      clock: RetryClock(sleep: { try await sleeper.sleep($0) }, random: { 0 }), variable: { _ in nil })
    let (ends, end) = AsyncStream.makeStream(of: Int.self)
    let batch = Task {
      await client.chat.completions.batch(model: "m", prompts: (0..<12).map(String.init), maxConcurrent: 4) {
        end.yield($0.completed)
      }
    }
    try await server.waitForRequests(4)
    await sleeper.waitForSleeper()
    for _ in 1..<4 { held.open() }
    for await completed in ends where completed == 3 { break }
    #expect(server.requests.count == 4)
    #expect(await sleeper.durations == [.seconds(3)])
    await sleeper.wake()
    #expect(await batch.value.allSatisfy { (try? $0.get()) != nil })
    #expect(server.requests.count == 13)
  }

  @Test func whatOneRefusalTaughtTheOthersKnow() async throws {
    let server = try LoopbackServer { request in
      if request.text.contains("max_completion_tokens") { return Self.answer("x") }
      return .json(
        #"{"error":{"message":"'max_tokens' is not supported: use 'max_completion_tokens' instead."}}"#, status: 400)
    }
    let requests = ["a", "a", "a", "b", "b"].map { ChatRequest(model: $0, messages: [.user("U")], maxTokens: 5) }
    let results = await client(server).chat.completions.batch(requests, maxConcurrent: 1)
    #expect(results.allSatisfy { (try? $0.get()) != nil })
    #expect(server.requests.count == 7)
  }

  @Test func anAccountThatIsUsedUpEndsTheBatch() async throws {
    let empty = ScriptedResponse.json(#"{"error":{"message":"no credit"}}"#, status: 402)
    let server = try LoopbackServer { _ in empty }
    let results = await client(server).chat.completions.batch(
      model: "m", prompts: (0..<50).map(String.init), maxConcurrent: 2)
    #expect(results.count == 50)
    for result in results {
      guard case .failure(let error) = result else { return #expect(Bool(false)) }
      #expect(error.code == .quotaExceeded)
    }
    #expect(server.requests.count <= 3)
  }

  @Test func aWaitOfHoursIsNotWaitedFor() async throws {
    let long = ScriptedResponse.json(#"{"error":"later"}"#, status: 429, headers: [("Retry-After", "7200")])
    let server = try LoopbackServer { _ in long }
    let waits = Waits()
    let results = await client(server, waits: waits).chat.completions.batch(
      model: "m", prompts: (0..<50).map(String.init), maxConcurrent: 1)
    #expect(results.count == 50)
    #expect(server.requests.count == 1)
    #expect(await waits.durations.isEmpty)
  }

  @Test func theLastAttemptMakesTheOthersWaitToo() async throws {
    let server = try LoopbackServer { request in Self.prompt(request) == "0" ? Self.limited : Self.answer("x") }
    let waits = Waits()
    let results = await client(server, waits: waits, maxAttempts: 1).chat.completions.batch(
      model: "m", prompts: ["0", "1"], maxConcurrent: 1)
    #expect(throws: APIError.self) { try results[0].get() }
    #expect(try results[1].get().choices.count == 1)
    #expect(await waits.durations == [.seconds(3)])
  }

  @Test func cancelingEndsTheTransfersAndSendsNothingMore() async throws {
    let server = try LoopbackServer { _ in
      var silent = Self.answer("x")
      silent.fault = .stall(.start)
      return silent
    }
    let completions = client(server).chat.completions
    let batch = Task { await completions.batch(model: "m", prompts: (0..<100).map(String.init), maxConcurrent: 3) }
    try await server.waitForRequests(3)
    batch.cancel()
    let results = await batch.value
    #expect(results.count == 100)
    for result in results {
      guard case .failure(let error) = result else { return #expect(Bool(false)) }
      #expect(error.code == .canceled)
    }
    try await server.waitForDisconnect(3)
    #expect(server.requests.count == 3)
  }

  @Test func cancelingReachesThoseWhoWaitAtTheGate() async throws {
    let gate = RateGate(maximum: 1)
    let pass = try await gate.enter()
    let waiting = Task { () async -> APIError? in
      await failure { () async throws(APIError) in _ = try await gate.enter() }
    }
    waiting.cancel()
    #expect(await waiting.value?.code == .canceled)
    gate.update { $0.leave(pass, succeeded: true) }
    _ = try await gate.enter()
  }
}

/// A clock that stands still until it is told to go on.
private actor Sleeper {
  private(set) var durations: [Duration] = []
  private var sleeping: CheckedContinuation<Void, Never>?
  private var watching: CheckedContinuation<Void, Never>?

  func sleep(_ duration: Duration) async throws {
    durations.append(duration)
    await withCheckedContinuation { continuation in
      sleeping = continuation
      watching?.resume()
      watching = nil
    }
  }

  func waitForSleeper() async {
    if sleeping != nil { return }
    await withCheckedContinuation { watching = $0 }
  }

  func wake() {
    sleeping?.resume()
    sleeping = nil
  }
}
