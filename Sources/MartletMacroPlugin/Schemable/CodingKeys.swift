#if Macros
  import SwiftParser
  import SwiftSyntax

  /// The names in JSON that a type gives its properties, or an enumeration its cases and their values.
  struct CodingKeys {
    private var names: [String: String] = [:]

    /// Reads the enumeration of keys, such as `CodingKeys`; nil when the type has none.
    init?(_ name: String = "CodingKeys", of members: MemberBlockSyntax) {
      let found = members.members.lazy.compactMap { $0.decl.as(EnumDeclSyntax.self) }.first { $0.name.text == name }
      guard let found else { return nil }
      for element in found.caseElements {
        let name = element.name.text.unquoted
        let raw = element.rawValue?.value.as(StringLiteralExprSyntax.self)?.representedLiteralValue
        names[name] = raw ?? name
      }
    }

    /// The name in JSON; nil for what is left out of it.
    subscript(_ name: String) -> String? { names[name] }
  }

  extension EnumDeclSyntax {
    var caseElements: [EnumCaseElementSyntax] {
      memberBlock.members.compactMap { $0.decl.as(EnumCaseDeclSyntax.self) }.flatMap(\.elements)
    }
  }
#endif
