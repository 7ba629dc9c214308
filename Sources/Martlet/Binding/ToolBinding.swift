import MartletJSON

/// Finds what runs the calls of each tool: the command that its file declares, or Swift code under its name.
struct ToolBinding {
  let definition: AgentDefinition
  let settings: AgentSettings
  let reader: DefinitionReader
  /// The values of the agent's parameters.
  let values: TemplateValues

  /// The tools of the file, and after them those that are Swift code alone.
  func tools() -> [ToolRegistry.Tool] {
    checkRegistered()
    let supervisor = settings.supervisor ?? ProcessSupervisor()
    let declared = Set(definition.tools.map(\.name.value))
    return definition.tools.compactMap { bound($0, supervisor) }
      + settings.tools.filter { !declared.contains($0.name) }.compactMap { bound($0) }
  }

  /// One tool of the file; nil after a report.
  func tool(_ declaration: ToolDeclaration) -> ToolRegistry.Tool? {
    bound(declaration, settings.supervisor ?? ProcessSupervisor())
  }

  /// Reports Swift code that no call could ever reach.
  private func checkRegistered() {
    let declared = definition.tools.map(\.name.value)
    for name in settings.handlers.keys.sorted() where !declared.contains(name) {
      let near = Suggestion.nearest(to: name, in: declared).map { "did you mean `\($0)`?" }
      reader.report(
        "a handler is registered for `\(name)`, but the file declares no such tool", at: nil,
        hint: near ?? "declare it under `tools:`, or register a Tool, which brings its own declaration")
    }
    let known = declared + settings.tools.map(\.name)
    for name in settings.standIns.keys.sorted() where !known.contains(name) {
      let near = Suggestion.nearest(to: name, in: known).map { "did you mean `\($0)`?" }
      reader.report("there is no tool `\(name)` that a recording tool could stand for", at: nil, hint: near)
    }
    var names = Set(settings.handlers.keys)
    for tool in settings.tools where !names.insert(tool.name).inserted {
      reader.report("Swift code is registered twice for the tool `\(tool.name)`", at: nil, hint: "keep one of them")
    }
  }

  private func bound(_ tool: ToolDeclaration, _ supervisor: ProcessSupervisor) -> ToolRegistry.Tool? {
    guard let executor = reader.within(tool.source, { executor(of: tool, supervisor) }) else { return nil }
    let specification = ToolSpecification(
      name: tool.name.value, description: tool.description, parameters: tool.parameters, isStrict: tool.isStrict)
    return ToolRegistry.Tool(specification: specification, executor: executor)
  }

  private func executor(of tool: ToolDeclaration, _ supervisor: ProcessSupervisor) -> (any ToolExecutor)? {
    let name = tool.name.value
    if let executor = settings.standIns[name] ?? settings.handlers[name] { return executor }
    if let registered = settings.tools.first(where: { $0.name == name }) { return registered.executor }
    switch tool.kind {
    case .handler:
      reader.report(
        "tool `\(name)` has no `command`, and no Swift code is registered under its name", at: tool.name.mark,
        hint: "give it a command, or run the agent from a program that registers it")
      return nil
    case .command(let command):
      return commandTool(tool, command, supervisor)
    }
  }

  private func commandTool(
    _ tool: ToolDeclaration, _ command: CommandDeclaration, _ supervisor: ProcessSupervisor
  ) -> CommandTool? {
    reportUnset(command)
    let folder = tool.source.folder
    guard let program = command.resolvedProgram(in: folder, environment: settings.environment) else { return nil }
    return CommandTool(
      name: tool.name.value, program: FilePaths.absolute(program), programName: command.program.value,
      arguments: command.arguments.map(\.template),
      input: command.options.input,
      environment: CommandTool.environment(
        of: tool.name.value, ProcessEnvironment.forCommand(command.options, from: settings.environment)),
      folder: command.options.folder.map {
        FilePaths.resolve($0.value.expanded(with: settings.environment), in: folder)
      },
      timeout: command.options.timeout, maxOutput: command.options.maxOutput, parameters: values,
      supervisor: supervisor)
  }

  private func reportUnset(_ command: CommandDeclaration) {
    let texts = command.options.environment.map(\.value) + [command.options.folder].compactMap { $0 }
    for text in texts {
      for name in text.value.variables where settings.environment[name] == nil {
        reader.report("the environment variable \(name) is not set", at: text.mark, hint: "set \(name)")
      }
    }
  }

  /// A tool that is Swift code alone.
  private func bound(_ tool: any Tool) -> ToolRegistry.Tool? {
    guard ToolName.isValid(tool.name) else {
      reader.report(
        "`\(tool.name)` is not a valid name of a tool", at: nil,
        hint: "a name has 1 to 64 characters out of A-Z a-z 0-9 _ -, such as \(ToolName.nearestValid(to: tool.name))")
      return nil
    }
    do throws(JSONSchemaError) {
      let schema = try JSONSchema(tool.parameters, options: .toolArguments)
      guard schema.document["type"] == "object" else {
        reader.report(
          "the parameters of the Swift tool `\(tool.name)` must be an object", at: nil,
          hint: "arguments are always one JSON object: JSONSchema.object(…)")
        return nil
      }
      let specification = ToolSpecification(
        name: tool.name, description: tool.description, parameters: schema, isStrict: tool.isStrict)
      return ToolRegistry.Tool(specification: specification, executor: settings.standIns[tool.name] ?? tool.executor)
    } catch {
      for problem in error.problems {
        reader.report("the parameters of the Swift tool `\(tool.name)` are no JSON Schema: \(problem)", at: nil)
      }
      return nil
    }
  }
}
