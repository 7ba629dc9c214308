/// Spellings of OpenAPI and of former drafts, and what is written instead.
extension SchemaMessages {
  /// OpenAPI 3.0 lets a value be null beside its type.
  static func nullable(in schema: JSONValue) -> String {
    let message = "is no keyword but in OpenAPI, and is ignored; "
    if ["$ref", "anyOf", "oneOf", "allOf"].contains(where: { schema[$0] != nil }) {
      return message + "to allow null, write \"anyOf\": [{…}, {\"type\": \"null\"}] around the rest"
    }
    let values = schema["enum"]?.arrayValue.map { $0.contains(.null) ? "" : "null among the values of \"enum\"" } ?? ""
    guard let type = schema["type"] else {
      return message + (values.isEmpty ? "leave it out" : "to allow null, write \(values)")
    }
    let types = type.arrayValue ?? [type]
    let spelled = JSONValue.array(types.prefix(7) + ["null"]).canonicalString().replacing(",", with: ", ")
    return message + "to allow null, write \"type\": \(shortened(spelled))" + (values.isEmpty ? "" : " and \(values)")
  }

  /// In draft 4 a bound excluded itself, by a boolean beside it.
  static func exclusive(_ keyword: String, _ value: JSONValue, bound: JSONValue?) -> String {
    let message = mustBe("a number", value)
    guard case .bool(let isExclusive) = value else { return message }
    let beside = keyword == "exclusiveMinimum" ? "minimum" : "maximum"
    guard isExclusive else { return message + ", as in draft 4; leave it out" }
    guard case .number? = bound else { return message + ", as in draft 4; it takes the bound itself" }
    return message + ", as in draft 4; write \"\(keyword)\": \(brief(bound ?? .null)) in place of \"\(beside)\""
  }

  /// In draft 3, and often by mistake, a property says itself whether it is required.
  static func required(_ value: JSONValue, ofProperty name: String?) -> String {
    let message = mustBe("an array of strings", value)
    guard case .bool(let isRequired) = value else { return message }
    guard isRequired else { return message + "; leave it out" }
    let names = quoted(name ?? "name")
    return message + "; the object around the property names what it requires, as \"required\": [\(names)]"
  }

  static let anyType = "is \"any\", which is no type; without \"type\" any value is allowed"
}
