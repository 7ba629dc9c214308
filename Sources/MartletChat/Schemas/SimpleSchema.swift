import MartletJSON

/// A schema in the few words that every server knows, such as Gemini's: the subset of OpenAPI 3.0 for function calling.
///
/// It says less than the schema it is made of. What it has no words for is asked for as JSON in a text, and what it leaves
/// out of the model's guidance is still checked on our side.
struct SimpleSchema {
  /// The number of schemas that are rewritten of one; what lies beyond becomes any value.
  static let maximumSchemas = 4_000

  private var schemas = 0
  private var room = SpokenBytes(limit: InlinedSchema.maximumBytes)

  /// Beside `type`, `properties` and what is rewritten, the words that are kept.
  private static let kept: Set<String> = ["description", "minimum", "maximum", "minItems", "maxItems"]

  /// The parameters of a function; nil if there are none, for which there is no word.
  static func parameters(_ graph: SchemaGraph) -> RewrittenSchema? {
    // Parameters are one object: alternatives have no place but within it.
    let schema = withoutAlternatives(InlinedSchema.inlining(graph, marksParts: true))
    guard !isOpen(schema) else { return nil }
    return rewriting(.object(schema))
  }

  /// Whether a function takes arguments of which no name is known: it is sent as one without parameters.
  static func takesAnyNames(_ schema: JSONValue) -> Bool {
    guard parameters(SchemaGraph(outlining: schema)) == nil else { return false }
    let whole = withoutAlternatives(InlinedSchema.inlining(SchemaGraph(outlining: schema)))
    if let others = whole["additionalProperties"] { return others != false }
    return whole["patternProperties"]?.objectValue?.isEmpty == false || whole["minProperties"] != nil
      || whole["required"]?.arrayValue?.isEmpty == false
  }

  /// The schema of an answer.
  static func answer(_ graph: SchemaGraph) -> RewrittenSchema {
    rewriting(InlinedSchema.inlining(graph, marksParts: true))
  }

  private static func rewriting(_ schema: JSONValue) -> RewrittenSchema {
    var rewriter = SimpleSchema()
    return rewriter.simple(schema)
  }

  /// Whether a schema wants an object but names no properties, for which such servers have no word.
  private static func isOpen(_ schema: JSONObject) -> Bool {
    schema["type"] == "object" && schema["properties"]?.objectValue?.values.allSatisfy { $0 == false } ?? true
  }

  private mutating func simple(_ schema: JSONValue) -> RewrittenSchema {
    schemas += 1
    guard schemas <= Self.maximumSchemas, let object = Self.merged(schema).objectValue else {
      return text(.anyValue, [PartMark.key: schema[PartMark.key] ?? []])
    }
    for word in ["anyOf", "oneOf"] {
      if let alternatives = object[word]?.arrayValue { return choice(alternatives, word, beside: object) }
    }
    var types = Self.types(of: object)
    let isNullable = types.contains("null") || object["enum"]?.arrayValue?.contains(.null) ?? false
    types.removeAll { $0 == "null" }
    if let values = Self.values(of: object), types.count > 1 || isNullable {
      types.removeAll { type in !values.contains { Self.isValue($0, of: type) } }
    }
    guard let type = types.first else { return text(isNullable ? .null : .anyValue, object, isNullable: isNullable) }
    guard types.count == 1 else {
      let alternatives = types.map { type in
        var alternative = object
        alternative["type"] = .string(type)
        return JSONValue.object(alternative)
      }
      return choice(alternatives + (isNullable ? [["type": "null"]] : []), beside: [:])
    }
    return typed(type, object, isNullable: isNullable)
  }

  private mutating func typed(_ type: String, _ schema: JSONObject, isNullable: Bool) -> RewrittenSchema {
    var object = schema
    object["type"] = .string(type)
    if Self.isOpen(object) { return text(.object, object, isNullable: isNullable) }
    var result: JSONObject = ["type": .string(type)]
    for word in schema where Self.kept.contains(word.key) && room.takes(word.value) { result[word.key] = word.value }
    if isNullable { result["nullable"] = true }
    if let bound = schema["exclusiveMinimum"], result["minimum"] == nil { result["minimum"] = bound }
    if let bound = schema["exclusiveMaximum"], result["maximum"] == nil { result["maximum"] = bound }
    var remarks: [String] = []
    for key in ["format", "pattern"] {
      if let text = schema[key]?.stringValue, room.takes(.string(text)) { remarks.append("\(key): \(text)") }
    }
    if type == "string" {
      if let values = Self.values(of: schema), room.takes(.array(values)) {
        result["enum"] = .array(values.filter { $0.stringValue != nil })
      }
    } else {
      remarks += valuesRemark(of: type, schema)
    }
    var form = SchemaReading.Form.itself
    if type == "object" { form = addProperties(of: schema, to: &result) }
    if type == "array" {
      let items = items(of: schema)
      (result["items"], form) = (items.json, items.form)
    }
    if !remarks.isEmpty {
      let description = result["description"]?.stringValue.map { $0 + " " } ?? ""
      result["description"] = .string(description + "(" + remarks.joined(separator: "; ") + ")")
    }
    return RewrittenSchema(
      json: .object(result), reading: SchemaReading(form: form, parts: PartMark.parts(of: .object(schema))))
  }

  private mutating func addProperties(of schema: JSONObject, to result: inout JSONObject) -> SchemaReading.Form {
    var simpler = JSONObject()
    var readings: [(name: String, reading: SchemaReading)] = []
    // A property that can have no value is none.
    for property in schema["properties"]?.objectValue ?? [:] where property.value != false {
      let form = simple(property.value)
      simpler[property.key] = form.json
      readings.append((property.key, form.reading))
    }
    result["properties"] = .object(simpler)
    let required = schema["required"]?.arrayValue?.filter { simpler[$0.stringValue ?? ""] != nil } ?? []
    if !required.isEmpty { result["required"] = .array(required) }
    return .properties(readings)
  }

  private mutating func items(of schema: JSONObject) -> (json: JSONValue, form: SchemaReading.Form) {
    let first = schema["prefixItems"]?.arrayValue ?? []
    let rest = schema["items"]?.objectValue.map { JSONValue.object($0) }
    guard !first.isEmpty else {
      let items = rest.map { simple($0) } ?? text(.anyValue, [:])
      return (items.json, .items(rest: items.reading))
    }
    // What comes behind the first items, where it must come and nothing is said of it, can be of any type.
    if rest == nil, schema["items"] != false, schema["minItems"]?.intValue ?? 0 > first.count {
      let items = text(.anyValue, [:])
      let readings = first.map { SchemaReading(form: items.reading.form, parts: PartMark.parts(of: $0)) }
      return (items.json, .items(first: readings, rest: items.reading))
    }
    let forms = first.map { simple($0) }
    let last = rest.map { simple($0) }
    let kinds = Self.choice(of: zip(forms, first).filter { $0.1 != false }.map(\.0) + [last].compactMap(\.self))
    return (
      kinds ?? text(.anyValue, [:]).json, .items(first: forms.map(\.reading), rest: last?.reading ?? SchemaReading())
    )
  }

  /// One of several schemas; nothing may stand beside the choice itself, so that each has all that holds for the whole.
  private mutating func choice(
    _ alternatives: [JSONValue], _ word: String = "anyOf", beside object: JSONObject
  ) -> RewrittenSchema {
    let isNullable = alternatives.contains(where: Self.isNull)
    var common = object
    common[word] = nil
    var forms: [RewrittenSchema] = []
    for alternative in alternatives where !Self.isNull(alternative) && alternative != false {
      guard schemas < Self.maximumSchemas else {
        forms.append(text(.anyValue, [:]))
        break
      }
      let own = Self.merged(alternative).objectValue ?? [:]
      var form = simple(.object(Self.combined(common, own, describingBoth: true)))
      if isNullable { form.makeNullable() }
      forms.append(form)
    }
    guard let json = Self.choice(of: forms) else {
      return text(isNullable ? .null : .anyValue, object, isNullable: isNullable)
    }
    let readings = forms.map { SchemaReading.Alternative(type: $0.typeOfValues, reading: $0.reading) }
    return RewrittenSchema(
      json: json, reading: SchemaReading(form: .oneOf(readings), parts: PartMark.parts(of: .object(object))))
  }

  /// What is sent for one of several forms; nil for none.
  private static func choice(of forms: [RewrittenSchema]) -> JSONValue? {
    var known: Set<JSONValue> = []
    let different = forms.flatMap { $0.json["anyOf"]?.arrayValue ?? [$0.json] }.filter { known.insert($0).inserted }
    return different.count < 2 ? different.first : ["anyOf": .array(different)]
  }

  private static func isNull(_ schema: JSONValue) -> Bool {
    schema["type"] == "null" || schema["const"] == .null || schema["enum"] == [.null]
  }

  // MARK: Types and values

  /// The types that a schema names, or those of what it speaks of.
  private static func types(of schema: JSONObject) -> [String] {
    if let types = schema["type"]?.arrayValue { return types.compactMap(\.stringValue) }
    if let type = schema["type"]?.stringValue { return [type] }
    if schema["properties"] != nil { return ["object"] }
    if schema["items"] != nil || schema["prefixItems"] != nil { return ["array"] }
    return (values(of: schema) ?? []).map(\.typeName).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private static func values(of schema: JSONObject) -> [JSONValue]? {
    schema["enum"]?.arrayValue ?? schema["const"].map { [$0] }
  }

  private static func isValue(_ value: JSONValue, of type: String) -> Bool {
    value.typeName == (type == "integer" ? "number" : type)
  }

  /// The values that a schema allows of a type that has no `enum`; none if all are.
  private mutating func valuesRemark(of type: String, _ schema: JSONObject) -> [String] {
    guard let values = Self.values(of: schema), room.takes(.array(values)) else { return [] }
    let own = values.filter { Self.isValue($0, of: type) }
    return ["one of: " + own.map { $0.canonicalString() }.joined(separator: ", ")]
  }

  // MARK: Text

  private enum Wanted: String {
    case anyValue = "any value, written as JSON text"
    case object = "a JSON object, written as JSON text"
    case null
  }

  /// A value that is asked for as JSON in a text, because there is no word for its type.
  private mutating func text(_ wanted: Wanted, _ schema: JSONObject, isNullable: Bool = false) -> RewrittenSchema {
    var remarks = [wanted.rawValue]
    if wanted == .object { remarks += valuesRemark(of: "object", schema) }
    var description = schema["description"]?.stringValue ?? ""
    if !room.takes(.string(description)) { description = "" }
    description += (description.isEmpty ? "(" : " (") + remarks.joined(separator: "; ") + ")"
    var json: JSONObject = ["type": "string", "description": .string(description)]
    if isNullable { json["nullable"] = true }
    let form = SchemaReading.Form.text(ofObject: wanted == .object)
    return RewrittenSchema(
      json: .object(json), reading: SchemaReading(form: form, parts: PartMark.parts(of: .object(schema))))
  }
}

extension RewrittenSchema {
  /// Lets the value be null, or that of each alternative.
  fileprivate mutating func makeNullable() {
    guard var object = json.objectValue else { return }
    if let alternatives = object["anyOf"]?.arrayValue {
      object["anyOf"] = .array(
        alternatives.map { alternative in
          var form = RewrittenSchema(json: alternative)
          form.makeNullable()
          return form.json
        })
    } else {
      object["nullable"] = true
    }
    json = .object(object)
  }
}
