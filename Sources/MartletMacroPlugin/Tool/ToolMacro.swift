#if Macros
  import SwiftDiagnostics
  import SwiftSyntax
  import SwiftSyntaxBuilder
  import SwiftSyntaxMacros

  /// `@Tool`: a property beside a function that gives the function as a tool.
  struct ToolMacro: PeerMacro {
    static func expansion(
      of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol,
      in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
      guard let function = declaration.as(FunctionDeclSyntax.self) else {
        throw DiagnosticsError(diagnostics: [Diagnostic("@Tool is for functions", at: node)])
      }
      if context.lexicalContext.first?.is(ProtocolDeclSyntax.self) == true {
        throw DiagnosticsError(diagnostics: [
          Diagnostic(
            "@Tool is for the functions of a type: a protocol's requirement is none that could be called", at: node)
        ])
      }
      let comment = DocComment(function)
      let parameters = ToolParameters(of: function, comment, in: context.lexicalContext.first)
      let name = ToolName(of: node, function)
      let problems = name.problems + problems(of: function) + parameters.problems
      guard problems.isEmpty else { throw DiagnosticsError(diagnostics: problems) }

      let scope = Scope(of: function, in: context)
      let arguments = context.makeUniqueName("Arguments")
      let values = [name.text.literal, comment.summary.literal, "parameters: " + parameters.members.object()]
      let options = node.argument("strict").map { ["strict: \($0.trimmedDescription)"] } ?? []
      return [
        parameters.structure(named: arguments),
        """
        /// `\(raw: function.name.text.unquoted)` as a tool.
        \(raw: scope.modifiers)var \(raw: function.name.text.unquoted)Tool: any Tool {
        ClosureTool(\(raw: (values + options).joined(separator: ", "))) { (arguments: \(arguments)) in
        \(raw: scope.effects)\(raw: scope.receiver)\(function.name.trimmed)(\(raw: parameters.call))
        }
        }
        """,
      ]
    }

    private static func problems(of function: FunctionDeclSyntax) -> [Diagnostic] {
      var problems: [Diagnostic] = []
      if let clause = function.genericParameterClause {
        problems.append(Diagnostic("@Tool takes no generic functions: a model's arguments have one type", at: clause))
      }
      if let modifier = function.modifiers.first(where: { $0.name.text == "mutating" }) {
        problems.append(
          Diagnostic("@Tool takes no mutating functions: several calls may run at the same time", at: modifier))
      }
      return problems
    }
  }

  /// Where a function stands: what its tool inherits of it, and how it is called from there.
  private struct Scope {
    var modifiers: String
    var receiver = ""
    var effects: String

    init(of function: FunctionDeclSyntax, in context: some MacroExpansionContext) {
      let outer = context.lexicalContext.first
      let isStatic = function.modifiers.contains("static") || function.modifiers.contains("class")
      if outer?.asProtocol((any DeclGroupSyntax).self) != nil { receiver = isStatic ? "Self." : "self." }
      // On an actor the function waits its turn, but its tool is there at once.
      let isActors =
        outer?.is(ActorDeclSyntax.self) == true && !isStatic
        || outer?.asProtocol((any WithAttributesSyntax).self)?.attributes.namesAnActor == true
      let isOnActor = isActors && !function.modifiers.contains("nonisolated")
      modifiers = function.modifiers.access + (isOnActor ? "nonisolated " : "") + (isStatic ? "static " : "")
      let signature = function.signature.effectSpecifiers
      let isAsync = signature?.asyncSpecifier != nil || isOnActor || function.attributes.namesAnActor
      effects = (signature?.throwsClause == nil ? "" : "try ") + (isAsync ? "await " : "")
    }
  }

  extension AttributeListSyntax {
    /// Whether one of the attributes is a global actor, by the convention for their names.
    fileprivate var namesAnActor: Bool {
      contains { $0.as(AttributeSyntax.self)?.attributeName.trimmedDescription.hasSuffix("Actor") == true }
    }
  }
#endif
