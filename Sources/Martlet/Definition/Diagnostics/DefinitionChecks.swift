import MartletJSON
import MartletYAML

/// What the parts of an agent file promise each other: names that exist, programs that can be started.
struct DefinitionChecks {
  let definition: AgentDefinition
  let kind: AgentDefinition.FileKind
  let reader: DefinitionReader
  let context: AgentDefinition.Context
  let parameterNames: KnownNames
  /// All tools that there will be, in the order of the file and then of their names.
  private let toolNames: [String]
  private let knownTools: KnownNames
  /// Whether only a program can run the agent, which may register more tools than the file declares.
  private let isBoundToSwift: Bool

  init(
    definition: AgentDefinition, kind: AgentDefinition.FileKind, reader: DefinitionReader,
    context: AgentDefinition.Context
  ) {
    self.definition = definition
    self.kind = kind
    self.reader = reader
    self.context = context
    parameterNames = KnownNames(definition.parameters.map(\.name))
    let declared = definition.tools.map(\.name.value)
    toolNames = declared + context.registeredTools.subtracting(declared).sorted()
    // Only scripts name tools.
    knownTools = KnownNames(definition.script.isEmpty ? [] : toolNames)
    isBoundToSwift = definition.tools.contains { if case .handler = $0.kind { true } else { false } }
  }

  var environment: [String: String] { context.environment }

  func run() {
    checkToolNames()
    for tool in definition.tools { reader.within(tool.source) { check(tool) } }
    if kind == .tools { return noteParameters() }
    checkParameterNames()
    checkProviders()
    checkModels()
    checkCosts()
    checkSchemas()
    checkToolChoice()
    checkOutput()
    checkPrompts()
    checkScript()
    checkUnusedParameters()
  }

  private func checkParameterNames() {
    var lines: [String: Int] = [:]
    for parameter in definition.parameters where !parameter.name.isEmpty {
      if let line = lines[parameter.name] {
        reader.report(
          "two parameters are named `\(parameter.name)`: it is already declared in line \(line)", at: parameter.mark)
      } else {
        lines[parameter.name] = parameter.mark?.line ?? 0
      }
    }
  }

  private func checkToolNames() {
    var first: [String: Int] = Dictionary(minimumCapacity: definition.tools.count)
    for position in definition.tools.indices where !definition.tools[position].name.value.isEmpty {
      guard let earlier = first.updateValue(position, forKey: definition.tools[position].name.value) else { continue }
      first[definition.tools[position].name.value] = earlier
      let (tool, other) = (definition.tools[position], definition.tools[earlier])
      let line = other.name.mark.map { ": it is already declared in line \($0.line)" } ?? ""
      let file = other.source.name == tool.source.name ? "" : " of \(other.source.name)"
      reader.within(tool.source) {
        reader.report("two tools are named `\(tool.name.value)`\(line)\(file)", at: tool.name.mark)
      }
    }
  }

  private func checkProviders() {
    for provider in definition.providers {
      // A user name or a password in it has been reported already, without showing it.
      guard let url = provider.baseURL, !url.value.contains("@"),
        let problem = ModelResolver.addressProblem(of: provider)
      else { continue }
      reader.report(problem.message, at: url.mark, hint: problem.hint)
    }
  }

  private func checkToolChoice() {
    let choice = definition.toolChoice
    switch choice.value {
    case .tool(let name) where !toolNames.contains(name):
      let words = ["auto", "none", "required"] + toolNames
      let near = Suggestion.nearest(to: name, in: words).map { "did you mean `\($0)`?" }
      reader.report(
        "`\(name)` is neither auto, none or required nor a tool of this agent", at: choice.mark, hint: near)
    case .required where toolNames.isEmpty:
      reader.report("tool_choice is required, but the agent has no tools", at: choice.mark)
    default: break
    }
  }

  private func checkOutput() {
    // A schema with mistakes has been reported.
    let hasSchema = definition.output.schema != nil || reader.mark(of: "output.schema") != nil
    guard !hasSchema, let mark = definition.output.retries.mark else { return }
    reader.warn(
      "`retries` does nothing without `schema`", at: mark, hint: "add the JSON Schema that the answer must satisfy")
  }

  private func checkPrompts() {
    for template in [definition.instructions, definition.prompt].compactMap({ $0 }) {
      check(template, allowed: parameterNames, places: "a parameter of the agent")
    }
  }

  private func checkScript() {
    var noted: Set<String> = []
    for (index, rule) in definition.script.enumerated() {
      reader.within("script[\(index)]") {
        var allowed = parameterNames
        switch rule.condition {
        case .always: break
        case .userMessage(let pattern): allowed = allowed.adding(KnownNames(pattern.value.groupNames))
        case .result(let tool):
          allowed = allowed.adding(Self.resultNames)
          warnUnlessKnown(tool, &noted)
        }
        for template in rule.templates {
          check(template, allowed: allowed, places: "a parameter, a group of `when`, or a result")
        }
        if case .reply(_, let calls) = rule.answer { for call in calls { warnUnlessKnown(call.tool, &noted) } }
      }
    }
  }

  private static let resultNames = KnownNames(["result", "results"])

  private func warnUnlessKnown(_ tool: Located<String>, _ noted: inout Set<String>) {
    guard !knownTools.contains(tool.value), !noted.contains(tool.value) else { return }
    let near =
      reader.isFull ? nil : Suggestion.nearest(to: tool.value, in: knownTools.all).map { "did you mean `\($0)`?" }
    if near == nil, isBoundToSwift {
      noted.insert(tool.value)
      return reader.note("tool `\(tool.value)` has to come from the program that runs this agent", at: tool.mark)
    }
    reader.warn("the agent has no tool `\(tool.value)`", at: tool.mark, hint: near)
  }

  private func checkUnusedParameters() {
    var unused = Set(definition.parameters.map(\.name).filter { !$0.isEmpty })
    func use(_ template: LocatedTemplate) {
      guard template.template.hasReferences else { return }
      for reference in template.template.references { unused.remove(reference.name) }
    }
    if let instructions = definition.instructions { use(instructions) }
    if let prompt = definition.prompt { use(prompt) }
    // Most agents name all of them in their prompts.
    if unused.isEmpty { return }
    for tool in definition.tools {
      if case .command(let command) = tool.kind { for argument in command.arguments { use(argument) } }
    }
    for rule in definition.script { for template in rule.templates { use(template) } }
    for parameter in definition.parameters where unused.contains(parameter.name) {
      reader.warn(
        "parameter `\(parameter.name)` is never used", at: parameter.mark,
        hint: "use it as {{ \(parameter.name) }}, or leave it out")
    }
  }

  /// Says what a tool file wants of the agents that include it.
  private func noteParameters() {
    var noted: Set<String> = []
    for tool in definition.tools {
      let arguments = Set(tool.argumentNames)
      for (reference, mark) in tool.references
      where !arguments.contains(reference.name) && noted.insert(reference.name).inserted {
        reader.within(tool.source) {
          reader.note(
            "`{{ \(reference.name) }}` is no argument of `\(tool.name.value)`: an agent that includes it needs a parameter "
              + "of that name", at: mark)
        }
      }
    }
  }

  func check(_ template: LocatedTemplate, allowed: KnownNames, places: String) {
    if template.template.references.allSatisfy({ allowed.contains($0.name) }) { return }
    for (reference, mark) in template.references where !allowed.contains(reference.name) {
      guard !reader.isFull else { return reader.report("a name that is not known", at: mark) }
      let near = Suggestion.nearest(to: reference.name, in: allowed.all).map { "did you mean `{{ \($0) }}`?" }
      let known = allowed.isEmpty ? "declare it under `parameters:`" : "known here: \(allowed.listed)"
      reader.report("`{{ \(reference.name) }}` is not \(places)", at: mark, hint: near ?? known)
    }
  }
}
