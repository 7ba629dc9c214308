/// A text with `${NAME}` in it, which stands for an environment variable.
package struct EnvironmentText: Sendable, Hashable {
  private enum Segment: Sendable, Hashable {
    case text(String)
    case variable(String)
  }

  package let source: String
  private let segments: [Segment]

  /// Parses a text; nil when a `${` is not closed or names no variable.
  package init?(_ source: String) {
    self.source = source
    var segments: [Segment] = []
    var rest = source[...]
    while let open = rest.range(of: "${") {
      if open.lowerBound > rest.startIndex { segments.append(.text(String(rest[..<open.lowerBound]))) }
      rest = rest[open.upperBound...]
      guard let close = rest.utf8.firstIndex(of: UInt8(ascii: "}")), Self.isName(rest[..<close]) else { return nil }
      segments.append(.variable(String(rest[..<close])))
      rest = rest[rest.utf8.index(after: close)...]
    }
    if !rest.isEmpty { segments.append(.text(String(rest))) }
    self.segments = segments
  }

  /// The names of the variables.
  package var variables: [String] {
    segments.compactMap { if case .variable(let name) = $0 { name } else { nil } }
  }

  /// The text with the values of an environment; an unset variable is empty.
  package func expanded(with environment: [String: String]) -> String {
    segments.reduce(into: "") { text, segment in
      switch segment {
      case .text(let literal): text += literal
      case .variable(let name): text += environment[name] ?? ""
      }
    }
  }

  /// What `isName` accepts, for JSON Schemas.
  static let namePattern = "^[A-Za-z_][A-Za-z0-9_]*$"

  /// Whether a word can name an environment variable.
  package static func isName(_ word: some StringProtocol) -> Bool {
    guard let first = word.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return word.utf8.allSatisfy { ToolName.isAllowed($0) && $0 != UInt8(ascii: "-") }
  }
}
