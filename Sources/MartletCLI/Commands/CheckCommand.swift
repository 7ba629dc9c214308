import ArgumentParser
import Martlet

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks agent files, without a model or a network.",
    discussion:
      "Every mistake of a file is shown, with its place and what to do. The exit status is 3 when there is one.")

  @Argument(help: ArgumentHelp("Agent files.", valueName: "file"))
  var files: [String]

  @Flag(name: [.short, .long], help: "Show errors only.")
  var quiet = false

  func run() throws {
    var context = AgentDefinition.Context(environment: ProcessEnvironment.current)
    context.acceptsToolFiles = true
    var errors = 0
    for file in files {
      let loaded = AgentDefinition.load(contentsOf: file, context)
      Console.standardError.write(loaded.diagnostics.filter { !quiet || $0.severity == .error })
      let count = loaded.diagnostics.filter { $0.severity == .error }.count
      errors += count
      if let definition = loaded.definition {
        if !quiet { Console.standardOutput.write("\(file.escapedForTerminal): ok (\(definition.summary))\n") }
      } else {
        Console.standardError.write("\(file.escapedForTerminal): \(count) \(count == 1 ? "error" : "errors")\n")
      }
    }
    if errors > 0 { throw ExitStatus.invalid }
  }
}

extension AgentDefinition {
  fileprivate var summary: String {
    let model = model.map { "model \($0.value.identifier)" } ?? "no model"
    let count = tools.count == 0 ? "no tools" : tools.count == 1 ? "1 tool" : "\(tools.count) tools"
    return "agent \(name), \(model), \(count)"
  }
}
