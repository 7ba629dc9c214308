import Martlet
import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

/// What the one who starts an agent can get wrong: all of it ends before the first turn.
@Suite struct BindingTests {
  private let file = """
    name: test
    model: {provider: scripted, temperature: 0.5}
    instructions: In {{ repo }}, {{ count }} times, {{ deep }}.
    prompt: "Do {{ tag }}"
    parameters:
      - {name: tag, required: true}
      - {name: repo, default: "."}
      - {name: count, type: integer, default: 2}
      - {name: deep, type: boolean, default: false}
    script: [{say: "{{ tag }}"}]
    """

  private func agent(
    _ text: String? = nil, set: [(String, String)] = [("tag", "v1")], change: (inout AgentSettings) -> Void = { _ in }
  ) throws -> Agent {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let path = try folder.write("agent.yaml", text ?? file)
    var settings = AgentSettings()
    settings.parameters = set.map { ($0.0, .text($0.1)) }
    change(&settings)
    return try Agent(contentsOf: path, settings: settings)
  }

  private func errors(_ make: () throws -> Agent) -> [String] {
    do {
      _ = try make()
      return []
    } catch let error as DefinitionError {
      return error.errors.map { [$0.message, $0.hint].compactMap { $0 }.joined(separator: " | ") }
    } catch {
      return ["\(error)"]
    }
  }

  @Test func parametersArePutInAfterTheFileIsParsed() throws {
    let agent = try agent(set: [("tag", "a: [b]\nc: {{ repo }}"), ("count", "7"), ("deep", "true")])
    #expect(agent.prompt == "Do a: [b]\nc: {{ repo }}")
    #expect(agent.instructions == "In ., 7 times, true.")
  }

  @Test func valuesFromSwiftHaveTheirOwnTypes() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let path = try folder.write("agent.yaml", file)
    let agent = try Agent(contentsOf: path, parameters: ["tag": "v2", "count": 3])
    #expect(agent.prompt == "Do v2")
    #expect(throws: DefinitionError.self) { try Agent(contentsOf: path, parameters: ["tag": 5]) }
  }

  @Test func everythingThatIsMissingIsSaidAtOnce() {
    #expect(
      errors { try agent(set: [("count", "x"), ("tga", "v")]) } == [
        "the agent has no parameter `tga` | did you mean `tag`?",
        "parameter `tag` needs a value | --set tag=…",
        "parameter `count` must be of type integer, found `x`",
      ])
  }

  @Test(arguments: [
    ("count", "true"), ("count", "\"x\""), ("count", "1.5"), ("count", "null"), ("count", "9223372036854775808"),
    ("deep", "5"), ("deep", "{}"),
  ])
  func aValueOfTheWrongTypeIsRefused(name: String, value: String) {
    #expect(errors { try agent(set: [("tag", "v"), (name, value)]) }.first?.contains("must be of type") == true)
  }

  @Test func aParameterThatIsSetTwiceIsRefused() {
    #expect(errors { try agent(set: [("tag", "a"), ("tag", "b")]) }.first?.contains("set more than once") == true)
  }

  @Test func aToolWithoutAHandlerEndsTheRunAtItsStart() throws {
    let text = file + "\ntools: [{name: add, description: Adds}]\n"
    #expect(errors { try agent(text) }.first?.contains("no Swift code is registered under its name") == true)
    #expect(try agent(text) { $0.handlers = ["add": RecordingTool()] }.tools["add"] != nil)
  }

  @Test func anotherModelTakesThePlaceOfTheFilesOwn() throws {
    let network = file.replacing("provider: scripted", with: "provider: openai, name: gpt-5-mini")
    #expect(errors { try agent(network) }.first == "no API key for openai | set OPENAI_API_KEY")
    #expect(try agent(network) { $0.model = "scripted" }.model == "scripted")
    #expect(
      errors { try agent { $0.model = "nonsense" } }.first?.hasPrefix("--model: `nonsense` names no provider") == true)
  }

  @Test func anAgentWithoutAModelSaysSo() {
    #expect(
      errors { try agent("name: a\n", set: []) } == [
        "the agent names no model | add `model:` to the file, or give --model"
      ])
  }

  @Test func anEnvironmentVariableThatIsNotSetEndsTheRunAtItsStart() {
    let text =
      "name: a\nmodel: scripted\nscript: [{say: hi}]\ntools: [{name: t, description: d, command: [cat], env: {A: \"${B}\"}}]"
    #expect(
      errors { try agent(text, set: []) { $0.environment = ["PATH": "/bin"] } } == [
        "the environment variable B is not set | set B"
      ])
  }

  @Test func variablesWhoseNamesNameASecretAreErasedFromTheProcess() throws {
    let secret = ["GITHUB_TOKEN", "token", "aws_secret_access_key", "X_PAT", "_PASS_2", "Db_Password", "CREDENTIALS_"]
    let other = ["PATH", "MONKEY", "TOKENS", "KEYBOARD_LAYOUT", "BYPASS", "PAT2", "K_E_Y", "__", ""]
    let environment = Dictionary(uniqueKeysWithValues: (secret + other).map { ($0, "x") })
    let known = try agent { $0.environment = environment }.secrets.variables
    #expect(known.isSuperset(of: secret), "\(known)")
    #expect(known.isDisjoint(with: other), "\(known)")
  }

  @Test func limitsOfTheCommandLineTakeThePlaceOfTheFiles() throws {
    let agent = try agent {
      $0.maxTurns = 3
      $0.timeout = .seconds(5)
    }
    #expect(agent.limits.maxTurns == 3)
    #expect(agent.limits.timeout == .seconds(5))
    #expect(agent.limits.maxToolCalls == 200)
  }

  @Test func aFileThatIsNotThereIsNamed() {
    let error = #expect(throws: DefinitionError.self) { try Agent(contentsOf: "/nonexistent/a.yaml") }
    #expect(error?.description == "/nonexistent/a.yaml: error: cannot be read: No such file or directory")
  }
}
