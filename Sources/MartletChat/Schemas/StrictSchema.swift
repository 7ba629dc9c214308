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
  package static func rewriting(_ schema: JSONValue) -> JSONValue? { try? form(of: schema) }

  /// The first rule of strict mode that a schema breaks; nil if it can be said in strict form.
  package static func obstacle(in schema: JSONValue) -> Obstacle? {
    do throws(Obstacle) {
      _ = try form(of: schema)
      return nil
    } catch {
      return error
    }
  }

  /// Why a schema has no strict form.
  package struct Obstacle: Error, Hashable, CustomStringConvertible {
    /// The place in the schema as a JSON Pointer (RFC 6901).
    package let pointer: String
    /// The rule of strict mode, as a clause.
    package let rule: String

    /// The place, and the rule that is broken there.
    package var description: String { "\(pointer.isEmpty ? "" : "at \(pointer), ")strict mode wants \(rule)" }
  }

  private static func form(of schema: JSONValue) throws(Obstacle) -> JSONValue {
    guard schema["type"] == "object" else { throw Obstacle(pointer: "", rule: "`type: object` for the whole") }
    for word in ["anyOf", "oneOf"] where schema[word] != nil {
      throw Obstacle(pointer: "/" + word, rule: "the whole to be one object, without `\(word)`")
    }
    var rewriter = Rewriter()
    guard var object = try rewriter.strict(schema, at: "", depth: 0).objectValue else { return schema }
    if let parts = schema["$defs"]?.objectValue {
      var strict = JSONObject()
      for part in parts {
        strict[part.key] = try rewriter.strict(part.value, at: "/$defs/" + PointerToken.escaping(part.key), depth: 0)
      }
      object["$defs"] = .object(strict)
    }
    return .object(object)
  }

  /// Whether a schema accepts null by its own words.
  static func acceptsNull(_ schema: JSONValue) -> Bool {
    guard let object = schema.objectValue else { return schema == true }
    if let values = object["enum"]?.arrayValue, !values.contains(.null) { return false }
    if let value = object["const"], value != .null { return false }
    if let type = object["type"], type != "null", !(type.arrayValue ?? []).contains("null") { return false }
    let alternatives = object["anyOf"]?.arrayValue ?? object["oneOf"]?.arrayValue
    if let alternatives, !alternatives.contains(where: acceptsNull) { return false }
    return object["$ref"] == nil && object["allOf"] == nil
  }

  private struct Rewriter {
    private var properties = 0

    mutating func strict(_ schema: JSONValue, at pointer: String, depth: Int) throws(Obstacle) -> JSONValue {
      guard depth <= StrictSchema.maximumDepth else {
        throw Obstacle(pointer: pointer, rule: "\(StrictSchema.maximumDepth) levels within one another at most")
      }
      guard let object = schema.objectValue else { throw Obstacle(pointer: pointer, rule: "a type for every value") }
      if let reference = object["$ref"]?.stringValue {
        // What lies deeper may be spelled otherwise in strict form.
        guard reference == "#" || reference.hasPrefix("#/$defs/") && !reference.dropFirst(8).contains("/") else {
          throw Obstacle(pointer: pointer + "/$ref", rule: "references to `#` or `#/$defs/NAME` only")
        }
        return ["$ref": .string(reference)]
      }
      var result = JSONObject()
      for word in object where StrictSchema.kept.contains(word.key) || word.key == "type" {
        result[word.key] = word.value
      }
      if let format = object["format"]?.stringValue, StrictSchema.formats.contains(format) {
        result["format"] = .string(format)
      }
      for word in ["anyOf", "oneOf"] {
        guard let alternatives = object[word]?.arrayValue else { continue }
        result["anyOf"] = try choice(alternatives, word, beside: object, at: pointer, depth: depth)
        return .object(result)
      }
      if object["allOf"] != nil { throw Obstacle(pointer: pointer + "/allOf", rule: "schemas without `allOf`") }
      guard let type = object["type"] ?? Self.type(of: object) else {
        throw Obstacle(pointer: pointer, rule: "a type for every value")
      }
      result["type"] = type
      let types = type.arrayValue?.compactMap(\.stringValue) ?? [type.stringValue ?? ""]
      if types.contains("object") { try addProperties(of: object, to: &result, at: pointer, depth: depth) }
      if types.contains("array") { result["items"] = try items(of: object, at: pointer, depth: depth) }
      return .object(result)
    }

    private mutating func choice(
      _ alternatives: [JSONValue], _ word: String, beside object: JSONObject, at pointer: String, depth: Int
    ) throws(Obstacle) -> JSONValue {
      guard object["type"] == nil, object["properties"] == nil else {
        throw Obstacle(pointer: pointer, rule: "neither a type nor properties beside `\(word)`")
      }
      var rewritten: [JSONValue] = []
      for (index, alternative) in alternatives.enumerated() {
        rewritten.append(try strict(alternative, at: "\(pointer)/\(word)/\(index)", depth: depth + 1))
      }
      return .array(rewritten)
    }

    private mutating func items(of schema: JSONObject, at pointer: String, depth: Int) throws(Obstacle) -> JSONValue {
      if schema["prefixItems"] != nil {
        throw Obstacle(pointer: pointer + "/prefixItems", rule: "`items`, one schema for all items of a list")
      }
      guard let items = schema["items"] else {
        throw Obstacle(pointer: pointer, rule: "`items` for every list")
      }
      return try strict(items, at: pointer + "/items", depth: depth + 1)
    }

    private mutating func addProperties(
      of schema: JSONObject, to result: inout JSONObject, at pointer: String, depth: Int
    ) throws(Obstacle) {
      if let others = schema["additionalProperties"], others != false {
        throw Obstacle(pointer: pointer + "/additionalProperties", rule: "`additionalProperties: false`")
      }
      if schema["patternProperties"] != nil {
        throw Obstacle(pointer: pointer + "/patternProperties", rule: "every property by its name")
      }
      if schema["properties"] == nil, schema["additionalProperties"] == nil {
        throw Obstacle(pointer: pointer, rule: "`properties` for every object")
      }
      let declared = schema["properties"]?.objectValue ?? [:]
      let required = Set(schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [])
      properties += declared.count
      guard properties <= StrictSchema.maximumProperties else {
        throw Obstacle(pointer: pointer, rule: "\(StrictSchema.maximumProperties) properties in all at most")
      }
      guard required.allSatisfy({ declared[$0] != nil }) else {
        throw Obstacle(pointer: pointer + "/required", rule: "a property for every name that is required")
      }
      var rewritten = JSONObject()
      for property in declared {
        let place = pointer + "/properties/" + PointerToken.escaping(property.key)
        let strict = try strict(property.value, at: place, depth: depth + 1)
        let canBeNull = required.contains(property.key) || StrictSchema.acceptsNull(property.value)
        rewritten[property.key] = canBeNull ? strict : Self.nullable(strict)
      }
      result["properties"] = .object(rewritten)
      result["required"] = .array(declared.map { .string($0.key) })
      result["additionalProperties"] = false
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
      if let values = object["enum"]?.arrayValue {
        object["enum"] = .array(values.contains(.null) ? values : values + [.null])
      }
      return .object(object)
    }
  }
}
