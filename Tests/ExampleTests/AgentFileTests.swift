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
    #expect(Self.files.count >= 5)
    #expect(Self.files.contains("agents/weather.yaml"))
  }

  @Test(arguments: files) func anExampleHasNothingToComplainAbout(file: String) async throws {
    let check = try await Program.shell("martlet check --format json \(file)", in: Program.package)
    let report = try JSONValue(parsing: check.output)
    let found = report["files"]?[0]?["diagnostics"]?.arrayValue ?? []
    let complaints = found.filter { $0["severity"] != "note" && !Self.isAboutAMissingProgram($0) }
    #expect(complaints == [])
    // What a program has to bring is noted, and nothing else.
    #expect(found.allSatisfy { $0["severity"] != "note" } || file == "agents/calculator.yaml")
  }

  /// Whether a machine lacks what the example needs: then its runs are skipped.
  private static func isAboutAMissingProgram(_ diagnostic: JSONValue) -> Bool {
    let message = diagnostic["message"]?.stringValue ?? ""
    return ["git", "python3"].contains { message.contains("`\($0)`") && !Program.isInstalled($0) }
  }

  @Test(arguments: files) func anExampleFitsTheSchemaOfTheFormat(file: String) throws {
    #expect(try JSONSchema(AgentDefinition.schema).violations(in: document(file)) == [])
  }

  @Test(arguments: ["factors", "query", "search", "weather"]) func aToolFileFitsItsSchema(name: String) throws {
    let document = try document("tools/\(name).yaml")
    #expect(try JSONSchema(AgentDefinition.toolFileSchema).violations(in: document) == [])
    #expect(try !JSONSchema(AgentDefinition.schema).isValid(document))
  }

  private func document(_ file: String) throws -> JSONValue {
    let text = try Program.text(of: file)
    let reader = DefinitionReader(source: SourceFile(name: file, bytes: Array(text.utf8)))
    return try #require(reader.json(YAMLNode(parsing: Array(text.utf8))))
  }
}
