/// A place that moves forward through the lines of a source, so that visiting many lines in order is one pass.
struct LineCursor {
  private let bytes: [UInt8]
  private(set) var line = 1

  /// The offset of the line's first byte; the end of the source when there are fewer lines.
  private(set) var offset: Int

  init(in source: SourceText) {
    bytes = source.bytes
    offset = source.start
  }

  /// Moves to the beginning of a line; stays where it is if that lies behind.
  mutating func advance(toLine target: Int) {
    while line < target, offset < bytes.count {
      let isCR = bytes[offset] == UInt8(ascii: "\r")
      let isLF = bytes[offset] == UInt8(ascii: "\n")
      offset += 1
      if isLF || isCR && !(offset < bytes.count && bytes[offset] == UInt8(ascii: "\n")) { line += 1 }
    }
  }

  /// The bytes of the line without its line break.
  var content: ArraySlice<UInt8> {
    bytes[offset...].prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
  }

  /// The number of spaces that the line begins with, or `nil` if it has nothing else.
  var indentation: Int? { content.firstIndex { $0 != UInt8(ascii: " ") }.map { $0 - offset } }

  /// Returns where the text of a block scalar begins: under its header, at the indentation of its lines.
  ///
  /// The indentation is what the first line that is not blank has in the source beyond what it has in the text. That
  /// holds for explicit indentation indicators, too.
  mutating func textStart(ofBlock text: String, header: YAMLMark, end: YAMLMark) -> YAMLMark? {
    let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") }
    guard let first = text.utf8.firstIndex(where: { !isBlank($0) }) else { return nil }
    let kept = text.utf8[..<first].reversed().prefix { $0 == UInt8(ascii: " ") }.count
    advance(toLine: header.line + 1)
    let start = self
    while line <= end.line, offset < bytes.count {
      if let indentation {
        return indentation < kept ? nil : YAMLMark(line: start.line, column: indentation - kept + 1)
      }
      advance(toLine: line + 1)
    }
    return nil
  }
}
