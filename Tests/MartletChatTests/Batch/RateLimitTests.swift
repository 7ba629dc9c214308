import MartletTesting
import Testing

@testable import MartletChat

/// A batch whose provider limits the rate and does not say for how long.
@Suite struct RateLimitTests {
  /// A clock that goes on only while somebody waits on it.
  private final class Time: Sendable {
    private let contents = SharedLock<[Duration]>([])

    var waits: [Duration] { contents.withLock { $0 } }
    var now: Duration { waits.reduce(.zero, +) }

    func wait(_ duration: Duration) { contents.withLock { $0.append(duration) } }
  }

  private static let limited = ScriptedResponse.json(#"{"error":{"message":"slow down"}}"#, status: 429)
  private static let prompts = (0..<64).map(String.init)

  private func completions(
    _ server: LoopbackServer, _ time: Time, random: Double = 0.5, maxAttempts: Int = 5,
    sleep: @escaping @Sendable () async -> Void = {}
  ) -> ChatClient.Completions {
    let clock = RetryClock(
      sleep: {
        time.wait($0)
        await sleep()
      }, random: { random })
    return ChatClient(
      provider: .custom(name: "test", baseURL: server.baseURL), apiKey: nil, maxAttempts: maxAttempts, clock: clock,
      variable: { _ in nil }
    ).chat.completions
  }

  /// The waits of a gate that is never opened for long, with the middle of every random part.
  private static func waits(_ count: Int) -> [Duration] {
    (0..<count).map { .milliseconds(min(250 << $0, 15_000)) }
  }

  @Test func allWaitTogetherUntilTheServerRecovers() async throws {
    let time = Time()
    let server = try LoopbackServer { _ in time.now < .seconds(60) ? Self.limited : .answer }
    let results = await completions(server, time).batch(model: "m", prompts: Self.prompts, maxConcurrent: 64)
    #expect(results.count == 64)
    #expect(results.allSatisfy { (try? $0.get()) != nil })
    #expect(time.waits == Self.waits(9))
    // Those that were under way at first, and one after each wait but the last.
    #expect(server.requests.count <= 64 + (64 + 8))
  }

  @Test func asManyRefusalsAsTheServerLikesCostNoPromptItsAttempts() async throws {
    let time = Time()
    let server = try LoopbackServer { request in request.index < 20 ? Self.limited : .answer }
    let results = await completions(server, time).batch(model: "m", prompts: Self.prompts, maxConcurrent: 16)
    #expect(results.allSatisfy { (try? $0.get()) != nil })
    #expect(server.requests.count == 64 + 20)
  }

  @Test func aServerThatDoesNotRecoverInFiveMinutesEndsTheBatch() async throws {
    let time = Time()
    let server = try LoopbackServer { _ in Self.limited }
    let results = await completions(server, time).batch(model: "m", prompts: Self.prompts, maxConcurrent: 8)
    #expect(results.count == 64)
    for result in results {
      #expect(throws: APIError.self) { try result.get() }
      if case .failure(let error) = result { #expect(error.code == .rateLimited && error.message == "slow down") }
    }
    #expect(time.waits == Self.waits(24))
    #expect(time.now <= RetryPolicy.maxTotalDelay)
    #expect(server.requests.count <= 8 + 24)
  }

  @Test func waitsOfNothingEndToo() async throws {
    let time = Time()
    let server = try LoopbackServer { _ in Self.limited }
    let results = await completions(server, time, random: 0).batch(model: "m", prompts: ["1"])
    #expect(throws: APIError.self) { try results[0].get() }
    #expect(server.requests.count == GateState.maxRefusals + 1)
  }

  @Test func withOneAttemptARefusedPromptFailsAndTheOthersWait() async throws {
    let time = Time()
    let server = try LoopbackServer { request in request.index < 2 ? Self.limited : .answer }
    let results = await completions(server, time, maxAttempts: 1).batch(
      model: "m", prompts: ["1", "2", "3"], maxConcurrent: 1)
    #expect(results.map { (try? $0.get()) != nil } == [false, false, true])
    #expect(time.waits == Self.waits(2))
    #expect(server.requests.count == 3)
  }

  /// A request that is larger than the limit itself is refused for ever.
  @Test func onePromptThatIsAlwaysRefusedFailsAlone() async throws {
    let time = Time()
    let server = try LoopbackServer { request in request.text.contains("huge") ? Self.limited : .answer }
    let prompts = ["huge"] + (0..<300).map(String.init)
    let succeeded = SharedLock(0)
    // A wait is longer than what is under way beside it takes.
    let completions = completions(server, time) {
      while succeeded.withLock({ $0 }) < server.requests.count(where: { !$0.text.contains("huge") }) {
        await Task.yield()
      }
      // Those that come next are at the gate before it opens.
      await Task.yield()
    }
    let results = await completions.batch(model: "m", prompts: prompts, maxConcurrent: 4) { progress in
      succeeded.withLock { $0 = progress.succeeded }
    }
    #expect(throws: APIError.self) { try results[0].get() }
    let failures = results.dropFirst().compactMap { if case .failure(let error) = $0 { error } else { nil } }
    #expect(failures.isEmpty, "\(failures.count), such as \(failures.first?.message ?? "")")
    // Twenty, and those before which no other prompt was answered: so many in a row would end the batch.
    #expect((20..<20 * GateState.maxRefusals).contains(server.requests.count { $0.text.contains("huge") }))
  }

  @Test func afterALimitOneIsTriedAndThenMoreWithEachSuccess() throws {
    var state = GateState(maximum: 4)
    func entered() -> [GateState.Pass] { Self.entered(&state) }
    let passes = entered()
    #expect(passes.count == 4)
    #expect(state.leave(passes[0], refused: refusal(), random: 1) == .waits(.milliseconds(500)))
    #expect(entered().isEmpty)
    // They were sent before the gate was shut.
    #expect(state.leave(passes[1], refused: refusal(), random: 1) == .comesBack)
    state.leave(passes[2], succeeded: true)
    state.leave(passes[3], succeeded: false)
    #expect(entered().isEmpty)
    state.open()
    var probes = entered()
    #expect(probes.count == 1)
    #expect(state.leave(probes[0], refused: refusal(), random: 1) == .waits(.seconds(1)))
    state.open()
    probes = entered()
    #expect(probes.count == 1)
    state.leave(probes[0], succeeded: true)
    probes = entered()
    #expect(probes.count == 2)
    // A success ends the growth.
    #expect(state.leave(probes[0], refused: refusal(), random: 1) == .waits(.milliseconds(500)))
    state.leave(probes[1], succeeded: true)
    state.open()
    for count in [1, 2, 3, 4, 4] {
      let more = entered()
      #expect(more.count == count)
      for pass in more.dropFirst(1) { state.leave(pass, succeeded: false) }
      state.leave(try #require(more.first), succeeded: true)
    }
    #expect(state.underway == 0)
    #expect(state.answered == 8)
  }

  /// What a server asks of those that were sent before is kept as well.
  @Test func aWaitThatTheServerAsksForKeepsTheGateShut() {
    var state = GateState(maximum: 2)
    func entered() -> [GateState.Pass] { Self.entered(&state) }
    let passes = entered()
    #expect(state.leave(passes[0], refused: refusal(.seconds(3)), random: 0) == .waits(.seconds(3)))
    #expect(state.leave(passes[1], refused: refusal(.seconds(5)), random: 0) == .waits(.seconds(5)))
    state.open()
    #expect(entered().isEmpty)
    state.open()
    #expect(entered().count == 1)
  }

  @Test func aWaitThatWasTooShortGrows() {
    var state = GateState(maximum: 1)
    func entered() -> [GateState.Pass] { Self.entered(&state) }
    let waits: [GateState.Refused] = (0..<6).map { _ in
      let next = state.leave(entered()[0], refused: refusal(.seconds(2)), random: 0.5)
      state.open()
      return next
    }
    // Half of 0.5 s, doubled each time, with the tenth that is put upon what a server asks for.
    #expect(waits == [2_200, 2_200, 2_200, 2_200, 4_400, 8_800].map { .waits(.milliseconds($0)) })
  }

  @Test func aWaitOfNothingIsNoAnswer() {
    var state = GateState(maximum: 1)
    func entered() -> [GateState.Pass] { Self.entered(&state) }
    let passes = entered()
    #expect(state.leave(passes[0], refused: refusal(.zero), random: 1) == .waits(.milliseconds(500)))
  }

  private func refusal(_ retryAfter: Duration? = nil) -> APIError {
    var error = APIError(code: .rateLimited, message: "m", isRetryable: true)
    error.retryAfter = retryAfter
    return error
  }

  private static func entered(_ state: inout GateState) -> [GateState.Pass] {
    var passes: [GateState.Pass] = []
    while let pass = state.enter() { passes.append(pass) }
    return passes
  }
}
