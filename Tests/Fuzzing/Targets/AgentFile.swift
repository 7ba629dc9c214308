import Glibc
import MartletJSON

@testable import Martlet

/// A file is loaded or refused, and everything that is said about it can be shown.
///
/// The folder of the files is an empty one, except for a tool file and a script. A file can only be opened while the input
/// has no way to write a slash; else opening fails, as it does when a process has no descriptors left.
func checkAgentFile(_ input: [UInt8]) {
  _ = folder
  var choices = Choices(input)
  var context = AgentDefinition.Context(environment: ["PATH": ".", "HOME": "/home/user", "KEY": "secret"])
  context.acceptsToolFiles = choices.bool()
  context.registeredTools = choices.bool() ? ["registered"] : []
  let mayOpen = !choices.content.contains(UInt8(ascii: "/")) && !choices.content.contains(UInt8(ascii: "\\"))
  let loaded = mayOpen ? load(choices.content, context) : withoutFiles { load(choices.content, context) }
  let rendered = timed("rendering") { loaded.diagnostics.map { $0.rendered() } }
  for text in rendered {
    promise(text.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0A }, "diagnostics control no terminal")
  }
  let hasErrors = loaded.diagnostics.contains { $0.severity == .error }
  promise(hasErrors == (loaded.definition == nil), "a definition has no errors")
  promise(loaded.diagnostics.count <= DefinitionReader.maxDiagnostics + 1, "diagnostics are bounded")
  if let definition = loaded.definition { timed("expanding") { expand(definition) } }
}

private func load(_ bytes: [UInt8], _ context: AgentDefinition.Context) -> AgentDefinition.Loaded {
  timed("loading") { AgentDefinition.load(bytes: bytes, name: "agent.yaml", context) }
}

/// Uses the parts of a definition as a run does.
private func expand(_ definition: AgentDefinition) {
  var values: [String: JSONValue] = ["result": ["a": [1, "b"]], "results": [["a": 2]]]
  for parameter in definition.parameters { values[parameter.name] = parameter.defaultValue ?? "value" }
  for template in [definition.instructions, definition.prompt] {
    _ = template?.template.expanded(with: TemplateValues(values))
  }
  for tool in definition.tools {
    _ = tool.parameters.violations(in: ["a": 1])
    guard case .command(let command) = tool.kind else { continue }
    for argument in command.arguments { _ = argument.template.expanded(with: TemplateValues(values)) }
  }
  for rule in definition.script {
    if case .userMessage(let pattern) = rule.condition { _ = try? pattern.value.firstMatch(in: "weather in oslo") }
    guard case .reply(_, let calls) = rule.answer else { continue }
    for call in calls { _ = call.arguments.expanded(with: TemplateValues(values), schema: ["type": "object"]) }
  }
}

/// The folder that the process works in from then on, made once.
private let folder: Void = {
  var name = Array("/tmp/martlet-fuzzing-XXXXXX".utf8CString)
  guard mkdtemp(&name) != nil, chdir(name) == 0 else { fatalError("no temporary folder") }
  for (name, text) in [("tools.yaml", "- name: a\n  command: [./tool]\n"), ("tool", "#!/usr/bin/env sh\n")] {
    guard let file = fopen(name, "w") else { fatalError("no temporary file") }
    fputs(text, file)
    fclose(file)
    chmod(name, 0o755)
  }
  atexit {
    unlink("tools.yaml")
    unlink("tool")
    var path = [CChar](repeating: 0, count: 4096)
    if getcwd(&path, path.count) != nil { rmdir(path) }
  }
}()

/// Runs a body that cannot open any file.
private func withoutFiles<Result>(_ body: () -> Result) -> Result {
  var usual = rlimit()
  getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &usual)
  var none = rlimit(rlim_cur: 0, rlim_max: usual.rlim_max)
  setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &none)
  defer { setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &usual) }
  return body()
}
