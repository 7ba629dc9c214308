/// A place in a YAML source: a line and a column, both counted from 1.
///
/// A line ends with LF, CR LF or a lone CR. A column counts Unicode scalars, a tab as one; a byte order mark at the
/// start of the source takes no column.
public struct YAMLMark: Sendable, Hashable {
  // Nodes carry two marks each: 32 bits per number keep a tree small.
  private let storedLine: UInt32
  private let storedColumn: UInt32

  /// The line, counted from 1.
  public var line: Int { Int(storedLine) }

  /// The column in Unicode scalars, counted from 1.
  public var column: Int { Int(storedColumn) }

  /// Creates a mark; numbers outside 0 to 2³² − 1 are clamped.
  public init(line: Int, column: Int) {
    storedLine = UInt32(clamping: line)
    storedColumn = UInt32(clamping: column)
  }

  /// The mark of a line and a column that are counted from 0, in a source whose size is limited.
  init(fromZero line: Int, _ column: Int) {
    storedLine = UInt32(truncatingIfNeeded: line) &+ 1
    storedColumn = UInt32(truncatingIfNeeded: column) &+ 1
  }

  /// Whether both are places of one line.
  func isInLine(of other: YAMLMark) -> Bool { storedLine == other.storedLine }

  static let startOfSource = YAMLMark(line: 1, column: 1)
}

extension YAMLMark: Comparable {
  /// Returns whether the first place comes before the second one in the source.
  public static func < (first: YAMLMark, second: YAMLMark) -> Bool {
    (first.storedLine, first.storedColumn) < (second.storedLine, second.storedColumn)
  }
}

extension YAMLMark: CustomStringConvertible {
  /// The mark as `line:column`, the form in which compilers print places.
  public var description: String { "\(line):\(column)" }
}
