#if Macros
  import SwiftDiagnostics
  import SwiftSyntax
  import SwiftSyntaxBuilder

  /// The properties of a structure that its JSON holds.
  struct StoredProperties {
    private(set) var members: [Member] = []
    private(set) var problems: [Diagnostic] = []
    private let keys: CodingKeys?
    /// Whether the compiler would write `init(from:)`.
    private let isDecodable: Bool

    init(of structure: StructDeclSyntax) {
      keys = CodingKeys(of: structure.memberBlock)
      isDecodable = structure.conforms(to: ["Decodable", "Codable"]) && !structure.hasDecodingInitializer
      for member in structure.memberBlock.members {
        if let condition = member.decl.as(IfConfigDeclSyntax.self) {
          problems.append(Diagnostic("@Schemable does not see what stands in #if", at: condition))
        }
        guard let variable = member.decl.as(VariableDeclSyntax.self), variable.isStored else { continue }
        add(variable)
      }
    }

    private mutating func add(_ variable: VariableDeclSyntax) {
      let isConstant = variable.bindingSpecifier.tokenKind == .keyword(.let)
      let bindings = Array(variable.bindings)
      for (index, binding) in bindings.enumerated() where !binding.isComputed {
        // A constant with a value is not decoded.
        if isConstant, binding.initializer != nil { continue }
        guard let identifier = binding.pattern.as(IdentifierPatternSyntax.self)?.identifier.text.unquoted else {
          problems.append(Diagnostic("@Schemable wants a declaration of its own for each property", at: binding))
          continue
        }
        guard let name = keys.map({ $0[identifier] }) ?? identifier else { continue }
        // In `var a, b: Int` the type stands at the last name.
        let declared = bindings[index...].lazy.compactMap(\.typeAnnotation).first?.type
        guard let type = declared ?? binding.initializer?.value.literalType else {
          problems.append(.untyped(binding, identifier))
          continue
        }
        if let wrapper = variable.attributes.first(where: \.isWrapper) {
          problems.append(
            Diagnostic("what a wrapper makes of \(identifier) in JSON, @Schemable cannot see", at: wrapper))
        }
        if let problem = type.problem { problems.append(problem) }
        var member = Member(name: name, identifier: identifier, type: type.trimmed)
        member.description = DocComment(variable).summary
        // The compiler's own decoding wants the property to be there, so that only ours can do without it.
        if isDecodable, let value = binding.initializer?.value, !value.is(NilLiteralExprSyntax.self) {
          member.fallback = value
        }
        members.append(member)
      }
    }

    /// The initializer that takes the values of absent properties from the declaration; nothing where there are none.
    func initializer(access: String) -> String {
      guard isDecodable, members.contains(where: { $0.fallback != nil }) else { return "" }
      let cases = members.map(\.key).joined(separator: "\n")
      let ownKeys = keys == nil ? "\n\nprivate enum CodingKeys: String, CodingKey {\n\(cases)\n}" : ""
      return """
        \(ownKeys)

        \(access)init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        \(members.map(\.decoding).joined(separator: "\n"))
        }
        """
    }
  }

  extension Diagnostic {
    fileprivate static func untyped(_ binding: PatternBindingSyntax, _ identifier: String) -> Diagnostic {
      var typed = binding.with(\.pattern, binding.pattern.trimmed)
      typed.typeAnnotation = TypeAnnotationSyntax(
        colon: .colonToken(trailingTrivia: .space), type: TypeSyntax("<#Type#>"), trailingTrivia: .space)
      return Diagnostic(
        "@Schemable needs the type of \(identifier) written out", at: binding,
        .replacing(binding, with: typed, "write the type"))
    }
  }

  extension StructDeclSyntax {
    fileprivate func conforms(to names: Set<String>) -> Bool {
      let inherited = inheritanceClause?.inheritedTypes.map { $0.type.trimmedDescription } ?? []
      return inherited.flatMap { $0.split { "&. ".contains($0) } }.contains { names.contains(String($0)) }
    }

    fileprivate var hasDecodingInitializer: Bool {
      memberBlock.members.contains { member in
        member.decl.as(InitializerDeclSyntax.self)?.signature.parameterClause.parameters.first?.firstName.text == "from"
      }
    }
  }

  extension VariableDeclSyntax {
    fileprivate var isStored: Bool { !["static", "class", "lazy"].contains(where: modifiers.contains) }
  }

  extension AttributeListSyntax.Element {
    /// Whether it is an attribute that may be a property wrapper: all but the language's own.
    fileprivate var isWrapper: Bool {
      guard let name = self.as(AttributeSyntax.self)?.attributeName.trimmedDescription else { return false }
      return name.first?.isUppercase == true && !name.hasSuffix("Actor")
    }
  }

  extension PatternBindingSyntax {
    /// Whether a getter gives the value; observers do not.
    fileprivate var isComputed: Bool {
      switch accessorBlock?.accessors {
      case nil: false
      case .getter: true
      case .accessors(let accessors):
        accessors.contains { ![.keyword(.willSet), .keyword(.didSet)].contains($0.accessorSpecifier.tokenKind) }
      }
    }
  }
#endif
