/// Everything that is wrong with a template.
package struct TemplateError: Error, Sendable {
  package enum Kind: Error, Sendable, Hashable {
    case unclosed
    case invalidName(String)
    case unknownFilter(String)
  }

  /// One mistake and where its `{{` stands in the source.
  package struct Problem: Sendable {
    package let kind: Kind
    package let start: String.Index
  }

  package let problems: [Problem]
}

extension TemplateError.Kind: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unclosed: "`{{` is never closed by `}}`"
    case .invalidName(let name) where name.isEmpty: "`{{ }}` names no value"
    case .invalidName(let name): "`\(name)` is not a name that a template can use"
    case .unknownFilter(let filter): "unknown filter `\(filter)`: `default: value` is the only one"
    }
  }

  package var hint: String? {
    switch self {
    case .unclosed: "write `{{{{` for a literal `{{`"
    case .invalidName: "a name is letters, digits, _ and -, with dots between the steps of a path: {{ result.city }}"
    case .unknownFilter: nil
    }
  }
}

extension Template.Reference {
  /// Parses what stands between `{{` and `}}`.
  init(_ inside: Substring, start: String.Index) throws(TemplateError.Kind) {
    let parts = inside.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
    let dotted = (parts.first ?? "").trimmed
    let steps = dotted.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard let name = steps.first, steps.allSatisfy(\.isTemplateName) else { throw .invalidName(dotted) }
    self.name = name
    self.path = Array(steps.dropFirst())
    self.fallback = parts.count == 2 ? try Self.fallback(parts[1]) : nil
    self.start = start
  }

  private static func fallback(_ filter: Substring) throws(TemplateError.Kind) -> String {
    let text = filter.trimmed
    guard text.hasPrefix("default:") else { throw .unknownFilter(text) }
    let value = text.dropFirst("default:".count).trimmed
    for quote in ["\"", "'"] where value.utf8.count >= 2 && value.hasPrefix(quote) && value.hasSuffix(quote) {
      return String(value.dropFirst().dropLast())
    }
    return value
  }
}

extension StringProtocol {
  /// The text without spaces, tabs and line ends around it.
  package var trimmed: String {
    let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
    let bytes = Array(utf8)
    guard let first = bytes.firstIndex(where: { !isSpace($0) }), let last = bytes.lastIndex(where: { !isSpace($0) })
    else {
      return ""
    }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }

  fileprivate var isTemplateName: Bool { !isEmpty && utf8.allSatisfy(ToolName.isAllowed) }
}
