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
    let bar = inside.utf8.firstIndex(of: UInt8(ascii: "|"))
    let dotted = inside[..<(bar ?? inside.endIndex)].trimmed
    let steps = dotted.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard let name = steps.first, steps.allSatisfy(Self.isName) else { throw .invalidName(dotted) }
    self.name = String(Substring(name))
    self.path = steps.dropFirst().map { String(Substring($0)) }
    self.fallback = try bar.map { (bar) throws(TemplateError.Kind) in
      try Self.fallback(inside[inside.utf8.index(after: bar)...])
    }
    self.start = start
  }

  private static func isName(_ step: Substring.UTF8View) -> Bool {
    !step.isEmpty && step.allSatisfy(ToolName.isAllowed)
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
    guard let first = utf8.firstIndex(where: { !isSpace($0) }) else { return "" }
    var (place, end) = (first, first)
    while place != utf8.endIndex {
      let next = utf8.index(after: place)
      if !isSpace(utf8[place]) { end = next }
      place = next
    }
    return String(decoding: utf8[first..<end], as: UTF8.self)
  }
}
