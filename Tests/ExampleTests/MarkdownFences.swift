import Martlet

/// A fenced block of a Markdown page.
struct Fence: Sendable {
  /// The word after the opening fence.
  let language: String
  /// The name in a `<!-- file: NAME -->` line just before the block.
  let file: String?
  let text: String
  /// The line of the opening fence.
  let line: Int

  /// All blocks of a page, in order.
  static func all(in page: String) -> [Fence] {
    var fences: [Fence] = []
    var open: (language: String, file: String?, lines: [Substring], line: Int)?
    var file: String?
    for (index, line) in page.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if let block = open {
        if line == "```" {
          fences.append(
            Fence(
              language: block.language, file: block.file, text: block.lines.map { $0 + "\n" }.joined(), line: block.line
            ))
          open = nil
          file = nil
        } else {
          open?.lines.append(line)
        }
      } else if line.hasPrefix("```") {
        open = (String(line.dropFirst(3)), file, [], index + 1)
      } else if line.hasPrefix("<!-- file: "), line.hasSuffix(" -->") {
        file = String(line.dropFirst("<!-- file: ".count).dropLast(" -->".count))
      } else if !line.isEmpty {
        file = nil
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
}
