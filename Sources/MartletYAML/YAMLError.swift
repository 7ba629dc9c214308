/// Why a YAML source was refused, and where.
///
/// Faults of the document's meaning, duplicate keys among them, are not errors of this type: the reader of the tree
/// reports those, with the marks of the nodes.
public struct YAMLError: Error, Sendable, Hashable {
  /// Where the fault is, or begins: an unclosed quote is reported at the quote, not at the end of the file.
  public let mark: YAMLMark

  /// What is wrong, as one clause without a period.
  public let reason: String

  /// What to do about it, as one clause without a period, where that is known.
  public let hint: String?

  init(at mark: YAMLMark, _ reason: String, hint: String? = nil) {
    self.mark = mark
    self.reason = reason
    self.hint = hint
  }

  static let emptySource = YAMLError(
    at: .startOfSource, "the source is empty", hint: "it has to contain one document")

  /// A part of the source for use in a message: at most 40 characters, none of which controls a terminal.
  static func excerpt(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if result.count == 40 { return String(result) + "…" }
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}

extension YAMLError: CustomStringConvertible {
  /// The error on one line: `3:5: reason; hint`.
  public var description: String { "\(mark): \(reason)" + (hint.map { "; \($0)" } ?? "") }
}
