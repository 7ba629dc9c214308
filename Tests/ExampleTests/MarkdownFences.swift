import Martlet

/// A fenced block of a Markdown page.
struct Fence: Sendable {
  /// The word after the opening fence.
  let language: String
  /// The name in a `<!-- file: NAME -->` line just before the block: the block is that file.
  let file: String?
  /// The program in a `<!-- needs: NAME -->` line just before the block: without it the block cannot be run.
  let needs: String?
  /// Whether a `<!-- for: reading -->` line stands just before the block: it is code of another package, to compare.
  let isForReading: Bool
  let text: String
  /// The line of the opening fence.
  let line: Int

  /// The lines that say something, without their indentation.
  var code: [String] { text.split(separator: "\n").map { $0.trimmed }.filter { !$0.isEmpty } }

  /// All blocks of a page, in order.
  static func all(in page: String) -> [Fence] {
    var fences: [Fence] = []
    var open: (language: String, lines: [Substring], line: Int)?
    var remarks: [String: String] = [:]
    for (index, line) in page.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if let block = open {
        guard line == "```" else {
          open?.lines.append(line)
          continue
        }
        fences.append(
          Fence(
            language: block.language, file: remarks["file"], needs: remarks["needs"],
            isForReading: remarks["for"] == "reading", text: block.lines.map { $0 + "\n" }.joined(), line: block.line))
        open = nil
        remarks = [:]
      } else if line.hasPrefix("```") {
        open = (String(line.dropFirst(3)), [], index + 1)
      } else if line.hasPrefix("<!-- "), line.hasSuffix(" -->") {
        let words = line.dropFirst("<!-- ".count).dropLast(" -->".count).split(separator: ": ", maxSplits: 1)
        if words.count == 2 { remarks[String(words[0])] = String(words[1]) }
      } else if !line.isEmpty {
        remarks = [:]
      }
    }
    return fences
  }
}

/// A command of a `console` block and what it prints.
struct ConsoleStep: Sendable {
  let command: String
  let output: String

  static func all(in text: String) -> [ConsoleStep] {
    var steps: [ConsoleStep] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      if line.hasPrefix("$ ") {
        steps.append(ConsoleStep(command: String(line.dropFirst(2)), output: ""))
      } else if let last = steps.popLast() {
        steps.append(ConsoleStep(command: last.command, output: last.output + line + "\n"))
      }
    }
    return steps
  }

  /// An output with what differs from run to run made equal: identifiers of sessions, and times.
  static func comparable(_ output: String) -> String {
    output
      .replacing(/"session":"[0-9A-Z]{26}"/, with: #""session":"…""#)
      .replacing(/"(duration_ms|ms)":[0-9]+/) { "\"\($0.1)\":0" }
  }
}
