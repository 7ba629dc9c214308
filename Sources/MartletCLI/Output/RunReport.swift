import Glibc
import Martlet
import MartletJSON

/// Tells of one run on the program's standard streams, in the format that was asked for.
actor RunReport {
  private let options: OutputOptions
  private let started = RunClock.continuous.now()
  private let output = Console.standardOutput
  private let errors = Console.standardError
  private var text: TextPrinter
  private var ticker: Task<Void, Never>?
  private var sequence = 0
  private var diagnostics: [Diagnostic] = []
  /// Why standard output cannot be written to any more.
  private var brokenOutput: Int32?
  private var cancelRun: (@Sendable () -> Void)?

  init(_ options: OutputOptions) {
    self.options = options
    self.text = TextPrinter(options)
  }

  /// Says what ends a run that nobody reads.
  func onBrokenOutput(_ cancel: @escaping @Sendable () -> Void) {
    cancelRun = cancel
    if brokenOutput != nil { cancel() }
  }

  /// Keeps what is worth knowing about an agent that can be run, and shows it.
  func begin(_ agent: Agent) {
    diagnostics = agent.diagnostics
    if options.format == .text, text.showsSlowCalls {
      ticker = Task(executorPreference: Main.thread) { [weak self] in
        while (try? await Task.sleep(for: SlowCalls.threshold)) != nil { await self?.tick() }
      }
    }
    guard !options.quiet else { return }
    errors.write(diagnostics.filter { options.verbose || $0.severity == .warning })
  }

  private func tick() { text.tick() }

  func take(_ event: AgentEvent) {
    switch (options.format, event) {
    case (.events, .runFinished): break  // written by `end`, when the answer is where it belongs
    case (.events, _):
      writeLine(event)
      if case .runStarted = event { for diagnostic in diagnostics { writeLine(diagnostic.notice) } }
    case (.json, _): break
    case (.text, _): note(text.take(event))
    }
  }

  /// Ends the report; gives the status that the program exits with.
  func end(_ result: RunResult) -> ExitStatus {
    ticker?.cancel()
    var result = result
    writeAnswer(of: &result)
    switch options.format {
    case .text: note(text.end(result))
    case .json: note(output.write(result.json.canonicalString() + "\n"))
    case .events: writeLine(.runFinished(result))
    }
    if let brokenOutput, brokenOutput == EPIPE { return .interrupted(by: SIGPIPE) }
    // Without a signal it is the broken output that ended the run, and that has been said.
    let isSaid = brokenOutput != nil && result.outcome == .interrupted && Interrupts.shared.signal == nil
    if let error = result.error { reportError(error, isSaid: isSaid) }
    if brokenOutput != nil { return .failed }
    return ExitStatus(result.outcome)
  }

  /// Reports an agent that cannot be run.
  func invalid(_ error: DefinitionError) -> ExitStatus {
    errors.write(
      error.diagnostics.filter {
        switch $0.severity {
        case .error: true
        case .warning: !options.quiet
        case .note: options.verbose
        }
      })
    let message = error.errors.map { $0.rendered() }.joined(separator: "\n")
    return finish(.invalid, AgentError(code: "invalid", message: message), agent: nil)
  }

  /// Reports a run that ends before it begins.
  func end(_ outcome: RunOutcome, code: AgentError.Code, message: String, agent: String) -> ExitStatus {
    reportError(AgentError(code: code, message: message))
    return finish(outcome, AgentError(code: code, message: message), agent: agent)
  }

  private func finish(_ outcome: RunOutcome, _ error: AgentError, agent: String?) -> ExitStatus {
    var result = RunResult(outcome: outcome, agent: agent ?? "", model: nil, session: SessionID.make())
    result.error = error
    result.duration = RunClock.continuous.now() - started
    switch options.format {
    case .text: break
    case .json: note(output.write(result.json.canonicalString() + "\n"))
    case .events: writeLine(.runFinished(result))
    }
    return ExitStatus(outcome)
  }

  /// Puts the answer of a completed run into the file of `-o`.
  private func writeAnswer(of result: inout RunResult) {
    guard let path = options.file, result.outcome == .completed else { return }
    do throws(FileError) {
      try AtomicFile.write(Array((result.output ?? "").endingInOneNewline.utf8), to: path)
    } catch {
      result.outcome = .failed
      result.error = AgentError(code: "output", message: "the answer could not be written: \(error)")
    }
  }

  private func reportError(_ error: AgentError, isSaid: Bool = false) {
    if !isSaid {
      errors.write("martlet: \(errors.styled("error:", .red)) \(error.message.escapedForTerminalKeepingLines)\n")
    }
    if let path = options.file, error.code != "output" {
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

extension Diagnostic {
  /// The diagnostic as an event of the run.
  fileprivate var notice: AgentEvent {
    let place = line > 0 ? "\(file):\(line):\(column): " : "\(file): "
    return .notice(code: severity == .note ? "definition_note" : "definition_warning", message: place + message)
  }
}
