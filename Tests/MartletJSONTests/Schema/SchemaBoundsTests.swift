import MartletJSON
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// Hostile schemas and values end within the bounds, and never by a trap.
struct SchemaBoundsTests {
  @Test func deepRecursionEndsAsAViolationOnASmallStack() throws {
    let tree = try JSONSchema(
      JSONValue(
        parsing: ##"{"anyOf": [{"type": "integer"}, {"properties": {"a": {"$ref": "#"}}, "required": ["a"]}]}"##))
    let value = try JSONValue(
      parsing: String(repeating: #"{"a":"#, count: 500) + "1" + String(repeating: "}", count: 500), maxDepth: 1_000)
    let messages = onSmallStack { tree.violations(in: value).map(\.message) }
    #expect(messages?.count == 1)
    #expect(messages?.first?.hasSuffix("more than 128 schemas apply within one another; nest it less deep") == true)
  }

  @Test(arguments: [
    ##"{"allOf": [{"$ref": "#"}]}"##, ##"{"not": {"$ref": "#"}}"##, ##"{"if": true, "then": {"$ref": "#"}}"##,
    ##"{"oneOf": [{"$ref": "#"}, {"$ref": "#"}]}"##, ##"{"dependentSchemas": {"a": {"$ref": "#"}}}"##,
    ##"{"unevaluatedProperties": {"$ref": "#"}, "allOf": [{"$ref": "#"}]}"##,
    ##"{"$id": "http://a/a", "$dynamicAnchor": "x", "allOf": [{"$ref": "b"}], "$defs": {"b": {"$id": "b", "$dynamicAnchor": "x", "anyOf": [{"$dynamicRef": "#x"}]}}}"##,
    ##"{"anyOf": [{"$ref": "#/$defs/x"}], "$defs": {"x": {"minProperties": 1, "$ref": "#"}}}"##,
  ])
  func recursionWithoutProgressIsAViolation(document: String) throws {
    let schema = try JSONSchema(JSONValue(parsing: document))
    let keywords = onSmallStack { schema.violations(in: ["a": 1]).map(\.keyword) }
    #expect(keywords == ["depth"])
    #expect(!schema.isValid(["a": 1]))
  }

  @Test(arguments: [
    "items", "not", "contains", "propertyNames", "properties", "anyOf", "unevaluatedItems", "unevaluatedProperties",
  ])
  func deepSchemasOfEachKindFitASmallStack(keyword: String) throws {
    var document: JSONValue = ["uniqueItems": true, "enum": [[[[1]]]]]
    var value: JSONValue = [1, 2]
    for _ in 0..<300 {
      switch keyword {
      case "unevaluatedItems":
        document = .object([keyword: document])
        value = [value]
      case "unevaluatedProperties":
        document = .object([keyword: document])
        value = ["a": value]
      case "properties":
        document = [keyword: ["a": document]]
        value = ["a": value]
      case "anyOf": document = [keyword: [document, ["type": "null"]]]
      case "items", "contains":
        document = .object([keyword: document])
        value = [value]
      default: document = .object([keyword: document])
      }
    }
    let (schemaDocument, instance) = (document, value)
    let isValid = onSmallStack { (try? JSONSchema(schemaDocument))?.isValid(instance) } ?? nil
    #expect(isValid == (keyword == "propertyNames"))
  }

  @Test func comparisonOfDeepValuesFitsASmallStack() throws {
    let text = String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
    let deep = try JSONValue(parsing: text, maxDepth: 1_000)
    let schema = try JSONSchema(["const": deep, "uniqueItems": true])
    let list = JSONValue.array(Array(repeating: deep, count: 20))
    #expect(onSmallStack { schema.isValid(deep) } == true)
    #expect(onSmallStack { schema.violations(in: list).map(\.keyword) } == ["const", "uniqueItems"])
  }

  @Test func workIsBounded() throws {
    // Each level asks its two parts, which ask theirs: 2¹⁰⁰ ways.
    var definitions: [(String, JSONValue)] = [("d0", ["minimum": 5])]
    for level in 1...100 {
      let part: JSONValue = ["$ref": .string("#/$defs/d\(level - 1)")]
      definitions.append(("d\(level)", ["not": ["not": ["anyOf": [part, part]]]]))
    }
    let schema = try JSONSchema(["$defs": .object(JSONObject(definitions)), "$ref": "#/$defs/d30"])
    let violations = schema.violations(in: 1)
    #expect(violations.map(\.keyword) == ["steps"])
    #expect(
      violations.first?.message
        == "the value could not be checked: to hold it against its schema takes more than 1000000 steps; "
        + "write less, or if that is little, have the schema made simpler"
    )
  }

  /// A schema that asks the same of a value 10,000 times.
  private func repeating(_ leaf: JSONValue) throws -> JSONSchema {
    var definitions: JSONObject = ["d0": leaf]
    for level in 1...4 {
      let part: JSONValue = ["$ref": .string("#/$defs/d\(level - 1)")]
      definitions["d\(level)"] = ["allOf": .array(Array(repeating: part, count: 10))]
    }
    return try JSONSchema(["$defs": .object(definitions), "$ref": "#/$defs/d4"])
  }

  @Test func lengthOfKeysCountsAsWork() throws {
    let names = JSONObject((0..<20).map { ("\($0)", true) })
    let object: JSONValue = [String(repeating: "k", count: 50_000): 1]
    #expect(try repeating(["properties": .object(names)]).isValid(["k": 1]))
    #expect(try repeating(["properties": .object(names)]).violations(in: object).map(\.keyword) == ["steps"])
    let long: JSONValue = [.string(String(repeating: "r", count: 50_000))]
    #expect(try repeating(["not": ["required": long]]).violations(in: ["k": 1]).map(\.keyword) == ["steps"])
  }

  @Test(arguments: ["multipleOf", "type", "maximum"])
  func digitsOfNumbersCountAsWork(keyword: String) throws {
    let digits = String(repeating: "1", count: 50_000) + (keyword == "type" ? ".0" : ".5")
    let long = JSONNumber(spelling: digits).map(JSONValue.number) ?? nil
    let leaf: JSONValue =
      switch keyword {
      case "multipleOf": ["multipleOf": 0.5]
      case "type": ["type": "integer"]
      default: ["maximum": .number(try #require(JSONNumber(spelling: "2e50000")))]
      }
    #expect(try repeating(leaf).isValid(7))
    #expect(try repeating(leaf).violations(in: long).map(\.keyword) == ["steps"])
  }

  @Test func constantsOfManyDigitsCountAsWork() throws {
    let long = JSONNumber(spelling: String(repeating: "1", count: 50_000) + ".5").map(JSONValue.number) ?? nil
    #expect(try repeating(["not": ["const": long]]).violations(in: 1.5).map(\.keyword) == ["steps"])
  }

  @Test func searchesAreBoundedTogether() throws {
    let patterns = JSONObject((0..<1_000).map { ("a*b\($0)", true) })
    let object = JSONObject((0..<1_000).map { (String(repeating: "a", count: 40) + "\($0)", 1) })
    let schema = try JSONSchema(["patternProperties": .object(patterns)])
    #expect(schema.violations(in: .object(object)).map(\.keyword) == ["patternProperties"])
  }

  @Test func reasonsWithinReasonsDoNotMultiply() throws {
    let names = JSONObject((0..<200).map { ("name-\($0)", true) })
    var definitions: JSONObject = ["d0": ["properties": .object(names), "additionalProperties": false]]
    for level in 1...3 {
      let part: JSONValue = ["$ref": .string("#/$defs/d\(level - 1)")]
      definitions["d\(level)"] = ["anyOf": .array(Array(repeating: part, count: 32))]
    }
    let schema = try JSONSchema(["$defs": .object(definitions), "items": ["$ref": "#/$defs/d3"]])
    let object = JSONValue.object(JSONObject((0..<64).map { ("nome-\($0)", 1) }))
    let violations = schema.violations(in: [object])
    #expect(violations.first?.keyword == "anyOf")
    #expect(violations.allSatisfy { $0.message.utf8.count < 2_000 })
  }

  @Test func identifiersAreBoundedTogether() throws {
    let folder = "http://a/" + String(repeating: "b/", count: 2_000)
    let parts = (0..<1_000).map { JSONValue.object(["$id": .string("\($0)")]) }
    let error = try #require(throws: JSONSchemaError.self) {
      try JSONSchema(["$id": .string(folder), "allOf": .array(parts)])
    }
    #expect(error.problems.count == 1)
    #expect(error.problems.first?.message.contains("come to more than 1048576 bytes") == true)
  }

  @Test func keepingTrackOfWideValuesCountsAsWork() throws {
    // Each alternative has its own list of a hundred thousand parts.
    var definitions: JSONObject = ["d0": ["minProperties": 1]]
    for level in 1...4 {
      let part: JSONValue = ["$ref": .string("#/$defs/d\(level - 1)")]
      definitions["d\(level)"] = ["anyOf": .array(Array(repeating: part, count: 9))]
    }
    let schema: JSONObject = [
      "$defs": .object(definitions), "$ref": "#/$defs/d4", "unevaluatedProperties": true,
    ]
    let object = JSONObject((0..<100_000).map { ("k\($0)", 1) })
    let violations = try JSONSchema(.object(schema)).violations(in: .object(object))
    #expect(violations.map(\.keyword) == ["steps"])
  }

  @Test func documentsThatReferToOneAnotherAreBoundedTogether() throws {
    var documents: [String: JSONValue] = [:]
    for index in 0..<2_000 {
      documents["https://a.test/\(index)"] = [
        "allOf": [["$ref": .string("\(index + 1)")], ["type": "object"], true, true, true, true]
      ]
    }
    let error = try #require(throws: JSONSchemaError.self) {
      try JSONSchema(["$ref": "https://a.test/0"], options: .init(documents: documents))
    }
    #expect(error.problems.map(\.message) == ["has more than 10000 subschemas"])
  }

  @Test func patternsAreBoundedTogether() throws {
    func schema(count: Int) throws -> JSONSchema {
      let pattern: JSONValue = ["pattern": "(?:ab){4990}"]
      return try JSONSchema(["allOf": .array(Array(repeating: pattern, count: count))])
    }
    #expect(try schema(count: 20).isValid(1))
    let error = try #require(throws: JSONSchemaError.self) { try schema(count: 100) }
    #expect(error.problems.map(\.message) == ["is too much: the patterns of the schema come to more than 100000 steps"])
  }

  @Test func catastrophicPatternIsAViolationThatSaysSo() throws {
    let schema = try JSONSchema(["properties": ["a": ["pattern": "(a+)+$"]]])
    let violations = schema.violations(in: ["a": .string(String(repeating: "a", count: 40) + "b")])
    #expect(violations.map(\.keyword) == ["pattern"])
    #expect(violations.map(\.instancePointer) == ["/a"])
    #expect(violations.map(\.schemaPointer) == ["/properties/a/pattern"])
    #expect(
      violations.first?.message == "/a could not be checked: the pattern (a+)+$ takes too many steps on it; "
        + "write a shorter and plainer text")
  }

  @Test func patternThatCouldNotBeCheckedDoesNotSatisfyNot() throws {
    let schema = try JSONSchema(["not": ["pattern": "(a+)+$"]])
    let value = JSONValue.string(String(repeating: "a", count: 40) + "b")
    #expect(!schema.isValid(value))
    #expect(schema.violations(in: value).map(\.keyword) == ["pattern"])
  }

  @Test func violationsAreBoundedInNumber() throws {
    let schema = try JSONSchema(["items": ["type": "string"]])
    let value = JSONValue.array((0..<1_000).map { .number(JSONNumber($0)) })
    #expect(schema.violations(in: value).count == JSONSchema.maximumViolations)
  }

  @Test func subschemasAreBoundedInNumber() throws {
    let error = try #require(throws: JSONSchemaError.self) {
      try JSONSchema(["allOf": .array(Array(repeating: true, count: 10_001))])
    }
    #expect(error.problems.map(\.message) == ["has more than 10000 subschemas"])
    let many = try JSONSchema(["allOf": .array(Array(repeating: true, count: 9_999))])
    #expect(many.isValid(1))
  }

  @Test func problemsAreBoundedInNumber() throws {
    let error = try #require(throws: JSONSchemaError.self) {
      try JSONSchema(["allOf": .array(Array(repeating: ["type": 1], count: 1_000))])
    }
    #expect(error.problems.count == JSONSchemaError.maximumProblems)
  }

  @Test func largeArraysAreComparedByHash() throws {
    // By pairs, this would be 10⁹ comparisons.
    var elements = (0..<50_000).map { JSONValue.array([.number(JSONNumber($0)), "x"]) }
    let schema = try JSONSchema(["uniqueItems": true])
    #expect(schema.isValid(.array(elements)))
    elements.append([49_999.0, "x"])
    #expect(
      schema.violations(in: .array(elements)).first?.message
        == "the value must not repeat an item; items 49999 and 50000 are both an array of 2 items")
  }

  @Test func longChainsOfReferencesAreFollowed() throws {
    var definitions: [(String, JSONValue)] = [("d0", ["type": "null"])]
    for index in 1..<9_000 {
      definitions.append(("d\(index)", ["$ref": .string("#/$defs/d\(index - 1)")]))
    }
    let schema = try JSONSchema(["$defs": .object(JSONObject(definitions)), "items": ["$ref": "#/$defs/d8999"]])
    #expect(schema.isValid([nil]))
    #expect(schema.violations(in: [1]).map(\.schemaPointer) == ["/$defs/d0/type"])
  }
}

/// Runs something on a thread of 512 KB, the least that the threads of Swift's pools have.
private func onSmallStack<Result>(_ body: () -> Result) -> Result? {
  var result: Result?
  let work = { result = body() }
  withoutActuallyEscaping(work) { run(onSmallStack: $0) }
  return result
}

private func run(onSmallStack body: @escaping () -> Void) {
  #if canImport(Glibc)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 512 * 1_024)
    var thread = pthread_t()
    let start: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { pointer in
      if let pointer { Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body() }
      return nil
    }
    pthread_create(&thread, &attributes, start, Unmanaged.passRetained(Work(body)).toOpaque())
    pthread_join(thread, nil)
    pthread_attr_destroy(&attributes)
  #else
    body()
  #endif
}

private final class Work {
  let body: () -> Void
  init(_ body: @escaping () -> Void) { self.body = body }
}
