package import MartletYAML

/// A text that diagnostics point into: its name as the user gave it, and its lines.
package struct SourceFile: Sendable {
  /// The path as it is shown in diagnostics.
  package let name: String
  /// The folder that the file's relative paths are relative to.
  package let folder: String
  private let lines: [Substring]

  package init(name: String, text: String) {
    self.name = name
    self.folder = FilePaths.folder(of: name)
    self.lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
  }

  /// The text of a line, counted from 1, without its end; empty beyond the end of the file.
  package func line(_ number: Int) -> Substring {
    lines.indices.contains(number - 1) ? lines[number - 1] : ""
  }

  /// Where `text` first stands at or after `mark`, at most `within` lines further down; `mark` itself if it does not.
  package func find(_ text: String, from mark: YAMLMark, within: Int = 200) -> YAMLMark {
    for number in mark.line...(mark.line + within) where number <= lines.count {
      let scalars = Array(line(number).unicodeScalars)
      let wanted = Array(text.unicodeScalars)
      let first = number == mark.line ? mark.column - 1 : 0
      guard scalars.count >= wanted.count, first <= scalars.count - wanted.count else { continue }
      for start in first...(scalars.count - wanted.count) where scalars[start...].starts(with: wanted) {
        return YAMLMark(line: number, column: start + 1)
      }
    }
    return mark
  }
}
