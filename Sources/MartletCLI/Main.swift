import ArgumentParser
import Dispatch
import Glibc
import Martlet

@main
enum Main {
  /// Not `async`: the runtime, which traps without descriptors, must not start before it is known that there are some.
  static func main() {
    Console.openMissingStreams()
    // Inherited as ignored, it would take away how plugins ended.
    signal(SIGCHLD, SIG_DFL)
    ProcessSupervision.seal()
    OpenFileLimit.raise()
    if let problem = OpenFileLimit.problem() {
      Console.standardError.write("martlet: \(problem)\n")
      exit(ExitStatus.failed.rawValue)
    }
    Interrupts.shared.begin()
    let arguments = Shorthand.expanded(Array(CommandLine.arguments.dropFirst()))
    Task.detached {
      // That takes as long as everything else before the first request. Not any earlier: the first task of a program asks
      // the dynamic linker for a function, and would wait until libcurl is loaded.
      if arguments.first == "run" { ChatClient.beginLoadingLibcurl() }
      exit(await run(arguments).rawValue)
    }
    dispatchMain()
  }

  /// Parses and runs a command; the parser's own exit statuses become ours.
  private static func run(_ arguments: [String]) async -> ExitStatus {
    if let problem = Shorthand.unknownCommand(in: arguments) {
      Console.standardError.write("martlet: \(problem)\n")
      return .usage
    }
    do {
      var command = try MartletCommand.parseAsRoot(arguments)
      if var runnable = command as? any AsyncParsableCommand {
        try await runnable.run()
      } else {
        try command.run()
      }
      return .completed
    } catch let status as ExitStatus {
      return status
    } catch {
      return report(error)
    }
  }

  private static func report(_ error: any Error) -> ExitStatus {
    let text = MartletCommand.fullMessage(for: error)
    let isHelp = MartletCommand.exitCode(for: error).isSuccess
    let line = text.hasSuffix("\n") || text.isEmpty ? text : text + "\n"
    guard isHelp else {
      Console.standardError.write(line)
      return .usage
    }
    do throws(ExitStatus) {
      try Console.standardOutput.print(line)
      return .completed
    } catch {
      return error
    }
  }
}

struct MartletCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "martlet",
    abstract: "Runs agents that call tools, from YAML files.",
    discussion: """
      A file stands for `run`: martlet agents/weather.yaml "Is it warm in Oslo?"
      A task can hold what comes in: git diff | martlet run review.yaml "Review:" -
      """,
    version: Version.textIfAskedFor,
    subcommands: [
      RunCommand.self, CheckCommand.self, ToolsCommand.self, CallCommand.self, SchemaCommand.self, DoctorCommand.self,
      CacheCommand.self,
    ])
}

/// The words of a command line that stand for others.
enum Shorthand {
  /// `martlet AGENT.yaml TASK` is `martlet run AGENT.yaml TASK`.
  static func expanded(_ arguments: [String]) -> [String] {
    guard let first = arguments.first, isFile(first) else { return arguments }
    return ["run"] + arguments
  }

  /// A first word that is neither a file nor a command.
  static func unknownCommand(in arguments: [String]) -> String? {
    guard let first = arguments.first, !first.hasPrefix("-"), !isFile(first) else { return nil }
    let names = MartletCommand.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
    if names.contains(first) { return nil }
    let shown = first.escapedForTerminal
    if let near = Suggestion.nearest(to: first, in: names) {
      return "unknown command `\(shown)`: did you mean `\(near)`?"
    }
    return
      "unknown command `\(shown)`: the commands are \(names.joined(separator: ", ")); a file ends in .yaml or has a slash"
  }

  private static func isFile(_ word: String) -> Bool {
    !word.hasPrefix("-") && (word.hasSuffix(".yaml") || word.hasSuffix(".yml") || word.contains("/"))
  }
}
