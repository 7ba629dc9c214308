import Martlet

/// A report as people read it: a line for each question, and what strays below it.
struct DoctorTable: Sendable {
  let console: Console
  /// Whether results are shown as they come.
  let isShown: Bool

  /// Shows a result as soon as it is there.
  func print(_ result: ProbeResult) {
    if isShown { _ = console.write(row(of: result)) }
  }

  func row(of result: ProbeResult) -> String {
    let (mark, style): (String, Console.Style) =
      switch result.status {
      case .ok: ("✓", .green)
      case .strays: ("!", .yellow)
      case .missing, .failed: ("✗", .red)
      case .skipped: ("–", .dim)
      }
    var text = "\(console.styled(mark, style)) \(result.title)"
    let notes = result.findings.filter { $0.kind == .note }.map(\.message.escapedForTerminal)
    if result.status == .skipped, let reason = result.reason {
      return text + console.styled("  (not asked: \(reason.escapedForTerminal))", .dim) + "\n"
    }
    if !notes.isEmpty { text += console.styled("  (\(notes.joined(separator: "; ")))", .dim) }
    text += "\n"
    let lines = result.findings.filter { $0.kind != .note }.map(\.message) + [result.reason].compactMap { $0 }
    for line in lines { text += "    \(line.escapedForTerminal)\n" }
    return text
  }

  func summary(of report: DoctorReport) -> String {
    let missing = report.count(of: .missing) + report.count(of: .failed)
    let counts = [
      (report.count(of: .ok), "as the standard has it"), (report.count(of: .strays), "otherwise, which is put right"),
      (missing, "not there or failed"), (report.count(of: .skipped), "not asked"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    let fitness =
      report.isUsable
      ? console.styled("fit for agents", .green)
      : report.isUndecided
        ? console.styled("not known to be fit for agents", .yellow)
        : console.styled("not fit for agents as it is", .red)
    let tokens = "\(report.usage.totalTokens) tokens\(report.usage.isEstimated ? " (estimated)" : "")"
    return """

      \(report.model.escapedForTerminal) at \(report.url.escapedForTerminal) is \(fitness): \(counts.joined(separator: ", ")).
      \(report.requests) requests, \(tokens).

      """
  }
}
