#if Macros
  import SwiftSyntax

  /// The comment before a declaration, as far as a model has use of it: what the thing is, and its parameters.
  struct DocComment {
    /// The text without the parameters, the result, the errors and examples; each paragraph and item on a line.
    private(set) var summary = ""
    private(set) var parameters: [String: String] = [:]

    private enum Place {
      case text
      case parameter(String)
      case ignored, code
    }
    private var place = Place.text
    /// The indentation of `- Parameters:`, whose items stand further to the right.
    private var listIndent: Int?
    private var startsLine = true

    init(_ node: some SyntaxProtocol) {
      for line in Self.lines(of: node.leadingTrivia) { read(line) }
    }

    private mutating func read(_ line: String) {
      let text = line.trimmed
      let indent = line.prefix { $0 == " " }.count
      if text.hasPrefix("```") {
        if case .code = place { place = .text } else { place = .code }
        return
      }
      if case .code = place { return }
      if text.isEmpty {
        (place, startsLine) = (.text, true)
      } else if let item = text.item(after: "- Parameter ") {
        begin(item)
      } else if text.hasPrefix("- Parameters:") {
        (place, listIndent) = (.ignored, indent)
      } else if let listIndent, indent > listIndent, let item = text.item(after: "- ") {
        begin(item)
      } else if Self.forDevelopers.contains(where: text.hasPrefix) {
        (place, listIndent) = (.ignored, nil)
      } else {
        add(text)
      }
    }

    private mutating func begin(_ item: (name: String, text: String)) {
      place = .parameter(item.name)
      parameters[item.name] = item.text
    }

    private mutating func add(_ text: String) {
      switch place {
      case .parameter(let name): parameters[name, default: ""] += " " + text
      case .text:
        let isItem = text.hasPrefix("- ") || text.hasPrefix("* ")
        if !summary.isEmpty { summary += startsLine || isItem ? "\n" : " " }
        summary += text
        startsLine = false
      case .ignored, .code: break
      }
    }

    /// What a comment says to those who write the program, not to a model.
    private static let forDevelopers = [
      "- Returns:", "- Throws:", "- Complexity:", "- SeeAlso:", "- Precondition:", "- Postcondition:", "- Invariant:",
      "- Requires:", "- Author:", "- Authors:", "- Since:", "- Version:", "- Copyright:", "- Date:", "- Bug:",
      "- ToDo:",
    ]

    private static func lines(of trivia: Trivia) -> [String] {
      trivia.pieces.flatMap { piece -> [String] in
        switch piece {
        case .docLineComment(let text): return [String(text.dropFirst(3))]
        case .docBlockComment(let text):
          return text.dropFirst(3).dropLast(2).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { line in
              let inner = line.drop { $0 == " " || $0 == "\t" }
              return String(inner.hasPrefix("*") ? inner.dropFirst() : inner)
            }
        default: return []
        }
      }
    }
  }

  extension String {
    /// The text without the blanks around it.
    fileprivate var trimmed: String {
      var text = self[...]
      while let first = text.first, first.isWhitespace { text.removeFirst() }
      while let last = text.last, last.isWhitespace { text.removeLast() }
      return String(text)
    }

    /// The name and the text of `- Parameter name: text`.
    fileprivate func item(after prefix: String) -> (name: String, text: String)? {
      guard hasPrefix(prefix), let colon = firstIndex(of: ":") else { return nil }
      let name = String(self[index(startIndex, offsetBy: prefix.count)..<colon]).trimmed
      guard !name.isEmpty, !name.contains(" ") else { return nil }
      return (name.unquoted, String(self[index(after: colon)...]).trimmed)
    }
  }
#endif
