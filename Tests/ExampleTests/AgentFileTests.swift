import Glibc
import Martlet
import MartletJSON
import MartletYAML
import ProgramSupport
import Testing

/// Every file in `agents/` is checked, held to the schema of the format, and run on its own script.
@Suite struct AgentFileTests {
  static let files: [String] = {
    guard let folder = opendir(Program.package + "/agents") else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".yaml") { names.append("agents/" + name) }
    }
    return names.sorted()
  }()

  @Test func thereAreExamples() {
    #expect(Self.files.contains("agents/weather.yaml"))
  }

  @Test(arguments: files) func anExampleHasNothingToComplainAbout(file: String) async throws {
    let check = try await Program.shell("martlet check \(file)", in: Program.package)
    #expect(check.status == 0)
    #expect(check.errors == "")
  }

  @Test(arguments: files) func anExampleFitsTheSchemaOfTheFormat(file: String) throws {
    let reader = DefinitionReader(source: SourceFile(name: file, text: ""))
    let document = try #require(reader.json(YAMLNode(parsing: Program.text(of: file))))
    #expect(try JSONSchema(AgentDefinition.table.schema).violations(in: document) == [])
  }

  @Test(arguments: files) func anExampleRunsOnItsOwnScript(file: String) async throws {
    let run = try await Program.shell("martlet run \(file)", in: Program.package)
    #expect(run.status == 0)
    #expect(!run.output.isEmpty)
  }

  @Test func theWeatherAgentAnswersFromItsPlugin() async throws {
    let run = try await Program.shell("martlet agents/weather.yaml 'weather in tokyo?'", in: Program.package)
    #expect(run.output == "The weather in Tokyo: 19 °C and clear (sample data).\n")
    let unknown = try await Program.shell(
      "martlet agents/weather.yaml 'weather in Atlantis' --json", in: Program.package)
    #expect(
      try JSONValue(parsing: unknown.output)["tool_calls"]?[0]?["result"]?.stringValue?.contains("exit status 1")
        == true)
  }
}
