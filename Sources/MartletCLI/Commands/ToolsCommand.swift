import ArgumentParser
import Martlet

struct ToolsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tools",
    abstract: "Lists the tools of an agent as the model sees them.",
    discussion: "No model, no network and no program is needed for it; a tool file will do as well.")

  @Argument(help: ArgumentHelp("The agent's YAML file, or a tool file.", valueName: "agent"))
  var agent: String

  @Flag(help: "Print the tools as they stand in a request, as one JSON array.")
  var json = false

  func run() throws {
    let tools = try ToolSource(file: agent, checksPrograms: false).definition.tools
    let console = Console.standardOutput
    if json {
      try console.print(JSONValue.array(tools.map(\.wire)).indentedString() + "\n")
    } else if tools.isEmpty {
      try console.print("\(agent.escapedForTerminal) declares no tools\n")
    } else {
      try console.print(tools.map { ToolListing(tool: $0).text(on: console) }.joined(separator: "\n"))
    }
  }
}

/// An agent or a tool file whose tools are looked at or tried alone.
struct ToolSource {
  let loaded: AgentDefinition.Loaded
  let definition: AgentDefinition

  /// Reads a file; shows what is wrong with it and ends the command when it cannot be used.
  init(file: String, checksPrograms: Bool = true) throws(ExitStatus) {
    var context = AgentDefinition.Context(environment: ProcessEnvironment.current)
    context.acceptsToolFiles = true
    context.overridesModel = true
    context.checksPrograms = checksPrograms
    loaded = AgentDefinition.load(contentsOf: file, context)
    guard let definition = loaded.definition else {
      Console.standardError.write(loaded.diagnostics.filter { $0.severity != .note })
      throw .invalid
    }
    self.definition = definition
  }
}
