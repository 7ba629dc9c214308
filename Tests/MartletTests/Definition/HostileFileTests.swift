import Glibc
import Martlet
import ProgramSupport
import Testing

/// Files that are made to harm are refused like any other mistake: at a place, in one sentence, at once.
@Suite struct HostileFileTests {
  static let laughs =
    "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + zip("bcdefghi", "abcdefgh").map { name, former in
      "\(name): &\(name) [" + Array(repeating: "*\(former)", count: 9).joined(separator: ", ") + "]\n"
    }.joined()

  static let cases: [(name: String, bytes: [UInt8], expected: String)] = [
    ("billion laughs", Array(laughs.utf8), "10000 nodes"),
    ("an alias within itself", Array("name: a\nmetadata: &a [*a]\n".utf8), "alias"),
    ("100 KB of [", Array(repeating: UInt8(ascii: "["), count: 100_000), "deeper than 64"),
    ("100,000 levels of -", Array(String(repeating: "- ", count: 100_000).utf8), "deeper than 64"),
    ("a tab as indentation", Array("name: a\nlimits:\n\tmax_turns: 3\n".utf8), "tab"),
    ("duplicate keys", Array("name: a\nname: b\n".utf8), "duplicate key `name`"),
    ("an unknown key", Array("name: a\nmodle: x\n".utf8), "unknown key `modle`"),
    ("a wrong type", Array("name: a\nlimits: {max_turns: many}\n".utf8), "expected a whole number"),
    ("NUL", Array("name: a\u{0}b\n".utf8), "NUL"),
    ("UTF-16", [0xFF, 0xFE, 0x6E, 0x00, 0x61, 0x00], "UTF-16"),
    ("a tag of Python", Array("name: !!python/object:os.system x\n".utf8), "tag"),
    ("an empty file", [], "empty"),
    ("two documents", Array("name: a\n---\nname: b\n".utf8), "second document"),
    ("bytes that are not UTF-8", Array("name: ".utf8) + [0xC3, 0x28, 0x0A], "UTF-8"),
  ]

  @Test(arguments: cases.map(\.name)) func f39AHostileFileIsRefusedAtItsPlace(name: String) throws {
    let hostile = try #require(Self.cases.first { $0.name == name })
    let start = processorTime()
    let loaded = AgentDefinition.load(bytes: hostile.bytes, name: "a.yaml", .init(environment: [:]))
    // A guard against what grows with the square of the size, and no measure: all of these take some milliseconds.
    #expect(processorTime() - start < .seconds(10))
    #expect(loaded.definition == nil)
    let errors = loaded.diagnostics.filter { $0.severity == .error }
    let found = errors.first { $0.message.contains(hostile.expected) }
    #expect(found != nil, "\(errors.map { $0.rendered() })")
    #expect(found.map { $0.line > 0 && $0.column > 0 } == true, "\(errors.map { $0.rendered() })")
    #expect(loaded.diagnostics.count <= 101)
    #expect(loaded.diagnostics.allSatisfy { $0.rendered().utf8.count < 4_000 })
  }

  /// What this process has taken of its processors: of other tests too, but they would have to run for long meanwhile.
  private func processorTime() -> Duration { .seconds(1) * clock() / CLOCKS_PER_SEC }

  /// What `call` says of arguments for a tool with these parameters.
  private func call(_ arguments: String, parameters: String) async throws -> Program.Output {
    let folder = try TemporaryFolder()
    try folder.write(
      "agent.yaml",
      "name: a\nmodel: scripted\nscript: [{say: hi}]\n"
        + "tools:\n  - {name: t, description: T, command: [cat], parameters: \(parameters)}\n")
    return try await Program.run("call", "agent.yaml", "t", "-", in: folder.path, input: arguments)
  }

  @Test func f40ASchemaWithinItselfIsFollowedAsDeepAsTheArguments() async throws {
    let tree = "{type: object, properties: {next: {$ref: '#'}}, additionalProperties: false}"
    let levels = String(repeating: #"{"next":"#, count: 100)
    let ends = String(repeating: "}", count: 100)
    #expect(try await call(levels + "{}" + ends, parameters: tree).status == 0)
    let wrong = try await call(levels + #"{"x":1}"# + ends, parameters: tree)
    #expect(wrong.status == 1)
    #expect(wrong.errors.contains("error: invalid_arguments"))
    let endless = try await call("{}", parameters: "{type: object, allOf: [{$ref: '#'}]}")
    #expect([1, 3].contains(endless.status), "\(endless)")
  }

  @Test func f40ASchemaFromElsewhereIsRefusedAtItsPlace() async throws {
    let run = try await call("{}", parameters: "{type: object, properties: {a: {$ref: 'https://example.com/schema'}}}")
    #expect(run.status == 3)
    #expect(run.errors.contains("agent.yaml:5:"), "\(run.errors)")
    #expect(run.errors.contains("https://example.com/schema"))
  }

  @Test func f40APatternThatExplodesIsToldAndTakesNoTime() async throws {
    let run = try await call(
      #"{"a":"\#(String(repeating: "a", count: 60))b"}"#,
      parameters: "{type: object, properties: {a: {type: string, pattern: '(a+)+$'}}}")
    #expect(run.status == 1)
    #expect(run.errors.contains("/a"), "\(run.errors)")
  }

  @Test(arguments: [
    "\(String(repeating: "k", count: 50_000)): 1", "tool_choice: \(String(repeating: "k", count: 50_000))",
    "model: \(String(repeating: "k", count: 50_000))", "tools: [{type: \(String(repeating: "k", count: 50_000))}]",
    "script: [{call: {? \(String(repeating: "k", count: 900)): 1, : 2}}]",
    "instructions: \"{{ x }}\"\nparameters: ["
      + (0..<2_000).map { "{name: parameter-\($0)}" }.joined(separator: ", ") + "]",
  ]) func whatIsSaidOfALongNameIsShort(line: String) {
    let source = "name: a\nmodel: scripted\nscript: [{say: hi}]\n\(line)\n"
    let loaded = AgentDefinition.load(bytes: Array(source.utf8), name: "a.yaml", .init(environment: [:]))
    #expect(loaded.diagnostics.contains { $0.severity == .error })
    #expect(loaded.diagnostics.allSatisfy { $0.rendered().utf8.count < 4_000 })
    #expect(loaded.diagnostics.allSatisfy { $0.path.utf8.count < 1_000 })
  }

  @Test func f39AFileOfFiftyMegabytesIsRefusedWithoutBeingRead() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("huge.yaml", "name: a\n")
    truncate(file, 50 << 20)
    let check = try await Program.run("check", "huge.yaml", in: folder.path)
    #expect(check.status == 3)
    #expect(check.errors.contains("huge.yaml"))
    #expect(check.errors.contains("longer than 1048576 bytes"), "\(check.errors)")
  }
}
