package import MartletJSON

/// A schema as strict mode wants it: every property required, those that may be absent null instead, nothing else allowed.
package enum StrictSchema {
  /// What a schema is sent for.
  package enum Use: Sendable {
    /// The parameters of a function: an object without `properties` stands for none.
    case parameters
    case answer
  }

  /// The words that strict mode knows and that are kept as they are.
  private static let kept: Set<String> = [
    "description", "title", "enum", "const", "pattern", "multipleOf", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "minItems", "maxItems",
  ]
  private static let formats: Set<String> = [
    "date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid",
  ]

  /// The schema in strict form; nil where it allows what strict mode cannot say, such as properties of any name.
  package static func rewriting(_ schema: JSONValue, of use: Use) -> JSONValue? {
    rewriting(SchemaGraph(outlining: schema), of: use)?.json
  }

  static func rewriting(_ graph: SchemaGraph, of use: Use) -> RewrittenSchema? { try? form(of: graph, use) }

  /// The first rule of strict mode that a schema breaks; nil if it can be said in strict form.
  package static func obstacle(in schema: JSONValue, of use: Use) -> Obstacle? {
    do throws(Obstacle) {
      _ = try form(of: SchemaGraph(outlining: schema), use)
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

  private static func form(of graph: SchemaGraph, _ use: Use) throws(Obstacle) -> RewrittenSchema {
    let schema = graph[SchemaGraph.root]
    guard schema["type"] == "object" else { throw Obstacle(pointer: "", rule: "`type: object` for the whole") }
    for word in ["anyOf", "oneOf"] where schema[word] != nil {
      throw Obstacle(pointer: "/" + word, rule: "the whole to be one object, without `\(word)`")
    }
    var rewriter = Rewriter(graph, use)
    var whole = try rewriter.strict(schema, SchemaGraph.root, at: "", depth: 0)
    guard var object = whole.json.objectValue else { return whole }
    whole.reading.definitions[SchemaGraph.root] = whole.reading
    if let parts = schema["$defs"]?.objectValue {
      var strict = JSONObject()
      for member in parts {
        let place = "/$defs/" + PointerToken.escaping(member.key)
        try rewriter.limits.count(name: member.key, at: place)
        let part = graph.child(of: SchemaGraph.root, "$defs", named: member.key)
        let definition = try rewriter.strict(member.value, part, at: place, depth: 0)
        strict[member.key] = definition.json
        if let part { whole.reading.definitions[part] = definition.reading }
      }
      object["$defs"] = .object(strict)
    }
    whole.json = .object(object)
    return whole
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
}

extension StrictSchema {
  fileprivate struct Rewriter {
    private let graph: SchemaGraph
    private let use: Use
    var limits = StrictLimits()

    init(_ graph: SchemaGraph, _ use: Use) {
      self.graph = graph
      self.use = use
    }

    mutating func strict(
      _ schema: JSONValue, _ part: Int?, at pointer: String, depth: Int
    ) throws(Obstacle) -> RewrittenSchema {
      try limits.check(depth: depth, at: pointer)
      guard let object = schema.objectValue else { throw Obstacle(pointer: pointer, rule: "a type for every value") }
      var reading = SchemaReading(parts: part.map { [$0] } ?? [])
      if let reference = object["$ref"]?.stringValue {
        reading.form = .reference(try target(of: reference, part, at: pointer + "/$ref"))
        return RewrittenSchema(json: Self.reference(reference, beside: object), reading: reading)
      }
      try limits.count(valuesOf: object, at: pointer)
      var result = JSONObject()
      for word in object where StrictSchema.kept.contains(word.key) || word.key == "type" {
        result[word.key] = word.value
      }
      if let format = object["format"]?.stringValue, StrictSchema.formats.contains(format) {
        result["format"] = .string(format)
      }
      for word in ["anyOf", "oneOf"] where object[word]?.arrayValue != nil {
        let choice = try choice(word, of: object, part, at: pointer, depth: depth)
        result["anyOf"] = .array(choice.map(\.json))
        reading.form = .oneOf(choice.map { SchemaReading.Alternative(type: $0.typeOfValues, reading: $0.reading) })
        return RewrittenSchema(json: .object(result), reading: reading)
      }
      if object["allOf"] != nil { throw Obstacle(pointer: pointer + "/allOf", rule: "schemas without `allOf`") }
      guard let type = object["type"] ?? Self.type(of: object) else {
        throw Obstacle(pointer: pointer, rule: "a type for every value")
      }
      result["type"] = type
      let types = type.arrayValue?.compactMap(\.stringValue) ?? [type.stringValue ?? ""]
      // An object or a list: where both can be, each is one of two forms.
      var forms: [SchemaReading.Alternative] = []
      if types.contains("object") {
        reading.form = try addProperties(of: object, part, to: &result, at: pointer, depth: depth)
        forms.append(SchemaReading.Alternative(type: "object", reading: reading))
      }
      if types.contains("array") {
        let items = try items(of: object, part, at: pointer, depth: depth)
        result["items"] = items.json
        reading.form = .items(rest: items.reading)
        forms.append(SchemaReading.Alternative(type: "array", reading: reading))
      }
      if forms.count > 1 { reading.form = .oneOf(forms) }
      return RewrittenSchema(json: .object(result), reading: reading)
    }

    /// What a reference leads to: the whole or one of its definitions, for what lies deeper may be spelled otherwise in
    /// strict form, and what lies in a part with an identifier of its own is not found there.
    private func target(of reference: String, _ part: Int?, at pointer: String) throws(Obstacle) -> Int {
      if let part, let target = graph.target(of: part) {
        if reference == "#", target == SchemaGraph.root { return target }
        let name = reference.hasPrefix("#/$defs/") ? reference.dropFirst("#/".count) : ""
        if !name.isEmpty, graph.child(of: SchemaGraph.root, String(name)) == target { return target }
      }
      let rule = "references to `#` or to `#/$defs/NAME` of the whole only"
      let isFormer = reference.hasPrefix("#/definitions/")
      throw Obstacle(pointer: pointer, rule: isFormer ? "`$defs` in place of `definitions`" : rule)
    }

    /// Nothing may stand beside a reference in strict form, but what a place says of itself tells it from others.
    private static func reference(_ reference: String, beside object: JSONObject) -> JSONValue {
      var result = JSONObject()
      for word in ["title", "description"] { if let text = object[word] { result[word] = text } }
      guard !result.isEmpty else { return ["$ref": .string(reference)] }
      result["anyOf"] = [["$ref": .string(reference)]]
      return .object(result)
    }

    private mutating func choice(
      _ word: String, of object: JSONObject, _ part: Int?, at pointer: String, depth: Int
    ) throws(Obstacle) -> [RewrittenSchema] {
      guard object["type"] == nil, object["properties"] == nil else {
        throw Obstacle(pointer: pointer, rule: "neither a type nor properties beside `\(word)`")
      }
      var rewritten: [RewrittenSchema] = []
      for (index, alternative) in (object[word]?.arrayValue ?? []).enumerated() {
        let child = part.flatMap { graph.child(of: $0, "\(word)/\(index)") }
        rewritten.append(try strict(alternative, child, at: "\(pointer)/\(word)/\(index)", depth: depth + 1))
      }
      return rewritten
    }

    private mutating func items(
      of schema: JSONObject, _ part: Int?, at pointer: String, depth: Int
    ) throws(Obstacle) -> RewrittenSchema {
      if schema["prefixItems"] != nil {
        throw Obstacle(pointer: pointer + "/prefixItems", rule: "`items`, one schema for all items of a list")
      }
      guard let items = schema["items"] else {
        throw Obstacle(pointer: pointer, rule: "`items` for every list")
      }
      let child = part.flatMap { graph.child(of: $0, "items") }
      return try strict(items, child, at: pointer + "/items", depth: depth + 1)
    }

    private mutating func addProperties(
      of schema: JSONObject, _ part: Int?, to result: inout JSONObject, at pointer: String, depth: Int
    ) throws(Obstacle) -> SchemaReading.Form {
      let declared = schema["properties"]?.objectValue ?? [:]
      let required = Set(schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [])
      try checkNames(of: schema, declared, required, at: pointer)
      var rewritten = JSONObject()
      var readings: [(name: String, reading: SchemaReading)] = []
      for property in declared {
        let place = pointer + "/properties/" + PointerToken.escaping(property.key)
        try limits.count(property: property.key, at: place)
        let child = part.flatMap { graph.child(of: $0, "properties", named: property.key) }
        var strict = try strict(property.value, child, at: place, depth: depth + 1)
        if !required.contains(property.key), !StrictSchema.acceptsNull(property.value) {
          strict.json = Self.nullable(strict.json)
          strict.reading.isNullIfAbsent = true
          if strict.json["enum"] != nil { try limits.count(values: 1, at: place + "/enum") }
        }
        rewritten[property.key] = strict.json
        readings.append((property.key, strict.reading))
      }
      result["properties"] = .object(rewritten)
      result["required"] = .array(declared.map { .string($0.key) })
      result["additionalProperties"] = false
      return .properties(readings)
    }

    /// Whether an object has the properties that it names, and no others.
    private func checkNames(
      of schema: JSONObject, _ declared: JSONObject, _ required: Set<String>, at pointer: String
    ) throws(Obstacle) {
      let others = schema["additionalProperties"]
      if let others, others != false {
        throw Obstacle(pointer: pointer + "/additionalProperties", rule: "`additionalProperties: false`")
      }
      if schema["patternProperties"] != nil {
        throw Obstacle(pointer: pointer + "/patternProperties", rule: "every property by its name")
      }
      let standsForNone = use == .parameters && pointer.isEmpty
      if declared.isEmpty, others == nil, !standsForNone {
        throw Obstacle(pointer: pointer, rule: "`properties` for every object, or `additionalProperties: false`")
      }
      if let least = schema["minProperties"]?.doubleValue, least > Double(declared.count) {
        throw Obstacle(pointer: pointer + "/minProperties", rule: "as many `properties` as there must be")
      }
      guard required.allSatisfy({ declared[$0] != nil }) else {
        throw Obstacle(pointer: pointer + "/required", rule: "a property for every name that is required")
      }
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
      let types = type.arrayValue ?? [type]
      object["type"] = .array(types.contains("null") ? types : types + ["null"])
      if let values = object["enum"]?.arrayValue {
        object["enum"] = .array(values.contains(.null) ? values : values + [.null])
      }
      return .object(object)
    }
  }
}
