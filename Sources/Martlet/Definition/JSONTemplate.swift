package import MartletJSON

/// A JSON value whose strings are templates.
package indirect enum JSONTemplate: Sendable {
  case literal(JSONValue)
  case text(LocatedTemplate)
  case array([JSONTemplate])
  case object([(key: String, value: JSONTemplate)])

  /// All templates in it.
  package var templates: [LocatedTemplate] {
    switch self {
    case .literal: []
    case .text(let template): [template]
    case .array(let items): items.flatMap(\.templates)
    case .object(let members): members.flatMap(\.value.templates)
    }
  }

  /// The value with all templates expanded; nil for one template alone whose value is absent.
  ///
  /// A value that is one template alone takes the type that `schema` declares for it, where its text can be read as
  /// that type; absent members and items are left out.
  package func expanded(with values: TemplateValues, schema: JSONValue?) -> JSONValue? {
    switch self {
    case .literal(let value):
      return value
    case .text(let located):
      let template = located.template
      guard let reference = template.soleReference else { return .string(template.expanded(with: values)) }
      guard let value = values[reference] ?? reference.fallback.map({ .string($0) }) else { return nil }
      return value.converted(to: schema?["type"])
    case .array(let items):
      return .array(items.compactMap { $0.expanded(with: values, schema: schema?["items"]) })
    case .object(let members):
      var object = JSONObject()
      for member in members {
        object[member.key] = member.value.expanded(with: values, schema: schema?["properties"]?[member.key])
      }
      return .object(object)
    }
  }
}

extension JSONValue {
  /// The value as the type, or the first of the types, that its text can be read as; itself when there is none.
  fileprivate func converted(to type: JSONValue?) -> JSONValue {
    let types = type?.arrayValue?.compactMap(\.stringValue) ?? type?.stringValue.map { [$0] } ?? []
    if types.isEmpty || types.contains(where: { isOf(type: $0) }) { return self }
    for type in types {
      if type == "string" { return .string(templateText) }
      if let value = stringValue?.jsonValue, value.isOf(type: type) { return value }
    }
    return self
  }

  private func isOf(type: String) -> Bool {
    type == "integer" ? intValue != nil : typeName == type
  }
}

extension String {
  /// The text read as JSON; zeros before a whole number, as in a date, do not count.
  fileprivate var jsonValue: JSONValue? {
    if let value = try? JSONValue(parsing: self) { return value }
    guard utf8.count > 1, utf8.count <= 19, utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(self).map { .number(JSONNumber($0)) }
  }
}
