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
  public var line = 0
  /// The column in Unicode scalars, from 1; 0 when the whole file is meant.
  public var column = 0
  /// Where it stands in the document, such as `tools[0].command`; empty at the top.
  public var path = ""
  /// What is wrong and what was expected, in one sentence without a period.
  public var message: String
  /// What to do about it.
  public var hint: String?
  /// The line, or the part of a long one around the column.
  public var excerpt = ""
  /// Where in the excerpt the column stands, from 0.
  public var caret = 0

  package init(severity: Severity, file: String, message: String, hint: String? = nil) {
    self.severity = severity
    self.file = file
    self.message = message
    self.hint = hint
  }

  /// The diagnostic as people read it: `file:line:column: error: message`, the line, a caret, the hint.
  public func rendered() -> String { rendered { $0 } }

  /// The same, with the word for the severity styled.
  package func rendered(styling word: (String) -> String) -> String {
    var text = file.escapedForTerminal
    if line > 0 { text += ":\(line):\(column)" }
    text += (text.isEmpty ? "" : ": ") + word(severity.rawValue + ":") + " " + message.escapedForTerminal
    if line > 0, !excerpt.isEmpty { text += "\n" + renderedExcerpt() }
    if let hint { text += "\n  hint: \(hint.escapedForTerminal)" }
    return text
  }

  private func renderedExcerpt() -> String {
    let scalars = excerpt.unicodeScalars.map { $0 == "\t" ? " " : $0 }
    let shown = { (part: ArraySlice<Unicode.Scalar>) in
      String(String.UnicodeScalarView(part)).escapedForTerminal
    }
    let position = min(caret, scalars.count)
    let before = shown(scalars[..<position])
    let gutter = "  \(line) | "
    let blank = String(repeating: " ", count: gutter.count - 2) + "| "
    return gutter + before + shown(scalars[position...]) + "\n" + blank + String(repeating: " ", count: before.count)
      + "^"
  }
}

/// An agent file that cannot be used, with everything that is wrong in it.
public struct DefinitionError: Error, Sendable, CustomStringConvertible {
  /// All that was found, warnings and notes too, in the order of the file.
  public let diagnostics: [Diagnostic]

  /// The errors alone.
  public var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }

  /// The errors and warnings as people read them.
  public var description: String {
    diagnostics.filter { $0.severity != .note }.map { $0.rendered() }.joined(separator: "\n")
  }
}
