import Martlet
import MartletTesting
import ProgramSupport
import Testing

/// What single questions find, where an answer can be read in more than one way.
@Suite struct DoctorFindingTests {
  private func examine(_ costume: Costume) async throws -> DoctorReport {
    let server = try costume.server()
    let client = ChatClient(
      provider: .custom(name: "local", baseURL: server.baseURL), apiKey: Secret(""), maxAttempts: 1
    ) { _ in nil }
    let doctor = Doctor(client)
    return try await doctor.examine(try await doctor.chooseModel())
  }

  private func result(_ name: String, of report: DoctorReport) throws -> ProbeResult {
    try #require(report.results.first { $0.name == name })
  }

  /// An endpoint that answers what has a small bound with a text, and says what it took.
  private func counting(_ text: String, tokens: Int?, reason: String = "stop") -> Costume {
    .replying("counts") { reply, body in
      let bound = body["max_completion_tokens"]?.intValue ?? body["max_tokens"]?.intValue ?? 999
      guard bound < 100 else { return }
      reply.text = text
      reply.finishReason = reason
      reply.completionTokens = tokens ?? 0
      reply.hasUsage = tokens != nil
    }
  }

  private static let boundedAnswers: [(text: String, tokens: Int?, reason: String, isKept: Bool?)] = [
    ("I would rather not.", 6, "stop", nil), ("I would rather not.", nil, "stop", nil),
    ("one two three", 16, "finished_ok", true), ("one two three", 16, "length", true),
    ("one two three", 500, "stop", false), (String(repeating: "one two ", count: 40), nil, "stop", false),
  ]

  @Test(arguments: boundedAnswers)
  func aBoundIsKeptIfTheAnswerEndsThere(text: String, tokens: Int?, reason: String, isKept: Bool?) async throws {
    let found = try result("token_bound", of: try await examine(counting(text, tokens: tokens, reason: reason)))
    #expect(found.findings.contains { $0.message.contains("could not be seen") } == (isKept == nil))
    #expect(found.findings.contains { $0.message.contains("neither bound") } == (isKept == false))
    #expect((found.status == .missing) == (isKept == false))
  }

  @Test(arguments: [
    ("every format is refused", ["json_object", "json_schema"], "none", "said in words alone"),
    ("a schema is refused", ["json_schema"], "json_object", "refuses a schema"),
  ])
  func aRefusedFormatIsLearned(name: String, refused: [String], setting: String, words: String) async throws {
    let costume = Costume.refusing(name, "I do not like this request") { body in
      body["response_format"]?["type"]?.stringValue.map { refused.contains($0) } ?? false
    }
    let report = try await examine(costume)
    #expect(try result("json_schema", of: report).status == .missing)
    #expect(try result("json_schema", of: report).findings.contains { $0.message.contains(words) })
    #expect(report.yaml(baseURL: nil)?.contains("      response_format: \(setting)\n") == true)
    #expect(report.isUsable)
  }

  @Test func anEndpointThatAnswersNothingTeachesNothingOfFormats() async throws {
    let report = try await examine(.refusing("everything is refused", "the moon is in the wrong house") { _ in true })
    #expect(report.settings.isEmpty)
  }

  @Test func aModelThatCallsNowAndThenLosesNothing() async throws {
    let streams = Box(0)
    let costume = Costume.replying("the first stream has no call") { reply, body in
      guard body["stream"] == true, !reply.calls.isEmpty else { return }
      streams.update { $0 += 1 }
      if streams.value > 1 { return }
      reply.calls = []
      reply.text = "Let me think."
      reply.finishReason = "stop"
    }
    let report = try await examine(costume)
    #expect(try result("tool_call", of: report).status == .ok)
    #expect(report.settings.isEmpty)
  }

  @Test func aWordOfTheServersOwnIsNamed() async throws {
    let report = try await examine(.replying("ends otherwise") { reply, _ in reply.finishReason = "finished_ok" })
    let words = "the finish reason is `finished_ok`, a word of the server's own, and is mapped"
    #expect(try result("reply", of: report).findings.map(\.message) == [words])
  }

  @Test func anEmptyReplyIsSaidOnce() async throws {
    let costume = Costume.replying("says nothing") { reply, _ in
      reply.calls = []
      reply.text = ""
      reply.finishReason = "stop"
    }
    #expect(try result("reply", of: try await examine(costume)).findings.map(\.message) == ["the answer is empty"])
  }
}
