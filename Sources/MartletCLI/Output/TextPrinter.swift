import Martlet
import MartletJSON

/// Writes the answer to standard output and what a person watches to standard error.
struct TextPrinter {
  private let output = Console.standardOutput
  private let errors = Console.standardError
  private let streams: Bool
  private let showsCalls: Bool
  private let showsRetries: Bool
  private let showsNotices: Bool
  private let writesFile: Bool
  private var slowCalls = SlowCalls()
  /// What has been streamed of the newest turn that streamed anything.
  private var streamed = (turn: 0, text: "")
  /// Whether the last thing on standard output is an unfinished line.
  private var isInLine = false

  init(_ options: OutputOptions) {
    writesFile = options.file != nil
    streams = !writesFile && (options.streams ?? output.isTerminal)
    showsCalls = !options.quiet && (errors.isTerminal || options.verbose)
    showsRetries = !options.quiet
    showsNotices = options.verbose
  }

  /// Whether calls that run for long are shown while they do.
  var showsSlowCalls: Bool { showsCalls && errors.isTerminal }

  /// Shows the calls that have been running for a second or more.
  mutating func tick() {
    if !isInLine { slowCalls.show(on: errors) }
  }

  /// Writes what an event calls for; gives the error number when standard output fails.
  mutating func take(_ event: AgentEvent) -> Int32? {
    slowCalls.clear(from: errors)
    slowCalls.take(event)
    switch event {
    case .textDelta(let turn, let text) where streams:
      streamed = (turn, (streamed.turn == turn ? streamed.text : "") + text)
      return stream(text)
    case .textVoid where streams:
      streamed.text = ""
      return finishLine() ?? say("the reply above does not count; the model is asked again", .yellow)
    case .toolFinished(let record) where showsCalls:
      return finishLine() ?? write(line(for: record))
    case .modelRetry(let attempt, let delay, let error) where showsRetries:
      let wait = delay == .zero ? "at once" : "in \(delay.inWords)"
      return finishLine() ?? say("\(error.message.escapedForTerminal); attempt \(attempt) follows \(wait)", .yellow)
    case .notice("model_fallback", let message) where showsRetries:
      return finishLine() ?? say(message.escapedForTerminal, .yellow)
    case .notice(_, let message) where showsNotices:
      return finishLine() ?? say(message.escapedForTerminal, .dim)
    case .toolStarted where streams, .turnFinished where streams: return finishLine()
    default: return nil
    }
  }

  /// Writes the answer unless it has been streamed or belongs into a file.
  mutating func end(_ result: RunResult) -> Int32? {
    slowCalls.clear(from: errors)
    if let failure = finishLine() { return failure }
    if showsNotices { _ = say(result.summary, .dim) }
    guard let answer = result.output, !answer.isEmpty, streamed.text != answer else { return nil }
    guard !writesFile || result.outcome != .completed else { return nil }
    return output.write(shown(answer.endingInOneNewline))
  }

  private mutating func stream(_ text: String) -> Int32? {
    isInLine = !text.hasSuffix("\n")
    return output.write(shown(text))
  }

  private mutating func finishLine() -> Int32? {
    guard isInLine else { return nil }
    isInLine = false
    return output.write("\n")
  }

  /// Text from a model cannot steer the terminal; a pipe gets it as it is.
  private func shown(_ text: String) -> String {
    output.isTerminal ? text.escapedForTerminalKeepingLines : text
  }

  private func say(_ message: String, _ style: Console.Style) -> Int32? {
    write(errors.styled("martlet: \(message)", style) + "\n")
  }

  /// What cannot be said to a person does not stop the run.
  private func write(_ text: String) -> Int32? {
    _ = errors.write(text)
    return nil
  }

  /// One line: the tool, its arguments, how long it took, how much it gave.
  private func line(for record: ToolCallRecord) -> String {
    let mark = record.isError ? errors.styled("✗", .red) : errors.styled("✓", .green)
    let size = record.result.map { "\($0.utf8.count) bytes" } ?? "no result"
    let figures = "\(record.duration.inWords), \(size)"
    let room = max(20, errors.width - record.name.count - figures.count - 6)
    let arguments = record.arguments.canonicalString().escapedForTerminal.shortened(to: room)
    var line =
      "\(mark) \(errors.styled(record.name.escapedForTerminal, .bold)) \(arguments)  \(errors.styled(figures, .dim))\n"
    if record.isError, let result = record.result {
      for part in result.escapedForTerminalKeepingLines.split(separator: "\n").prefix(6) {
        line += "  \(String(part).shortened(to: max(20, errors.width - 2)))\n"
      }
    }
    return line
  }
}

extension RunResult {
  fileprivate var summary: String {
    let tokens =
      usage.map { ", \($0.totalTokens) tokens\($0.isEstimated ? " (estimated)" : ""), \($0.costInWords)" } ?? ""
    func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
    return
      "\(outcome.rawValue): \(count(turns, "turn")), \(count(toolCalls.count, "tool call"))\(tokens), \(duration.inWords)"
  }
}

extension Usage {
  fileprivate var costInWords: String { exactCost?.inWords ?? "cost unknown" }
}

extension String {
  /// The text without the line ends at its end, and then one.
  var endingInOneNewline: String {
    var copy = self[...]
    while copy.unicodeScalars.last == "\n" || copy.unicodeScalars.last == "\r" { copy.unicodeScalars.removeLast() }
    return String(copy) + "\n"
  }

  fileprivate func shortened(to length: Int) -> String {
    count <= length ? self : prefix(max(0, length - 1)) + "…"
  }
}
