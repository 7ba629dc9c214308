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
    // A byte order mark takes no column.
    let text = text.unicodeScalars.first == "\u{FEFF}" ? text.unicodeScalars.dropFirst() : text.unicodeScalars[...]
    self.lines = Substring(text).split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
  }

  /// The text of a line, counted from 1, without its end; empty beyond the end of the file.
  package func line(_ number: Int) -> Substring {
    lines.indices.contains(number - 1) ? lines[number - 1] : ""
  }

  /// The part of a line around a column, and where in it the column stands, from 0.
  ///
  /// A line may be as long as the file; what people see of it is not.
  func excerpt(line number: Int, column: Int) -> (text: String, caret: Int) {
    let line = line(number).unicodeScalars
    let before = max(0, column - 1)
    let dropped = before > 90 ? before - 40 : 0
    let start = line.index(line.startIndex, offsetBy: dropped, limitedBy: line.endIndex) ?? line.endIndex
    let end = line.index(start, offsetBy: 110, limitedBy: line.endIndex) ?? line.endIndex
    let part = (dropped > 0 ? "…" : "") + String(line[start..<end]) + (end < line.endIndex ? "…" : "")
    return (part, before - dropped + (dropped > 0 ? 1 : 0))
  }
}
