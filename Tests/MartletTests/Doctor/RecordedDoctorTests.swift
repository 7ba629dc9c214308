import Martlet
import MartletTesting
import ProgramSupport
import Testing

/// Recorded replies of real servers, which are given to the questions whose kind they are.
@Suite(.enabled(if: Recording.folder != nil, "MARTLET_CONFORMANCE does not name the folder of recorded replies"))
struct RecordedDoctorTests {
  private static let folder = "ruby_llm__chat_function_calling_"

  private func report(_ name: String) async throws -> DoctorReport {
    let exchanges = Recording.all.filter { $0.name.hasPrefix(Self.folder + name) }
    let call = try #require(exchanges.first)
    let text = try #require(exchanges.dropFirst().first)
    let server = try LoopbackServer { request in
      if request.path.hasSuffix("/models") { return .json(#"{"object":"list","data":[{"id":"recorded"}]}"#) }
      let body = (try? JSONValue(parsing: request.text)) ?? .null
      let calls = !body.toolNames.isEmpty && body.roles.last == "user" && !body.roles.contains("tool")
      let recording = calls && body["tool_choice"] != "none" ? call : text
      let bytes = String(decoding: recording.body, as: UTF8.self)
        .replacing(#""name":"weather""#, with: #""name":"get_weather""#)
      return ScriptedResponse(
        headers: recording.contentType.map { [("Content-Type", $0)] } ?? [], pieces: [.text(bytes)], framing: .chunked)
    }
    let provider = Provider.custom(name: "local", baseURL: server.baseURL)
    let client = ChatClient(provider: provider, apiKey: Secret(""), maxAttempts: 1) { _ in nil }
    let doctor = Doctor(client)
    return try await doctor.examine(try await doctor.chooseModel())
  }

  private func result(_ name: String, of report: DoctorReport) throws -> ProbeResult {
    try #require(report.results.first { $0.name == name })
  }

  @Test(arguments: ["mistral_mistral-small-latest_can_use_tools_with_multi-turn_strea", "ollama_qwen3_can_use_tools"])
  func aRecordedServerIsFoundToDoWhatWasRecorded(name: String) async throws {
    let report = try await report(name)
    #expect(report.isUsable)
    for name in ["reply", "streaming", "tool_result", "tool_choice_required", "tool_choice_none"] {
      #expect([.ok, .strays].contains(try result(name, of: report).status), "\(name)")
    }
    // What it was asked then, it called with other arguments than the doctor's tool wants.
    let call = try result("tool_call", of: report)
    #expect(call.findings.contains { $0.message == "the arguments of the call are not as its schema wants" })
    #expect(try result("parallel_calls", of: report).findings.contains { $0.message == "one call at a time" })
    #expect(
      try result("json_schema", of: report).findings.first?.message == "the answer is not JSON: the format is ignored")
    #expect(try result("error", of: report).findings.first?.message == "it answers whatever the model is called")
    let thinks = try result("reply", of: report).findings.contains { $0.message == "it thinks, in `reasoning`" }
    #expect(thinks == name.hasPrefix("ollama"))
    #expect(!report.usage.isEstimated)
  }
}
