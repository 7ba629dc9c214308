#if Macros
  import SwiftSyntax
  import SwiftSyntaxBuilder

  /// Names and literals as they are read from a source and written into one.
  extension String {
    /// The text as a string literal of Swift.
    var literal: String { StringLiteralExprSyntax(content: self).description }

    /// A name without the backticks that make it one.
    var unquoted: String { hasPrefix("`") && hasSuffix("`") && count > 2 ? String(dropFirst().dropLast()) : self }

    /// A name that may be a word of the language.
    var quoted: String { "`\(self)`" }
  }

  extension DeclModifierListSyntax {
    func contains(_ word: String) -> Bool { contains { $0.name.text == word } }

    /// The word that makes another member as visible as this one, and a blank; nothing where that is the default.
    var access: String {
      let word = ["public", "open", "package", "fileprivate", "private"].first(where: contains)
      // `open` is for what is overridden.
      return word.map { ($0 == "open" ? "public" : $0) + " " } ?? ""
    }
  }
#endif
