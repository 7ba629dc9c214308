import Martlet
import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

/// The contract of plugins, point by point, with real processes.
@Suite struct CommandToolTests {
  /// Runs one call of a plugin that is a shell script; `options` are lines of its declaration.
  private func call(
    _ script: String, arguments: JSONValue = [:], options: String = "", elements: String = "",
    schema: String = "{type: object}",
    environment: [String: String] = [:], parameters: String = "[]"
  ) async throws -> ToolCallRecord {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    try folder.write("plugin", "#!/bin/sh\n" + script + "\n", executable: true)
    let call = JSONValue.object(JSONObject([("plugin", arguments)]))
    let file = try folder.write(
      "agent.yaml",
      """
      name: test
      model: scripted
      parameters: \(parameters)
      tools:
        - name: plugin
          description: A plugin
          parameters: \(schema)
          command: [./plugin\(elements)]
      \(options.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
      script: [{after: plugin, say: done}, {call: \(call.canonicalString())}]
      """)
    var settings = AgentSettings()
    settings.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }
    let result = await AgentSession(try Agent(contentsOf: file, settings: settings)).perform("go")
    return try #require(result.toolCalls.first, "\(result)")
  }

  @Test func argumentsComeOnStandardInputInCanonicalForm() async throws {
    let record = try await call("cat", arguments: ["b": 1.50, "a": ["x", nil]])
    #expect(record.result == #"{"b":1.5,"a":["x",null]}"#)
    #expect(!record.isError)
  }

  @Test func withoutArgumentsFromStandardInputItIsEmpty() async throws {
    #expect(try await call("cat", arguments: ["a": 1], options: "args_from: none").result == "")
  }

  @Test func eachTemplateIsExactlyOneElement() async throws {
    let record = try await call(
      #"for element; do printf '[%s]' "$element"; done"#,
      arguments: ["s": "a b; $(rm) '\"", "n": -5, "o": ["k": [1]], "t": true],
      elements:
        #", "{{ s }}", "--n={{ n }}", "{{ n }}", "{{ o }}", "{{ t }}", "{{ gone }}", "x{{ gone }}", "{{ gone | default: d }}", plain"#,
      schema: "{type: object, properties: {s: {}, n: {}, o: {}, t: {}, gone: {}}}")
    #expect(record.result == #"[a b; $(rm) '"][--n=-5][-5][{"k":[1]}][true][x][d][plain]"#)
  }

  @Test(arguments: ["-rf", "--help", "-"]) func aStringCannotBecomeAnOption(value: String) async throws {
    let record = try await call(
      "echo ran", arguments: ["s": .string(value)], elements: #", "{{ s }}""#,
      schema: "{type: object, properties: {s: {}}}")
    #expect(record.isError)
    #expect(record.result?.contains("error: refused_argument: `s` begins with \"-\"") == true)
  }

  @Test func aStringCannotBecomeAnOptionBehindAnEmptyValue() async throws {
    let record = try await call(
      "echo ran", arguments: ["a": "", "s": "-rf"], elements: #", "{{ a }}{{ s }}""#,
      schema: "{type: object, properties: {a: {}, s: {}}}")
    #expect(record.result?.contains("refused_argument") == true)
  }

  @Test func nulIsRefusedInAnArgument() async throws {
    let record = try await call(
      "echo ran", arguments: ["s": "a\0b"], elements: #", "x{{ s }}""#, schema: "{type: object, properties: {s: {}}}")
    #expect(record.result?.contains("NUL") == true)
  }

  @Test func aHostileStringNeverChangesTheNumberOfElements() async throws {
    var random = SplitMix(seed: 7)
    let alphabet = Array("ab -'\"\\$`;|&<>(){}[]*?~#!\n\t{{}}%é😀\u{1b}").map(String.init)
    for _ in 0..<20 {
      let value = (0..<12).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }.joined()
      let record = try await call(
        #"printf '%s|' "$#"; printf '%s' "$2""#, arguments: ["s": .string(value)],
        elements: #", before, "{{ s }}", after"#,
        schema: "{type: object, properties: {s: {}}}")
      if value.hasPrefix("-") {
        #expect(record.isError)
      } else {
        #expect(record.result == "3|" + value, "\(value.debugDescription)")
      }
    }
  }

  @Test func theEnvironmentIsAFewVariablesThoseAllowedAndThoseSet() async throws {
    let record = try await call(
      "env | sed 's/=.*//' | sort | tr '\\n' ' '",
      options: "env: {OWN: \"${SECRET}-x\"}\nenv_allow: [ALLOWED]",
      environment: [
        "HOME": "/", "USER": "u", "LANG": "C", "LC_TIME": "C", "TZ": "UTC", "TMPDIR": "/tmp", "SECRET": "s",
        "ALLOWED": "a",
        "LD_PRELOAD": "", "https_proxy": "x", "OPENAI_API_KEY": "k",
      ])
    let names = Set((record.result ?? "").split(separator: " ").map(String.init)).subtracting([
      "PWD", "SHLVL", "_", "OLDPWD",
    ])
    #expect(
      names == [
        "PATH", "HOME", "USER", "LANG", "LC_TIME", "TZ", "TMPDIR", "OWN", "ALLOWED", "MARTLET_TOOL", "MARTLET_CALL_ID",
        "MARTLET_SESSION_ID", "MARTLET_IDEMPOTENCY_KEY",
      ])
  }

  @Test func variablesOfTheRuntimeAreExpandedInEnv() async throws {
    let record = try await call(
      "printf %s \"$OWN\"", options: "env: {OWN: \"a ${NAME} b\"}", environment: ["NAME": "n"])
    #expect(record.result == "a n b")
  }

  @Test func aCallKnowsItsToolItsCallAndItsSession() async throws {
    let record = try await call(
      "printf '%s %s %s %s' \"$MARTLET_TOOL\" \"$MARTLET_CALL_ID\" ${#MARTLET_SESSION_ID} ${#MARTLET_IDEMPOTENCY_KEY}")
    #expect(record.result == "plugin call_1_1 26 26")
  }

  @Test func aRelativeFolderIsRelativeToTheFile() async throws {
    let record = try await call("pwd", options: "cwd: .")
    #expect(record.result?.hasPrefix("/tmp/martlet-test.") == true)
  }

  @Test func f50AnotherStatusIsAnErrorWithTheEndOfStandardError() async throws {
    let record = try await call("echo out; echo 'it broke' >&2; exit 3")
    #expect(record.isError)
    #expect(
      record.result
        == "error: tool_failed: the program failed: exit status 3.\nStandard error (its end):\nit broke\nStandard output:\nout"
    )
  }

  @Test func f50DeathByASignalIsAnErrorThatNamesIt() async throws {
    let record = try await call("kill -SEGV $$")
    #expect(record.result?.hasPrefix("error: tool_failed: the program failed: killed by SIGSEGV") == true)
  }

  @Test func f49WhatIsNotTextIsReplacedAndSaidSo() async throws {
    let record = try await call(#"printf 'a\000b\377c\303'"#)
    #expect(
      record.result
        == "a\u{FFFD}b\u{FFFD}c\u{FFFD}\n[note: 3 bytes of the output were NUL or not UTF-8, shown as \u{FFFD}]")
    #expect(!record.isError)
  }

  @Test func longOutputIsCutInTheMiddleAndSaysHowMuchIsMissing() async throws {
    let record = try await call(
      "i=0; while [ $i -lt 100 ]; do printf '%09d\\n' $i; i=$((i+1)); done", options: "max_output: 300")
    let result = try #require(record.result)
    #expect(result.hasPrefix("000000000\n"))
    #expect(result.hasSuffix("000000099\n"))
    #expect(result.contains("[… 700 bytes are missing here …]"))
  }

  @Test func aCharacterAtTheCutIsLeftOutWhole() async throws {
    let record = try await call(
      "i=0; while [ $i -lt 400 ]; do printf 'é€'; i=$((i+1)); done", options: "max_output: 256")
    #expect(record.result?.contains("\u{FFFD}") == false)
    #expect(record.result?.contains("missing here") == true)
  }

  @Test func f43APluginThatNeverExitsIsToldAsTimedOut() async throws {
    let record = try await call("exec sleep 3600", options: "timeout: 100ms")
    #expect(record.isError)
    #expect(record.result == "error: tool_failed: the program timed out after 100 ms and was stopped.")
  }

  @Test(arguments: [
    #"{"a": 1"#, #"{"a": 1}{"b": 2}"#, #"{"a": 1,}"#, String(repeating: "[", count: 5_000), "NaN", "nul", "\"open",
    "{\"a\":1}\n{\"a\":2}\n",
  ])
  func f51WhatLooksLikeJSONAndIsNotIsTextAsItIs(text: String) async throws {
    let record = try await call("cat <<'END'\n\(text)\nEND")
    #expect(record.result == text + "\n")
    #expect(!record.isError)
  }

  /// 140 KB are more than the system takes in one variable.
  @Test(arguments: ["x", "é"]) func anIdentifierThatIsVeryLongIsCutForTheProgramAlone(letter: String) async throws {
    let id = "y" + String(repeating: letter, count: 140_000)
    let server = try LoopbackServer(replies: [.chatStream(calls: [(id, "plugin", "{}")]), .chatStream("done")])
    let folder = try TemporaryFolder()
    try folder.write("plugin", "#!/bin/sh\nprintf %s \"$MARTLET_CALL_ID\" | wc -c\n", executable: true)
    let file = try folder.write(
      "agent.yaml",
      """
      name: a
      model: local/m
      providers: {local: {base_url: "\(server.baseURL)/v1"}}
      tools: [{name: plugin, description: P, command: [./plugin], args_from: none}]
      """)
    let result = await AgentSession(try Agent(contentsOf: file)).perform("go")
    #expect(result.toolCalls.map(\.result) == [letter == "x" ? "4096\n" : "4095\n"])
    // The server knows the call by the whole of it.
    let messages = try JSONValue(parsing: server.requests[1].text)["messages"]
    #expect(messages?[1]?["tool_calls"]?[0]?["id"]?.stringValue == id)
    #expect(messages?[2]?["tool_call_id"]?.stringValue == id)
  }

  @Test func f42InputThatIsNotReadIsNoError() async throws {
    let record = try await call("echo fine", arguments: ["s": .string(String(repeating: "x", count: 900_000))])
    #expect(record.result == "fine\n")
  }
}

/// A small generator with a seed.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
