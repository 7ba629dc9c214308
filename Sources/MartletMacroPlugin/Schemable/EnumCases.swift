#if Macros
  import SwiftDiagnostics
  import SwiftSyntax

  /// The cases of an enumeration, as the compiler encodes them.
  struct EnumCases {
    private(set) var schema = ""
    private(set) var problems: [Diagnostic] = []

    private struct Case {
      let element: EnumCaseElementSyntax
      let description: String
      var name: String { element.name.text.unquoted }
    }

    init(of enumeration: EnumDeclSyntax) {
      if let condition = enumeration.memberBlock.members.lazy.compactMap({ $0.decl.as(IfConfigDeclSyntax.self) }).first
      {
        problems.append(Diagnostic("@Schemable does not see what stands in #if", at: condition))
      }
      let cases = enumeration.memberBlock.members.compactMap { $0.decl.as(EnumCaseDeclSyntax.self) }.flatMap { line in
        line.elements.map { Case(element: $0, description: DocComment(line).summary) }
      }
      guard !cases.isEmpty else {
        problems.append(Diagnostic("@Schemable needs a case: there is no value to describe", at: enumeration.name))
        return
      }
      let comment = DocComment(enumeration).summary
      let rawType = enumeration.inheritanceClause?.inheritedTypes.first?.type.trimmedDescription ?? ""
      if rawType == "String" {
        let values = cases.map { $0.element.rawValue?.value.trimmedDescription ?? $0.name.literal }
        schema = "SchemaDocument.string(oneOf: [\(values.joined(separator: ", "))])"
        schema += Self.describing(comment, cases, values.map { String($0.dropFirst().dropLast()) })
      } else if let type = Self.numbers[rawType] {
        let values = Self.rawNumbers(cases)
        schema = "SchemaDocument([\"type\": \"\(type)\", \"enum\": [\(values.joined(separator: ", "))]])"
        // A number does not say what it stands for: its name does.
        let named = cases.map {
          Case(element: $0.element, description: $0.description.isEmpty ? $0.name : $0.description)
        }
        schema += Self.describing(comment, named, values)
      } else {
        schema = objects(cases, of: enumeration)
        schema += Self.describing(comment, [], [])
      }
    }

    private static let numbers: [String: String] = [
      "Int": "integer", "Int8": "integer", "Int16": "integer", "Int32": "integer", "Int64": "integer",
      "UInt": "integer", "UInt8": "integer", "UInt16": "integer", "UInt32": "integer", "UInt64": "integer",
      "Double": "number", "Float": "number",
    ]

    /// Raw numbers count on from the one before.
    private static func rawNumbers(_ cases: [Case]) -> [String] {
      var next = 0
      return cases.map { one in
        guard let raw = one.element.rawValue?.value else {
          defer { next &+= 1 }
          return "\(next)"
        }
        guard let number = raw.wholeNumber else { return raw.trimmedDescription }
        next = number &+ 1
        return "\(number)"
      }
    }

    /// What is said of the whole, and on a line of its own what is said of a value.
    private static func describing(_ comment: String, _ cases: [Case], _ values: [String]) -> String {
      let remarks = zip(values, cases).filter { !$1.description.isEmpty }
        .map { "- \($0): " + $1.description.split(separator: "\n").joined(separator: " ") }
      let text = ((comment.isEmpty ? [] : [comment]) + remarks).joined(separator: "\n")
      return text.isEmpty ? "" : ".describing(\(text.literal))"
    }

    /// A case is an object with its name, which holds an object with its values.
    private mutating func objects(_ cases: [Case], of enumeration: EnumDeclSyntax) -> String {
      let keys = CodingKeys(of: enumeration.memberBlock)
      let objects = cases.compactMap { one -> String? in
        guard let name = keys.map({ $0[one.name] }) ?? one.name else { return nil }
        let ownKeys = CodingKeys(one.name.capitalized + "CodingKeys", of: enumeration.memberBlock)
        let values = values(of: one.element, ownKeys).object(describedAs: one.description)
        return "SchemaDocument.object(.required(\(name.literal), \(values)))"
      }
      return objects.count == 1
        ? objects[0] : "SchemaDocument.anyOf(\(objects.map { "\n\($0)" }.joined(separator: ",")))"
    }

    private mutating func values(of element: EnumCaseElementSyntax, _ keys: CodingKeys?) -> [Member] {
      (element.parameterClause?.parameters ?? []).enumerated().compactMap { index, parameter in
        if let problem = parameter.type.problem { problems.append(problem) }
        let label = parameter.firstName?.text.unquoted
        let identifier = label == nil || label == "_" ? "_\(index)" : label ?? ""
        guard let name = keys.map({ $0[identifier] }) ?? identifier else { return nil }
        // The compiler's own decoding wants what has a default to be there as well.
        return Member(name: name, identifier: identifier, type: parameter.type.trimmed)
      }
    }
  }

  extension ExprSyntax {
    fileprivate var wholeNumber: Int? {
      if let number = self.as(IntegerLiteralExprSyntax.self) { return number.representedLiteralValue }
      guard let number = self.as(PrefixOperatorExprSyntax.self), number.operator.text == "-" else { return nil }
      return number.expression.wholeNumber.map { 0 &- $0 }
    }
  }

  extension String {
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
  }
#endif
