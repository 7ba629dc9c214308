import Martlet
import MartletTesting
import ProgramSupport
import Testing

/// What a report says of an endpoint that was not asked everything, or did not answer everything.
@Suite struct DoctorVerdictTests {
  private func doctor(_ server: LoopbackServer, model: String? = nil, skipping: Set<String> = []) -> Doctor {
    let client = ChatClient(
      provider: .custom(name: "local", baseURL: server.baseURL), apiKey: Secret(""), maxAttempts: 1
    ) { _ in nil }
    return Doctor(client, model: model, skipping: skipping)
  }

  private func examine(_ server: LoopbackServer, skipping: Set<String> = []) async throws -> DoctorReport {
    let doctor = doctor(server, skipping: skipping)
    return try await doctor.examine(try await doctor.chooseModel())
  }

  /// An endpoint with a list of models, and one answer to everything else.
  private func server(_ answer: @escaping @Sendable (RecordedRequest) -> ScriptedResponse) throws -> LoopbackServer {
    try LoopbackServer { $0.path.hasSuffix("/models") ? .json(#"{"data":[{"id":"m"}]}"#) : answer($0) }
  }

  @Test func aQuestionThatIsLeftOutIsInTheReportAndLeavesTheVerdictOpen() async throws {
    let report = try await examine(try Costume.boundKept.server(), skipping: ["tool_call", "context"])
    let names = report.results.filter { $0.status == .skipped }.map(\.name)
    #expect(names == ["tool_call", "context"])
    #expect(report.results.filter { $0.status == .skipped }.allSatisfy { $0.reason == "left out" })
    #expect(!report.isUsable)
    #expect(report.gaps == [.leftOut])
    #expect(report.json["usable"] == .null)
  }

  @Test func whatIsNotEssentialLeavesNothingOpen() async throws {
    let report = try await examine(try Costume.boundKept.server(), skipping: ["context", "models"])
    #expect(report.isUsable)
    #expect(report.gaps.isEmpty)
    #expect(report.json["usable"] == true)
  }

  @Test func whatSpeaksAgainstTheEndpointOutweighsWhatIsOpen() async throws {
    let server = try server { $0.text.contains(#""stream":true"#) ? .chatStream("no") : .chat("no") }
    let report = try await examine(server, skipping: ["streaming"])
    #expect(report.gaps.isEmpty)
    #expect(report.json["usable"] == false)
    let unasked = try await examine(server, skipping: ["tool_call"])
    #expect(unasked.json["usable"] == false, "the model calls no tool without a stream either")
  }

  @Test func aRateLimitThatLastsEndsTheExamination() async throws {
    let server = try server { _ in .chatError(status: 429, message: "slow down", headers: [("Retry-After", "60")]) }
    let error = await #expect(throws: APIError.self) { try await examine(server) }
    #expect(error?.code == .rateLimited)
    #expect(error?.description == "429: slow down")
    #expect(server.requests.count == 2)
  }

  @Test func aRateLimitLaterOnSaysNothingOfTheEndpoint() async throws {
    let limited = try server { request in
      request.text.contains(#""tools""#)
        ? .chatError(status: 429, message: "slow down", headers: [("Retry-After", "60")])
        : request.text.contains(#""stream":true"#) ? .chatStream("ok") : .chat("ok")
    }
    let report = try await examine(limited)
    #expect(report.gaps == [.failure(.rateLimited)])
    #expect(report.results.first { $0.name == "tool_call" }?.reason == "429: slow down")
  }

  @Test func aRefusalSpeaksAgainstTheEndpoint() async throws {
    let server = try server { request in
      request.text.contains(#""tools""#)
        ? .chatError(status: 400, message: "no tools here")
        : request.text.contains(#""stream":true"#) ? .chatStream("ok") : .chat("ok")
    }
    let report = try await examine(server)
    #expect(report.json["usable"] == false)
    #expect(report.results.first { $0.name == "tool_call" }?.reason == "400: no tools here")
  }

  @Test func noWaitIsLongerThanTheTimeThatIsLeft() async throws {
    let server = try server { _ in .chatError(status: 429, message: "slow down", headers: [("Retry-After", "15")]) }
    let doctor = doctor(server)
    let chosen = try await doctor.chooseModel()
    let error = await #expect(throws: APIError.self) { try await doctor.examine(chosen, timeLeft: { .seconds(3) }) }
    #expect(error?.code == .rateLimited)
    #expect(server.requests.count == 2)
  }

  @Test func theListOfModelsIsWaitedForNoLongerThanTheTimeAllows() async throws {
    let server = try LoopbackServer { _ in .silent }
    let asked = Box(0)
    let error = await #expect(throws: APIError.self) {
      try await doctor(server).chooseModel(timeLeft: { asked.count() > 1 ? .zero : .milliseconds(100) })
    }
    #expect(error?.code == .timeout)
    #expect(server.requests.count <= 1)
  }

  @Test func anAnswerThatTheTimeCutIsNotTheServersFault() async throws {
    let server = try server { _ in .silent }
    let doctor = doctor(server)
    let chosen = try await doctor.chooseModel()
    // Before each of two questions, and before the request of the second one.
    let asked = Box(0)
    let report = try await doctor.examine(chosen, timeLeft: { asked.count() > 3 ? .zero : .milliseconds(100) })
    #expect(report.results.dropFirst().allSatisfy { $0.status == .skipped && $0.reason == "the time was up" })
    #expect(report.gaps == [.timeUp])
  }

  @Test(arguments: [
    (#"<html><head><title>404 Not Found</title></head></html>"#, 404), (" <!DOCTYPE html>\n<p>Welcome</p>", 200),
  ])
  func aWebPageIsNoAPI(page: String, status: Int) async throws {
    let server = try LoopbackServer { _ in
      ScriptedResponse(status: status, headers: [("Content-Type", "text/html")], pieces: [.text(page)])
    }
    let listing = await #expect(throws: APIError.self) { try await doctor(server).chooseModel() }
    #expect(listing?.message.contains("a web page answers (status 404)") == (status == 404))
    #expect(listing?.message.contains("usually ends in /v1; if the URL is right, name a model with --model") == true)
    let named = doctor(server, model: "m")
    let chosen = try await named.chooseModel()
    let error = await #expect(throws: APIError.self) { try await named.examine(chosen) }
    #expect(error?.message.contains("there is no API at this URL") == true)
    #expect(error?.message.contains("<") == false)
  }

  @Test func anAPIWithoutAListSaysThatTheURLMayBeWrong() async throws {
    let server = try LoopbackServer { _ in ScriptedResponse(status: 404, pieces: [.text(#"{"detail":"Not Found"}"#)]) }
    let error = await #expect(throws: APIError.self) { try await doctor(server).chooseModel() }
    #expect(
      error?.description
        == "the server lists no models (404: Not Found): look at the URL, which usually ends in /v1, or "
        + "name a model with --model")
  }
}

extension Box<Int> {
  /// Counts, and gives the number.
  fileprivate func count() -> Int {
    update { $0 += 1 }
    return value
  }
}

extension ScriptedResponse {
  /// None at all.
  fileprivate static var silent: ScriptedResponse {
    var silent = ScriptedResponse.chat("ok")
    silent.fault = .stall(.start)
    return silent
  }
}
