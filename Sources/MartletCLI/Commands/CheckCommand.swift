import ArgumentParser
import Martlet

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks agent and tool files, without a model or a network.",
    discussion:
      "Every mistake of a file is shown, with its place and what to do. The exit status is 3 when there is one.")

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Argument(help: ArgumentHelp("Agent files and tool files.", valueName: "file"))
  var files: [String]

  @Option(help: ArgumentHelp("text for people, json for editors and CI.", valueName: "format"))
  var format = Format.text

  @Flag(name: [.short, .long], help: "Show errors only.")
  var quiet = false

  func validate() throws {
    if files.contains("") { throw ValidationError("the name of a file is empty") }
  }

  func run() throws {
    var context = AgentDefinition.Context(environment: ProcessEnvironment.current)
    context.acceptsToolFiles = true
    let checked = files.map {
      CheckedFile(name: $0, loaded: AgentDefinition.load(contentsOf: $0, context), quiet: quiet)
    }
    switch format {
    case .text: for file in checked { try file.print() }
    case .json: try Console.standardOutput.print(CheckedFile.report(checked).indentedString() + "\n")
    }
    if checked.contains(where: { !$0.isOK }) { throw ExitStatus.invalid }
  }
}

/// A file and what there is to say about it.
private struct CheckedFile {
  let name: String
  let loaded: AgentDefinition.Loaded
  let quiet: Bool

  var isOK: Bool { loaded.definition != nil }
  private var diagnostics: [Diagnostic] { loaded.diagnostics.filter { !quiet || $0.severity == .error } }
  private var errorCount: Int { loaded.diagnostics.filter { $0.severity == .error }.count }

  func print() throws {
    Console.standardError.write(diagnostics)
    if !isOK {
      Console.standardError.write("\(name.escapedForTerminal): \(errorCount) \(errorCount == 1 ? "error" : "errors")\n")
    } else if !quiet {
      try Console.standardOutput.print("\(name.escapedForTerminal): ok (\(loaded.summary))\n")
    }
  }

  /// The object of `--format json`.
  static func report(_ files: [CheckedFile]) -> JSONValue {
    ["ok": .bool(files.allSatisfy(\.isOK)), "files": .array(files.map(\.json))]
  }

  private var json: JSONValue {
    [
      "file": .string(name), "kind": loaded.kind == .agent ? "agent" : "tools", "ok": .bool(isOK),
      "diagnostics": .array(diagnostics.map(\.json)),
    ]
  }
}

extension Diagnostic {
  fileprivate var json: JSONValue {
    [
      "severity": .string(severity.rawValue), "file": .string(file), "line": .number(JSONNumber(line)),
      "column": .number(JSONNumber(column)), "path": .string(path), "message": .string(message),
      "hint": hint.map { .string($0) } ?? .null,
    ]
  }
}

extension AgentDefinition.Loaded {
  fileprivate var summary: String {
    let tools = definition?.tools ?? []
    if kind == .tools {
      let names = tools.map(\.name.value).joined(separator: ", ")
      return tools.count == 1 ? "tool \(names)" : "\(tools.count) tools\(names.isEmpty ? "" : ": \(names)")"
    }
    let model = definition?.model.map { "model \($0.value.identifier)" } ?? "no model"
    let count = tools.isEmpty ? "no tools" : tools.count == 1 ? "1 tool" : "\(tools.count) tools"
    return "agent \(definition?.name ?? ""), \(model), \(count)"
  }
}
