package import MartletJSON
package import MartletYAML

/// What an agent file says, checked against everything that can be known without a model.
package struct AgentDefinition: Sendable {
  package var version = 1
  package var name = ""
  package var description: String?
  package var model: Located<ModelSpec>?
  package var instructions: LocatedTemplate?
  package var prompt: LocatedTemplate?
  package var parameters: [ParameterDeclaration] = []
  package var fallback: FallbackDeclaration?
  package var tools: [ToolDeclaration] = []
  package var toolChoice: Located<ToolChoice> = Located(.auto)
  package var repairsArguments = true
  package var limits = RunLimits()
  package var output = OutputDeclaration()
  package var script: [ScriptRule] = []
  package var providers: [ProviderDeclaration] = []
  package var metadata: JSONValue = [:]
  /// The folder that the file's relative paths are relative to.
  package var folder = "."

  package init() {}

  package static let table = FieldTable<AgentDefinition>("an agent") {
    Field("version", \.version, .integer(1...1), default: 1, "Version of the file format")
    Field("name", \.name, .name, required: true, "Name of the agent, `[A-Za-z0-9_-]{1,64}`")
    Field("description", \.description, .string, "What the agent does, in a sentence")
    Field("model", \.model, .located(.model), "`provider/model`, `scripted`, or a mapping with its parameters")
    Field(
      "instructions", \.instructions, .template, aliases: ["instruction", "system", "system_prompt"],
      "The system prompt, a template")
    Field("prompt", \.prompt, .template, "The task when the command line gives none, a template")
    Field(
      "parameters", \.parameters, .list(of: .parameter), aliases: ["variables"], default: [],
      "Typed values that templates use, set with `--set name=value`")
    Field("tools", \.tools, .tools, default: [], "What the model can call")
    Field(
      "tool_choice", \.toolChoice, .located(.toolChoice), default: "auto",
      "Whether the first reply must call tools: auto, none, required, or a tool's name")
    Field(
      "repair_arguments", \.repairsArguments, .bool, default: true,
      "Whether arguments of a call that break its schema are put right where they can be meant in one way only")
    Field("limits", \.limits, RunLimits.table, default: [:], "When a run ends early")
    Field.alias("max_iterations", of: "limits.max_turns", \.limits.maxTurns, .integer(1...Int.max))
    Field("output", \.output, OutputDeclaration.table, default: [:], "What the answer has to be")
    Field.alias("output_schema", of: "output.schema", \.output.schema, .anySchema)
    Field.alias("structured_output", of: "output.schema", \.output.schema, .anySchema)
    Field("script", \.script, .list(of: .scriptRule), default: [], "What the embedded `scripted` model answers")
    Field("metadata", \.metadata, .object, default: [:], "Free for your own use")
    Field("providers", \.providers, .providers, default: [:], "Endpoints of your own")
    Field.later(
      "permissions", schema: LaterFields.permissions, default: ["allow": [], "ask": [], "deny": [], "on_ask": "deny"],
      "Which calls are allowed, asked about, or denied")
    Field("fallback", \.fallback, .fallback, "Models to go on with when the first fails")
    Field.later("context", schema: LaterFields.context, "What to do when the conversation outgrows the model")
    Field.later("checks", schema: LaterFields.checks, default: [], "Commands that must succeed after the run")
  }
}

/// A value and where it stands in the file.
package struct Located<Value: Sendable>: Sendable {
  package var value: Value
  package var mark: YAMLMark?

  package init(_ value: Value, at mark: YAMLMark? = nil) {
    self.value = value
    self.mark = mark
  }
}

extension FieldType {
  /// A value together with its place.
  package static func located<Inner>(_ type: FieldType<Inner>) -> FieldType where Value == Located<Inner> {
    type.map { value, node, _ in Located(value, at: node.start) }
  }
}
