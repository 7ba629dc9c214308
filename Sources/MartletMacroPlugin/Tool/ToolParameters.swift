#if Macros
  import SwiftDiagnostics
  import SwiftSyntax
  import SwiftSyntaxBuilder

  /// The parameters of a function as the properties of one structure.
  struct ToolParameters {
    private(set) var members: [Member] = []
    private(set) var problems: [Diagnostic] = []
    /// The labels at the call.
    private var labels: [String?] = []

    /// `outer` is what the function stands in, such as a type.
    init(of function: FunctionDeclSyntax, _ comment: DocComment, in outer: Syntax?) {
      for parameter in function.signature.parameterClause.parameters {
        let places = [Syntax(parameter.type), (parameter.defaultValue?.value).map(Syntax.init)]
        for token in places.compactMap({ $0?.ownTypeToken }) { problems.append(.ownType(token, outer)) }
      }
      for parameter in function.signature.parameterClause.parameters { add(parameter, comment) }
    }

    private mutating func add(_ parameter: FunctionParameterSyntax, _ comment: DocComment) {
      if let ellipsis = parameter.ellipsis {
        var list = parameter
        list.ellipsis = nil
        list.type = TypeSyntax(ArrayTypeSyntax(element: parameter.type.trimmed))
        problems.append(
          Diagnostic(
            "@Tool takes no variadic parameters: a list is an array in JSON", at: ellipsis,
            .replacing(parameter, with: list, "use an array")))
      }
      if let type = parameter.type.as(AttributedTypeSyntax.self) {
        problems.append(
          Diagnostic("@Tool takes plain parameters: a model's arguments are copies, made for one call", at: type))
      }
      if let problem = parameter.type.problem { problems.append(problem) }
      let label = parameter.firstName.text.unquoted
      let inner = parameter.secondName?.text.unquoted ?? label
      let name = inner == "_" ? label : inner
      guard name != "_" else {
        problems.append(Diagnostic("@Tool needs a name for each parameter, by which the model gives it", at: parameter))
        return
      }
      var member = Member(name: name, identifier: name, type: parameter.type.trimmed)
      member.description = comment.parameters[name] ?? ""
      if let value = parameter.defaultValue?.value, !value.is(NilLiteralExprSyntax.self) { member.fallback = value }
      members.append(member)
      labels.append(label == "_" ? nil : label)
    }

    /// The arguments of the call.
    var call: String {
      zip(members, labels).map { member, label in
        (label.map { "\($0): " } ?? "") + "arguments.\(member.identifier.quoted)"
      }.joined(separator: ", ")
    }

    /// What the model's arguments are decoded into.
    func structure(named name: TokenSyntax) -> DeclSyntax {
      guard !members.isEmpty else { return "private struct \(name): Decodable, Sendable {}" }
      return """
        private struct \(name): Decodable, Sendable {
        \(raw: members.map { "let \($0.identifier.quoted): \($0.type.trimmedDescription)" }.joined(separator: "\n"))
        enum CodingKeys: String, CodingKey {
        \(raw: members.map(\.key).joined(separator: "\n"))
        }
        init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        \(raw: members.map(\.decoding).joined(separator: "\n"))
        }
        }
        """
    }
  }

  extension Syntax {
    /// The first `Self` in it.
    fileprivate var ownTypeToken: TokenSyntax? {
      tokens(viewMode: .sourceAccurate).first { $0.tokenKind == .keyword(.Self) }
    }
  }

  extension Diagnostic {
    /// What the macro writes of the parameters lies in a structure, which is the `Self` there.
    ///
    /// An extension may be one of a protocol: there Swift lets no structure be, and the protocol's name is not `Self`.
    fileprivate static func ownType(_ token: TokenSyntax, _ outer: Syntax?) -> Diagnostic {
      let message = "`Self` is another type in what @Tool writes of the parameters: "
      guard let name = outer?.typeName else { return Diagnostic(message + "write the name of the type", at: token) }
      let isExtension = outer?.is(ExtensionDeclSyntax.self) == true
      let exception = isExtension ? ", or if that is a protocol, move the function to a type" : ""
      return Diagnostic(
        message + "write \(name)" + exception, at: token,
        .replacing(token, with: token.with(\.tokenKind, .identifier(name)), "use \(name)"))
    }
  }

  extension Syntax {
    /// The name of a type, or of what an extension is of.
    fileprivate var typeName: String? {
      if let extended = self.as(ExtensionDeclSyntax.self) { return extended.extendedType.trimmedDescription }
      return asProtocol((any DeclGroupSyntax).self)?.asProtocol((any NamedDeclSyntax).self)?.name.text
    }
  }
#endif
