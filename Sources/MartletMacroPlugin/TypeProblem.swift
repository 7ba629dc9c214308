#if Macros
  import SwiftDiagnostics
  import SwiftSyntax
  import SwiftSyntaxBuilder

  extension TypeSyntax {
    /// Why no schema can say what values of the type are in JSON, as far as its spelling shows.
    var problem: Diagnostic? {
      if let type = self.as(ArrayTypeSyntax.self) { return type.element.problem }
      if let wrapped { return wrapped.problem }
      if let type = self.as(DictionaryTypeSyntax.self) {
        guard type.key.trimmedDescription != "String" else { return type.value.problem }
        return Diagnostic(
          "the names in a JSON object are texts: the keys of a dictionary have to be String", at: type.key,
          .replacing(type.key, with: TypeSyntax("String"), "use String"))
      }
      if let type = self.as(TupleTypeSyntax.self) {
        if type.elements.count == 1, let only = type.elements.first { return only.type.problem }
        return Diagnostic("a tuple has no form in JSON: use a structure with @Schemable", at: type)
      }
      if self.is(FunctionTypeSyntax.self) { return Diagnostic("a function has no form in JSON", at: self) }
      if self.is(SomeOrAnyTypeSyntax.self) {
        return Diagnostic("JSON is decoded into one type: `\(trimmedDescription)` does not say which", at: self)
      }
      if self.as(IdentifierTypeSyntax.self)?.name.text == "Any" {
        return Diagnostic(
          "a value of any type cannot be decoded: JSONValue is for any JSON", at: self,
          .replacing(self, with: TypeSyntax("JSONValue"), "use JSONValue"))
      }
      return nil
    }

    /// The type without the optional around it; nil when there is none.
    var wrapped: TypeSyntax? {
      if let type = self.as(OptionalTypeSyntax.self) { return type.wrappedType }
      if let type = self.as(ImplicitlyUnwrappedOptionalTypeSyntax.self) { return type.wrappedType }
      guard let type = self.as(IdentifierTypeSyntax.self), type.name.text == "Optional" else { return nil }
      return type.genericArgumentClause?.arguments.first?.argument.as(TypeSyntax.self)
    }
  }
#endif
