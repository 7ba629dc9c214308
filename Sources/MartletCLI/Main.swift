import ArgumentParser
import Glibc
import Martlet
import MartletHTTP

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
    // It takes longer to load than everything else before the first request. The next thread is there before it begins.
    if isRun { _ = beginThread { ChatClient.prepareLibcurl() } }
    let failure = beginThread {
      do {
        guard let rest = try begin(arguments) else { end(.completed) }
        Task.detached(executorPreference: thread) { end(await status(of: rest)) }
        thread.run()
      } catch {
        end(status(of: error))
      }
    }
    if let failure {
      Console.standardError.write("martlet: no thread can be started: \(String(cString: strerror(failure)))\n")
      end(.failed)
    }
    Interrupts.shared.takeSignals()
  }

  /// Runs the program's tasks, of which none may wait for another without giving up the thread.
  static let thread = TaskThread()
  private static let arguments = Shorthand.expanded(Array(CommandLine.arguments.dropFirst()))
  /// Known from the first word alone, before the rest is made into strings.
  private static let isRun: Bool = {
    guard CommandLine.argc > 1, let first = CommandLine.unsafeArgv[1] else { return false }
    return Shorthand.meansRun(String(cString: first))
  }()

  /// Reads a command line, and does what its command can do before there are tasks; gives what is left to do.
  private static func begin(_ arguments: [String]) throws -> (@Sendable () async throws -> Void)? {
    if isRun, let run = RunArguments(plain: arguments.dropFirst()) { return AgentRun(run).begin() }
    if let problem = Shorthand.unknownCommand(in: arguments) {
      Console.standardError.write("martlet: \(problem)\n")
      throw ExitStatus.usage
    }
    var command = try MartletCommand.parseAsRoot(arguments)
    if let command = command as? any AsyncCommand { return command.begin() }
    try command.run()
    return nil
  }

  private static func status(of work: () async throws -> Void) async -> ExitStatus {
    do {
      try await work()
      return .completed
    } catch {
      return status(of: error)
    }
  }

  /// The parser's own exit statuses become ours.
  private static func status(of error: any Error) -> ExitStatus { error as? ExitStatus ?? report(error) }

  /// Ends the program; everything is written.
  private static func end(_ status: ExitStatus) -> Never {
    // What `exit` would tidy up may be in use by the thread that makes libcurl ready.
    if isRun { _exit(status.rawValue) }
    exit(status.rawValue)
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

  /// Whether a first word begins a run.
  static func meansRun(_ word: String) -> Bool { word == "run" || isFile(word) }

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
