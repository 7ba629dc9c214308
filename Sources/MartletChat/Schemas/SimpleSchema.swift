import MartletJSON

/// A schema in the few words that every server knows, such as Gemini's: the subset of OpenAPI 3.0 for function calling.
///
/// It says less than the schema it is made of. What it leaves out of the model's guidance is still checked on our side.
struct SimpleSchema {
  /// The number of schemas that are rewritten of one; what lies beyond becomes any value.
  static let maximumSchemas = 4_000

  private var schemas = 0

  /// Beside `type`, `properties` and what is rewritten, the words that are kept.
  private static let kept: Set<String> = ["description", "minimum", "maximum", "minItems", "maxItems"]

  /// The parameters of a function; nil if there are none, for which there is no word.
  static func parameters(_ schema: JSONValue) -> JSONValue? {
    // Parameters are one object: alternatives have no place but within it.
    let schema = withoutAlternatives(InlinedSchema.inlining(schema))
    guard !isOpen(schema) else { return nil }
    return rewriting(.object(schema))
  }

  /// The schema of an answer.
  static func answer(_ schema: JSONValue) -> JSONValue { rewriting(InlinedSchema.inlining(schema)) }

  private static func rewriting(_ schema: JSONValue) -> JSONValue {
    var rewriter = SimpleSchema()
    return rewriter.simple(schema)
  }

  /// Whether a schema wants an object but names no properties, for which such servers have no word.
  static func isOpen(_ schema: JSONObject) -> Bool {
    schema["type"] == "object" && schema["properties"]?.objectValue?.isEmpty ?? true
  }

  private mutating func simple(_ schema: JSONValue) -> JSONValue {
    schemas += 1
    guard schemas <= Self.maximumSchemas, let object = Self.merged(schema).objectValue else { return Self.anyValue("") }
    for word in ["anyOf", "oneOf"] {
      if let alternatives = object[word]?.arrayValue { return choice(alternatives, word, beside: object) }
    }
    var types = Self.types(of: object)
    let isNullable = types.contains("null") || object["enum"]?.arrayValue?.contains(.null) ?? false
    types.removeAll { $0 == "null" }
    guard let type = types.first else { return Self.anyValue(object["description"]?.stringValue ?? "") }
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

  private mutating func typed(_ type: String, _ schema: JSONObject, isNullable: Bool) -> JSONValue {
    var object = schema
    object["type"] = .string(type)
    if Self.isOpen(object) {
      return Self.text("a JSON object, written as JSON text", object["description"]?.stringValue)
    }
    var result: JSONObject = ["type": .string(type)]
    for word in schema where Self.kept.contains(word.key) { result[word.key] = word.value }
    if isNullable { result["nullable"] = true }
    if let bound = schema["exclusiveMinimum"], result["minimum"] == nil { result["minimum"] = bound }
    if let bound = schema["exclusiveMaximum"], result["maximum"] == nil { result["maximum"] = bound }
    var remarks = ["format", "pattern"].compactMap { key in schema[key]?.stringValue.map { "\(key): \($0)" } }
    if let values = schema["enum"]?.arrayValue ?? schema["const"].map({ [$0] }) {
      if type == "string" {
        result["enum"] = .array(values.filter { $0.stringValue != nil })
      } else {
        remarks.append("one of: " + values.filter { $0 != .null }.map { $0.canonicalString() }.joined(separator: ", "))
      }
    }
    if type == "object" { addProperties(of: schema, to: &result) }
    if type == "array" { result["items"] = items(of: schema) }
    if !remarks.isEmpty {
      let description = result["description"]?.stringValue.map { $0 + " " } ?? ""
      result["description"] = .string(description + "(" + remarks.joined(separator: "; ") + ")")
    }
    return .object(result)
  }

  private mutating func addProperties(of schema: JSONObject, to result: inout JSONObject) {
    let properties = schema["properties"]?.objectValue ?? [:]
    var simpler = JSONObject()
    for property in properties { simpler[property.key] = simple(property.value) }
    result["properties"] = .object(simpler)
    let required = schema["required"]?.arrayValue?.filter { properties[$0.stringValue ?? ""] != nil } ?? []
    if !required.isEmpty { result["required"] = .array(required) }
  }

  private mutating func items(of schema: JSONObject) -> JSONValue {
    let first = schema["prefixItems"]?.arrayValue ?? []
    let rest = schema["items"].flatMap { $0.objectValue == nil ? nil : $0 }
    guard !first.isEmpty else { return rest.map { simple($0) } ?? Self.anyValue("") }
    // What comes behind the first items, where it must come and nothing is said of it, can be of any type.
    let mustHaveMore = schema["minItems"]?.intValue ?? 0 > first.count
    if rest == nil, mustHaveMore { return Self.anyValue("") }
    return choice(first + [rest].compactMap(\.self), beside: [:])
  }

  /// One of several schemas; nothing may stand beside the choice itself, so that each has all that holds for the whole.
  private mutating func choice(
    _ alternatives: [JSONValue], _ word: String = "anyOf", beside object: JSONObject
  ) -> JSONValue {
    let isNullable = alternatives.contains(where: Self.isNull)
    var common = object
    common[word] = nil
    var simpler: [JSONValue] = []
    for alternative in alternatives where !Self.isNull(alternative) {
      let whole = Self.merged(alternative).objectValue.map { Self.combined(common, $0) } ?? common
      var one = simple(.object(whole)).objectValue ?? [:]
      if isNullable { one["nullable"] = true }
      if !simpler.contains(.object(one)) { simpler.append(.object(one)) }
    }
    guard let first = simpler.first else { return Self.anyValue(object["description"]?.stringValue ?? "") }
    return simpler.count == 1 ? first : ["anyOf": .array(simpler)]
  }

  private static func isNull(_ schema: JSONValue) -> Bool {
    schema["type"] == "null" || schema["const"] == .null || schema["enum"] == [.null]
  }

  /// The types that a schema names, or those of what it speaks of.
  static func types(of schema: JSONObject) -> [String] {
    if let types = schema["type"]?.arrayValue { return types.compactMap(\.stringValue) }
    if let type = schema["type"]?.stringValue { return [type] }
    if schema["properties"] != nil { return ["object"] }
    if schema["items"] != nil || schema["prefixItems"] != nil { return ["array"] }
    let values = schema["enum"]?.arrayValue ?? schema["const"].map { [$0] } ?? []
    return values.map(\.typeName).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// A value of any type; for the text itself see ``RestoredJSON``.
  private static func anyValue(_ description: String) -> JSONValue {
    text("any value, written as JSON text", description)
  }

  private static func text(_ what: String, _ description: String?) -> JSONValue {
    let description = description.map { $0.isEmpty ? $0 : $0 + " " } ?? ""
    return ["type": "string", "description": .string("\(description)(\(what))")]
  }
}
