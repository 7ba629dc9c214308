#if Macros
  import SwiftDiagnostics
  import SwiftParser
  import SwiftSyntax
  import SwiftSyntaxBuilder

  /// The name by which a model calls a function: the one that the macro is given, or the function's own.
  struct ToolName {
    private(set) var text: String
    private(set) var problems: [Diagnostic] = []

    init(of node: AttributeSyntax, _ function: FunctionDeclSyntax) {
      text = function.name.text.unquoted.snakeCased
      guard let given = node.argument(nil), !given.is(NilLiteralExprSyntax.self) else {
        if !text.isValidName {
          let message = "`\(text)` cannot be the name of a tool: give it one, such as @Tool(\"\(text.nearestName)\")"
          problems = [Diagnostic(message, at: function.name)]
        }
        return
      }
      guard let name = given.as(StringLiteralExprSyntax.self)?.representedLiteralValue else {
        problems = [Diagnostic("the name of a tool is a literal, which can be checked here", at: given)]
        return
      }
      text = name
      if !name.isValidName {
        problems = [
          Diagnostic(
            "the name of a tool has 1 to 64 letters, digits, _ and -", at: given,
            .replacing(given, with: ExprSyntax(literal: name.nearestName), "use \"\(name.nearestName)\""))
        ]
      }
    }
  }

  extension AttributeSyntax {
    /// The value of an argument by its label.
    func argument(_ label: String?) -> ExprSyntax? {
      arguments?.as(LabeledExprListSyntax.self)?.first { $0.label?.text == label }?.expression
    }
  }

  extension String {
    fileprivate var isValidName: Bool { nearestName == self }

    /// The name with `_` for each other character.
    fileprivate var nearestName: String {
      let name = String(
        unicodeScalars.prefix(64).map { scalar -> Character in
          switch scalar {
          case "a"..."z", "A"..."Z", "0"..."9", "_", "-": Character(scalar)
          default: "_"
          }
        })
      return name.isEmpty ? "tool" : name
    }

    /// `getWeather` as models are used to it: `get_weather`.
    fileprivate var snakeCased: String {
      let characters = Array(self)
      var result = ""
      for (index, character) in characters.enumerated() {
        if character.isUppercase, index > 0 {
          // Before a word: `getURLOf` is get, url and of.
          let next = index + 1 < characters.count ? characters[index + 1] : character
          if !characters[index - 1].isUppercase || next.isLowercase { result.append("_") }
        }
        result += character.lowercased()
      }
      return result.replacing("__", with: "_")
    }
  }
#endif
