import ArgumentParser
import Martlet

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Prints the JSON Schema of agent files, for editors.",
    discussion: """
      Fields whose feature is not there yet are in it, marked x-not-supported-yet. With the YAML language server:
        martlet schema > martlet.schema.json
      and in the agent's first line:
        # yaml-language-server: $schema=./martlet.schema.json
      """)

  @Flag(help: "Print the schema of tool files instead.")
  var tools = false

  func run() throws {
    let schema = tools ? AgentDefinition.toolFileSchema : AgentDefinition.schema
    try Console.standardOutput.print(schema.indentedString() + "\n")
  }
}
