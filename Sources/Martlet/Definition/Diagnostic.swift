/// One thing that is wrong, or worth knowing, in an agent file, at its place.
public struct Diagnostic: Sendable, Hashable {
  /// How much a diagnostic matters.
  public enum Severity: String, Sendable {
    /// The file cannot be used.
    case error
    /// The file works, but probably not as meant.
    case warning
    /// The file works; there is something to know about it.
    case note
  }

  /// How much it matters.
  public var severity: Severity
  /// The file, as the user named it.
  public var file: String
  /// The line, from 1; 0 when the whole file is meant.
  public var line: Int
  /// The column in Unicode scalars, from 1; 0 when the whole file is meant.
  public var column: Int
  /// Where it stands in the document, such as `tools[0].command`; empty at the top.
  public var path: String
  /// What is wrong and what was expected, in one sentence without a period.
  public var message: String
  /// What to do about it.
  public var hint: String?
  /// The text of the line.
  public var excerpt: String

  /// The diagnostic as people read it: `file:line:column: error: message`, the line, a caret, the hint.
  public func rendered() -> String {
    var text = file.escapedForTerminal
    if line > 0 { text += ":\(line):\(column)" }
    text += ": \(severity.rawValue): \(message.escapedForTerminal)"
    if line > 0, !excerpt.isEmpty { text += "\n" + renderedExcerpt() }
    if let hint { text += "\n  hint: \(hint.escapedForTerminal)" }
    return text
  }

  /// The line with a caret under the column; of a long line, the part around it.
  private func renderedExcerpt() -> String {
    let scalars = Array(excerpt.unicodeScalars)
    let caret = min(max(column - 1, 0), scalars.count)
    let from = caret > 90 ? caret - 40 : 0
    let to = min(scalars.count, from + 110)
    let before = Self.shown(scalars[from..<caret], isCut: from > 0)
    let after = Self.shown(scalars[caret..<max(caret, to)]) + (to < scalars.count ? "…" : "")
    let gutter = "  \(line) | "
    let blank = String(repeating: " ", count: gutter.count - 2) + "| "
    return gutter + before + after + "\n" + blank + String(repeating: " ", count: before.count) + "^"
  }

  private static func shown(_ scalars: ArraySlice<Unicode.Scalar>, isCut: Bool = false) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars.map { $0 == "\t" ? " " : $0 })
    return (isCut ? "…" : "") + String(text).escapedForTerminal
  }
}

/// An agent file that cannot be used, with everything that is wrong in it.
public struct DefinitionError: Error, Sendable, CustomStringConvertible {
  /// All that was found, warnings and notes too, in the order of the file.
  public let diagnostics: [Diagnostic]

  /// The errors alone.
  public var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }

  /// All diagnostics as people read them.
  public var description: String { diagnostics.map { $0.rendered() }.joined(separator: "\n") }
}
