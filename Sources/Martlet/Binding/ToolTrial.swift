import MartletChat

/// One tool of a file, ready to be called without a model: checked, told and bounded as in a run.
package struct ToolTrial: Sendable {
  private let tool: ToolRegistry.Tool
  /// What the tool may not tell.
  package let secrets: KnownSecrets
  private let repairsArguments: Bool

  /// Makes the tool ready; of the file's parameters only those need a value that the tool refers to.
  ///
  /// - Throws: ``DefinitionError`` when the file declares no such tool, or what it needs is missing.
  package init(of loaded: AgentDefinition.Loaded, named name: String, settings: AgentSettings) throws(DefinitionError) {
    guard let definition = loaded.definition else { throw DefinitionError(diagnostics: loaded.diagnostics) }
    let reader = DefinitionReader(source: loaded.source)
    var tool: ToolRegistry.Tool?
    if let declaration = definition.tools.first(where: { $0.name.value == name }) {
      let values = ParameterBinding(definition: definition, settings: settings, reader: reader)
        .values(neededBy: Set(declaration.references.map(\.reference.name)))
      tool = ToolBinding(definition: definition, settings: settings, reader: reader, values: values).tool(declaration)
    } else {
      let known = definition.tools.map(\.name.value)
      let near = Suggestion.nearest(to: name, in: known).map { "did you mean `\($0)`?" }
      let list = known.isEmpty ? "it declares no tools" : "its tools are \(known.joined(separator: ", "))"
      reader.report("the file declares no tool `\(name)`", at: nil, hint: near ?? list)
    }
    guard let tool, !reader.hasErrors else { throw DefinitionError(diagnostics: reader.diagnostics) }
    self.tool = tool
    repairsArguments = definition.repairsArguments
    secrets = KnownSecrets(of: definition, environment: settings.environment)
  }

  /// The arguments of one call, in bytes.
  package static let maximumArgumentBytes = CheckedArguments.maximumBytes

  /// Whether a text that is no JSON object is repaired to one, as a model's would be; what its members are is not looked at.
  package func canRepair(arguments: String) -> Bool {
    repairsArguments && CheckedArguments.canRepair(arguments)
  }

  /// Calls the tool with arguments as a model would write them; what is put right in them is told to `onEvent`.
  package func call(
    arguments: String, onEvent: AgentEventHandler? = nil
  ) async -> ToolCallRecord? {
    let dispatcher = ToolDispatcher(
      registry: ToolRegistry([tool]), maxParallelCalls: 1, sessionID: SessionID.make(), secrets: secrets,
      repairsArguments: repairsArguments)
    let call = ToolCall(id: "call_1", name: tool.specification.name, arguments: arguments)
    return await dispatcher.run([call], turn: 1, clock: .continuous, recorder: NoRecorder(), emit: onEvent).records
      .first
  }
}
