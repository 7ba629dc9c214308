import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

/// The program against an endpoint on loopback, with a real plugin.
@Suite struct EndpointTests {
  private func agent() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("add", "#!/bin/sh\necho 3\n", executable: true)
    try folder.write(
      "agent.yaml",
      """
      name: test
      model: local/m
      instructions: Add numbers.
      providers: {local: {base_url: "http://127.0.0.1:9/v1", api_key_env: LOCAL_KEY}}
      tools:
        - name: add
          description: Adds
          parameters: {type: object, properties: {a: {type: integer}, b: {type: integer}}}
          command: [./add]
      """)
    return folder
  }

  private let key = ["LOCAL_KEY": "sk-canary-123456"]

  @Test(arguments: ["--stream", "--no-stream", "--json", "--events"])
  func anAgentRunsOnAnEndpoint(option: String) async throws {
    let folder = try agent()
    defer { withExtendedLifetime(folder) {} }
    let server = try LoopbackServer { request in
      guard request.text.contains("\"role\":\"tool\"") else {
        return .chatStream(calls: [("x", "add", #"{"a":1,"b":2}"#)])
      }
      return request.text.contains("\"stream\":true") ? .chatStream("It is ", "3.") : .chat("It is 3.")
    }
    let run = try await Program.run(
      "run", "agent.yaml", "go", option, "--base-url", server.baseURL + "/v1", in: folder.path, environment: key)
    #expect(run.status == 0, "\(run.errors)")
    switch option {
    case "--json": #expect(try JSONValue(parsing: run.output)["output"] == "It is 3.")
    case "--events": #expect(run.output.contains("\"outcome\":\"completed\""))
    default: #expect(run.output == "It is 3.\n")
    }
    #expect(server.requests[1].text.contains("\"content\":\"3\\n\""))
    #expect(!(run.output + run.errors).contains("canary"))
  }

  @Test func twoProcessesSendTheSameBytes() async throws {
    let folder = try agent()
    defer { withExtendedLifetime(folder) {} }
    let server = try LoopbackServer { request in
      request.text.contains("\"role\":\"tool\"")
        ? .chatStream("done") : .chatStream(calls: [("x", "add", #"{"b": 2, "a": 1}"#)])
    }
    for _ in 0..<2 {
      let run = try await Program.run(
        "run", "agent.yaml", "go", "--base-url", server.baseURL + "/v1", in: folder.path, environment: key)
      #expect(run.status == 0)
    }
    let bodies = server.requests.map(\.body)
    #expect(bodies.count == 4)
    #expect(bodies[0] == bodies[2])
    #expect(bodies[1] == bodies[3])
  }

  @Test func aMissingKeySaysWhichVariableToSet() async throws {
    let folder = try agent()
    defer { withExtendedLifetime(folder) {} }
    let run = try await Program.run("run", "agent.yaml", "go", in: folder.path)
    #expect(run.status == 3)
    #expect(run.errors.contains("no API key for local"))
    #expect(run.errors.contains("set LOCAL_KEY"))
  }

  @Test func explainPrintsTheFirstRequestAndSendsNothing() async throws {
    let folder = try agent()
    defer { withExtendedLifetime(folder) {} }
    let server = try LoopbackServer { _ in .chatStream("never") }
    let run = try await Program.run(
      "run", "agent.yaml", "go", "--explain", "--base-url", server.baseURL + "/v1", in: folder.path, environment: key)
    #expect(run.status == 0)
    #expect(run.output.hasPrefix("POST \(server.baseURL)/v1/chat/completions\n"))
    #expect(run.output.contains("Authorization: Bearer •••\n"))
    #expect(!run.output.contains("canary"))
    #expect(server.requests.isEmpty)
  }

  @Test func f12ARefusedConnectionNamesTheHostAndEndsWithItsOwnStatus() async throws {
    let folder = try agent()
    defer { withExtendedLifetime(folder) {} }
    let run = try await Program.run("run", "agent.yaml", "go", in: folder.path, environment: key)
    #expect(run.status == 4)
    #expect(run.errors.contains("no connection to 127.0.0.1:9: Connection refused"))
  }

  @Test func plainHTTPIsForLoopbackAlone() async throws {
    let folder = try agent()
    defer { withExtendedLifetime(folder) {} }
    let run = try await Program.run(
      "run", "agent.yaml", "go", "--base-url", "http://example.invalid/v1", in: folder.path, environment: key)
    #expect(run.status == 3)
    #expect(run.errors.contains("plain http"))
    #expect(run.errors.contains("hint: use https, or set allow_insecure_http: true for the provider\n"))
  }

  @Test func aBaseURLThatCannotBeReadIsNotHeldAgainstTheFile() async throws {
    let folder = try agent()
    defer { withExtendedLifetime(folder) {} }
    let run = try await Program.run(
      "run", "agent.yaml", "go", "--base-url", "http://127.0.0.1:99999/v1", in: folder.path, environment: key)
    #expect(run.status == 3)
    #expect(run.errors.hasPrefix("agent.yaml: error: --base-url: the URL cannot be read: "), "\(run.errors)")
    #expect(!run.errors.contains("model:"))
    #expect(run.errors.hasSuffix("hint: a URL is such as https://llm.example.com/v1 or http://127.0.0.1:8080/v1\n"))
  }

  @Test func f61ASignalEndsTheTransfer() async throws {
    let folder = try agent()
    defer { withExtendedLifetime(folder) {} }
    var stalled = ScriptedResponse.chatStream("Once ", "upon")
    stalled.fault = .stall(.body(bytes: 250))
    let answer = stalled
    let server = try LoopbackServer { _ in answer }
    let run = try await Program.shell(
      """
      "$MARTLET" run agent.yaml go --events --base-url \(server.baseURL)/v1 > events & martlet=$!
      until grep -q text.delta events; do :; done
      kill -TERM $martlet
      wait $martlet
      """, in: folder.path, environment: key)
    #expect(run.status == 143)
    #expect(try folder.read("events").contains("\"outcome\":\"interrupted\",\"output\":\"Once \""))
    try await server.waitForDisconnect()
  }

  @Test func d08_aRefusalIsStatusSeven() async throws {
    let folder = try agent()
    defer { withExtendedLifetime(folder) {} }
    let server = try LoopbackServer(replies: [
      .json(#"{"choices":[{"message":{"content":null,"refusal":"I cannot help."},"finish_reason":"stop"}]}"#)
    ])
    let run = try await Program.run(
      "run", "agent.yaml", "go", "--json", "--base-url", server.baseURL + "/v1", in: folder.path, environment: key)
    #expect(run.status == 7)
    let report = try JSONValue(parsing: run.output)
    #expect(report["outcome"] == "incomplete")
    #expect(report["output"] == "I cannot help.")
    #expect(report["error"]?["code"] == "refusal")
  }

  @Test func aLessonIsShownWithVerboseAndOnceOnly() async throws {
    let folder = try agent()
    defer { withExtendedLifetime(folder) {} }
    let server = try LoopbackServer { request in
      if request.text.contains("stream_options") {
        return .chatError(status: 400, message: "Unknown parameter: 'stream_options'.")
      }
      return request.text.contains("\"role\":\"tool\"")
        ? .chatStream("It is 3.") : .chatStream(calls: [("x", "add", "{}")])
    }
    for option in ["--verbose", "--quiet"] {
      let run = try await Program.run(
        "run", "agent.yaml", "go", option, "--base-url", server.baseURL + "/v1", in: folder.path, environment: key)
      #expect(run.status == 0)
      let lines = run.errors.split(separator: "\n").filter { $0.contains("the server refuses `stream_options`") }
      #expect(lines.count == (option == "--verbose" ? 1 : 0), "\(run.errors)")
    }
  }
}
