import Martlet
import MartletTesting
import ProgramSupport
import Testing

/// Swift code and the tools of a file find each other when the agent is made, or never.
@Suite struct RegistrationTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private static let declared = """
    name: a
    model: scripted
    script: [{say: hello}]
    tools:
      - name: add
        description: Add two numbers, says the file
        parameters: {type: object, properties: {a: {type: integer}, b: {type: integer}}, required: [a, b]}
      - name: shout
        description: Shouts
        command: [./not-there]
    """

  private func add(_ name: String = "add") -> any Tool {
    ClosureTool(name, "Add", parameters: .object(.required("a", .integer()), .required("b", .integer()))) {
      (n: [String: Int]) in n["a", default: 0] + n["b", default: 0]
    }
  }

  private func agent(
    _ yaml: String, tools: [any Tool] = [], handlers: [String: ToolHandler] = [:]
  ) throws(DefinitionError) -> Agent {
    do { try folder.write("a.yaml", yaml) } catch { Issue.record(error) }
    return try Agent(contentsOf: folder.path + "/a.yaml", tools: tools, handlers: handlers)
  }

  private func problems(_ yaml: String, tools: [any Tool] = [], handlers: [String: ToolHandler] = [:]) -> [String] {
    do throws(DefinitionError) {
      _ = try agent(yaml, tools: tools, handlers: handlers)
      return []
    } catch {
      return error.errors.map { ([$0.message] + [$0.hint].compactMap { $0 }).joined(separator: " | ") }
    }
  }

  private var shout: ToolHandler { ToolHandler { (_: JSONValue) in "!" } }

  @Test func aHandlerIsBoundToTheNameThatTheFileDeclares() async throws {
    let handler = ToolHandler { (n: [String: Int]) in n["a", default: 0] + n["b", default: 0] }
    let agent = try agent(Self.declared, handlers: ["add": handler, "shout": shout])
    #expect(agent.tools.specifications.map(\.name) == ["add", "shout"])
    #expect(agent.tools.specifications[0].description == "Add two numbers, says the file")
  }

  @Test func aToolRunsInsteadOfTheFilesAndTheFilesDeclarationCounts() throws {
    let agent = try agent(Self.declared, tools: [add(), ClosureTool("shout", "Loud") { "!" }, add("plus")])
    #expect(agent.tools.specifications.map(\.name) == ["add", "shout", "plus"])
    #expect(agent.tools.specifications.map(\.description) == ["Add two numbers, says the file", "Shouts", "Add"])
  }

  @Test func whatIsNotBoundIsFoundAtOnce() {
    #expect(
      problems(Self.declared, handlers: ["shout": shout]) == [
        "tool `add` has no `command`, and no Swift code is registered under its name"
          + " | give it a command, or run the agent from a program that registers it"
      ])
    #expect(problems(Self.declared, tools: [add()]).contains { $0.contains("not-there` does not exist") })
  }

  @Test func aHandlerWithoutItsToolIsFoundAtOnce() {
    #expect(
      problems(Self.declared, tools: [add()], handlers: ["shot": shout, "shout": shout]) == [
        "a handler is registered for `shot`, but the file declares no such tool | did you mean `shout`?"
      ])
  }

  @Test func whatIsWrongWithASwiftToolIsSaidAllAtOnce() {
    let broken = ClosureTool("bad", "Bad", parameters: .object(.required("x", .string(pattern: "(")))) {
      (_: JSONValue) in
      ""
    }
    let twice = ClosureTool("twice", "T", parameters: .object(.required("x", .any), .optional("x", .any))) {
      (_: JSONValue) in ""
    }
    let list = ClosureTool("list", "L", parameters: .array(of: .any)) { (_: JSONValue) in "" }
    let found = problems(
      "name: a\nmodel: scripted\nscript: [{say: hello}]\n",
      tools: [broken, twice, list, add("two words"), add(), add()])
    #expect(found.count == 5, "\(found)")
    #expect(
      found.contains {
        $0.hasPrefix("the parameters of the Swift tool `bad` are no JSON Schema: /properties/x/pattern")
      })
    #expect(
      found.contains(
        "the parameters of the Swift tool `twice` are no JSON Schema: /properties/x is declared twice"))
    #expect(found.contains { $0.hasPrefix("the parameters of the Swift tool `list` must be an object") })
    #expect(
      found.contains { $0.hasPrefix("`two words` is not a valid name of a tool | ") && $0.hasSuffix("two_words") })
    #expect(found.contains { $0.hasPrefix("Swift code is registered twice for the tool `add`") })
  }

  @Test func theFileMayNameToolsThatOnlySwiftBrings() throws {
    let yaml = """
      name: a
      model: scripted
      tool_choice: add
      script: [{when: x, call: {add: {a: 1, b: 2}}}, {after: add, say: "{{ result }}"}]
      """
    #expect(try agent(yaml, tools: [add()]).diagnostics == [])
    #expect(problems(yaml).count == 1)
  }

  @Test func aRecordingToolStandsForAnyTool() async throws {
    try folder.write("a.yaml", Self.declared)
    let model = StubModel(
      .calls((name: "shout", arguments: "{}"), (name: "plus", arguments: #"{"a":1,"b":2}"#)), .text("done"))
    let (shouts, sums) = (RecordingTool(), RecordingTool { _ in "3" })
    let agent = try Agent(
      contentsOf: folder.path + "/a.yaml", answering: model, tools: [add(), add("plus")],
      recording: ["shout": shouts, "plus": sums])
    try await agent.run("go")
    #expect(shouts.arguments == [[:]])
    #expect(sums.arguments == [["a": 1, "b": 2]])
    #expect(throws: DefinitionError.self) {
      try Agent(contentsOf: folder.path + "/a.yaml", answering: model, tools: [add()], recording: ["shuot": shouts])
    }
  }
}
