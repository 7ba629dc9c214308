package import MartletJSON

/// A schema as strict mode wants it: every property required, those that may be absent null instead, nothing else allowed.
package enum StrictSchema {
  private static let maximumDepth = 10
  private static let maximumProperties = 5_000

  /// The words that strict mode knows and that are kept as they are.
  private static let kept: Set<String> = [
    "description", "title", "enum", "const", "pattern", "multipleOf", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "minItems", "maxItems",
  ]
  private static let formats: Set<String> = [
    "date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid",
  ]

  /// The schema in strict form; nil where it allows what strict mode cannot say, such as properties of any name.
  package static func rewriting(_ schema: JSONValue) -> JSONValue? {
    guard schema["type"] == "object", schema["anyOf"] == nil, schema["oneOf"] == nil else { return nil }
    var rewriter = Rewriter()
    guard var object = rewriter.strict(schema, depth: 0)?.objectValue else { return nil }
    if let parts = schema["$defs"]?.objectValue {
      var strict = JSONObject()
      for part in parts {
        guard let rewritten = rewriter.strict(part.value, depth: 0) else { return nil }
        strict[part.key] = rewritten
      }
      object["$defs"] = .object(strict)
    }
    return .object(object)
  }

  /// Whether a schema accepts null by its own words.
  static func acceptsNull(_ schema: JSONValue) -> Bool {
    guard let object = schema.objectValue else { return schema == true }
    if let values = object["enum"]?.arrayValue { return values.contains(.null) }
    if let value = object["const"] { return value == .null }
    if let types = object["type"]?.arrayValue { return types.contains("null") }
    if let type = object["type"] { return type == "null" }
    let alternatives = object["anyOf"]?.arrayValue ?? object["oneOf"]?.arrayValue
    return alternatives?.contains(where: acceptsNull) ?? (object["$ref"] == nil && object["allOf"] == nil)
  }

  private struct Rewriter {
    private var properties = 0

    mutating func strict(_ schema: JSONValue, depth: Int) -> JSONValue? {
      guard depth <= StrictSchema.maximumDepth, let object = schema.objectValue else { return nil }
      if let reference = object["$ref"]?.stringValue {
        guard reference == "#" || reference.hasPrefix("#/$defs/") else { return nil }
        return ["$ref": .string(reference)]
      }
      var result = JSONObject()
      for word in object where StrictSchema.kept.contains(word.key) || word.key == "type" {
        result[word.key] = word.value
      }
      if let format = object["format"]?.stringValue, StrictSchema.formats.contains(format) {
        result["format"] = .string(format)
      }
      if let alternatives = object["anyOf"]?.arrayValue ?? object["oneOf"]?.arrayValue {
        var rewritten: [JSONValue] = []
        for alternative in alternatives {
          guard let one = strict(alternative, depth: depth + 1) else { return nil }
          rewritten.append(one)
        }
        result["anyOf"] = .array(rewritten)
        return object["type"] == nil && object["properties"] == nil ? .object(result) : nil
      }
      guard object["allOf"] == nil, let type = object["type"] ?? Self.type(of: object) else { return nil }
      result["type"] = type
      let types = type.arrayValue?.compactMap(\.stringValue) ?? [type.stringValue ?? ""]
      if types.contains("object"), !addProperties(of: object, to: &result, depth: depth) { return nil }
      if types.contains("array") {
        guard object["prefixItems"] == nil, let items = object["items"], let rewritten = strict(items, depth: depth + 1)
        else { return nil }
        result["items"] = rewritten
      }
      return .object(result)
    }

    private mutating func addProperties(of schema: JSONObject, to result: inout JSONObject, depth: Int) -> Bool {
      let isOpen = schema["properties"] == nil && schema["additionalProperties"] != false
      let others = schema["additionalProperties"] ?? false
      guard !isOpen, others == false, schema["patternProperties"] == nil else { return false }
      let declared = schema["properties"]?.objectValue ?? [:]
      let required = Set(schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [])
      properties += declared.count
      guard properties <= StrictSchema.maximumProperties, required.allSatisfy({ declared[$0] != nil }) else {
        return false
      }
      var rewritten = JSONObject()
      for property in declared {
        guard let strict = strict(property.value, depth: depth + 1) else { return false }
        let canBeNull = required.contains(property.key) || StrictSchema.acceptsNull(property.value)
        rewritten[property.key] = canBeNull ? strict : Self.nullable(strict)
      }
      result["properties"] = .object(rewritten)
      result["required"] = .array(declared.map { .string($0.key) })
      result["additionalProperties"] = false
      return true
    }

    /// The type of the values that a schema without one allows.
    private static func type(of schema: JSONObject) -> JSONValue? {
      let values = schema["enum"]?.arrayValue ?? schema["const"].map { [$0] } ?? []
      let types = values.map(\.typeName).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      return types.count == 1 ? .string(types[0]) : types.isEmpty ? nil : .array(types.map { .string($0) })
    }

    private static func nullable(_ schema: JSONValue) -> JSONValue {
      guard var object = schema.objectValue, let type = object["type"], object["const"] == nil else {
        return ["anyOf": [schema, ["type": "null"]]]
      }
      object["type"] = .array((type.arrayValue ?? [type]) + ["null"])
      if let values = object["enum"]?.arrayValue { object["enum"] = .array(values + [.null]) }
      return .object(object)
    }
  }
}
