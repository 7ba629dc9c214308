import MartletJSON
import Testing

/// Documents that are no schema: each problem with its pointer.
struct SchemaProblemTests {
  @Test(arguments: [
    (#"5"#, "", "must be a schema, which is an object, true or false; it is 5"),
    (#"{"required": "x"}"#, "/required", #"must be an array of strings; it is "x""#),
    (#"{"required": ["a", 1]}"#, "/required", "must be an array of strings; it is an array of 2 items"),
    (#"{"required": ["a", "a"]}"#, "/required", "names a property twice"),
    (
      #"{"properties": []}"#, "/properties",
      "must be an object whose members are schemas; it is an array of 0 items"
    ),
    (
      #"{"properties": {"a/b": 1}}"#, "/properties/a~1b",
      "must be a schema, which is an object, true or false; it is 1"
    ),
    (#"{"type": "strng"}"#, "/type", #"is "strng", which is no type; did you mean "string"?"#),
    (#"{"type": "any"}"#, "/type", #"is "any", which is no type; without "type" any value is allowed"#),
    // Booleans of draft 4, and of its readers.
    (
      #"{"minimum": 3, "exclusiveMinimum": true}"#, "/exclusiveMinimum",
      #"must be a number; it is true, as in draft 4; write "exclusiveMinimum": 3 in place of "minimum""#
    ),
    (
      #"{"maximum": 3, "exclusiveMaximum": false}"#, "/exclusiveMaximum",
      "must be a number; it is false, as in draft 4; leave it out"
    ),
    (#"{"exclusiveMaximum": "3"}"#, "/exclusiveMaximum", #"must be a number; it is "3""#),
    (
      #"{"properties": {"a/b": {"required": true}}}"#, "/properties/a~1b/required",
      #"must be an array of strings; it is true; the object around the property names what it requires, as "required": ["a/b"]"#
    ),
    (
      #"{"properties": {"a": {"required": false}}}"#, "/properties/a/required",
      "must be an array of strings; it is false; leave it out"
    ),
    (#"{"type": "int"}"#, "/type", #"is "int", which is no type; did you mean "integer"?"#),
    (
      #"{"type": "whatever"}"#, "/type",
      #"is "whatever", which is no type; there are "string", "integer", "number", "boolean", "array", "object" and "null""#
    ),
    (#"{"type": ["string", "string"]}"#, "/type", #"names "string" twice"#),
    (#"{"type": []}"#, "/type", "must be the name of a type or an array of such names; it is an array of 0 items"),
    (#"{"type": 1}"#, "/type", "must be the name of a type or an array of such names; it is 1"),
    (#"{"enum": 1}"#, "/enum", "must be an array; it is 1"),
    (#"{"minimum": "3"}"#, "/minimum", #"must be a number; it is "3""#),
    (
      #"{"exclusiveMinimum": true}"#, "/exclusiveMinimum",
      "must be a number; it is true, as in draft 4; it takes the bound itself"
    ),
    (#"{"minLength": -1}"#, "/minLength", "must be an integer, 0 or more; it is -1"),
    (#"{"maxItems": 1.5}"#, "/maxItems", "must be an integer, 0 or more; it is 1.5"),
    (#"{"multipleOf": 0}"#, "/multipleOf", "must be a number above 0; it is 0"),
    (
      #"{"multipleOf": 1.2345678901234567891}"#, "/multipleOf",
      "has more than 18 significant digits, which is not supported"
    ),
    (#"{"uniqueItems": 1}"#, "/uniqueItems", "must be true or false; it is 1"),
    (
      #"{"items": [{}]}"#, "/items",
      #"must be a schema; a list of schemas is written "prefixItems" in draft 2020-12, and "items" holds for the rest"#
    ),
    (#"{"allOf": []}"#, "/allOf", "must be an array of schemas, at least one; it is an array of 0 items"),
    (#"{"anyOf": {}}"#, "/anyOf", "must be an array of schemas, at least one; it is an object with 0 properties"),
    (#"{"not": 1}"#, "/not", "must be a schema, which is an object, true or false; it is 1"),
    (
      #"{"pattern": "a{"}"#, "/pattern",
      #"is no valid pattern: `{` begins a count such as {2} or {2,5}; a literal one must be written `\{` (at offset 1)"#
    ),
    (
      #"{"patternProperties": {"(": {}}}"#, "/patternProperties/(",
      "is no valid pattern: an unclosed group (at offset 0)"
    ),
    (#"{"dependentRequired": {"a": "b"}}"#, "/dependentRequired/a", #"must be an array of strings; it is "b""#),
    (#"{"$schema": 1}"#, "/$schema", "must be a string; it is 1"),
    (#"{"$id": "a#b"}"#, "/$id", #"must have no fragment; a name for a subschema is an "$anchor""#),
    (
      #"{"$anchor": "1"}"#, "/$anchor", #"must be a letter or _, then letters, digits, -, _ and .; it is "1""#
    ),
    (##"{"$ref": "#/$defs/a"}"##, "/$ref", ##"refers to "#/$defs/a", which is not there"##),
    (
      ##"{"$ref": "#/enum/0", "enum": [1]}"##, "/enum/0", "must be a schema, which is an object, true or false; it is 1"
    ),
    (##"{"$ref": "#a"}"##, "/$ref", #"refers to the anchor "a", which is not there"#),
    (##"{"$ref": "#"}"##, "/$ref", "refers to itself without end"),
    (##"{"$ref": "#%FF"}"##, "/$ref", "has a fragment that is not percent-encoded UTF-8"),
    (
      #"{"$ref": "https://a.test/b"}"#, "/$ref",
      #"refers to another document, which is not at hand and is never fetched: "https://a.test/b""#
    ),
    (
      #"{"$vocabulary": []}"#, "/$vocabulary",
      "must be an object of URIs, each true or false; it is an array of 0 items"
    ),
    (##"{"$dynamicRef": "#a"}"##, "/$dynamicRef", #"refers to the anchor "a", which is not there"#),
    (#"{"unevaluatedItems": 1}"#, "/unevaluatedItems", "must be a schema, which is an object, true or false; it is 1"),
    (#"{"description": 1}"#, "/description", "must be a string; it is 1"),
    (#"{"format": 1}"#, "/format", "must be a string; it is 1"),
    (#"{"deprecated": 1}"#, "/deprecated", "must be true or false; it is 1"),
    (#"{"examples": 1}"#, "/examples", "must be an array; it is 1"),
  ])
  func problemIsToldWithItsPlace(document: String, pointer: String, message: String) throws {
    let error = try #require(throws: JSONSchemaError.self) { try JSONSchema(JSONValue(parsing: document)) }
    #expect(error.problems.map(\.pointer) == [pointer])
    #expect(error.problems.map(\.message) == [message])
  }

  @Test func allProblemsAreToldAtOnce() throws {
    let error = try #require(throws: JSONSchemaError.self) {
      try JSONSchema(["type": "strng", "properties": ["a": ["minimum": "3"]], "required": 1])
    }
    #expect(
      error.description == """
        /type is "strng", which is no type; did you mean "string"?
        /required must be an array of strings; it is 1
        /properties/a/minimum must be a number; it is "3"
        """)
  }

  @Test func aReferenceIsToldWhole() throws {
    let place = "#/$defs/" + (0..<12).map { "part_\($0)" }.joined(separator: "/")
    let error = try #require(throws: JSONSchemaError.self) { try JSONSchema(["$ref": .string(place)]) }
    #expect(error.description == #"/$ref refers to "\#(place)", which is not there"#)
  }

  @Test func remarksAreMadeOfADocumentWithMistakesToo() throws {
    let error = try #require(throws: JSONSchemaError.self) {
      try JSONSchema(["type": "strng", "propertes": [:], "format": "dat"])
    }
    #expect(error.problems.map(\.pointer) == ["/type"])
    #expect(error.remarks.map(\.pointer) == ["/propertes", "/format"])
  }

  @Test func equalityIsThatOfTheDocuments() throws {
    #expect(try JSONSchema(["type": "string"]) == JSONSchema(["type": "string"]))
    #expect(try JSONSchema(["type": "string"]) != JSONSchema(["type": "null"]))
    #expect(try JSONSchema(["type": "string"]).document == ["type": "string"])
    #expect(try Set([JSONSchema(true), JSONSchema(false), JSONSchema(true)]).count == 2)
  }
}
