#if Macros
  import SwiftSyntax

  /// A property of a type, a value of a case, or a parameter of a function: what becomes a property of an object.
  struct Member {
    /// The name in JSON.
    var name: String
    /// The name in Swift.
    var identifier: String
    var type: TypeSyntax
    /// The value that counts when there is none in the JSON.
    var fallback: ExprSyntax?
    var description = ""

    private var plainType: String { (type.wrapped ?? type).trimmedDescription }

    /// The argument of `SchemaDocument.object`.
    var property: String {
      let kind = type.wrapped == nil && fallback == nil ? "required" : "optional"
      let remark = description.isEmpty ? "" : ", \(description.literal)"
      return ".\(kind)(\(name.literal), .of(\(plainType).self\(remark))\(fallback?.annotation(of: type) ?? ""))"
    }

    /// The statement of `init(from:)` that reads it.
    var decoding: String {
      let method = type.wrapped == nil && fallback == nil ? "decode" : "decodeIfPresent"
      let value = "try values.\(method)(\(plainType).self, forKey: .\(identifier.quoted))"
      return "self.\(identifier.quoted) = \(value)" + (fallback.map { " ?? \($0.operand)" } ?? "")
    }

    /// The case of an enumeration of keys.
    var key: String { "case \(identifier.quoted) = \(name.literal)" }
  }

  extension [Member] {
    /// The members as an object of the schema.
    func object(describedAs comment: String = "") -> String {
      let arguments = (comment.isEmpty ? [] : [comment.literal]) + map(\.property)
      return "SchemaDocument.object(" + arguments.map { "\n\($0)" }.joined(separator: ",") + ")"
    }
  }
#endif
