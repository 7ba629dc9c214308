import ProgramSupport
import Testing

@Suite struct CheckCommandTests {
  @Test func aGoodFileIsOk() async throws {
    let check = try await Program.run("check", "agents/weather.yaml")
    #expect(check.status == 0)
    #expect(check.output == "agents/weather.yaml: ok (agent weather, model scripted, 1 tool)\n")
    #expect(check.errors == "")
  }

  @Test func allMistakesOfAllFilesAreShownAndTheStatusIs3() async throws {
    let folder = try TemporaryFolder()
    try folder.write("a.yaml", "name: a b\nmodle: scripted\nlimits: {max_turns: 0}\n")
    try folder.write("b.yaml", "name: [\n")
    let check = try await Program.run("check", "a.yaml", "b.yaml", "c.yaml", in: folder.path)
    #expect(check.status == 3)
    #expect(check.output == "")
    for place in [
      "a.yaml:1:7: error:", "a.yaml:2:1: error:", "a.yaml:3:21: error:", "a.yaml: 3 errors\n", "b.yaml:",
      "b.yaml: 1 error\n",
      "c.yaml: error: cannot be read: No such file or directory\n",
    ] {
      #expect(check.errors.contains(place), "\(place) in \(check.errors)")
    }
  }

  @Test func warningsDoNotFail() async throws {
    let folder = try TemporaryFolder()
    try folder.write("a.yaml", "name: a\nsystem: Hi\nparameters: [{name: p}]\n")
    let check = try await Program.run("check", "a.yaml", in: folder.path)
    #expect(check.status == 0)
    #expect(check.errors.contains("a.yaml:2:1: note: `system` is read as `instructions`"))
    #expect(check.errors.contains("a.yaml:3:14: warning: parameter `p` is never used"))
    #expect(try await Program.run("check", "-q", "a.yaml", in: folder.path).errors == "")
  }
}
