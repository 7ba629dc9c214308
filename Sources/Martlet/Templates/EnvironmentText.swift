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
    let parts = source.split(separator: "${", omittingEmptySubsequences: false)
    if let first = parts.first, !first.isEmpty { segments.append(.text(String(first))) }
    for part in parts.dropFirst() {
      guard let close = part.utf8.firstIndex(of: UInt8(ascii: "}")), Self.isName(part[..<close]) else { return nil }
      segments.append(.variable(String(part[..<close])))
      let rest = part[part.utf8.index(after: close)...]
      if !rest.isEmpty { segments.append(.text(String(rest))) }
    }
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

  /// Whether a word can name an environment variable.
  package static func isName(_ word: some StringProtocol) -> Bool {
    guard let first = word.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return word.utf8.allSatisfy { ToolName.isAllowed($0) && $0 != UInt8(ascii: "-") }
  }
}
