import Martlet

/// A report as people read it: a line for each question, and what strays below it.
struct DoctorTable: Sendable {
  let console: Console
  /// Whether results are shown as they come.
  let isShown: Bool
  /// What was said below the rows so far: each sentence stands there once.
  private var shown: Set<String> = []

  init(console: Console, isShown: Bool) {
    self.console = console
    self.isShown = isShown
  }

  /// Shows a result as soon as it is there.
  mutating func print(_ result: ProbeResult) {
    if isShown { _ = console.write(row(of: result)) }
  }

  private mutating func row(of result: ProbeResult) -> String {
    let (mark, style): (String, Console.Style) =
      switch result.status {
      case .ok: ("✓", .green)
      case .strays: ("!", .yellow)
      case .missing, .failed: ("✗", .red)
      case .skipped: ("–", .dim)
      }
    let title = "\(console.styled(mark, style)) \(result.title)"
    if result.status == .skipped, let reason = result.reason { return title + aside("not asked: \(reason)") }
    let said = result.findings.filter { $0.kind != .note }.map(\.message) + [result.reason].compactMap(\.self)
    let news = said.filter { shown.insert($0).inserted }
    var asides = result.findings.filter { $0.kind == .note }.map(\.message)
    if news.count < said.count { asides.append(news.isEmpty ? "as above" : "also as above") }
    let lines = news.map { "    \($0.escapedForTerminal)\n" }.joined()
    return title + (asides.isEmpty ? "\n" : aside(asides.joined(separator: "; "))) + lines
  }

  /// What is worth knowing of a row, at its end.
  private func aside(_ text: String) -> String { console.styled("  (\(text.escapedForTerminal))", .dim) + "\n" }

  func summary(of report: DoctorReport) -> String {
    let missing = report.count(of: .missing) + report.count(of: .failed)
    let counts = [
      (report.count(of: .ok), "as the standard has it"), (report.count(of: .strays), "otherwise"),
      (missing, "not there or failed"), (report.count(of: .skipped), "not asked"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    let tokens = "\(report.usage.totalTokens) tokens\(report.usage.isEstimated ? " (estimated)" : "")"
    return """

      \(report.model.escapedForTerminal) at \(report.url.escapedForTerminal) is \(fitness(of: report)): \(counts.joined(separator: ", ")).
      \(report.requests) requests, \(tokens).

      """
  }

  private func fitness(of report: DoctorReport) -> String {
    if report.isUsable { return console.styled("fit for agents", .green) }
    guard report.isUndecided else { return console.styled("not fit for agents as it is", .red) }
    let isOwnWish = report.gaps == [.leftOut]
    return console.styled(
      isOwnWish ? "fit for agents as far as it was asked" : "not known to be fit for agents", .yellow)
  }
}
