import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

/// `fallback` of an agent file, as somebody sees it who runs the program.
@Suite struct FallbackCommandTests {
  @Test func aFallbackIsSeenWithoutBeingAskedFor() async throws {
    let folder = try TemporaryFolder()
    func martlet(_ line: String) async throws -> Program.Output {
      try await Program.shell("martlet \(line)", in: folder.path)
    }
    let down = try LoopbackServer { _ in .chatError(status: 429, message: "slow down", headers: [("Retry-After", "60")])
    }
    let server = try LoopbackServer { _ in .chatStream("hello") }
    try folder.write(
      "two.yaml",
      """
      name: two
      model: one/m
      fallback: {models: [two/n]}
      providers: {one: {base_url: "\(down.baseURL)/v1"}, two: {base_url: "\(server.baseURL)/v1"}}
      """)
    let run = try await martlet("run two.yaml go")
    #expect(run.output == "hello\n")
    #expect(run.errors == "martlet: one/m failed (429: slow down); two/n goes on\n")
    let quiet = try await martlet("run two.yaml go --quiet")
    #expect(quiet.errors == "")
    let json = try JSONValue(parsing: try await martlet("run two.yaml go --json").output)
    #expect(json["model"] == "two/n")
  }
}
