#if Macros
  import SwiftDiagnostics
  import SwiftSyntax
  import SwiftSyntaxBuilder
  import SwiftSyntaxMacros

  /// `@Schemable`: an extension with the schema of a structure or an enumeration.
  struct SchemableMacro: ExtensionMacro {
    static func expansion(
      of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax,
      providingExtensionsOf type: some TypeSyntaxProtocol, conformingTo protocols: [TypeSyntax],
      in context: some MacroExpansionContext
    ) throws -> [ExtensionDeclSyntax] {
      // A private type's members in an extension are seen where the type is.
      let access = declaration.modifiers.access.contains("private") ? "" : declaration.modifiers.access
      let schema: String
      var initializer = ""
      var problems: [Diagnostic] = []
      if let structure = declaration.as(StructDeclSyntax.self) {
        let properties = StoredProperties(of: structure)
        schema = properties.members.object(describedAs: DocComment(declaration).summary)
        initializer = properties.initializer(access: access)
        problems = properties.problems
      } else if let enumeration = declaration.as(EnumDeclSyntax.self) {
        let cases = EnumCases(of: enumeration)
        (schema, problems) = (cases.schema, cases.problems)
      } else {
        throw DiagnosticsError(diagnostics: [
          Diagnostic("@Schemable is for structures and enumerations, whose values are their properties", at: node)
        ])
      }
      if let modifier = declaration.modifiers.first(where: { $0.name.text == "private" }),
        !context.lexicalContext.isEmpty
      {
        problems.append(.hidden(modifier))
      }
      guard problems.isEmpty else { throw DiagnosticsError(diagnostics: problems) }
      let conformance = protocols.isEmpty ? "" : ": Schemable"
      return [
        try ExtensionDeclSyntax(
          """
          extension \(type.trimmed)\(raw: conformance) {
          \(raw: access)static var schema: SchemaDocument {
          SchemaDocument.describing(Self.self) {
          \(raw: schema)
          }
          }\(raw: initializer)
          }
          """)
      ]
    }
  }

  extension Diagnostic {
    /// What a macro writes for a nested type stands outside of the type around it.
    fileprivate static func hidden(_ modifier: DeclModifierSyntax) -> Diagnostic {
      let wider = modifier.with(\.name, .keyword(.fileprivate, trailingTrivia: modifier.name.trailingTrivia))
      return Diagnostic(
        "@Schemable cannot reach a private type inside another", at: modifier,
        .replacing(modifier, with: wider, "use fileprivate"))
    }
  }
#endif
