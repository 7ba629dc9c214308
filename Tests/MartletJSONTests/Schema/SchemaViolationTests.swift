import MartletJSON
import Testing

/// Each keyword with a value that satisfies it, and with one that does not: its message and both pointers.
struct SchemaViolationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let schema: String
    let valid: String
    let invalid: String
    /// Instance pointer, schema pointer, keyword, message.
    let expected: [(String, String, String, String)]

    init(_ schema: String, valid: String, invalid: String, _ expected: (String, String, String, String)...) {
      self.schema = schema
      self.valid = valid
      self.invalid = invalid
      self.expected = expected
    }

    var testDescription: String { schema }
  }

  static func check(_ example: Case) throws {
    let schema = try JSONSchema(JSONValue(parsing: example.schema))
    let valid = try JSONValue(parsing: example.valid)
    #expect(schema.isValid(valid))
    #expect(schema.violations(in: valid).isEmpty)
    let invalid = try JSONValue(parsing: example.invalid)
    #expect(!schema.isValid(invalid))
    let violations = schema.violations(in: invalid)
    #expect(violations.map(\.instancePointer) == example.expected.map(\.0))
    #expect(violations.map(\.schemaPointer) == example.expected.map(\.1))
    #expect(violations.map(\.keyword) == example.expected.map(\.2))
    #expect(violations.map(\.message) == example.expected.map(\.3))
  }

  @Test(arguments: [
    Case(
      #"{"type": "string"}"#, valid: #""a""#, invalid: "5",
      ("", "/type", "type", #"the value must be a string; it is 5; write "5""#)
    ),
    Case(
      #"{"type": ["integer", "null"]}"#, valid: "1.0", invalid: "1.5",
      ("", "/type", "type", "the value must be an integer or null; it is 1.5")),
    Case(
      #"{"type": ["string", "boolean", "array"]}"#, valid: "[]", invalid: #"{"a": 1}"#,
      ("", "/type", "type", "the value must be a string, a boolean or an array; it is an object with 1 property")),
    Case(
      #"{"properties": {"unit": {"enum": ["celsius", "fahrenheit"]}}}"#, valid: #"{"unit": "celsius"}"#,
      invalid: #"{"unit": "kelvin"}"#,
      ("/unit", "/properties/unit/enum", "enum", #"/unit must be one of "celsius", "fahrenheit"; it is "kelvin""#)),
    Case(
      #"{"enum": ["celsius", "fahrenheit"]}"#, valid: #""celsius""#, invalid: #""Celsius""#,
      (
        "", "/enum", "enum",
        #"the value must be one of "celsius", "fahrenheit"; it is "Celsius"; did you mean "celsius"?"#
      )),
    Case(
      #"{"enum": [1, {"a": [1], "b": 2.0}]}"#, valid: #"{"b": 2, "a": [1e0]}"#, invalid: #"{"a": [1]}"#,
      ("", "/enum", "enum", #"the value must be one of 1, {"a":[1],"b":2.0}; it is an object with 1 property"#)),
    Case(
      #"{"enum": [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,"a"]}"#, valid: "17.0", invalid: "18",
      ("", "/enum", "enum", "the value must be one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 … (18 in all); it is 18")),
    Case(
      #"{"enum": [1, "2", {"a": 1}]}"#, valid: #""2""#, invalid: "2",
      ("", "/enum", "enum", #"the value must be one of 1, "2", {"a":1}; it is 2; write "2""#)),
    Case(
      #"{"enum": [true, "x"]}"#, valid: "true", invalid: #""true""#,
      ("", "/enum", "enum", #"the value must be one of true, "x"; it is "true"; write true without quotes"#)),
    Case(
      #"{"type": ["object", "array"]}"#, valid: "{}", invalid: #""[1, 2]""#,
      (
        "", "/type", "type",
        #"the value must be an array or an object; it is "[1, 2]"; write the array itself, not a text that holds it"#
      )),
    Case(
      #"{"type": ["string", "integer"]}"#, valid: "1", invalid: "true",
      ("", "/type", "type", "the value must be a string or an integer; it is true")),
    Case(
      #"{"enum": [null]}"#, valid: "null", invalid: "false",
      ("", "/enum", "enum", "the value must be null; it is false")),
    Case(
      #"{"const": 10000000000000000000001}"#, valid: "1.0000000000000000000001e22", invalid: "1e22",
      ("", "/const", "const", "the value must be 10000000000000000000001; it is 1e22")),
    Case(
      #"{"properties": {"a": false}}"#, valid: "{}", invalid: #"{"a": 1}"#,
      ("/a", "/properties/a", "false", "/a is not allowed")),
  ])
  func typesAndValues(example: Case) throws { try Self.check(example) }

  @Test(arguments: [
    Case(
      #"{"minLength": 2}"#, valid: #""🐲🐲""#, invalid: #""🐲""#,
      ("", "/minLength", "minLength", "the value must have at least 2 characters; it has 1")),
    Case(
      #"{"maxLength": 1.0}"#, valid: #""🐲""#, invalid: #""ab""#,
      ("", "/maxLength", "maxLength", "the value must have at most 1 character; it has 2")),
    Case(
      #"{"pattern": "^[0-9]+$"}"#, valid: #""12""#, invalid: #""1a""#,
      ("", "/pattern", "pattern", #"the value must match the pattern ^[0-9]+$; it is "1a""#)),
    Case(
      #"{"minimum": 1}"#, valid: "1.0", invalid: "0.9",
      ("", "/minimum", "minimum", "the value must be at least 1; it is 0.9")),
    Case(
      #"{"maximum": 1e400}"#, valid: "1e400", invalid: "1.1e400",
      ("", "/maximum", "maximum", "the value must be at most 1e400; it is 1.1e400")),
    Case(
      #"{"exclusiveMinimum": 0.1}"#, valid: "0.10000000000000000001", invalid: "0.10",
      ("", "/exclusiveMinimum", "exclusiveMinimum", "the value must be above 0.1; it is 0.10")),
    Case(
      #"{"exclusiveMaximum": 9007199254740993}"#, valid: "9007199254740992.5", invalid: "9007199254740993.0",
      (
        "", "/exclusiveMaximum", "exclusiveMaximum",
        "the value must be below 9007199254740993; it is 9007199254740993.0"
      )),
    Case(
      #"{"multipleOf": 0.01}"#, valid: "0.07", invalid: "4.015",
      ("", "/multipleOf", "multipleOf", "the value must be a multiple of 0.01; it is 4.015")),
    Case(
      #"{"multipleOf": 7}"#, valid: "-49", invalid: "1e999999999999999999999",
      ("", "/multipleOf", "multipleOf", "the value must be a multiple of 7; it is 1e999999999999999999999")),
    Case(
      #"{"multipleOf": 1e-8}"#, valid: "12391239123", invalid: "1e-9",
      ("", "/multipleOf", "multipleOf", "the value must be a multiple of 1e-8; it is 1e-9")),
    Case(
      #"{"multipleOf": 1.5e3}"#, valid: "3e999999999999999999999", invalid: "1e3",
      ("", "/multipleOf", "multipleOf", "the value must be a multiple of 1.5e3; it is 1e3")),
  ])
  func stringsAndNumbers(example: Case) throws { try Self.check(example) }

  @Test(arguments: [
    Case(
      #"{"items": {"type": "integer"}}"#, valid: "[1, 2.0]", invalid: #"[1, "2", null]"#,
      ("/1", "/items/type", "type", #"/1 must be an integer; it is "2"; write 2 without quotes"#),
      ("/2", "/items/type", "type", "/2 must be an integer; it is null")),
    Case(
      #"{"prefixItems": [{"type": "string"}], "items": false}"#, valid: #"["a"]"#, invalid: #"["a", 1]"#,
      ("/1", "/items", "false", "/1 is not allowed")),
    Case(
      #"{"minItems": 1, "maxItems": 2}"#, valid: "[1]", invalid: "[]",
      ("", "/minItems", "minItems", "the value must have at least 1 item; it has 0")),
    Case(
      #"{"maxItems": 2}"#, valid: #""abc""#, invalid: "[1, 2, 3]",
      ("", "/maxItems", "maxItems", "the value must have at most 2 items; it has 3")),
    Case(
      #"{"uniqueItems": true}"#, valid: "[0, false, [1, 2], [2, 1]]", invalid: "[3, 1, 1.0]",
      ("", "/uniqueItems", "uniqueItems", "the value must not repeat an item; items 1 and 2 are both 1.0")),
    Case(
      #"{"contains": {"type": "integer"}}"#, valid: "[null, 1]", invalid: "[null]",
      (
        "", "/contains", "contains",
        "the value must have at least 1 item of the kind that \"contains\" describes; it has 0"
      )),
    Case(
      #"{"contains": {"type": "integer"}, "minContains": 2}"#, valid: "[1, 2]", invalid: "[1]",
      (
        "", "/minContains", "minContains",
        "the value must have at least 2 items of the kind that \"contains\" describes; it has 1"
      )),
    Case(
      #"{"contains": {"type": "integer"}, "minContains": 0, "maxContains": 1}"#, valid: "[]", invalid: "[1, 2, 3]",
      (
        "", "/maxContains", "maxContains",
        "the value must have at most 1 item of the kind that \"contains\" describes; it has 2"
      )),
  ])
  func arrays(example: Case) throws { try Self.check(example) }

  @Test(arguments: [
    Case(
      #"{"required": ["a", "b"]}"#, valid: #"{"b": 1, "a": null}"#, invalid: #"{}"#,
      ("", "/required", "required", #"the value lacks the required property "a""#),
      ("", "/required", "required", #"the value lacks the required property "b""#)),
    Case(
      #"{"properties": {"a/b~c": {"properties": {"d": {"type": "null"}}}}}"#, valid: #"{"a/b~c": {"d": null}}"#,
      invalid: #"{"a/b~c": {"d": true}}"#,
      ("/a~1b~0c/d", "/properties/a~1b~0c/properties/d/type", "type", "/a~1b~0c/d must be null; it is true")),
    Case(
      #"{"properties": {"city": {}, "unit": {}}, "additionalProperties": false}"#, valid: #"{"city": 1}"#,
      invalid: #"{"cty": 1, "days": 2, "unti": 4}"#,
      (
        "/cty", "/additionalProperties", "additionalProperties",
        #"/cty is not a known property; did you mean "city"?"#
      ),
      (
        "/days", "/additionalProperties", "additionalProperties",
        #"/days is not a known property; known are "city", "unit""#
      ),
      (
        "/unti", "/additionalProperties", "additionalProperties",
        #"/unti is not a known property; did you mean "unit"?"#
      )),
    Case(
      #"{"patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": {"type": "integer"}}"#,
      valid: #"{"x-a": "", "b": 1}"#, invalid: #"{"x-a": 1, "b": ""}"#,
      ("/x-a", "/patternProperties/^x-/type", "type", #"/x-a must be a string; it is 1; write "1""#),
      ("/b", "/additionalProperties/type", "type", #"/b must be an integer; it is """#)),
    Case(
      #"{"properties": {"o": {"propertyNames": {"maxLength": 2}}}}"#, valid: #"{"o": {"ab": 1}}"#,
      invalid: #"{"o": {"abc": 1}}"#,
      (
        "/o", "/properties/o/propertyNames/maxLength", "maxLength",
        #"the property name "abc" in /o must have at most 2 characters; it has 3"#
      )),
    Case(
      #"{"required": ["city"], "properties": {"city": {"type": "string", "description": "Name of the city"}}}"#,
      valid: #"{"city": ""}"#, invalid: "{}",
      ("", "/required", "required", #"the value lacks the required property "city" (string: Name of the city)"#)),
    Case(
      #"{"minProperties": 1}"#, valid: #"{"a": 1}"#, invalid: "{}",
      ("", "/minProperties", "minProperties", "the value must have at least 1 property; it has 0")),
    Case(
      #"{"maxProperties": 0}"#, valid: "{}", invalid: #"{"a": 1}"#,
      ("", "/maxProperties", "maxProperties", "the value must have at most 0 properties; it has 1")),
    Case(
      #"{"dependentRequired": {"card": ["name"]}}"#, valid: #"{"name": 1}"#, invalid: #"{"card": 1}"#,
      (
        "", "/dependentRequired", "dependentRequired",
        #"the value lacks the property "name", which "card" requires"#
      )),
    Case(
      #"{"dependencies": {"a": ["b"]}}"#, valid: "{}", invalid: #"{"a": 1}"#,
      ("", "/dependencies", "dependencies", #"the value lacks the property "b", which "a" requires"#)),
    Case(
      #"{"dependentSchemas": {"a": {"required": ["b"]}}}"#, valid: #"{"b": 1}"#, invalid: #"{"a": 1}"#,
      ("", "/dependentSchemas/a/required", "required", #"the value lacks the required property "b""#)),
  ])
  func objects(example: Case) throws { try Self.check(example) }

  @Test(arguments: [
    Case(
      #"{"allOf": [{"minimum": 1}, {"maximum": 3}]}"#, valid: "2", invalid: "4",
      ("", "/allOf/1/maximum", "maximum", "the value must be at most 3; it is 4")),
    Case(
      #"{"anyOf": [{"type": "string"}, {"type": ["null", "integer"]}]}"#, valid: "1", invalid: "true",
      ("", "/anyOf", "anyOf", "the value must be a string, an integer or null; it is true")),
    Case(
      #"{"oneOf": [{"const": "a"}, {"enum": ["b", "c"]}]}"#, valid: #""c""#, invalid: #""d""#,
      ("", "/oneOf", "oneOf", #"the value must be one of "a", "b", "c"; it is "d""#)),
    Case(
      """
      {"anyOf": [{"type": "null"},
        {"properties": {"kind": {"const": "circle"}, "r": {"type": "number"}}, "required": ["kind", "r"]},
        {"properties": {"kind": {"const": "square"}, "a": {"type": "number"}}, "required": ["kind", "a"]}]}
      """, valid: #"{"kind": "circle", "r": 1}"#, invalid: #"{"kind": "square", "a": "1"}"#,
      (
        "", "/anyOf", "anyOf",
        #"the value fits none of 3 alternatives; the nearest, number 3, fails: /a must be a number; it is "1"; write 1 without quotes"#
      )),
    Case(
      #"{"oneOf": [{"type": "integer"}, {"type": "string"}, {"minimum": 2}]}"#, valid: "1",
      invalid: "3", ("", "/oneOf", "oneOf", "the value must fit exactly one alternative; it fits numbers 1 and 3")),
    Case(
      #"{"not": {"type": "null"}}"#, valid: "1", invalid: "null",
      ("", "/not", "not", #"the value must not be what "not" describes; it is null"#)),
    Case(
      #"{"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"maxProperties": 1}}"#,
      valid: #"{"c": 1}"#, invalid: #"{"a": 1}"#,
      ("", "/then/required", "required", #"the value lacks the required property "b""#)),
    Case(
      #"{"if": {"type": "string"}, "else": {"minimum": 1}}"#, valid: #""x""#, invalid: "0",
      ("", "/else/minimum", "minimum", "the value must be at least 1; it is 0")),
    Case(
      ##"{"$defs": {"n": {"minimum": 1}}, "items": {"$ref": "#/$defs/n"}}"##, valid: "[1]", invalid: "[0]",
      ("/0", "/$defs/n/minimum", "minimum", "/0 must be at least 1; it is 0")),
    Case(
      ##"{"$defs": {"t": {"$anchor": "tree", "items": {"$ref": "#tree"}, "type": "array"}}, "$ref": "#tree"}"##,
      valid: "[[], [[]]]", invalid: "[[], [1]]",
      ("/1/0", "/$defs/t/type", "type", "/1/0 must be an array; it is 1")),
    Case(
      ##"{"$id": "https://a.test/x/y", "$defs": {"s": {"$id": "z", "type": "null"}}, "$ref": "/x/z"}"##, valid: "null",
      invalid: "0", ("", "/$defs/s/type", "type", "the value must be null; it is 0")),
    Case(
      ##"{"definitions": {"a": {"type": "null"}}, "items": {"$ref": "#/definitions/a", "description": "x"}}"##,
      valid: "[null]", invalid: "[0]", ("/0", "/definitions/a/type", "type", "/0 must be null; it is 0")),
  ])
  func combinationsAndReferences(example: Case) throws { try Self.check(example) }

  @Test func annotationsAndUnknownKeywordsAssertNothing() throws {
    let schema = try JSONSchema([
      "$schema": "https://json-schema.org/draft/2020-12/schema", "$comment": "c", "title": "t", "format": "date",
      "default": 1, "examples": [2], "deprecated": true, "contentEncoding": "base64", "typ": "null", "nullable": false,
    ])
    #expect(schema.isValid("x"))
  }

  @Test func longValuesAreShortenedInMessages() throws {
    let schema = try JSONSchema(["additionalProperties": ["const": "a"]])
    let key = String(repeating: "k", count: 10_000)
    let violation = try #require(
      schema.violations(in: .object([key: .string(String(repeating: "é", count: 10_000))])).first)
    #expect(violation.message.count < 600)
    #expect(violation.instancePointer.count == 10_001)
  }

  @Test func anotherSpellingIsFoundAmongManyValues() throws {
    let names = (0..<5_000).map { JSONValue.string("Place \($0)") }
    let schema = try JSONSchema(["enum": .array(names)])
    #expect(schema.violations(in: "place 4999").first?.message.hasSuffix(#"; did you mean "Place 4999"?"#) == true)
    let cities = try JSONSchema(["enum": ["Köln", "Ürümqi"]])
    #expect(cities.violations(in: "ÜRÜMQI").first?.message.hasSuffix(#"; did you mean "Ürümqi"?"#) == true)
  }

  @Test func aPlaceIsToldWholeAndOneFromAModelIsBounded() throws {
    let steps = (0..<20).map { "a_property_\($0)" }
    var (schema, value): (JSONValue, JSONValue) = (["type": "integer"], "x")
    for step in steps.reversed() {
      (schema, value) = (["properties": .object([step: schema])], .object([step: value]))
    }
    let place = "/" + steps.joined(separator: "/")
    #expect(try JSONSchema(schema).violations(in: value).first?.message == #"\#(place) must be an integer; it is "x""#)
    let long = JSONValue.object([String(repeating: "a", count: 100_000): 1])
    let violations = try JSONSchema(["additionalProperties": false]).violations(in: long)
    #expect(violations.first.map { $0.message.utf8.count < 1_000 } == true)
  }

  @Test(arguments: [("URL", "url"), ("userID", "user_id"), ("file-name", "fileName")])
  func aNameInOtherLettersIsNamed(key: String, name: String) throws {
    let schema = try JSONSchema(["properties": [name: true, "idle": true], "additionalProperties": false])
    #expect(
      schema.violations(in: [key: 1]).first?.message == #"/\#(key) is not a known property; did you mean "\#(name)"?"#)
  }
}
