import Martlet
import ProgramSupport
import Testing

/// The examples do what they say, on their scripts and with their real plugins.
@Suite struct ExampleRunTests {
  private func run(_ line: String, in folder: String = Program.package) async throws -> Program.Output {
    try await Program.shell(line.replacing("AGENTS", with: Program.package + "/agents"), in: folder)
  }

  /// The answer of a run that has to complete.
  private func answer(_ line: String, in folder: String = Program.package) async throws -> String {
    let run = try await run(line, in: folder)
    #expect(run.status == 0, "\(run.errors)")
    return run.output
  }

  @Test func theWeatherAgentAnswersFromItsPlugin() async throws {
    #expect(
      try await answer("martlet agents/weather.yaml 'weather in tokyo?'")
        == "The weather in Tokyo: 19 °C and clear (sample data).\n")
    #expect(
      try await answer("martlet agents/weather.yaml")
        == "The weather in San Francisco: 16 °C and foggy (sample data).\n")
    let unknown = try await run("martlet agents/weather.yaml 'weather in Atlantis' --json")
    let result = try JSONValue(parsing: unknown.output)["tool_calls"]?[0]?["result"]?.stringValue
    #expect(result?.contains("exit status 1") == true)
  }

  @Test func theInvoiceIsReadIntoItsSchemaAfterAMistake() async throws {
    let invoice = try JSONValue(parsing: try await answer("martlet agents/invoice.yaml"))
    #expect(invoice["date"] == "2025-02-03")
    #expect(invoice["lines"]?[1]?["amount"]?.canonicalString() == "149.00")
    let verbose = try await run("martlet agents/invoice.yaml --verbose --json")
    #expect(try JSONValue(parsing: verbose.output)["output"] == invoice)
    #expect(try JSONValue(parsing: verbose.output)["turns"] == 2)
    let other = try await run("martlet agents/invoice.yaml 'Dear Sir' -o invoice.json")
    #expect(other.status == 8)
    #expect(other.errors.hasSuffix("martlet: invoice.json was not written\n"))
  }

  // MARK: The calculator, a program of its own

  @Test(arguments: [
    ("", "0.3"), ("0.1 + 0.2", "0.3"), ("7 / 0", "error: tool_failed: b is 0: nothing can be divided by zero"),
    ("10 minus 12.5", "-2.5"), ("3 times 0.333", "0.999"), ("square root of 2", "1.4142135623730951"),
    ("square root of -1", "error: tool_failed: x is negative: its square root is no real number"),
    (
      "1" + String(repeating: "0", count: 40) + " + 1",
      "error: invalid_arguments: the tool was not run, because its arguments cannot be used: /a: "
        + "1" + String(repeating: "0", count: 40)
        + " has more than 38 digits. Call the tool again with other arguments."
    ),
    (
      "1" + String(repeating: "0", count: 37) + " * 1" + String(repeating: "0", count: 37),
      "1" + String(repeating: "0", count: 74)
    ),
    ("hello", "Give me two numbers and one of + - * /, or ask for the square root of a number."),
  ]) func theCalculatorComputesInSwift(task: String, expected: String) async throws {
    #expect(try await answer("calculator '\(task)'".replacing(" ''", with: "")) == expected + "\n")
  }

  @Test func theCalculatorSaysWhatIsWrong() async throws {
    let elsewhere = try await run("calculator", in: "/tmp")
    #expect(elsewhere.status == 1)
    #expect(
      elsewhere.errors == "calculator: agents/calculator.yaml: error: cannot be read: No such file or directory\n")
    let alone = try await run("martlet run agents/calculator.yaml")
    #expect(alone.status == 3)
    #expect(alone.errors.contains("tool `add` has no `command`, and no Swift code is registered under its name"))
    #expect(!alone.errors.contains("note:"))
  }

  // MARK: Agents over a git repository

  /// A repository with two commits, a tag on the first, and a file that is in no commit.
  private func repository() async throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let setUp = try await run(
      """
      git init -q -b main . && git config user.name Ada && git config user.email ada@example.org
      export GIT_AUTHOR_DATE=2025-01-02T12:00:00Z GIT_COMMITTER_DATE=2025-01-02T12:00:00Z
      printf 'Martlet\\nA swift little bird\\n' > notes.txt && git add . && git commit -qm 'Add notes' && git tag v1.2.0
      printf 'say "hello" $HOME\\n-x is an option\\n' > 'a b.txt' && git add . && git commit -qm 'Say hello'
      printf 'secret\\n' > untracked.txt
      """, in: folder.path)
    #expect(setUp.status == 0, "\(setUp.errors)")
    return folder
  }

  private static let git = Program.isInstalled("git")

  @Test(
    .enabled(if: git, "git is not installed"),
    arguments: [
      ("", "8baa25e 2025-01-02 Ada - Say hello\n4b62830 2025-01-02 Ada - Add notes"),
      ("commits to notes.txt", "4b62830 2025-01-02 Ada - Add notes"),
      ("search for swift", "notes.txt:2:A swift little bird"),
      (#"search for \$HOME"#, #"a b.txt:1:say "hello" $HOME"#),
      (#"search for "hello" in *.txt"#, #"a b.txt:1:say "hello" $HOME"#),
      ("search for secret", "no line of the last commit matches"),
      ("search for [-]x", "a b.txt:2:-x is an option"),
      ("show notes.txt", "Martlet\nA swift little bird"),
      ("hello", "I can search the repository, read its files and list its commits. What do you want to know?"),
    ]) func theRepositoryHelperReadsTheUsersFolder(task: String, expected: String) async throws
  {
    let folder = try await repository()
    let answer = try await answer(
      "martlet run AGENTS/repository.yaml '\(task)'".replacing(" ''", with: ""), in: folder.path)
    #expect(answer == expected + "\n")
  }

  @Test(
    .enabled(if: git, "git is not installed"),
    arguments: [
      ("search for -x", "refused_argument"), ("search for (", "exit status 128"),
      ("show untracked.txt", "exists on disk, but not in 'HEAD'"), ("show ../../etc/passwd", "is outside repository"),
    ]) func theRepositoryHelperLeavesNothingBehindAndGoesNowhereElse(task: String, expected: String) async throws
  {
    let folder = try await repository()
    #expect(try await answer("martlet run AGENTS/repository.yaml '\(task)'", in: folder.path).contains(expected))
  }

  @Test(.enabled(if: git, "git is not installed")) func theReleaseNotesAreWrittenFromParameters() async throws {
    let folder = try await repository()
    let notes = "# 1.3\n\nEverything since v1.2.0, the newest first:\n\n- Say hello (8baa25e)\n"
    let set = "--set since=v1.2.0 --set version=1.3"
    #expect(try await answer("martlet run AGENTS/release-notes.yaml \(set)", in: folder.path) == notes)
    #expect(try await answer("martlet run AGENTS/release-notes.yaml \(set) -o notes.md", in: folder.path) == "")
    #expect(try folder.read("notes.md") == notes)
    let without = try await run("martlet run AGENTS/release-notes.yaml", in: folder.path)
    #expect(without.status == 3)
    #expect(without.errors.contains("parameter `since` needs a value"))
    let limited = try await run(
      "martlet run AGENTS/release-notes.yaml \(set) --max-turns 1 -o other.md", in: folder.path)
    #expect(limited.status == 6)
    #expect(limited.errors.contains("other.md was not written"))
  }

  // MARK: The analyst, whose plugin is Python

  private static let python = Program.isInstalled("python3")

  @Test(.enabled(if: python, "python3 is not installed")) func theAnalystAsksItsDataWithSQL() async throws {
    #expect(
      try await answer("martlet run agents/analyst.yaml") == """
        East comes first: 1061.45.
        The whole result: {"columns":["region","revenue"],"rows":[["East",1061.45],["North",870.85],["South",597.0],\
        ["West",306.6]]}

        """)
    let columns = try await answer("martlet run agents/analyst.yaml 'What columns are there?'")
    #expect(columns.hasPrefix("40 rows.\n"))
  }

  @Test(
    .enabled(if: python, "python3 is not installed"),
    arguments: [
      ("SELECT regoin FROM data", #"no such column: regoin; the table data has the columns "order_id", "date""#),
      ("DELETE FROM data", "only SELECT is allowed"), ("PRAGMA user_version", "only SELECT is allowed"),
      ("ATTACH 'x' AS y", "only SELECT is allowed"), ("SELECT readfile('/etc/passwd')", "no such function"),
    ]) func theQueryToolRefusesWhatIsNoQuestion(sql: String, expected: String) async throws
  {
    let arguments = JSONValue.object(["sql": .string(sql)]).canonicalString().replacing("'", with: #"'\''"#)
    let call = try await run("martlet call agents/analyst.yaml query '\(arguments)'")
    #expect(call.status == 1)
    #expect(call.errors.contains(expected), "\(call.errors)")
  }

  @Test func aMissingInterpreterIsSaidBeforeTheRun() async throws {
    let folder = try TemporaryFolder()
    try folder.write("env", "", executable: true)
    let run = try await Program.shell(
      "PATH=\(folder.path) \"$MARTLET\" run agents/analyst.yaml", in: Program.package)
    #expect(run.status == 3)
    #expect(
      run.errors.contains("tools/query.yaml:8:13: error: `tools/query` needs `python3`, which is not found in PATH"))
  }

  // MARK: The plugin in C

  private static let compiler = ["cc", "clang", "gcc"].first { Program.isInstalled($0) }

  @Test(.enabled(if: compiler != nil, "no C compiler is installed")) func thePluginInCIsCompiledAndCalled() async throws
  {
    let folder = try TemporaryFolder()
    let copy = "cp \(Program.package)/tools/factors.c \(Program.package)/tools/factors.yaml ."
    let build = try await run(
      "\(copy) && \(Self.compiler ?? "") -O2 -Wall -Werror -o factors factors.c", in: folder.path)
    #expect(build.status == 0, "\(build.errors)")
    let tool = try #require(
      JSONValue(parsing: try await answer("martlet tools factors.yaml --json", in: folder.path))[0])
    let name = try #require(tool["function"]?["name"]?.stringValue)
    func call(_ number: String) async throws -> Program.Output {
      try await run("martlet call factors.yaml \(name) '{\"number\": \(number)}'", in: folder.path)
    }
    #expect(try await call("360").output == "360 = 2^3 * 3^2 * 5\n")
    #expect(try await call("9007199254740991").output == "9007199254740991 = 6361 * 69431 * 20394401\n")
    #expect(try await call("0").status == 1)
    #expect(try await run("./factors 5x", in: folder.path).errors == "factors: not a whole number: \"5x\"\n")
    #expect(try await run("./factors", in: folder.path).status == 2)
  }
}
