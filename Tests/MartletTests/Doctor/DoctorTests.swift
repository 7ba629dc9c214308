import Martlet
import MartletTesting
import ProgramSupport
import Testing

/// Endpoints in the costume of every quirk that can be seen from outside.
@Suite struct DoctorTests {
  private func examine(
    _ server: LoopbackServer, quirks: ProviderQuirks = ProviderQuirks(), skipping: Set<String> = []
  ) async throws -> DoctorReport {
    var provider = Provider.custom(name: "local", baseURL: server.baseURL)
    provider.quirks = quirks
    let client = ChatClient(provider: provider, apiKey: Secret("sk-canary-123456"), maxAttempts: 1) { _ in nil }
    let doctor = Doctor(client, skipping: skipping)
    return try await doctor.examine(try await doctor.chooseModel())
  }

  /// The quirks that an agent file with this text declares, read as `check` reads it.
  private func quirks(in yaml: String?) throws -> ProviderQuirks {
    guard let yaml else { return ProviderQuirks() }
    let text = "name: a\nmodel: local/stub\n" + yaml
    let loaded = AgentDefinition.load(bytes: Array(text.utf8), name: "a.yaml", .init(environment: [:]))
    #expect(loaded.diagnostics.map { $0.rendered() } == [])
    let declaration = try #require(loaded.definition?.providers.first)
    return declaration.quirks.applied(to: ProviderQuirks())
  }

  private func result(_ name: String, of report: DoctorReport) throws -> ProbeResult {
    try #require(report.results.first { $0.name == name })
  }

  @Test func anEndpointThatDoesAllIsFoundToDoSo() async throws {
    let server = try Costume.boundKept.server()
    let report = try await examine(server)
    for result in report.results {
      #expect(result.status == .ok, "\(result.name): \(result.findings) \(result.reason ?? "")")
    }
    #expect(report.results.map(\.name) == ["reply"].reduce(into: Doctor.probeNames) { $0.insert($1, at: 1) })
    #expect(report.isUsable)
    #expect(report.settings.isEmpty)
    #expect(report.yaml(baseURL: nil) == nil)
    #expect(report.model == "stub")
    #expect(report.requests == server.requests.count)
    #expect(server.requests.count <= 20)
    for request in server.requests.dropFirst() {
      let body = try JSONValue(parsing: request.text)
      let bound = body["max_tokens"]?.intValue ?? body["max_completion_tokens"]?.intValue
      #expect(bound.map { $0 <= 512 } == true)
    }
  }

  /// A costume, the question that shows it, words of what is said, and the setting for the agent file.
  private static let costumes: [(Costume, probe: String, words: String, setting: String?)] = [
    (.streamOptionsRefused, "streaming", "stream_options", "stream_options: false"),
    (.maxTokensRefused, "reply", "sent as `max_completion_tokens`", "max_completion_tokens: true"),
    (.maxCompletionTokensRefused, "token_bound", "sent as `max_tokens`", "max_completion_tokens: false"),
    (.parallelToolCallsRefused, "parallel_calls", "parallel_tool_calls", "parallel_tool_calls: false"),
    (.namedToolChoiceRefused, "tool_choice_named", "that tool alone", "named_tool_choice: false"),
    (.toolChoiceRefused, "tool_choice_required", "in words", "required_tool_choice: false"),
    (.requiredIgnored, "tool_choice_required", "in words", "required_tool_choice: false"),
    (.noneIgnored, "tool_choice_none", "no tools are sent", "none_tool_choice: false"),
    (.longCallIDsRefused, "tool_result", "nine letters and digits", "call_ids: nine_alphanumeric"),
    (.userAfterToolRefused, "user_after_result", "put between", "user_after_tool: false"),
    (.nullContentRefused, "tool_result", "empty string", "empty_content: empty"),
    (.blankContentRefused, "tool_result", "without content", "empty_content: omitted"),
    (.developerRefused, "developer_role", "sent as `system`", "developer_role: false"),
    (.secondSystemMessageRefused, "system_messages", "several become one", "several_system_messages: false"),
    (.reasoningRefused, "tool_result", "left out", "reasoning: omitted"),
    (.reasoningRequired, "tool_result", "always sent", "reasoning: required"),
    (.writtenCalls, "tool_call", "written into the text", "text_tool_calls: true"),
    (.lostArguments, "tool_call", "asked for whole", "loses_streamed_arguments: true"),
    (.lostCalls, "tool_call", "asked for whole", "loses_streamed_arguments: true"),
    (.thinkingInTags, "reply", "<think>", nil),
    (.cutAt4096, "context", "exactly 4096 tokens", nil),
    (.stopWithCalls, "tool_call", "ends with `stop`", nil),
    (.noUsage, "streaming", "tokens are estimated", nil),
    (.noIndex, "tool_call", "without an index", nil),
    (.sameIndex, "parallel_calls", "share one index", nil),
    (.noIdentifiers, "tool_call", "without an identifier", nil),
    (.plainErrors, "error", "no object `error`", nil),
  ]

  @Test(arguments: costumes.indices) func everyQuirkIsNamedAndItsSettingHelps(index: Int) async throws {
    var (costume, probe, words, setting) = Self.costumes[index]
    costume.keepsBound()
    let server = try costume.server()
    let report = try await examine(server)
    let found = try result(probe, of: report)
    #expect(found.status == .strays, "\(costume): \(found.findings) \(found.reason ?? "")")
    #expect(
      found.findings.contains { $0.kind == .stray && $0.message.contains(words) }, "\(costume): \(found.findings)")
    #expect(report.isUsable, "\(costume)")

    let yaml = report.yaml(baseURL: server.baseURL)
    guard let setting else {
      #expect(report.settings.isEmpty, "\(costume): \(report.settings)")
      return
    }
    #expect(yaml?.contains("      \(setting)\n") == true, "\(costume): \(yaml ?? "")")
    // What it says makes the same question pass, and nothing is refused any more.
    let again = try await examine(server, quirks: try quirks(in: yaml))
    let mended = try result(probe, of: again)
    #expect(mended.status == .ok, "\(costume): \(mended.findings) \(mended.reason ?? "")")
  }

  @Test func whatIsNotThereIsSaidAndTheOthersGoOn() async throws {
    var costume = Costume.refusing("no response_format", "response_format is not supported") {
      $0["response_format"] != nil
    }
    costume.keepsBound()
    costume.reply = { [reply = costume.reply] answer, body in
      reply(&answer, body)
      answer.calls = []
      answer.text = answer.text ?? "I cannot."
      answer.finishReason = answer.finishReason == "tool_calls" ? "stop" : answer.finishReason
    }
    let report = try await examine(try costume.server())
    #expect(try result("json_schema", of: report).status == .missing)
    #expect(try result("json_schema", of: report).findings.last?.message.contains("is not supported") == true)
    #expect(try result("tool_call", of: report).status == .missing)
    #expect(try result("error", of: report).status == .ok)
    #expect(!report.isUsable)
    #expect(report.json["usable"] == false)
  }

  @Test func aServerWithoutAListOfModelsNeedsAName() async throws {
    let server = try LoopbackServer { request in
      request.path.hasSuffix("/models") ? .chatError(status: 404, message: "no such page") : .chat("ok")
    }
    let client = ChatClient(
      provider: .custom(name: "local", baseURL: server.baseURL), apiKey: Secret(""), maxAttempts: 1
    ) { _ in nil }
    let error = await #expect(throws: APIError.self) { try await Doctor(client).chooseModel() }
    #expect(error?.message.contains("--model") == true)
    let doctor = Doctor(client, model: "mine", skipping: Set(Doctor.probeNames).subtracting(["models"]))
    let report = try await doctor.examine(try await doctor.chooseModel())
    #expect(report.model == "mine")
    #expect(report.results.map(\.status).filter { $0 != .skipped } == [.missing, .ok])
  }

  @Test func aModelThatIsNoneToTalkToIsNotChosen() async throws {
    let server = try LoopbackServer { request in
      request.path.hasSuffix("/models")
        ? .json(#"{"data":[{"id":"text-embedding-3"},{"id":"whisper-1"},{"id":"talker"},{"id":"other"}]}"#)
        : .chat("ok")
    }
    let client = ChatClient(provider: .custom(name: "local", baseURL: server.baseURL), apiKey: Secret("")) { _ in nil }
    #expect(try await Doctor(client).chooseModel().name == "talker")
  }

  @Test func aKeyThatIsRefusedEndsTheExaminationAtOnce() async throws {
    let server = try LoopbackServer { request in
      request.path.hasSuffix("/models")
        ? .json(#"{"data":[{"id":"m"}]}"#)
        : .chatError(status: 401, message: "bad key \(request.header("Authorization") ?? "")")
    }
    let error = await #expect(throws: APIError.self) { try await examine(server) }
    #expect(error?.code == .authentication)
    #expect(error?.message.contains("canary") == false)
    #expect(server.requests.count == 2)
  }

  @Test func aServerThatFailsIsAskedTheRestAndAllFailuresAreShown() async throws {
    let server = try LoopbackServer { request in
      request.path.hasSuffix("/models")
        ? .json(#"{"data":[{"id":"m"}]}"#) : .chatError(status: 400, message: "the moon is in the wrong house")
    }
    let report = try await examine(server)
    #expect(report.results.filter { $0.status == .failed }.allSatisfy { $0.reason?.contains("moon") == true })
    #expect(try result("reply", of: report).status == .failed)
    #expect(!report.isUsable)
    #expect(server.requests.count < 30)
  }

  @Test func whenTheTimeIsUpTheRestIsNotAsked() async throws {
    let server = try Costume.boundKept.server()
    let client = ChatClient(provider: .custom(name: "local", baseURL: server.baseURL), apiKey: Secret("")) { _ in nil }
    let doctor = Doctor(client)
    // The list of models and two answers.
    let report = try await doctor.examine(
      try await doctor.chooseModel(), timeLeft: { server.requests.count < 3 ? .seconds(60) : .zero })
    #expect(report.count(of: .ok) == 3)
    #expect(report.results.dropFirst(3).allSatisfy { $0.status == .skipped && $0.reason == "the time was up" })
    #expect(!report.isUsable)
    #expect(report.isUndecided)
  }

  @Test func aToolThatWasNotOfferedIsNoChoice() async throws {
    var costume = Costume.none
    costume.keepsBound()
    costume.reply = { [reply = costume.reply] answer, body in
      reply(&answer, body)
      answer.calls = answer.calls.map { (id: $0.id, name: "other", arguments: $0.arguments) }
    }
    let report = try await examine(try costume.server())
    for name in ["tool_choice_required", "tool_choice_named"] {
      let result = try result(name, of: report)
      #expect(result.status == .missing)
      #expect(result.findings.last?.message == "the model called `other`, which it was not offered")
    }
  }

  @Test func cancelingEndsTheExamination() async throws {
    let gate = try LoopbackGate()
    let server = try LoopbackServer { request in
      if request.path.hasSuffix("/models") { return .json(#"{"data":[{"id":"m"}]}"#) }
      return ScriptedResponse(pieces: [.wait(gate)], framing: .chunked)
    }
    let task = Task { try await examine(server) }
    try await server.waitForRequests(2)
    task.cancel()
    let error = await #expect(throws: APIError.self) { try await task.value }
    #expect(error?.code == .canceled)
  }

  @Test func theReportForMachinesHasEveryMember() async throws {
    let json = try await examine(try Costume.streamOptionsRefused.server()).json
    #expect(
      json.objectValue?.map(\.key) == ["provider", "url", "model", "usable", "requests", "usage", "probes", "quirks"])
    #expect(json["quirks"]?["stream_options"] == false)
    for probe in json["probes"]?.arrayValue ?? [] {
      #expect(probe.objectValue?.map(\.key) == ["name", "title", "status", "findings", "reason"])
    }
    #expect(!json.canonicalString().contains("canary"))
  }
}
