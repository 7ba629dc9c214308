import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

/// `martlet doctor` against endpoints in costumes.
@Suite struct DoctorCommandTests {
  private func doctor(
    _ arguments: String..., environment: [String: String] = [:]
  ) async throws -> Program.Output {
    try await Program.run(arguments: ["doctor"] + arguments, environment: environment)
  }

  @Test func itShowsATableAndWhatToWriteIntoAnAgentFile() async throws {
    var costume = Costume.streamOptionsRefused
    costume.keepsBound()
    let server = try costume.server()
    let run = try await doctor(server.baseURL)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("✓ answers\n"))
    #expect(
      run.output.contains(
        "! streams its answer, with the usage\n"
          + "    the server refuses `stream_options`: it is left out, and tokens may be estimated\n"))
    #expect(run.output.contains("stub at \(server.baseURL)/v1 is fit for agents: "))
    #expect(run.errors.contains("model stub, the first that it lists: about 19 requests"))
    #expect(!run.output.contains("\u{1B}"))
    // Rows of a table of ours mean nothing to others.
    #expect(run.output.firstMatch(of: /\b[A-F][0-9]+\b/) == nil)

    let yaml = try #require(run.output.split(separator: "In an agent file:\n\n").last)
    #expect(
      yaml == """
        providers:
          local:
            base_url: "\(server.baseURL)/v1"
            quirks:
              stream_options: false

        """)
    let folder = try TemporaryFolder()
    try folder.write("agent.yaml", "name: a\nmodel: local/stub\n\(yaml)")
    let check = try await Program.run("check", "agent.yaml", in: folder.path)
    #expect(check.status == 0, "\(check.errors)")
    let answer = try await Program.run("run", "agent.yaml", "say ok", "--stream", in: folder.path)
    #expect(answer.output == "ok\n")
    #expect(server.requests.last?.text.contains("stream_options") == false)
  }

  @Test func jsonIsOneObjectForMachines() async throws {
    let server = try Costume.namedToolChoiceRefused.server()
    let run = try await doctor(server.baseURL, "--format", "json", "--model", "stub", "--skip", "context")
    #expect(run.status == 0, "\(run.errors)")
    let report = try JSONValue(parsing: run.output)
    #expect(
      report.objectValue?.map(\.key) == [
        "provider", "url", "model", "usable", "requests", "usage", "probes", "quirks", "yaml", "error",
      ])
    #expect(report["error"] == .null)
    #expect(report["quirks"] == ["named_tool_choice": false])
    let context = report["probes"]?.arrayValue?.first { $0["name"] == "context" }
    #expect(context?["status"] == "skipped")
    #expect(context?["reason"] == "left out")
    #expect(report["usable"] == true, "the context is nothing that an agent cannot do without")
    #expect(!run.errors.contains("first that it lists"))
  }

  @Test func whatAnAgentNeedsAndIsNotThereIsStatusOne() async throws {
    let server = try LoopbackServer { request in
      if request.path.hasSuffix("/models") { return .json(#"{"data":[{"id":"m"}]}"#) }
      return request.text.contains(#""stream":true"#) ? .chatStream("no") : .chat("no")
    }
    let run = try await doctor(server.baseURL)
    #expect(run.status == 1)
    #expect(run.output.contains("✗ calls a tool, in a stream\n    the model called no tool\n"))
    #expect(run.output.contains("not fit for agents"))
  }

  @Test func aQuestionThatIsLeftOutIsSaid() async throws {
    let server = try Costume.boundKept.server()
    let run = try await doctor(server.baseURL, "--skip", "tool_call")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("– calls a tool, in a stream  (not asked: left out)\n"))
    #expect(run.output.contains("is fit for agents as far as it was asked: 17 as the standard has it, 1 not asked."))
    let json = try JSONValue(
      parsing: try await doctor(server.baseURL, "--skip", "tool_call", "--format", "json").output)
    #expect(json["usable"] == .null)
  }

  @Test func theTimeBoundsTheListOfModelsToo() async throws {
    let server = try LoopbackServer { _ in .silent }
    let run = try await doctor(server.baseURL, "--timeout", "100ms")
    #expect(run.status == 4)
    #expect(run.errors.hasPrefix("martlet: \(server.baseURL)/v1: "))
    #expect(run.output == "")
  }

  @Test func whenTheTimeIsUpTheVerdictIsOpen() async throws {
    let server = try LoopbackServer { $0.path.hasSuffix("/models") ? .json(#"{"data":[{"id":"m"}]}"#) : .silent }
    // Time for the list of models, also on a machine that has much to do.
    let run = try await doctor(server.baseURL, "--timeout", isSanitized ? "60s" : "4s")
    #expect(run.status == 6, "\(run.errors)")
    #expect(run.output.contains("– answers  (not asked: the time was up)\n– streams its answer"))
    #expect(run.output.contains("m at \(server.baseURL)/v1 is not known to be fit for agents: "))
  }

  @Test func aRateLimitIsStatusFive() async throws {
    let server = try LoopbackServer { request in
      request.path.hasSuffix("/models")
        ? .json(#"{"data":[{"id":"m"}]}"#)
        : .chatError(status: 429, message: "slow down", headers: [("Retry-After", "60")])
    }
    let run = try await doctor(server.baseURL)
    #expect(run.status == 5)
    #expect(run.errors.hasSuffix("martlet: \(server.baseURL)/v1: 429: slow down\n"))
  }

  @Test(arguments: [
    ("8", "local"), ("null", "local"), ("scripted", "local"), ("192.0.2.1", "192-0-2-1"), ("gpu", "gpu"),
  ])
  func theNameOfAHostIsOneThatAnAgentFileTakes(host: String, name: String) async throws {
    let server = try Costume.boundKept.server()
    let run = try await doctor(
      "http://\(host)/v1", "--allow-insecure-http", "--skip", "context", environment: ["http_proxy": server.baseURL])
    #expect(run.status == 0, "\(run.errors)")
    let yaml = try #require(run.output.split(separator: "In an agent file:\n\n").last)
    #expect(yaml.hasPrefix("providers:\n  \(name):\n"))
    let folder = try TemporaryFolder()
    try folder.write("agent.yaml", "name: a\nmodel: \(name)/stub\n\(yaml)")
    let check = try await Program.run("check", "agent.yaml", in: folder.path)
    #expect(check.status == 0, "\(check.errors)")
  }

  @Test func aFailureIsAnObjectForMachinesToo() async throws {
    let server = try LoopbackServer { _ in .chatError(status: 401, message: "Incorrect API key") }
    let run = try await doctor(server.baseURL, "--format", "json")
    #expect(run.status == 4)
    let report = try JSONValue(parsing: run.output)
    #expect(
      report.objectValue?.map(\.key) == [
        "provider", "url", "model", "usable", "requests", "usage", "probes", "quirks", "yaml", "error",
      ])
    #expect(report["error"]?["code"] == "authentication")
    #expect(report["error"]?["status"] == 401)
    #expect(report["usable"] == .null)
    let missing = try await doctor("openai", "--format", "json")
    #expect(missing.status == 3)
    #expect(try JSONValue(parsing: missing.output)["error"]?["code"] == "invalid")
  }

  @Test func aSentenceStandsInTheTableOnce() async throws {
    var costume = Costume.replying("ends otherwise") { reply, _ in
      if reply.finishReason == "stop" { reply.finishReason = "finished_ok" }
    }
    costume.keepsBound()
    let server = try costume.server()
    let run = try await doctor(server.baseURL)
    #expect(run.output.ranges(of: "`finished_ok`").count == 1)
    #expect(run.output.contains("! streams its answer, with the usage  (as above)\n"))
    #expect(run.output.contains(" otherwise."))
    #expect(!run.output.contains("put right"))
  }

  @Test(arguments: [["json_object", "json_schema"], ["json_schema"]])
  func whatToWriteIntoAnAgentFileKeepsRefusedFormatsOut(refused: [String]) async throws {
    var costume = Costume.refusing("a format is refused", "response_format is not supported") { body in
      body["response_format"]?["type"]?.stringValue.map { refused.contains($0) } ?? false
    }
    costume.keepsBound()
    let server = try costume.server()
    let run = try await doctor(server.baseURL)
    let yaml = try #require(run.output.split(separator: "In an agent file:\n\n").last)
    let folder = try TemporaryFolder()
    try folder.write(
      "agent.yaml",
      """
      name: a
      model: local/stub
      output: {schema: {type: object, properties: {city: {type: string}}, required: [city]}, retries: 0}
      \(yaml)
      """)
    let before = server.requests.count
    _ = try await Program.run("run", "agent.yaml", "Which city?", in: folder.path)
    #expect(server.requests.count == before + 1, "it is asked once, and not refused")
    let type = try JSONValue(parsing: server.requests[before].text)["response_format"]?["type"]
    #expect(type == (refused.count == 1 ? "json_object" : nil))
  }

  @Test func anEndpointThatIsNotThereIsOneLine() async throws {
    let server = try LoopbackServer(replies: [])
    let url = server.baseURL
    server.stop()
    let run = try await doctor(url)
    #expect(run.status == 4)
    #expect(run.output == "")
    #expect(run.errors.split(separator: "\n").count == 1)
    #expect(run.errors.hasPrefix("martlet: \(url)/v1: "))
  }

  @Test func aKeyThatIsRefusedIsOneLineWithoutTheKey() async throws {
    let server = try LoopbackServer { request in
      .chatError(status: 401, message: "Incorrect API key: \(request.header("Authorization") ?? "")")
    }
    let run = try await doctor(
      server.baseURL, "--api-key-env", "MY_KEY", environment: ["MY_KEY": "sk-canary-1234567890"])
    #expect(server.requests.first?.header("Authorization") == "Bearer sk-canary-1234567890")
    #expect(run.status == 4)
    #expect(run.errors.contains("Incorrect API key"))
    #expect(!run.errors.contains("canary"))
  }

  @Test func aKeyInAQueryIsNotShown() async throws {
    let server = try Costume.none.server()
    for format in ["text", "json"] {
      let run = try await doctor("\(server.baseURL)/v1?api_key=sk-canary-1234567890", "--format", format)
      #expect((run.output + run.errors).contains("\(server.baseURL)/v1?•••"), "\(run)")
      #expect(!(run.output + run.errors).contains("canary"))
    }
  }

  @Test func theProviderWhoseKeyIsSetIsAskedWhereItsVariableSays() async throws {
    let server = try Costume.none.server()
    let only = ["GROQ_API_KEY": "gsk-canary", "GROQ_BASE_URL": server.baseURL]
    let run = try await doctor("--skip", "context", environment: only)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("asking \(server.baseURL)/v1"))
    #expect(run.output.contains("\n  groq:\n    base_url: \"\(server.baseURL)/v1\"\n"))
    #expect(!(run.output + run.errors).contains("canary"))
  }

  @Test(arguments: [
    ([String](), [String: String](), 2, "which endpoint? Give a provider (openai, bud, "),
    ([], ["OPENAI_API_KEY": "a", "GROQ_API_KEY": "b"], 2, "keys of openai and groq are set: give one of them"),
    (["openia"], [:], 2, "unknown provider `openia`: did you mean `openai`?"),
    (["openai"], [:], 3, "no API key for openai: set OPENAI_API_KEY"),
    (["http://192.0.2.1/v1"], [:], 3, "--allow-insecure-http"),
    (["http://127.0.0.1:99999/v1"], [:], 3, "between 0 and 65535\n"),
    (["https://me:secret@h/v1"], [:], 2, "no user name and no password"),
    (["http://127.0.0.1:1/v1/chat/completions/"], [:], 2, "is added to the URL: give http://127.0.0.1:1/v1\n"),
    (["ollama", "--skip", "reply"], [:], 2, "there is no question `reply`"),
  ])
  func whatCannotBeAskedIsSaid(arguments: [String], environment: [String: String], status: Int32, words: String)
    async throws
  {
    let run = try await Program.run(arguments: ["doctor"] + arguments, environment: environment)
    #expect(run.status == status)
    #expect(run.errors.contains(words), "\(run.errors)")
    #expect(run.output == "")
    #expect(!run.errors.contains("secret@"))
  }

  @Test(arguments: [("INT", 130), ("TERM", 143)])
  func aSignalEndsIt(signal: String, status: Int32) async throws {
    let folder = try TemporaryFolder()
    let ready = folder.path + "/ready"
    let gate = try LoopbackGate()
    let server = try LoopbackServer { request in
      if request.path.hasSuffix("/models") { return .json(#"{"data":[{"id":"m"}]}"#) }
      return ScriptedResponse(pieces: [.wait(gate)], framing: .chunked)
    }
    let url = server.baseURL
    async let run = Program.shell(
      """
      env --default-signal=\(signal) "$MARTLET" doctor \(url) & martlet=$!
      while ! [ -e \(ready) ]; do :; done
      kill -\(signal) $martlet
      wait $martlet; echo "status $?"
      """)
    try await server.waitForRequests(2)
    try folder.write("ready", "")
    let output = try await run.output
    #expect(output.hasSuffix("status \(status)\n"), "\(output)")
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
