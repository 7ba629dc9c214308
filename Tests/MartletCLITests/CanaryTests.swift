import FoundationEssentials
import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

/// G10: a key is sent to the server that it is for, and is found nowhere else.
@Suite struct CanaryTests {
  /// In which way the server, or a tool, repeats a key.
  enum Echo: String, CaseIterable, Sendable {
    case plain, cut, percent, base64, basicLogin, escapedJSON, page, chunks, event, redirect, requestID, retried

    func text(_ key: String) -> String {
      switch self {
      case .percent: Canary.percentEncoded(key)
      case .base64: Data(key.utf8).base64EncodedString()
      case .basicLogin: "Basic " + Data("user:\(key)".utf8).base64EncodedString()
      case .cut: "\(key.prefix(18)) … \(key.suffix(18))"
      case .escapedJSON: key.replacing("/", with: "\\/")
      default: key
      }
    }

    func response(_ key: String) -> ScriptedResponse {
      let message = "Incorrect API key: \(text(key)) is not known"
      switch self {
      case .page:
        return ScriptedResponse(
          status: 400, headers: [("Content-Type", "text/html")], pieces: [.text("<html><p>\(message)</p></html>")])
      case .chunks:
        let half = message.index(message.startIndex, offsetBy: message.count / 2)
        return ScriptedResponse(
          status: 401, pieces: [.text(String(message[..<half])), .text(String(message[half...]))], framing: .chunked)
      case .event:
        return .eventStream(["{\"error\":{\"message\":\"\(message)\",\"code\":400,\"type\":\"\(key)\"}}"])
      case .redirect:
        return ScriptedResponse(status: 307, headers: [("Location", "https://\(key)@\(key).test/\(key)")])
      case .retried:
        return .chatError(status: 503, message: message, headers: [("Retry-After", "0")])
      case .requestID:
        return .chatError(status: 401, message: "no", code: key, headers: [("X-Request-Id", key)])
      default:
        return .chatError(status: 401, message: message)
      }
    }
  }

  /// A folder with an agent whose keys come from a variable, a file, a header and a proxy's address.
  private func agent(answering server: LoopbackServer, plugin: String = "cat >/dev/null; echo 3") throws
    -> TemporaryFolder
  {
    let folder = try TemporaryFolder()
    try folder.write("add", "#!/bin/sh\n\(plugin)\n", executable: true)
    try folder.write("key", Canary.file + "\n")
    let tool = "- {name: add, description: Adds, command: [./add]}"
    for (name, source) in [("variable", "api_key_env: LOCAL_KEY"), ("file", "api_key_file: key")] {
      try folder.write(
        "\(name).yaml",
        """
        name: test
        model: local/m
        providers:
          local: {base_url: "\(server.baseURL)/v1", \(source), headers: {X-Token: "Token ${TOKEN}"}}
        tools:
          \(tool)
        """)
    }
    return folder
  }

  private let environment = [
    "LOCAL_KEY": Canary.variable, "TOKEN": Canary.token, "https_proxy": "http://user:\(Canary.proxy)@127.0.0.1:9",
    "OPENAI_API_KEY": Canary.other,
  ]

  private func run(_ folder: TemporaryFolder, _ arguments: String) async throws -> Program.Output {
    // A new file that others may read holds no key for the program.
    try await Program.shell(
      "chmod 600 key; \"$MARTLET\" \(arguments)", in: folder.path, environment: environment)
  }

  @Test(arguments: Echo.allCases, ["variable", "file"])
  func aServerThatRepeatsTheKeyIsNotRepeated(echo: Echo, source: String) async throws {
    let server = try LoopbackServer { request in
      if echo == .requestID, request.index == 0 { return Echo.plain.response(request.header("X-Token") ?? "") }
      return echo.response(String(request.header("Authorization")?.dropFirst(7) ?? ""))
    }
    let folder = try agent(answering: server)
    for option in ["--json", "--events --verbose"] {
      let run = try await run(folder, "run \(source).yaml go \(option)")
      #expect(run.status == 4)
      #expect(Canary.traces(in: run.output) == [], "\(run.output)")
      #expect(Canary.traces(in: run.errors) == [], "\(run.errors)")
    }
    let others = server.requests.filter { $0.header("Authorization") != "Bearer \(Canary.of(source))" }
    #expect(others.isEmpty, "\(others)")
    #expect(server.requests.allSatisfy { Canary.traces(in: $0.text) == [] })
  }

  @Test(arguments: ["variable", "file"])
  func aToolFindsNoKeyAndTellsNone(source: String) async throws {
    let server = try LoopbackServer { request in
      request.text.contains("\"role\":\"tool\"")
        ? .chatStream("done") : .chatStream(calls: [("x", "add", #"{"a":1}"#)])
    }
    // What a plugin can see without being given anything: itself, its parents, the open files.
    let folder = try agent(
      answering: server,
      plugin: """
        cat > arguments
        for pid in $$ $PPID; do
          for name in environ cmdline; do tr '\\0' '\\n' < /proc/$pid/$name; done
          ls -l /proc/$pid/fd
        done > seen 2>/dev/null
        echo 3
        """)
    for option in ["", "--json", "--events", "--verbose --stream", "--quiet -o answer"] {
      let run = try await run(folder, "run \(source).yaml go \(option)")
      #expect(run.status == 0, "\(run.errors)")
      #expect(Canary.traces(in: run.output + run.errors) == [])
      #expect(try Canary.traces(in: folder.read("seen")) == [])
    }
    #expect(try folder.read("seen").contains("MARTLET_CALL_ID"))
    #expect(server.requests.allSatisfy { Canary.traces(in: $0.text) == [] })
    #expect(try Canary.traces(inFilesOf: folder.path, except: "key") == [])
  }

  @Test(arguments: Echo.allCases) func whatAToolWasGivenItDoesNotTellTheModel(echo: Echo) async throws {
    let server = try LoopbackServer { request in
      request.text.contains("\"role\":\"tool\"") ? .chatStream("done") : .chatStream(calls: [("x", "add", "{}")])
    }
    let folder = try agent(answering: server, plugin: "printf '%s' \"$GIVEN\"; printf '%s' \"$GIVEN\" >&2; exit $CODE")
    let given = echo.text(Canary.variable).replacing("'", with: "")
    let text = try folder.read("variable.yaml")
    for code in [0, 1] {
      try folder.write(
        "given.yaml",
        text.replacing("command: [./add]", with: "command: [./add], env_allow: [GIVEN], env: {CODE: \"\(code)\"}"))
      let line = "chmod 600 key; export GIVEN='\(given)';"
      for command in ["run given.yaml go --events", "call given.yaml add", "call given.yaml add --json"] {
        let run = try await Program.shell(
          "\(line) \"$MARTLET\" \(command)", in: folder.path, environment: environment)
        #expect(Canary.traces(in: run.output + run.errors) == [], "\(command): \(run.output)")
        #expect((run.output + run.errors).contains("•••"))
      }
    }
    #expect(server.requests.allSatisfy { Canary.traces(in: $0.text) == [] })
    #expect(server.requests.contains { $0.text.contains("•••") })
  }

  @Test func commandsThatAskNobodyShowNoKey() async throws {
    let server = try LoopbackServer(replies: [])
    let folder = try agent(answering: server)
    let inURL = "http://user:\(Canary.variable)@127.0.0.1:9/v1"
    try folder.write("url.yaml", "name: a\nmodel: local/m\nproviders: {local: {base_url: \"\(inURL)\"}}\n")
    try folder.write("inline.yaml", "name: a\nproviders: {local: {base_url: http://h, api_key: \(Canary.variable)}}\n")
    for command in [
      "run variable.yaml go --explain", "run file.yaml go --explain", "check variable.yaml file.yaml",
      "check variable.yaml --format json", "tools variable.yaml", "schema", "schema --tools", "--version",
      "call variable.yaml add", "call variable.yaml add --json", "run variable.yaml --help",
      "variable.yaml go --explain",
      "run variable.yaml go --base-url \(inURL)", "run variable.yaml go --base-url \(inURL) --explain",
      "run url.yaml go", "run url.yaml go --explain", "check url.yaml", "check inline.yaml",
      "run inline.yaml go --json", "check inline.yaml --format json", "run url.yaml go --events --verbose",
    ] {
      let run = try await run(folder, command)
      #expect(Canary.traces(in: run.output + run.errors) == [], "\(command): \(run.output)\(run.errors)")
    }
    #expect(server.requests.isEmpty)
  }

  @Test func aProgramThatIsAskedWhatItDoesTellsNoKeyAndLeavesNoCore() async throws {
    var stalled = ScriptedResponse.chatStream("Once ", "upon")
    stalled.fault = .stall(.body(bytes: 200))
    let answer = stalled
    let server = try LoopbackServer { _ in answer }
    let folder = try agent(answering: server)
    let run = try await Program.shell(
      """
      chmod 600 key
      ulimit -c unlimited
      env --default-signal=QUIT "$MARTLET" run variable.yaml go --events > events & martlet=$!
      until grep -q text.delta events; do sleep 0.02; done
      grep 'Max core file size' /proc/$martlet/limits
      tr '\\0' '\\n' < /proc/$martlet/environ
      tr '\\0' ' ' < /proc/$martlet/cmdline
      kill -QUIT $martlet
      wait $martlet
      cat events
      """, in: folder.path, environment: environment)
    #expect(Canary.traces(in: run.output + run.errors) == [], "\(run)")
    #expect(run.errors.contains("martlet: local/m: waited for since"), "\(run)")
    #expect(run.output.contains("Max core file size        0                    0 "))
    #expect(try Canary.traces(inFilesOf: folder.path, except: "key") == [])
  }

  @Test(.enabled(if: Program.isInstalled("setpriv"), "the program setpriv is not installed"))
  func f52AProcessOfTheSameUserCanReadNeitherMemoryNorEnvironment() async throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "look",
      """
      #!/bin/sh
      for name in environ mem maps auxv; do
        if head -c 1 /proc/$PPID/$name 2>&1 >/dev/null | grep -q 'ermission denied'; then echo $name denied; fi
      done
      number=117; [ $(uname -m) != x86_64 ] || number=101
      perl -e 'exit(syscall($ARGV[0] + 0, 16, $ARGV[1] + 0, 0, 0) == 0)' $number $PPID && echo ptrace denied
      ls /proc/self/fd | tr '\\n' ' '
      ulimit -c
      """, executable: true)
    try folder.write(
      "agent.yaml",
      """
      name: test
      model: scripted
      tools: [{name: look, description: Looks, command: [./look]}]
      script: [{after: look, say: "{{ result }}"}, {call: {look: {}}}]
      """)
    // Root may read everything: a user without privileges stands for the ordinary case.
    let run = try await Program.shell(
      """
      user=
      if [ $(id -u) = 0 ]; then
        chmod 755 . look; chmod 644 agent.yaml
        user="setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all"
        $user test -x "$MARTLET" || { echo "not reachable"; exit 0; }
      fi
      $user "$MARTLET" call agent.yaml look
      """, in: folder.path)
    #expect(run.status == 0, "\(run.errors)")
    let denied = "environ denied\nmem denied\nmaps denied\nauxv denied\nptrace denied\n"
    #expect([denied + "0 1 2 3 0\n", "not reachable\n"].contains(run.output))
  }
}

/// Keys that are easy to find.
private enum Canary {
  static let variable = "sk-canary-A/7Qp+x9Zk2=Lm4Vt8Rw6Nc3Hs5"
  static let file = "sk-canary-B/1We+r3Ty5=Ui7Op9As2Df4Gh6"
  static let token = "sk-canary-C/9Zx+c7Vb5=Nm3Qw1Er8Ty6Ui4"
  static let proxy = "sk-canary-D2Kj4Hg6Fd8Sa1Po3Iu5"
  static let other = "sk-canary-E/5Tg+b7Yh9=Nu1Jm3Ik5Ol7Qa2"
  private static let all = [variable, file, token, proxy, other]

  static func of(_ source: String) -> String { source == "file" ? file : variable }

  /// Pieces of the keys that a text shows: of each key any 12 characters, in whatever form.
  static func traces(in text: String) -> [String] {
    let joined = text.replacing("\\/", with: "/")
    return all.flatMap { key -> [String] in
      let encoded = (0..<3).map { offset in
        let text = Data((String(repeating: "x", count: offset) + key).utf8).base64EncodedString()
        return String(text.dropFirst(offset == 0 ? 0 : offset + 1).prefix(44))
      }
      let forms = [key, percentEncoded(key)] + encoded
      return forms.flatMap { form in
        let characters = Array(form)
        return (0...characters.count - 12).map { String(characters[$0..<$0 + 12]) }.filter { joined.contains($0) }
      }
    }
  }

  static func traces(inFilesOf folder: String, except name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != name }.flatMap { file in
      traces(in: String(decoding: FileManager.default.contents(atPath: folder + "/" + file) ?? Data(), as: UTF8.self))
    }
  }

  static func percentEncoded(_ text: String) -> String {
    text.utf8.map { byte in
      let isPlain = (0x30...0x39).contains(byte) || byte == 0x2D
      let isLetter = (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      return isPlain || isLetter ? String(UnicodeScalar(byte)) : "%" + String(byte, radix: 16, uppercase: true)
    }.joined()
  }
}
