/// A text that diagnostics point into: its name as the user gave it, and its lines.
package struct SourceFile: Sendable {
  /// The path as it is shown in diagnostics.
  package let name: String
  /// The folder that the file's relative paths are relative to.
  package let folder: String
  /// Without its byte order mark, which takes no column.
  private let text: Substring

  package init(name: String, text: String) {
    self.name = name
    self.folder = FilePaths.folder(of: name)
    self.text = text.unicodeScalars.first == "\u{FEFF}" ? Substring(text.unicodeScalars.dropFirst()) : text[...]
  }

  /// The text of a line, counted from 1, without its end; empty beyond the end of the file.
  ///
  /// Takes time in proportion to the text before it: lines are for diagnostics, and most files need none.
  package func line(_ number: Int) -> Substring {
    guard number > 0 else { return "" }
    var rest = text
    for _ in 1..<number {
      guard let end = rest.utf8.firstIndex(where: Self.endsLine) else { return "" }
      let isCR = rest.utf8[end] == UInt8(ascii: "\r")
      rest = rest[rest.utf8.index(after: end)...]
      if isCR, rest.utf8.first == UInt8(ascii: "\n") { rest = rest[rest.utf8.index(after: rest.startIndex)...] }
    }
    return rest[..<(rest.utf8.firstIndex(where: Self.endsLine) ?? rest.endIndex)]
  }

  private static func endsLine(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
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
