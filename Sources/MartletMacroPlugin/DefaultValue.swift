#if Macros
  import SwiftParser
  import SwiftSyntax
  import SwiftSyntaxBuilder

  extension ExprSyntax {
    /// The method of a schema that states this default, where it is the same value every time; else nothing.
    func annotation(of type: TypeSyntax) -> String {
      if isLiteral { return ".defaulting(to: \(trimmedDescription))" }
      return isConstant ? ".defaulting(encoding: \(trimmedDescription) as \(type.trimmedDescription))" : ""
    }

    /// The expression as it can stand after an operator.
    var operand: String { self.is(SequenceExprSyntax.self) ? "(\(trimmedDescription))" : trimmedDescription }

    /// Whether it is a value that JSON has too, and that is written alike in a schema.
    private var isLiteral: Bool {
      if let text = self.as(StringLiteralExprSyntax.self) { return text.representedLiteralValue != nil }
      if let list = self.as(ArrayExprSyntax.self) { return list.elements.allSatisfy(\.expression.isLiteral) }
      if let object = self.as(DictionaryExprSyntax.self) {
        guard let members = object.content.as(DictionaryElementListSyntax.self) else { return true }
        return members.allSatisfy { $0.key.is(StringLiteralExprSyntax.self) && $0.key.isLiteral && $0.value.isLiteral }
      }
      if let number = self.as(PrefixOperatorExprSyntax.self), number.operator.text == "-" {
        return number.expression.is(IntegerLiteralExprSyntax.self) || number.expression.is(FloatLiteralExprSyntax.self)
      }
      return self.is(IntegerLiteralExprSyntax.self) || self.is(FloatLiteralExprSyntax.self)
        || self.is(BooleanLiteralExprSyntax.self)
    }

    /// Whether it is a literal, a name such as `.celsius`, or a list of them; a call may give something else each time.
    private var isConstant: Bool {
      if let list = self.as(ArrayExprSyntax.self) { return list.elements.allSatisfy(\.expression.isConstant) }
      if let member = self.as(MemberAccessExprSyntax.self) { return member.base?.isName ?? true }
      return isLiteral
    }

    private var isName: Bool {
      self.is(DeclReferenceExprSyntax.self) || self.as(MemberAccessExprSyntax.self)?.base?.isName == true
    }

    /// The type that a literal has by itself.
    var literalType: TypeSyntax? {
      if self.is(StringLiteralExprSyntax.self) { return "String" }
      if self.is(IntegerLiteralExprSyntax.self) { return "Int" }
      if self.is(FloatLiteralExprSyntax.self) { return "Double" }
      if let number = self.as(PrefixOperatorExprSyntax.self), number.operator.text == "-" {
        return number.expression.literalType
      }
      return self.is(BooleanLiteralExprSyntax.self) ? "Bool" : nil
    }
  }
#endif
