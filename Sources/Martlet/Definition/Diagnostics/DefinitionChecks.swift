import MartletJSON
import MartletYAML

/// What the parts of an agent file promise each other: names that exist, programs that can be started.
struct DefinitionChecks {
  let definition: AgentDefinition
  let reader: DefinitionReader
  let environment: [String: String]
  /// False when another model than the file's is going to answer.
  let checksModel: Bool

  func run() {
    checkNames()
    checkModel()
    checkToolChoice()
    checkPrompts()
    for tool in definition.tools { check(tool) }
    checkScript()
    checkUnusedParameters()
  }

  private var parameterNames: Set<String> { Set(definition.parameters.map(\.name)) }

  private func checkNames() {
    reportDuplicates(definition.parameters.map { ($0.name, $0.mark) }, noun: "parameter")
    reportDuplicates(definition.tools.map { ($0.name.value, $0.name.mark) }, noun: "tool")
  }

  private func reportDuplicates(_ names: [(name: String, mark: YAMLMark?)], noun: String) {
    var first: [String: YAMLMark?] = [:]
    for (name, mark) in names where !name.isEmpty {
      if let other = first[name] {
        let line = other.map { ": it is already declared in line \($0.line)" } ?? ""
        reader.report("two \(noun)s are named `\(name)`\(line)", at: mark)
      } else {
        first[name] = mark
      }
    }
  }

  private func checkModel() {
    guard checksModel, let model = definition.model else { return }
    let resolver = ModelResolver(
      script: definition.script, providers: definition.providers, folder: definition.folder, environment: environment)
    if let problem = resolver.problem(with: model.value) {
      reader.report(problem.message, at: model.mark, hint: problem.hint)
    }
  }

  private func checkToolChoice() {
    let choice = definition.toolChoice
    switch choice.value {
    case .tool(let name) where !definition.tools.contains { $0.name.value == name }:
      let words = ["auto", "none", "required"] + definition.tools.map(\.name.value)
      let near = Suggestion.nearest(to: name, in: words).map { "did you mean `\($0)`?" }
      reader.report(
        "`\(name)` is neither auto, none or required nor a tool of this agent", at: choice.mark, hint: near)
    case .required where definition.tools.isEmpty:
      reader.report("tool_choice is required, but the agent has no tools", at: choice.mark)
    default: break
    }
  }

  private func checkPrompts() {
    for template in [definition.instructions, definition.prompt].compactMap({ $0 }) {
      check(template, allowed: parameterNames, places: "a parameter of the agent")
    }
  }

  private func checkScript() {
    let tools = Set(definition.tools.map(\.name.value))
    for (index, rule) in definition.script.enumerated() {
      reader.within("script[\(index)]") {
        var allowed = parameterNames
        switch rule.condition {
        case .always: break
        case .userMessage(let pattern): allowed.formUnion(pattern.value.groupNames)
        case .result(let tool):
          allowed.formUnion(["result", "results"])
          warnUnlessKnown(tool, tools)
        }
        for template in rule.templates {
          check(template, allowed: allowed, places: "a parameter, a group of `when`, or a result")
        }
        if case .reply(_, let calls) = rule.answer { for call in calls { warnUnlessKnown(call.tool, tools) } }
      }
    }
  }

  private func warnUnlessKnown(_ tool: Located<String>, _ tools: Set<String>) {
    guard !tools.contains(tool.value) else { return }
    let near =
      reader.isFull ? nil : Suggestion.nearest(to: tool.value, in: tools.sorted()).map { "did you mean `\($0)`?" }
    reader.warn(
      "the agent has no tool `\(tool.value)`", at: tool.mark, hint: near)
  }

  private func checkUnusedParameters() {
    var used = Set<String>()
    for template in [definition.instructions, definition.prompt] {
      used.formUnion(template?.template.references.map(\.name) ?? [])
    }
    for tool in definition.tools {
      guard case .command(let command) = tool.kind else { continue }
      used.formUnion(command.arguments.flatMap(\.template.references).map(\.name))
    }
    used.formUnion(definition.script.flatMap(\.templates).flatMap(\.template.references).map(\.name))
    for parameter in definition.parameters where !parameter.name.isEmpty && !used.contains(parameter.name) {
      reader.warn(
        "parameter `\(parameter.name)` is never used", at: parameter.mark,
        hint: "use it as {{ \(parameter.name) }}, or leave it out")
    }
  }

  func check(_ template: LocatedTemplate, allowed: Set<String>, places: String) {
    for reference in template.template.references where !allowed.contains(reference.name) {
      guard !reader.isFull else { return reader.report("a name that is not known", at: template.mark) }
      let near = Suggestion.nearest(to: reference.name, in: allowed.sorted()).map { "did you mean `{{ \($0) }}`?" }
      let known =
        allowed.isEmpty ? "declare it under `parameters:`" : "known here: \(allowed.sorted().joined(separator: ", "))"
      reader.report("`{{ \(reference.name) }}` is not \(places)", at: template.mark(of: reference), hint: near ?? known)
    }
  }
}
