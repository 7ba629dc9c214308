/// What a model is told of a program that ran, or did not.
enum CommandMessages {
  static func refusal(_ refusal: ArgumentRefusal) -> String {
    switch refusal.reason {
    case .optionLike:
      "error: refused_argument: `\(refusal.name)` begins with \"-\" and would be taken for an option; the program was not "
        + "run. Give a value that does not begin with \"-\", such as \"./-name\" for a file."
    case .containsNUL:
      "error: refused_argument: `\(refusal.name)` contains a NUL character; the program was not run."
    }
  }

  /// The result of a call: its output as it is, or an error that says what happened.
  static func output(of result: ProcessResult) -> ToolOutput {
    let output = ResultText(result.output)
    switch result.ending {
    case .exited(status: 0):
      return ToolOutput(output.annotated)
    case .exited(let status):
      return failure("failed: exit status \(status)", result, output)
    case .signaled(let signal):
      return failure(
        "failed: killed by \(SignalNames.name(of: signal))\(SignalNames.explanation(of: signal))", result, output)
    case .timedOut(let limit):
      return failure("timed out after \(limit.inWords) and was stopped", result, output)
    case .outputLimit(let stream, let bytes):
      let name = stream == .standardOutput ? "standard output" : "standard error"
      return failure("was stopped: it wrote more than \(bytes) bytes to \(name)", result, output)
    case .notStarted(let failure):
      return .error("error: tool_failed: the program could not be started: \(failure)")
    case .statusUnknown:
      return failure("ended, but its exit status was taken by other code of this process", result, output)
    case .canceled:
      return .error("error: tool_failed: the call was canceled")
    }
  }

  private static func failure(_ what: String, _ result: ProcessResult, _ output: ResultText) -> ToolOutput {
    var message = "error: tool_failed: the program \(what)."
    let errors = ResultText(lossy: result.errorTail)
    if !errors.text.trimmed.isEmpty { message += "\nStandard error (its end):\n\(errors.annotated.trimmedEnd)" }
    if !output.text.trimmed.isEmpty { message += "\nStandard output:\n\(output.annotated.trimmedEnd)" }
    return .error(message)
  }
}

extension String {
  fileprivate var trimmedEnd: String {
    var copy = self[...]
    while let last = copy.unicodeScalars.last, last == "\n" || last == "\r" || last == " " {
      copy.unicodeScalars.removeLast()
    }
    return String(copy)
  }
}
