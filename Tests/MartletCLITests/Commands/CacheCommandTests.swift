import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

/// `martlet cache`, and runs with `cache: true`.
@Suite struct CacheCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ server: LoopbackServer, more: String = "") throws {
    try folder.write(
      "agent.yaml",
      """
      name: test
      model: {provider: local, name: m, cache: true}
      \(more)
      providers: {local: {base_url: "\(server.baseURL)/v1", api_key_env: LOCAL_KEY}}
      tools:
        - {name: add, description: Adds, parameters: {type: object}, command: [echo, "3"], args_from: none}
      """)
  }

  private func martlet(_ line: String, environment: [String: String] = [:]) async throws -> Program.Output {
    var variables = ["XDG_CACHE_HOME": folder.path + "/cache", "LOCAL_KEY": "sk-canary-0123456789abcdef"]
    variables.merge(environment) { $1 }
    return try await Program.shell("martlet \(line)", in: folder.path, environment: variables)
  }

  private func answer(_ request: RecordedRequest) -> ScriptedResponse {
    request.text.contains("\"role\":\"tool\"")
      ? .chatStream("It is ", "3.") : .chatStream(calls: [("x", "add", "{}")])
  }

  @Test func aRunThatWasAnsweredBeforeAsksNobody() async throws {
    let server = try LoopbackServer { [answer] in answer($0) }
    try write(server)
    let first = try await martlet("run agent.yaml go --json")
    #expect(server.requests.count == 2)
    let second = try await martlet("run agent.yaml go --json --no-stream")
    #expect(server.requests.count == 2)
    let (one, two) = (try JSONValue(parsing: first.output), try JSONValue(parsing: second.output))
    #expect(one["output"] == "It is 3.")
    #expect(two["output"] == one["output"])
    #expect(two["tool_calls"]?[0]?["result"] == "3\n")
    #expect(one["usage"]?["total_tokens"] == 24)
    #expect(two["usage"]?["total_tokens"] == 0)
    #expect(two["usage"]?["cost"] == 0)
    #expect([one, two].map { $0["cached_turns"] } == [0, 2])
  }

  @Test func verboseAndEventsSayWhatCameFromTheCache() async throws {
    let server = try LoopbackServer { [answer] in answer($0) }
    try write(server)
    _ = try await martlet("run agent.yaml go")
    let verbose = try await martlet("run agent.yaml go --verbose")
    #expect(verbose.errors.contains("turn 1 was answered from the response cache"))
    #expect(verbose.errors.contains("turn 2 was answered from the response cache"))
    #expect(verbose.errors.contains("0 tokens"))
    let events = try await martlet("run agent.yaml go --events")
    #expect(events.output.contains(#""type":"notice","code":"cached_reply""#))
    #expect(events.output.contains(#""type":"text.delta","turn":2,"text":"It is 3.""#))
    let quiet = try await martlet("run agent.yaml go")
    #expect(!quiet.errors.contains("cache"))
  }

  @Test func anAnswerThatIsRejectedIsAskedForAgain() async throws {
    let server = try LoopbackServer { $0.text.contains(#""go""#) ? .chatStream("no JSON") : .chatStream(#"{"n":1}"#) }
    try write(server, more: "output: {schema: {type: object, required: [n]}, retries: 0}")
    for count in 1...2 {
      let run = try await martlet("run agent.yaml go")
      #expect(run.status == 8)
      #expect(server.requests.count == count)
    }
    for _ in 1...2 { #expect(try await martlet("run agent.yaml other").output == "{\"n\":1}\n") }
    #expect(server.requests.count == 3)
  }

  @Test func aBudgetIsNotChargedForWhatIsCached() async throws {
    let server = try LoopbackServer { [answer] in answer($0) }
    try write(server)
    _ = try await martlet("run agent.yaml go")
    let run = try await martlet("run agent.yaml go --max-total-tokens 1")
    #expect(run.status == 0, "\(run.errors)")
  }

  @Test func statsAndClear() async throws {
    let empty = try await martlet("cache")
    #expect(empty.status == 0)
    #expect(empty.output.hasPrefix("\(folder.path)/cache/martlet/responses: empty\n"))
    #expect(empty.output.contains("`cache: true`"))
    let server = try LoopbackServer { [answer] in answer($0) }
    try write(server)
    _ = try await martlet("run agent.yaml go")
    let stats = try await martlet("cache stats")
    #expect(stats.output.hasPrefix("\(folder.path)/cache/martlet/responses: 2 answers, 8 KiB of 256 MiB\nstored 20"))
    #expect(stats.output.hasSuffix("  2 answers, 8 KiB  m at \(server.baseURL)/v1/chat/completions\n"))
    let json = try JSONValue(parsing: try await martlet("cache stats --json").output)
    #expect(json["entries"] == 2)
    #expect(json["models"]?[0]?["model"] == "m")
    let cleared = try await martlet("cache clear")
    #expect(cleared.output == "removed 2 answers, 8 KiB\n")
    #expect(try await martlet("cache clear").output == "the cache was empty\n")
    #expect(try JSONValue(parsing: try await martlet("cache clear --json").output)["removed"] == 0)
  }

  @Test func anUnknownActionIsBadUsage() async throws {
    #expect(try await martlet("cache empty").status == 2)
  }

  @Test func withoutAHomeTheCommandSaysSoAndARunGoesOn() async throws {
    let none = ["XDG_CACHE_HOME": "", "HOME": ""]
    let stats = try await martlet("cache", environment: none)
    #expect(stats.status == 1)
    #expect(
      stats.errors
        == "martlet: the response cache cannot be used: neither XDG_CACHE_HOME nor HOME names a folder for it\n")
    let server = try LoopbackServer { [answer] in answer($0) }
    try write(server)
    let run = try await martlet("run agent.yaml go --verbose", environment: none)
    #expect(run.output == "It is 3.\n")
    #expect(run.errors.components(of: "the response cache cannot be used") == 1)
  }

  @Test(.disabled(if: isSanitized, "a sanitizer's own files are bound by the limit too"))
  func aFullDiskIsANoticeAtMost() async throws {
    let server = try LoopbackServer { _ in .chatStream(String(repeating: "long ", count: 10_000)) }
    try write(server)
    let environment = ["XDG_CACHE_HOME": folder.path + "/cache", "LOCAL_KEY": "k"]
    let run = try await Program.shell(
      "ulimit -f 1; \"$MARTLET\" run agent.yaml go --verbose | wc -c", in: folder.path, environment: environment)
    #expect(run.output.contains("5000"))
    #expect(run.errors.contains("the response cache cannot be used"))
    #expect(run.errors.contains("File too large"))
    let listing = try await Program.shell("ls -A cache/martlet/responses", in: folder.path)
    #expect(listing.output == "")
  }

  @Test func theKeyOfAnotherModelIsNotOnTheDiskEither() async throws {
    let server = try LoopbackServer { _ in .chatStream("ok") }
    try write(server)
    try folder.write(
      "two.yaml",
      """
      name: two
      model: {provider: local, name: m, cache: true}
      fallback: {models: [other/m]}
      providers:
        local: {base_url: "\(server.baseURL)/v1", api_key_env: LOCAL_KEY}
        other: {base_url: "\(server.baseURL)/v1", api_key_env: OTHER_KEY}
      """)
    let other = ["OTHER_KEY": "sk-other-fedcba9876543210"]
    let run = try await martlet("run two.yaml \"my other key is $OTHER_KEY\"", environment: other)
    #expect(run.output == "ok\n")
    #expect(server.requests[0].text.contains("sk-other-fedcba9876543210"))
    _ = try await martlet("run two.yaml hello", environment: other)
    let found = try await Program.shell(
      "grep -rl sk-other cache; ls cache/martlet/responses | grep -c .", in: folder.path)
    #expect(found.output == "1\n")
  }

  @Test func theKeyIsNotOnTheDisk() async throws {
    let server = try LoopbackServer { [answer] in answer($0) }
    try write(server)
    _ = try await martlet("run agent.yaml go")
    let found = try await Program.shell(
      "grep -rc canary cache | grep -v ':0$'; ls cache/martlet/responses | wc -l", in: folder.path)
    #expect(found.output == "2\n")
  }
}

extension String {
  fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
