import Glibc
import Martlet
import MartletJSON

/// Tells of one run on the program's standard streams, in the format that was asked for.
actor RunReport {
  enum Format {
    case text, json, events
  }

  private let format: Format
  private let options: RunCommand
  private let started = RunClock.continuous.now()
  private let output = Console.standardOutput
  private let errors = Console.standardError
  private var text: TextPrinter
  private var sequence = 0
  /// Why standard output cannot be written to any more.
  private var brokenOutput: Int32?
  private var cancelRun: (@Sendable () -> Void)?

  init(format: Format, options: RunCommand) {
    self.format = format
    self.options = options
    self.text = TextPrinter(options)
  }

  /// Says what ends a run that nobody reads.
  func onBrokenOutput(_ cancel: @escaping @Sendable () -> Void) {
    cancelRun = cancel
    if brokenOutput != nil { cancel() }
  }

  /// Shows what is worth knowing about an agent that can be run.
  func begin(_ agent: Agent) {
    guard !options.quiet else { return }
    errors.write(agent.diagnostics.filter { options.verbose || $0.severity == .warning })
  }

  func take(_ event: AgentEvent) {
    switch (format, event) {
    case (.events, .runFinished): break  // written by `end`, when the answer is where it belongs
    case (.events, _): writeLine(event)
    case (.json, _): break
    case (.text, _): note(text.take(event))
    }
  }

  /// Ends the report; gives the status that the program exits with.
  func end(_ result: RunResult) -> ExitStatus {
    var result = result
    writeAnswer(of: &result)
    switch format {
    case .text: note(text.end(result))
    case .json: note(output.write(result.json.canonicalString() + "\n"))
    case .events: writeLine(.runFinished(result))
    }
    if let brokenOutput, brokenOutput == EPIPE { return .interrupted(by: SIGPIPE) }
    if let error = result.error { reportError(error) }
    if brokenOutput != nil { return .failed }
    return ExitStatus(result.outcome)
  }

  /// Reports an agent that cannot be run.
  func invalid(_ error: DefinitionError) -> ExitStatus {
    errors.write(error.diagnostics.filter { !options.quiet || $0.severity == .error })
    return finishInvalid(message: error.errors.map { $0.rendered() }.joined(separator: "\n"), agent: nil)
  }

  func invalid(message: String, agent: String) -> ExitStatus {
    errors.write("martlet: \(errors.styled("error:", .red)) \(message)\n")
    return finishInvalid(message: message, agent: agent)
  }

  private func finishInvalid(message: String, agent: String?) -> ExitStatus {
    var result = RunResult(outcome: .invalid, agent: agent ?? "", model: nil, session: SessionID.make())
    result.error = AgentError(code: "invalid", message: message)
    result.duration = RunClock.continuous.now() - started
    switch format {
    case .text: break
    case .json: note(output.write(result.json.canonicalString() + "\n"))
    case .events: writeLine(.runFinished(result))
    }
    return .invalid
  }

  /// Puts the answer of a completed run into the file of `-o`.
  private func writeAnswer(of result: inout RunResult) {
    guard let path = options.output, result.outcome == .completed else { return }
    do throws(FileError) {
      try AtomicFile.write(Array((result.output ?? "").endingInOneNewline.utf8), to: path)
    } catch {
      result.outcome = .failed
      result.error = AgentError(code: "output", message: "the answer could not be written: \(error)")
    }
  }

  private func reportError(_ error: AgentError) {
    errors.write("martlet: \(errors.styled("error:", .red)) \(error.message.escapedForTerminalKeepingLines)\n")
    if let path = options.output, error.code != "output" {
      errors.write("martlet: \(path.escapedForTerminal) was not written\n")
    }
  }

  private func writeLine(_ event: AgentEvent) {
    let milliseconds = (RunClock.continuous.now() - started).wholeMilliseconds
    note(output.write(event.line(sequence: sequence, milliseconds: milliseconds).canonicalString() + "\n"))
    sequence += 1
  }

  private func note(_ failure: Int32?) {
    guard let failure, brokenOutput == nil else { return }
    brokenOutput = failure
    cancelRun?()
    if failure != EPIPE {
      errors.write("martlet: standard output cannot be written: \(String(cString: strerror(failure)))\n")
    }
  }
}
