import MartletJSON
import MartletYAML

extension Agent {
  package init(contentsOf path: String, settings: AgentSettings) throws(DefinitionError) {
    let loaded = AgentDefinition.load(
      contentsOf: path, overridesModel: settings.model != nil || settings.languageModel != nil,
      environment: settings.environment)
    guard let definition = loaded.definition else { throw DefinitionError(diagnostics: loaded.diagnostics) }
    let reader = DefinitionReader(source: loaded.source)
    let binding = AgentBinding(definition: definition, settings: settings, reader: reader)
    guard let agent = binding.agent(diagnostics: loaded.diagnostics) else {
      throw DefinitionError(diagnostics: loaded.diagnostics + reader.diagnostics)
    }
    self = agent
  }
}

/// Brings an agent's file together with the settings of whoever starts it.
private struct AgentBinding {
  let definition: AgentDefinition
  let settings: AgentSettings
  let reader: DefinitionReader

  /// The agent, or nil after reports.
  func agent(diagnostics: [Diagnostic]) -> Agent? {
    let values = parameterValues()
    let model = model(values: values)
    let tools = tools(values: values)
    guard !reader.hasErrors, let model else { return nil }
    return Agent(
      name: definition.name, prompt: definition.prompt?.template.expanded(with: values),
      instructions: definition.instructions?.template.expanded(with: values), model: model, tools: ToolRegistry(tools),
      toolChoice: definition.toolChoice.value, limits: limits, diagnostics: diagnostics)
  }

  private var limits: RunLimits {
    var limits = definition.limits
    limits.maxTurns = settings.maxTurns ?? limits.maxTurns
    limits.maxTotalTokens = settings.maxTotalTokens ?? limits.maxTotalTokens
    limits.timeout = settings.timeout ?? limits.timeout
    return limits
  }

  private func parameterValues() -> TemplateValues {
    var values: [String: JSONValue] = [:]
    for (name, setting) in settings.parameters {
      if settings.parameters.filter({ $0.name == name }).count > 1 {
        reader.report("parameter `\(name)` is set more than once", at: nil, hint: "keep one of the values")
        continue
      }
      guard let parameter = definition.parameters.first(where: { $0.name == name }) else {
        let known = definition.parameters.map(\.name)
        let hint = Suggestion.nearest(to: name, in: known).map { "did you mean `\($0)`?" }
        let list = known.isEmpty ? "the agent has no parameters" : "parameters: \(known.joined(separator: ", "))"
        reader.report("the agent has no parameter `\(name)`", at: nil, hint: hint ?? list)
        continue
      }
      values[name] = value(of: setting, for: parameter)
    }
    for parameter in definition.parameters where !settings.parameters.contains(where: { $0.name == parameter.name }) {
      values[parameter.name] = parameter.defaultValue
      if parameter.isRequired {
        reader.report(
          "parameter `\(parameter.name)` needs a value", at: parameter.mark, hint: "--set \(parameter.name)=…")
      }
    }
    return TemplateValues(values)
  }

  private func value(of setting: AgentSettings.ParameterValue, for parameter: ParameterDeclaration) -> JSONValue? {
    switch setting {
    case .value(let value) where parameter.accepts(value): return value
    case .text(let text):
      if let value = parameter.value(from: text) { return value }
      reader.report(
        "parameter `\(parameter.name)` must be of type \(parameter.kind.rawValue), found `\(text)`", at: parameter.mark)
    case .value(let value):
      reader.report(
        "parameter `\(parameter.name)` must be of type \(parameter.kind.rawValue), found \(value.typeName)",
        at: parameter.mark)
    }
    return nil
  }

  private func model(values: TemplateValues) -> (any Model)? {
    if let model = settings.languageModel { return model }
    var spec = definition.model?.value
    if let word = settings.model {
      do throws(ModelSpecError) {
        if let own = spec { spec = try own.replacing(word) } else { spec = try ModelSpec(word) }
      } catch {
        reader.report("--model: \(error)", at: nil, hint: error.hint)
        return nil
      }
    }
    guard var spec else {
      reader.report("the agent names no model", at: nil, hint: "add `model:` to the file, or give --model")
      return nil
    }
    spec.streams = settings.streams ?? spec.streams
    let resolver = ModelResolver(
      script: definition.script, providers: definition.providers, folder: definition.folder,
      environment: settings.environment, baseURL: settings.baseURL)
    do throws(ModelResolver.Problem) {
      return try resolver.model(for: spec, values: values)
    } catch {
      reader.report(error.message, at: settings.model == nil ? definition.model?.mark : nil, hint: error.hint)
      return nil
    }
  }

  private func tools(values: TemplateValues) -> [ToolRegistry.Tool] {
    let supervisor = settings.supervisor ?? ProcessSupervisor()
    return definition.tools.compactMap { tool in
      guard let handler = handler(of: tool, values: values, supervisor: supervisor) else { return nil }
      let specification = ToolSpecification(
        name: tool.name.value, description: tool.description, parameters: tool.parameters)
      return ToolRegistry.Tool(specification: specification, handler: handler)
    }
  }

  private func handler(
    of tool: ToolDeclaration, values: TemplateValues, supervisor: ProcessSupervisor
  ) -> (any ToolHandler)? {
    let name = tool.name.value
    if let handler = settings.handlers[name] { return handler }
    switch tool.kind {
    case .handler:
      reader.report(
        "tool `\(name)` has no `command`, and no Swift code is registered under its name", at: tool.name.mark,
        hint: "give it a command, or run the agent from a program that registers it")
      return nil
    case .command(let command):
      reportUnset(command)
      guard let program = command.resolvedProgram(in: definition.folder, environment: settings.environment) else {
        return nil
      }
      return CommandTool(
        name: name, program: FilePaths.absolute(program), arguments: command.arguments.map(\.template),
        input: command.options.input,
        environment: ProcessEnvironment.forCommand(command.options, from: settings.environment),
        folder: command.options.folder.map {
          FilePaths.resolve($0.value.expanded(with: settings.environment), in: definition.folder)
        },
        timeout: command.options.timeout, maxOutput: command.options.maxOutput, parameters: values,
        supervisor: supervisor)
    }
  }

  private func reportUnset(_ command: CommandDeclaration) {
    let texts = command.options.environment.map(\.value) + [command.options.folder].compactMap { $0 }
    for text in texts {
      for name in text.value.variables where settings.environment[name] == nil {
        reader.report("the environment variable \(name) is not set", at: text.mark, hint: "set \(name)")
      }
    }
  }
}
