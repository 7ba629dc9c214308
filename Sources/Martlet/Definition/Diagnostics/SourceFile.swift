/// A text that diagnostics point into: its name as the user gave it, and its lines.
///
/// Every tool knows the one that declares it: a copy is one more reference.
package final class SourceFile: Sendable {
  /// The path as it is shown in diagnostics.
  package let name: String
  /// The folder that the file's relative paths are relative to.
  package let folder: String
  private let bytes: [UInt8]

  package init(name: String, bytes: [UInt8]) {
    self.name = name
    self.folder = FilePaths.folder(of: name)
    self.bytes = bytes
  }

  /// The text of a line, counted from 1, without its end; empty beyond the end of the file.
  ///
  /// Takes time in proportion to the text before it: lines are for diagnostics, and most files need none.
  package func line(_ number: Int) -> String {
    guard number > 0 else { return "" }
    // A byte order mark takes no column.
    var rest = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    for _ in 1..<number {
      guard let end = rest.firstIndex(where: Self.endsLine) else { return "" }
      let isCR = rest[end] == UInt8(ascii: "\r")
      rest = rest[(end + 1)...]
      if isCR, rest.first == UInt8(ascii: "\n") { rest = rest.dropFirst() }
    }
    return String(decoding: rest.prefix { !Self.endsLine($0) }, as: UTF8.self)
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
