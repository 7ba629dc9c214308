import Glibc
import MartletJSON
import ProgramSupport
import Testing

@testable import Martlet

/// Tools that stand in files of their own.
@Suite struct IncludeTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    mkdir(folder.path + "/agents", 0o755)
    mkdir(folder.path + "/tools", 0o755)
    try folder.write("tools/hello", "#!/bin/sh\necho hello from \"$PWD\"\n", executable: true)
    try folder.write(
      "tools/hello.yaml", "name: hello\ndescription: Says hello\ncommand: [./hello]\ncwd: .\nargs_from: none\n")
  }

  private func load(_ tools: String, name: String = "agents/a.yaml", acceptsToolFiles: Bool = false) throws
    -> AgentDefinition.Loaded
  {
    var context = AgentDefinition.Context(environment: ["PATH": "/usr/bin:/bin"])
    context.acceptsToolFiles = acceptsToolFiles
    if !tools.isEmpty {
      try folder.write(name, "name: a\nmodel: scripted\nscript: [{say: hi}]\ntools:\n\(tools)\n")
    }
    return AgentDefinition.load(contentsOf: folder.path + "/" + name, context)
  }

  /// `file:line:column: message`, files without the folder.
  private func problems(_ loaded: AgentDefinition.Loaded) -> [String] {
    loaded.diagnostics.map {
      "\($0.file):\($0.line):\($0.column): \($0.message)".replacing(folder.path + "/", with: "")
    }
  }

  private func problems(_ tools: String) throws -> [String] { problems(try load(tools)) }

  @Test func aToolIsReadFromItsOwnFileAndItsPathsAreRelativeToThat() async throws {
    let file = try folder.write(
      "agents/a.yaml",
      """
      name: a
      model: scripted
      tools: [{type: include, path: ../tools/hello.yaml}]
      script: [{after: hello, say: "{{ result }}"}, {call: {hello: {}}}]
      """)
    #expect(try await Agent(contentsOf: file).run("go").output == "hello from \(folder.path)/tools\n")
  }

  @Test func aFileCanHoldAListAndIncludeOthers() throws {
    try folder.write(
      "tools/all.yaml",
      """
      - {type: include, path: hello.yaml}
      - {name: list, description: Lists, command: [ls]}
      - {name: swift, description: Swift}
      """)
    let loaded = try load(
      "  - {kind: include, path: ../tools/all.yaml}\n  - {name: own, description: O, command: [ls]}")
    #expect(loaded.definition?.tools.map(\.name.value) == ["hello", "list", "swift", "own"])
    #expect(
      problems(loaded).sorted() == [
        "agents/a.yaml:5:6: `kind` is read as `type`",
        "tools/all.yaml:3:10: tool `swift` is bound to Swift code: only a program that registers it can run this agent",
      ])
  }

  @Test func aMistakeIsShownInTheFileThatHasIt() throws {
    try folder.write("tools/bad.yaml", "name: bad\ndescription: B\ncomand: [ls]\ntimeout: 5\n")
    try folder.write("tools/broken.yaml", "name: [\n")
    #expect(
      try problems(
        "  - {type: include, path: ../tools/bad.yaml}\n  - {type: include, path: ../tools/broken.yaml, x: 1}"
      )
      .map { $0.split(separator: ": ").prefix(2).joined(separator: ": ") } == [
        "agents/a.yaml:6:49: unknown key `x` in an include", "tools/bad.yaml:3:1: unknown key `comand` in a tool",
        "tools/bad.yaml:4:10: expected a duration such as 30s or 10m, found `5`",
        "tools/broken.yaml:2:1: the source ends where a value was expected",
      ])
    let program = "name: a\ndescription: A\ncommand: [./missing]\n"
    try folder.write("tools/missing.yaml", program)
    #expect(
      try problems("  - {type: include, path: ../tools/missing.yaml}").first
        == "tools/missing.yaml:3:11: `tools/missing` does not exist")
  }

  @Test func aFileThatIsNotThereIsSaidWhereItIsNamed() throws {
    #expect(
      try problems("  - {type: include, path: hello.yaml}\n  - {type: include, path: ../tools}\n  - {type: include}")
        == [
          "agents/a.yaml:5:27: `agents/hello.yaml` does not exist",
          "agents/a.yaml:6:27: `tools` is a folder, not a tool file",
          "agents/a.yaml:7:5: an include needs `path`: File with a tool or a list of tools",
        ])
  }

  @Test func twoToolsOfOneNameNameBothFiles() throws {
    #expect(
      try problems("  - {name: hello, description: H, command: [ls]}\n  - {type: include, path: ../tools/hello.yaml}")
        == [
          "tools/hello.yaml:1:7: two tools are named `hello`: it is already declared in line 5 of agents/a.yaml"
        ])
  }

  @Test func aCycleIsRefused() throws {
    try folder.write("tools/one.yaml", "- {type: include, path: two.yaml}\n")
    try folder.write("tools/two.yaml", "- {type: include, path: ../tools/one.yaml}\n")
    #expect(
      try problems("  - {type: include, path: ../tools/one.yaml}") == [
        "tools/two.yaml:1:25: the includes form a cycle: tools/one.yaml → tools/two.yaml → tools/one.yaml"
      ])
    #expect(
      try problems("  - {type: include, path: a.yaml}").first
        == "agents/a.yaml:5:27: the includes form a cycle: agents/a.yaml → agents/a.yaml")
  }

  @Test func theKeyThatAnAgentIsKnownByIsNoToolsKey() {
    #expect(AgentDefinition.table.words.contains("model"))
    #expect(!ToolFields.table.words.contains("model"))
  }

  @Test func anAgentIsNoToolFileAndAToolFileIsNoAgent() throws {
    try folder.write("agents/b.yaml", "name: b\nmodel: scripted\n")
    #expect(
      try problems("  - {type: include, path: b.yaml}").first
        == "agents/b.yaml:1:1: an agent cannot be included, only a tool or a list of tools")
    #expect(
      problems(try load("", name: "tools/hello.yaml")) == ["tools/hello.yaml:1:1: this is a tool file, not an agent"])
  }

  @Test func includesAreBounded() throws {
    for depth in 0..<20 {
      try folder.write("tools/\(depth).yaml", "- {type: include, path: \(depth + 1).yaml}\n")
    }
    #expect(
      try problems("  - {type: include, path: ../tools/0.yaml}") == [
        "tools/15.yaml:1:25: includes are nested deeper than 16"
      ])
    let many = (0..<300).map { _ in "  - {type: include, path: ../tools/empty.yaml}" }.joined(separator: "\n")
    try folder.write("tools/empty.yaml", "[]\n")
    let found = try problems(many)
    #expect(found.count == 1)
    #expect(found.first == "agents/a.yaml:261:27: more than 256 files are included")
    // A bomb: each file includes the next one twice, and the last one is a tool.
    for depth in 0..<14 {
      let path = depth == 13 ? "hello.yaml" : "bomb\(depth + 1).yaml"
      let item = "- {type: include, path: \(path)}\n"
      try folder.write("tools/bomb\(depth).yaml", item + item)
    }
    let bomb = try problems("  - {type: include, path: ../tools/bomb0.yaml}")
    #expect(bomb.count == 1)
    #expect(bomb.first?.hasSuffix("more than 256 files are included") == true, "\(bomb)")
  }

  @Test func aToolFileIsCheckedByItself() throws {
    try folder.write(
      "tools/query.yaml",
      """
      - name: query
        description: Asks
        parameters: {type: object, properties: {sql: {type: string}}}
        command: [ls, "{{ csv }}", "{{ sql }}", "{{ limit | default: 5 }}"]
      - {name: other, description: O, command: [ls, "{{ csv }}"]}
      """)
    let loaded = try load("", name: "tools/query.yaml", acceptsToolFiles: true)
    #expect(loaded.kind == .tools)
    #expect(loaded.definition?.tools.map(\.name.value) == ["query", "other"])
    #expect(loaded.definition?.parameters.map(\.name) == ["csv", "limit"])
    #expect(loaded.definition?.parameters.map(\.isRequired) == [true, false])
    #expect(
      problems(loaded).first
        == "tools/query.yaml:4:18: `{{ csv }}` is no argument of `query`: an agent that includes it needs a parameter "
        + "of that name")
    #expect(loaded.diagnostics.allSatisfy { $0.severity == .note })
    #expect(
      try problems("  - {type: include, path: ../tools/query.yaml}").contains {
        $0.hasPrefix("tools/query.yaml:4:18: `{{ csv }}` is not an argument of `query` or a parameter")
      })
  }

  @Test(arguments: [
    ("#!/usr/bin/env no-such-interpreter", "needs `no-such-interpreter`, which is not found in PATH"),
    ("#!/usr/bin/env -S no-such-interpreter -u", "needs `no-such-interpreter`, which is not found in PATH"),
    ("#! /opt/no/such -x", "needs `/opt/no/such`, which does not exist or is not executable"),
    ("#!/bin/sh\r", "has the line ends of Windows"), ("#!/usr/bin/env -u HOME no-such-interpreter", ""),
    ("#!/usr/bin/env -S A=1 no-such-interpreter", ""), ("#!/bin/sh -eu", ""), ("#!/usr/bin/env sh", ""), ("#!", ""),
    ("\u{7F}ELF", ""),
  ]) func aScriptNeedsItsInterpreter(line: String, expected: String) throws {
    try folder.write("tools/script", line + "\nexit 0\n", executable: true)
    let found = try problems("  - {name: s, description: S, command: [../tools/script]}")
    #expect(found == (expected.isEmpty ? [] : ["agents/a.yaml:5:41: `tools/script` \(expected)"]))
  }

  @Test func whatIsNoOrdinaryFileIsNotRead() throws {
    mkfifo(folder.path + "/tools/pipe.yaml", 0o600)
    #expect(
      try problems("  - {type: include, path: ../tools/pipe.yaml}\n  - {type: include, path: \"\"}") == [
        "agents/a.yaml:5:27: `tools/pipe.yaml` is not a regular file", "agents/a.yaml:6:27: the path is empty",
      ])
  }
}
