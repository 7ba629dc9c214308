import Testing

@testable import MartletJSON

/// A schema is plain only if the compiler has nothing to say of it.
struct PlainSchemaTests {
  @Test(arguments: [
    #"{"type": "object", "properties": {"n": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{6}$"}}, "required": ["n"]}"#,
    #"{"type": ["string", "null"], "format": "date", "description": "A day", "default": null}"#,
    #"{"type": "array", "items": {"type": "integer", "minimum": 1}, "uniqueItems": true, "maxItems": 3}"#,
    #"{"anyOf": [{"const": 1}, {"enum": ["a", 2]}, true], "multipleOf": 0.01, "format": "int32"}"#,
    #"{"type": "object", "properties": {}, "required": [], "additionalProperties": false}"#,
    "true", "{}",
  ])
  func whatMostSchemasSayIsPlain(_ text: String) throws {
    let document = try JSONValue(parsing: text)
    #expect(PlainSchema.isPlain(document))
    #expect(try SchemaCompiler.compile(document, options: .init()).remarks.isEmpty)
  }

  @Test(arguments: [
    #"{"type": "strin"}"#, #"{"type": ["string", "string"]}"#, #"{"type": []}"#, #"{"propertes": {}}"#,
    #"{"nullable": true}"#, #"{"pattern": "[a-"}"#, #"{"pattern": "(a)"}"#, #"{"minLength": -1}"#,
    #"{"minLength": 1.5}"#, #"{"multipleOf": 0}"#, #"{"format": "dat"}"#, #"{"required": ["a"]}"#,
    #"{"required": ["a", "a"], "properties": {"a": {}}}"#, #"{"required": ["b"], "properties": {"a": {}}}"#,
    ##"{"$ref": "#"}"##, ##"{"$schema": "http://json-schema.org/draft-07/schema#"}"##, #"{"items": [{}]}"#,
    #"{"anyOf": []}"#, #"{"properties": {"a": 1}}"#, #"{"enum": 1}"#, #"{"description": 1}"#, "1", "null",
  ])
  func whatTheCompilerHasToLookAtIsNotPlain(_ text: String) throws {
    #expect(!PlainSchema.isPlain(try JSONValue(parsing: text)))
  }

  @Test func whatIsNestedDeepOrVeryLargeIsNotPlain() {
    var deep: JSONValue = [:]
    for _ in 0..<100 { deep = ["not": deep] }
    #expect(!PlainSchema.isPlain(deep))
    let many = JSONObject((0..<2_000).map { ("p\($0)", JSONValue.bool(true)) })
    #expect(!PlainSchema.isPlain(["properties": .object(many)]))
    let pattern = JSONValue.string(String(repeating: "a", count: 200))
    let patterns = JSONObject((0..<100).map { ("p\($0)", ["pattern": pattern]) })
    #expect(!PlainSchema.isPlain(["properties": .object(patterns)]))
  }

  @Test func aPlainSchemaIsCompiledWhenItIsUsedAndIsTheSameToAllItsCopies() async throws {
    let schema = try JSONSchema(["type": "string", "maxLength": 2])
    let copy = schema
    #expect(schema.remarks.isEmpty)
    let verdicts = await withTaskGroup(of: Bool.self) { group in
      for length in 0..<40 { group.addTask { copy.isValid(.string(String(repeating: "a", count: length % 4))) } }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(verdicts == 30)
    #expect(schema.compiled === copy.compiled)
  }

  @Test func theCompilerHasNothingToSayOfARandomSchemaThatIsPlain() throws {
    var generator = SeededGenerator(seed: 20)
    var plain = 0
    for _ in 0..<20_000 {
      let document = Self.schema(depth: 0, &generator)
      guard PlainSchema.isPlain(document) else { continue }
      plain += 1
      do {
        let compiled = try SchemaCompiler.compile(document, options: .init())
        #expect(compiled.remarks.isEmpty, "\(document)")
      } catch {
        Issue.record("\(document): \(error)")
      }
    }
    #expect(plain > 2_000)
  }

  @Test func aRandomTextThatIsAPlainPatternIsAPattern() throws {
    var generator = SeededGenerator(seed: 21)
    let parts = [
      "a", "Z", "0", "9", "-", "_", " ", ".", "\\d", "\\.", "\\w", "\\", "[", "]", "^", "$", "{", "}", "{2}", "{2,}",
      "{3,2}", "{1,4}", ",", "*", "+", "?", "(", ")", "|", "[a-z]", "[^A-Z0-9_]", "[z-a]", "[]", "[+-]", "é", "/",
    ]
    var plain = 0
    for _ in 0..<50_000 {
      let source = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
        parts[Int.random(in: 0..<parts.count, using: &generator)]
      }.joined()
      guard Pattern.isPlain(source) else { continue }
      plain += 1
      #expect(throws: Never.self, "\(source)") { try Pattern(source) }
    }
    #expect(plain > 2_000)
  }

  private static func schema(depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
    if depth > 3 || Int.random(in: 0..<12, using: &generator) == 0 { return .bool(true) }
    var object = JSONObject()
    for _ in 0..<Int.random(in: 0...3, using: &generator) {
      let keyword = keywords[Int.random(in: 0..<keywords.count, using: &generator)]
      object[keyword] = value(of: keyword, depth: depth + 1, &generator)
    }
    return .object(object)
  }

  private static let keywords =
    SchemaKeyword.all.map(\.name.rawValue).filter { !$0.hasPrefix("$") } + ["x-own", "propertes", "nullable"]
  private static let names = ["a", "b", "c"]

  /// A value that the keyword takes, more often than not.
  private static func value(of keyword: String, depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
    let choice = Int.random(in: 0..<8, using: &generator)
    let some = names[Int.random(in: 0..<3, using: &generator)]
    if choice == 0 { return [1, -1, 0.5, "a", nil, [], [:], ["a", "a"]][Int.random(in: 0..<8, using: &generator)] }
    switch keyword {
    case "type": return [["string", "integer"], "object", "any", "null"][choice % 4]
    case "properties", "patternProperties", "dependentSchemas":
      return .object(JSONObject(names.prefix(choice % 4).map { ($0, schema(depth: depth, &generator)) }))
    case "required", "examples", "enum": return .array(choice < 4 ? [.string(some)] : [])
    case "allOf", "anyOf", "oneOf", "prefixItems": return [schema(depth: depth, &generator)]
    case "pattern": return .string(["^a+$", "(a", "[0-9]{2}", "a{2,1}"][choice % 4])
    case "format": return ["date", "dat", "int32", "email"][choice % 4]
    case "description", "title", "contentEncoding", "contentMediaType": return "text"
    case "deprecated", "readOnly", "writeOnly", "uniqueItems", "nullable": return true
    case "multipleOf": return [2, 0, 0.01, -3][choice % 4]
    case let name where name.hasPrefix("min") || name.hasPrefix("max") || name.hasPrefix("exclusive"):
      return .number(JSONNumber(choice - 2))
    default: return schema(depth: depth, &generator)
    }
  }
}
