import MartletJSON
import MartletYAML

extension Agent {
  package init(contentsOf path: String, settings: AgentSettings) throws(DefinitionError) {
    var context = AgentDefinition.Context(environment: settings.environment)
    context.overridesModel = settings.model != nil || settings.languageModel != nil
    context.registeredTools = settings.registeredTools
    let loaded = AgentDefinition.load(contentsOf: path, context)
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
    let values = ParameterBinding(definition: definition, settings: settings, reader: reader).values()
    let secrets = KnownSecrets(of: definition, environment: settings.environment)
    let model = model(values: values, secrets: secrets)
    let tools = ToolBinding(definition: definition, settings: settings, reader: reader, values: values).tools()
    guard !reader.hasErrors, let model else { return nil }
    return Agent(
      name: definition.name, prompt: definition.prompt?.template.expanded(with: values),
      instructions: definition.instructions?.template.expanded(with: values), model: model, tools: ToolRegistry(tools),
      toolChoice: definition.toolChoice.value, limits: limits, output: output,
      secrets: secrets, repairsArguments: definition.repairsArguments, diagnostics: diagnostics)
  }

  private var output: OutputFormat? {
    definition.output.schema.map { schema in
      OutputFormat(name: definition.name, schema: schema, retries: definition.output.retries.value)
    }
  }

  private var limits: RunLimits {
    var limits = definition.limits
    limits.maxTurns = settings.maxTurns ?? limits.maxTurns
    limits.maxTotalTokens = settings.maxTotalTokens ?? limits.maxTotalTokens
    limits.timeout = settings.timeout ?? limits.timeout
    return limits
  }

  private func model(values: TemplateValues, secrets: KnownSecrets) -> (any Model)? {
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
      environment: settings.environment, baseURL: settings.baseURL, secrets: secrets,
      thread: settings.thread)
    let own = settings.model == nil ? definition.model?.mark : nil
    let model = model(for: Located(spec, at: own), resolver, values)
    // A model or a server that somebody names is the one that answers.
    guard let fallback = definition.fallback, !fallback.models.isEmpty, settings.model == nil, settings.baseURL == nil
    else { return model }
    let others = fallback.models.map { other in
      self.model(for: Located(spec.carried(to: other.value), at: other.mark), resolver, values)
    }
    guard let model else { return nil }
    return FallbackModel(model, fallbacks: others.compactMap(\.self), retries: fallback.retries)
  }

  /// The model of a specification; nil after a report.
  private func model(
    for spec: Located<ModelSpec>, _ resolver: ModelResolver, _ values: TemplateValues
  ) -> (any Model)? {
    do throws(ModelResolver.Problem) {
      let model = try resolver.model(for: spec.value, values: values)
      if limits.maxCost != nil, let problem = resolver.costProblem(of: spec.value) { throw problem }
      return model
    } catch {
      reader.report(error.message, at: error.isOfBaseURL ? nil : spec.mark, hint: error.hint)
      return nil
    }
  }
}
