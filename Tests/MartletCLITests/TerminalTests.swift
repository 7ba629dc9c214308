import ProgramSupport
import Testing

/// What a person sees: the program on a pseudo-terminal.
@Suite struct TerminalTests {
  /// Runs the program with its output on a terminal and gives what appeared there.
  private func onTerminal(_ arguments: String, environment: [String: String] = ["TERM": "xterm"]) async throws -> String
  {
    let run = try await Program.shell(
      "script -qec \"$MARTLET \(arguments)\" /dev/null < /dev/null", environment: environment)
    return run.output.replacing("\r\n", with: "\n")
  }

  @Test func theTextStreamsAndEachCallHasALine() async throws {
    let screen = try await onTerminal("agents/weather.yaml weather in Oslo", environment: ["TERM": "dumb"])
    let lines = screen.split(separator: "\n").map(String.init)
    #expect(lines.count == 2)
    #expect(lines.first?.hasPrefix(#"✓ get_weather {"location":"Oslo","unit":"celsius"}  "#) == true)
    #expect(lines.first?.hasSuffix(" bytes") == true)
    #expect(lines.last == "The weather in Oslo: 9 °C and rainy (sample data).")
  }

  @Test func colorIsForTerminalsThatWantIt() async throws {
    // A slow call may move the cursor, which is no color.
    let color = /\u{1B}\[[0-9;]*m/
    #expect(try await onTerminal("agents/weather.yaml weather in Oslo").contains(color))
    #expect(
      try await !onTerminal("agents/weather.yaml weather in Oslo", environment: ["TERM": "xterm", "NO_COLOR": "1"])
        .contains(color))
  }

  @Test func controlCharactersFromToolsAndModelsAreEscaped() async throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    try folder.write("evil", "#!/bin/sh\nprintf '\\033]0;owned\\007\\033[2J' ; exit 1\n", executable: true)
    let file = try folder.write(
      "agent.yaml",
      """
      name: evil
      model: scripted
      tools: [{name: evil, description: Evil, command: [./evil]}]
      script: [{after: evil, say: "a\\e[31mred {{ result }}"}, {call: {evil: {x: "\\e[5m"}}}]
      """)
    let screen = try await onTerminal("\(file) go", environment: ["TERM": "dumb"])
    #expect(!screen.contains("\u{1B}"))
    #expect(screen.contains("a\\u{1b}[31mred"))
  }

  @Test func anAnswerThatDoesNotStreamIsShownAtItsEnd() async throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let file = try folder.write(
      "agent.yaml", "name: a\nmodel: {provider: scripted, stream: false}\nscript: [{say: whole}]\n")
    #expect(try await onTerminal("\(file) go") == "whole\n")
  }

  @Test func lineEndsOfOtherSystemsAreLineEnds() async throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let file = try folder.write("agent.yaml", "name: a\nmodel: scripted\nscript: [{say: \"one\\r\\ntwo\"}]\n")
    #expect(try await onTerminal("\(file) go") == "one\ntwo\n")
  }

  @Test func aCallThatLastsShowsThatItIsRunning() async throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    try folder.write(
      "slow", "#!/bin/sh\nuntil grep -q running \(folder.path)/screen; do sleep 0.05; done\necho ok\n", executable: true
    )
    let file = try folder.write(
      "agent.yaml",
      """
      name: a
      model: scripted
      tools: [{name: slow, description: Slow, command: [./slow]}]
      script: [{after: slow, say: done}, {call: {slow: {}}}]
      """)
    let run = try await Program.shell(
      "script -qfec \"$MARTLET \(file) go\" \(folder.path)/screen < /dev/null > /dev/null",
      environment: ["TERM": "xterm"])
    #expect(run.status == 0)
    #expect(try folder.read("screen").contains(/… slow: running, [0-9]+ s/))
  }

  @Test func quietShowsTheAnswerAlone() async throws {
    let screen = try await onTerminal("agents/weather.yaml weather in Oslo --quiet")
    #expect(screen == "The weather in Oslo: 9 °C and rainy (sample data).\n")
  }
}
