/// A scalar of a YAML document: its text, the way it was written, and its value under the core schema.
public struct YAMLScalar: Sendable {
  /// How a scalar is written in the source.
  public enum Style: UInt8, Sendable, Hashable {
    /// Without quotes: `text`. The only style whose value depends on the text.
    case plain
    /// In single quotes: `'text'`.
    case singleQuoted
    /// In double quotes, with escapes: `"text\n"`.
    case doubleQuoted
    /// A block that keeps its line breaks: `|`.
    case literal
    /// A block whose lines are joined: `>`.
    case folded
  }

  /// The value of a scalar under the core schema of YAML 1.2 (section 10.3.2) or under its tag.
  public enum Value: Sendable, Hashable {
    /// No value: `null`, `~`, or nothing at all.
    case null
    /// True or false. `yes`, `no`, `on` and `off` are strings.
    case bool(Bool)
    /// A finite number in a spelling that JSON (RFC 8259, section 6) allows.
    ///
    /// The source's spelling where JSON allows it (`1.50`, `1e3`), otherwise the nearest one: `0x1F` is `31`, `0o17`
    /// is `15`, `+5` is `5`, `0777` is `777`, `.5` is `0.5`, `1.` is `1.0`.
    case number(spelling: String)
    /// An infinity or not-a-number: `.inf`, `-.inf`, `.nan`. JSON has no such number.
    case nonFinite(Double)
    /// Text.
    case string(String)
  }

  let tree: YAMLTree
  let index: Int

  private var node: YAMLTree.Node { tree.nodes[index] }

  /// The text as YAML delivers it: unescaped, unfolded, its line breaks LF.
  public var text: String { tree.withText(of: index, YAMLTree.string) }

  /// How the scalar is written in the source.
  public var style: Style { node.style }

  /// What the scalar stands for.
  public var value: Value {
    switch node.kind {
    case .null: .null
    case .no: .bool(false)
    case .yes: .bool(true)
    case .number where tree.withText(of: index, CoreSchema.isWhole): .number(spelling: text)
    case .number: (try? NumberSpelling.json(of: text)).map { .number(spelling: $0) } ?? .string(text)
    case .nonFinite: (try? CoreSchema.value(ofPlain: text)) ?? .string(text)
    case .string, .sequence, .mapping: .string(text)
    }
  }

  /// Whether the scalar stands for no value.
  public var isNull: Bool { node.kind == .null }

  /// Where the text begins in the source, if its characters stand there one by one; otherwise `nil`.
  ///
  /// Known for a literal block (the first line under its indicator, at its indentation) and for a plain or quoted
  /// scalar on one line without escapes, unless an anchor or a tag precedes it.
  public var textStart: YAMLMark? { node.textStart == YAMLTree.Node.nowhere ? nil : node.textStart }

  /// Returns where a part of the text stands in the source, or `nil` where escapes or folding hide that.
  ///
  /// Known for every place of a literal block, and of a plain or quoted scalar on one line without escapes; unknown for
  /// folded blocks and for scalars with an anchor or a tag. Takes time in proportion to the text before the place.
  ///
  /// - Parameter index: An index of ``text``.
  public func mark(at index: String.Index) -> YAMLMark? {
    marks(at: [index])?.first
  }

  /// Returns where several parts of the text stand in the source, in one pass over the text, or `nil` as ``mark(at:)``.
  ///
  /// - Parameter indices: Indices of ``text``, none before the one in front of it.
  public func marks(at indices: [String.Index]) -> [YAMLMark]? {
    textStart.flatMap { YAMLMark.marks(at: indices, of: text, from: $0) }
  }
}

extension YAMLMark {
  /// Returns where parts of a text stand, of which every character stands in the source, in one pass over the text.
  ///
  /// - Parameter start: Where the text begins.
  public static func marks(at indices: [String.Index], of text: String, from start: YAMLMark) -> [YAMLMark]? {
    guard let last = indices.last, last <= text.endIndex else { return nil }
    var (line, column) = (start.line, start.column)
    var marks: [YAMLMark] = []
    marks.reserveCapacity(indices.count)
    var place = text.utf8.startIndex
    for index in indices {
      while place < index {
        let byte = text.utf8[place]
        if byte == UInt8(ascii: "\n") {
          line += 1
          column = start.column
        } else if byte & 0xC0 != 0x80 {
          column += 1
        }
        text.utf8.formIndex(after: &place)
      }
      marks.append(YAMLMark(line: line, column: column))
    }
    return marks
  }
}
