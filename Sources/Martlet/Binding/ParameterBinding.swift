import MartletJSON

/// Gives the parameters that a file declares their values.
struct ParameterBinding {
  let definition: AgentDefinition
  let settings: AgentSettings
  let reader: DefinitionReader

  /// The values, as far as they could be bound; a parameter that needs a value and is not in `needed` may lack it.
  func values(neededBy needed: Set<String>? = nil) -> TemplateValues {
    var values: [String: JSONValue] = [:]
    var reported: Set<String> = []
    for (name, setting) in settings.parameters {
      if settings.parameters.filter({ $0.name == name }).count > 1 {
        guard reported.insert(name).inserted else { continue }
        reader.report("parameter `\(name)` is set more than once", at: nil, hint: "keep one of the values")
        continue
      }
      guard let parameter = definition.parameters.first(where: { $0.name == name }) else {
        let known = definition.parameters.map(\.name)
        let hint = Suggestion.nearest(to: name, in: known).map { "did you mean `\($0)`?" }
        let list = known.isEmpty ? "declare it under `parameters:`" : "parameters: \(known.joined(separator: ", "))"
        reader.report("the agent has no parameter `\(name)`", at: nil, hint: hint ?? list)
        continue
      }
      values[name] = value(of: setting, for: parameter)
    }
    for parameter in definition.parameters where !settings.parameters.contains(where: { $0.name == parameter.name }) {
      values[parameter.name] = parameter.defaultValue
      if parameter.isRequired, needed?.contains(parameter.name) ?? true {
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
}
