package import MartletJSON

extension JSONValue {
  /// A value that was written for a rewritten schema, as the schema itself wants it.
  ///
  /// Nulls that stand for absent properties are left out, and objects that were written as text are decoded: what
  /// ``StrictSchema`` and ``SimpleSchema`` had to ask for. A value that was not written so stays as it is.
  package func restored(for schema: JSONValue) -> JSONValue {
    var restorer = SchemaRestorer(root: schema)
    return restorer.restored(self, schema, depth: 0)
  }
}

private struct SchemaRestorer {
  /// Schemas that are looked at for one value.
  private static let maximumSteps = 20_000
  /// References and values within one another; a reference may lead to itself.
  private static let maximumDepth = 256

  let root: JSONValue
  private var steps = 0

  init(root: JSONValue) {
    self.root = root
  }

  mutating func restored(_ value: JSONValue, _ schema: JSONValue, depth: Int) -> JSONValue {
    steps += 1
    guard steps <= Self.maximumSteps, depth < Self.maximumDepth, let object = schema.objectValue else { return value }
    var value = value
    if let reference = object["$ref"]?.stringValue, let target = LocalReference(reference).target(in: root) {
      value = restored(value, target, depth: depth + 1)
    }
    for word in ["allOf", "anyOf", "oneOf"] {
      for alternative in object[word]?.arrayValue ?? [] { value = restored(value, alternative, depth: depth + 1) }
    }
    switch value {
    case .string(let text) where SimpleSchema.isOpen(object):
      if let inner = try? JSONValue(parsing: text, duplicates: .reject), inner.objectValue != nil { return inner }
      return value
    case .object(let members): return .object(restored(members, object, depth: depth + 1))
    case .array(let items):
      guard let schema = object["items"] else { return value }
      var list: [JSONValue] = []
      for item in items { list.append(restored(item, schema, depth: depth + 1)) }
      return .array(list)
    default: return value
    }
  }

  private mutating func restored(_ members: JSONObject, _ schema: JSONObject, depth: Int) -> JSONObject {
    guard let properties = schema["properties"]?.objectValue else { return members }
    let required = schema["required"]?.arrayValue ?? []
    var result = JSONObject()
    for member in members {
      guard let schema = properties[member.key] else {
        result[member.key] = member.value
        continue
      }
      let isAbsent =
        member.value == .null && !required.contains(.string(member.key)) && !StrictSchema.acceptsNull(schema)
      if !isAbsent { result[member.key] = restored(member.value, schema, depth: depth) }
    }
    return result
  }
}
