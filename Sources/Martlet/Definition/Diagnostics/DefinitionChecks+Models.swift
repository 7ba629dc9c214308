import MartletChat

/// What an agent file says of its models: that they are known, and what they cost.
extension DefinitionChecks {
  func checkCosts() {
    for provider in definition.providers { checkPrices(of: provider) }
    guard !context.overridesModel, definition.limits.maxCost != nil else { return }
    for model in models.map(\.value) where resolver.problem(with: model) == nil {
      guard let problem = resolver.costProblem(of: model) else { continue }
      reader.report(problem.message, at: reader.mark(of: "limits.max_cost"), hint: problem.hint)
    }
  }

  /// The model and those behind it; a model that is given instead of them stands alone.
  func checkModels() {
    guard !context.overridesModel, let model = definition.model else { return }
    if model.value.provider == "scripted", model.value.caches {
      reader.warn("`cache` does nothing: the model `scripted` asks no server", at: reader.mark(of: "model.cache"))
    }
    let resolver = resolver
    var names: Set<String> = []
    for model in models {
      if let problem = resolver.problem(with: model.value) {
        reader.report(problem.message, at: model.mark, hint: problem.hint)
      } else if !names.insert(model.value.identifier).inserted {
        reader.report(
          "`\(model.value.identifier)` is already among the models of this agent", at: model.mark,
          hint: "a model that failed is not asked again at once; leave it out")
      }
    }
  }

  /// A server of simple schemas has no words for arguments of any names.
  func checkSchemas() {
    guard !context.overridesModel else { return }
    let names = models.map(\.value).filter { resolver.quirks(of: $0)?.needsSimpleSchemas == true }.map(\.identifier)
    guard let model = names.first else { return }
    for tool in definition.tools where tool.isWhole {
      let schema = ChatTool(name: tool.name.value, parameters: tool.parameters.document)
      guard schema.takesAnyNames else { continue }
      reader.within(tool.source) {
        reader.warn(
          "the tool `\(tool.name.value)` takes arguments of any names, which the server of `\(model)` has no words for: "
            + "it is told of no arguments", at: tool.name.mark,
          hint: "put them into one property of `type: object`, which is asked for as JSON text")
      }
    }
  }

  /// A price under a name that the provider spells otherwise is the price of nothing.
  private func checkPrices(of provider: ProviderDeclaration) {
    for spec in models.map(\.value) where spec.provider == provider.name && provider.prices[spec.name] == nil {
      let name = spec.name.lowercased()
      guard let near = provider.prices.keys.sorted().first(where: { $0.lowercased() == name }) else { continue }
      reader.warn(
        "the price of `\(near)` is not that of `\(spec.name)`: names of models differ in capital letters",
        at: reader.mark(of: "providers.\(provider.name).prices"), hint: "write `\(spec.name)`")
    }
  }

  /// The agent's model and those behind it.
  private var models: [Located<ModelSpec>] {
    [definition.model].compactMap(\.self) + (definition.fallback?.models ?? [])
  }

  private var resolver: ModelResolver {
    ModelResolver(
      script: definition.script, providers: definition.providers, folder: definition.folder, environment: environment)
  }
}
