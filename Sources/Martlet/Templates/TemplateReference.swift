/// A template that cannot be read.
package struct TemplateError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Problem: Sendable, Hashable {
    case unclosed
    case invalidName(String)
    case unknownFilter(String)
  }

  /// The text of the template where the problem is, to find its place in the file.
  package let near: String
  package let problem: Problem

  package var description: String {
    switch problem {
    case .unclosed: "`{{` is never closed by `}}`"
    case .invalidName(let name) where name.isEmpty: "`{{ }}` names no value"
    case .invalidName(let name): "`\(name)` is not a name that a template can use"
    case .unknownFilter(let filter): "unknown filter `\(filter)`: `default: value` is the only one"
    }
  }

  package var hint: String? {
    switch problem {
    case .unclosed: "write `{{{{` for a literal `{{`"
    case .invalidName: "a name is letters, digits, _ and -, with dots between the steps of a path: {{ result.city }}"
    case .unknownFilter: nil
    }
  }
}

extension Template.Reference {
  /// Parses what stands between `{{` and `}}`.
  init(_ inside: Substring) throws(TemplateError) {
    let parts = inside.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
    let dotted = (parts.first ?? "").trimmed
    let steps = dotted.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard let name = steps.first, steps.allSatisfy(\.isTemplateName) else {
      throw TemplateError(near: "{{\(inside)", problem: .invalidName(dotted))
    }
    self.name = name
    self.path = Array(steps.dropFirst())
    self.fallback = try parts.dropFirst().first.map { filter throws(TemplateError) in try Self.fallback(filter, inside)
    }
  }

  private static func fallback(_ filter: Substring, _ inside: Substring) throws(TemplateError) -> String {
    let text = filter.trimmed
    guard text.hasPrefix("default:") else {
      throw TemplateError(near: "{{\(inside)", problem: .unknownFilter(text))
    }
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

  fileprivate var isTemplateName: Bool {
    !isEmpty
      && utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
      }
  }
}
