import ArgumentParser
import Glibc
import Martlet

struct CallCommand: AsyncCommand {
  static let configuration = CommandConfiguration(
    commandName: "call",
    abstract: "Runs one tool of an agent, without a model.",
    discussion: """
      The result goes to standard output as the model would read it. When the call fails, what the model would be told \
      goes to standard error and the exit status is 1.
      """)

  @Argument(help: ArgumentHelp("The agent's YAML file, or a tool file.", valueName: "agent"))
  var agent: String

  @Argument(help: ArgumentHelp("The name of the tool.", valueName: "tool"))
  var tool: String

  @Argument(
    help: ArgumentHelp("The arguments as a JSON object; - reads them from standard input.", valueName: "arguments"))
  var arguments = "{}"

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Give a parameter of the agent its value; can be repeated.", valueName: "name=value"))
  var parameters: [ParameterOption] = []

  @Flag(help: "Print one JSON object about the call.")
  var json = false

  func run() async throws {
    let source = try ToolSource(file: agent)
    let supervisor = ProcessSupervisor.adopting()
    let trial: ToolTrial
    do throws(DefinitionError) {
      trial = try ToolTrial(of: source.loaded, named: tool, settings: settings(supervisor))
    } catch {
      Console.standardError.write(error.diagnostics.filter { $0.severity != .note })
      throw ExitStatus.invalid
    }
    ProcessEnvironment.erase(trial.secrets.variables)
    let name = tool
    let work = Interrupts.shared.start(
      kill: { supervisor.killAll() }, describe: { ["the call of \(name.escapedForTerminal) is running"] },
      { try await call(trial) })
    let status = try await work.value
    throw Interrupts.shared.signal.map { .interrupted(by: $0) } ?? status
  }

  private func settings(_ supervisor: ProcessSupervisor) -> AgentSettings {
    var settings = AgentSettings()
    settings.parameters = parameters.map { ($0.name, .text($0.value)) }
    settings.supervisor = supervisor
    return settings
  }

  private func call(_ trial: ToolTrial) async throws -> ExitStatus {
    let text: String
    do {
      text = try await argumentText(of: trial)
    } catch is CancellationError {
      return .failed
    } catch {
      Console.standardError.write("martlet: \(error)\n")
      return .usage
    }
    let record = await trial.call(arguments: text) { event in
      guard case .notice(_, let message) = event else { return }
      Console.standardError.write("martlet: \(message.escapedForTerminal)\n")
    }
    return try record.map(report) ?? .failed
  }

  /// The arguments, which may be of the kind that is repaired; throws what is wrong with others, whatever the tool.
  private func argumentText(of trial: ToolTrial) async throws -> String {
    let bytes = arguments == "-" ? try await StandardInput.bytes(limit: ToolTrial.maximumArgumentBytes) : ownBytes
    let problem: String
    do throws(JSONParseError) {
      let value = try JSONValue(parsing: bytes, duplicates: .reject)
      if value.objectValue != nil { return String(decoding: bytes, as: UTF8.self) }
      problem = "must be one JSON object, such as '{\"name\": \"value\"}', not \(value.kindName)"
    } catch {
      problem = "are not valid JSON: \(error)"
    }
    if let text = String(validating: bytes, as: UTF8.self), trial.canRepair(arguments: text) { return text }
    throw ValidationError("the arguments \(problem)")
  }

  /// The argument as it was given: a text would have U+FFFD where it is not UTF-8.
  private var ownBytes: [UInt8] {
    for argument in UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc)) {
      if let argument, String(cString: argument) == arguments {
        return UnsafeBufferPointer(start: argument, count: strlen(argument)).map { UInt8(bitPattern: $0) }
      }
    }
    return Array(arguments.utf8)
  }

  private func report(_ record: ToolCallRecord) throws -> ExitStatus {
    let output = Console.standardOutput
    let result = record.result?.endingInOneNewline ?? "martlet: error: the call was canceled\n"
    if json {
      try output.print(record.callJSON.canonicalString() + "\n")
    } else if record.isError {
      Console.standardError.write(result.escapedForTerminalKeepingLines)
    } else {
      try output.print(output.isTerminal ? result.escapedForTerminalKeepingLines : result)
    }
    return record.isError ? .failed : .completed
  }
}

extension ToolCallRecord {
  /// The object of `call --json`: that of a run's call without what only a run has.
  fileprivate var callJSON: JSONValue {
    var object = json.objectValue ?? [:]
    object["turn"] = nil
    object["id"] = nil
    return .object(object)
  }
}

extension JSONValue {
  /// What the value is, with its article.
  fileprivate var kindName: String {
    switch self {
    case .null: "null"
    case .array: "a list"
    case .object: "an object"
    default: "a \(typeName)"
    }
  }
}
