/// Finds the model that a specification names.
package enum ModelResolver {
  /// Why a specification cannot be used, if it cannot.
  package static func problem(with spec: ModelSpec, script: [ScriptRule]) -> (message: String, hint: String?)? {
    switch spec.provider {
    case "scripted" where script.isEmpty:
      return ("the model `scripted` needs a `script`", "add `script:` with at least one rule")
    case "scripted" where !spec.name.isEmpty:
      return ("the model `scripted` takes no name", "write `scripted`")
    case "scripted":
      return nil
    case "replay":
      return ("the model `replay` is not supported yet", "use `scripted`")
    case _ where ModelSpec.providers.contains(spec.provider):
      return (
        "models over the network are not supported yet: `\(spec.identifier)`", "use `scripted`, which needs no network"
      )
    default:
      let near = Suggestion.nearest(to: spec.provider, in: ModelSpec.providers).map { "did you mean `\($0)`?" }
      return (
        "unknown provider `\(spec.provider)`", near ?? "providers: \(ModelSpec.providers.joined(separator: ", "))"
      )
    }
  }

  /// The model of a specification that ``problem(with:script:)`` has nothing against.
  package static func model(
    for spec: ModelSpec, script: [ScriptRule], values: TemplateValues
  ) -> any Model {
    ScriptedModel(rules: script, values: values, streams: spec.streams)
  }
}
