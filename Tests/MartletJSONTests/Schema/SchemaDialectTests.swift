import MartletJSON
import Testing

/// What `$schema`, vocabularies and other documents change.
struct SchemaDialectTests {
  private static let draft7: JSONValue = "http://json-schema.org/draft-07/schema#"

  @Test func draft7HasListsOfItemsAndIgnoresWhatStandsBesideAReference() throws {
    let schema = try JSONSchema([
      "$schema": Self.draft7, "definitions": ["n": ["type": "integer"]],
      "properties": [
        "pair": ["items": [["type": "string"], true], "additionalItems": ["type": "null"]],
        "count": ["$ref": "#/definitions/n", "minimum": 5],
      ], "dependencies": ["a": ["b"], "c": ["required": ["d"]]], "dependentRequired": ["pair": ["nothing"]],
    ])
    #expect(schema.isValid(["pair": ["a", 1, nil], "count": 1]))
    #expect(schema.violations(in: ["pair": [1, 1, 1]]).map(\.instancePointer) == ["/pair/0", "/pair/2"])
    #expect(!schema.isValid(["count": "1"]))
    #expect(!schema.isValid(["a": 1]))
    #expect(!schema.isValid(["c": 1]))
  }

  @Test func draft7NamesSubschemasByFragments() throws {
    let schema = try JSONSchema([
      "$schema": Self.draft7, "definitions": ["n": ["$id": "#n", "type": "null"]], "items": ["$ref": "#n"],
    ])
    #expect(schema.isValid([nil]))
    #expect(!schema.isValid([1]))
  }

  @Test func dialectsMayDifferWithinADocument() throws {
    let schema = try JSONSchema([
      "$defs": ["old": ["$id": "old", "$schema": Self.draft7, "items": [["type": "null"]]]],
      "$ref": "old", "prefixItems": [true, ["type": "string"]],
    ])
    #expect(schema.isValid([nil, "a", 1]))
    #expect(!schema.isValid([1, "a"]))
    #expect(!schema.isValid([nil, 1]))
  }

  @Test func metaSchemasAreAtHand() throws {
    let current = try JSONSchema(["$ref": "https://json-schema.org/draft/2020-12/schema"])
    #expect(current.isValid(["type": "object", "properties": ["a": ["minLength": 1]], "$defs": ["b": true]]))
    #expect(
      current.violations(in: ["properties": ["a": ["items": ["type": "strng"]]]]).map(\.instancePointer)
        == ["/properties/a/items/type"])
    #expect(!current.isValid(["$anchor": "1"]))
    #expect(!current.isValid(["unevaluatedItems": 1]))
    let former = try JSONSchema(["$ref": "http://json-schema.org/draft-07/schema#"])
    #expect(former.isValid(["definitions": ["a": ["items": [true, false]]]]))
    #expect(!former.isValid(["dependencies": ["a": 1]]))
    #expect(!former.isValid(["required": ["a", "a"]]))
  }

  @Test func otherDocumentsAreThoseThatWereGiven() throws {
    let documents: [String: JSONValue] = [
      "https://a.test/tree": ["$id": "https://a.test/t", "$defs": ["n": ["$anchor": "n", "type": "null"]]]
    ]
    let schema = try JSONSchema(
      ["properties": ["a": ["$ref": "https://a.test/tree#n"], "b": ["$ref": "https://a.test/tree#/$defs/n"]]],
      options: .init(documents: documents))
    #expect(schema.isValid(["a": nil, "b": nil]))
    #expect(
      schema.violations(in: ["a": 1, "b": 1]).map(\.schemaPointer)
        == ["https://a.test/tree#/$defs/n/type", "https://a.test/tree#/$defs/n/type"])
    #expect(throws: JSONSchemaError.self) { try JSONSchema(["$ref": "https://a.test/tree"]) }
  }

  @Test func aVocabularyThatIsNotNamedIsNotApplied() throws {
    let metaSchema: JSONValue = [
      "$vocabulary": [
        "https://json-schema.org/draft/2020-12/vocab/core": true,
        "https://json-schema.org/draft/2020-12/vocab/applicator": true, "https://a.test/optional": false,
      ]
    ]
    let schema = try JSONSchema(
      ["$schema": "https://a.test/meta", "properties": ["a": ["minimum": 5], "b": false]],
      options: .init(documents: ["https://a.test/meta": metaSchema]))
    #expect(schema.isValid(["a": 1]))
    #expect(!schema.isValid(["b": 1]))
  }

  @Test func aVocabularyThatIsNotKnownIsRefusedIfItIsRequired() throws {
    let error = try #require(throws: JSONSchemaError.self) {
      try JSONSchema(
        ["$schema": "https://a.test/meta"],
        options: .init(documents: ["https://a.test/meta": ["$vocabulary": ["https://a.test/own": true]]]))
    }
    #expect(
      error.description
        == #"/$schema names a meta-schema that requires the vocabulary "https://a.test/own", which is not known"#)
  }

  @Test func theOutermostDynamicAnchorIsTheTarget() throws {
    // A list of anything, and one of strings that fills it in (Core, section 8.2.3.2).
    let list: JSONValue = [
      "$id": "https://a.test/list", "items": ["$dynamicRef": "#item"], "$defs": ["any": ["$dynamicAnchor": "item"]],
    ]
    let strings = try JSONSchema(
      [
        "$id": "https://a.test/strings", "$ref": "list",
        "$defs": ["string": ["$dynamicAnchor": "item", "type": "string"]],
      ], options: .init(documents: ["https://a.test/list": list]))
    #expect(strings.isValid(["a"]))
    #expect(!strings.isValid([1]))
    #expect(try JSONSchema(list).isValid([1]))
  }

  @Test func keywordsThatLookLikeKnownOnesAreRemarkedOn() throws {
    let schema = try JSONSchema([
      "type": "object", "propertes": [:], "x-order": 1, "frobnicate": 1, "properties": ["a": ["requierd": ["b"]]],
    ])
    #expect(
      schema.remarks.map(\.description) == [
        #"/propertes is no keyword, and is ignored; did you mean "properties"?"#,
        #"/properties/a/requierd is no keyword, and is ignored; did you mean "required"?"#,
      ])
  }

  @Test(arguments: [
    (
      "http://json-schema.org/draft-03/schema#",
      "names draft 3, which is not supported: the schema is read as draft 2020-12"
    ),
    ("http://json-schema.org/draft-04/schema#", "names draft 4, which is not supported: the schema is read as draft 7"),
    ("http://json-schema.org/draft-06/schema", "names draft 6, which is not supported: the schema is read as draft 7"),
    (
      "https://json-schema.org/draft/2019-09/schema",
      #"names draft 2019-09, of which "$recursiveRef" and "$recursiveAnchor" are not supported; "#
        + #"the rest is read as draft 2020-12, and "items" may be a list"#
    ),
    (
      "https://a.test/schema",
      #"names the meta-schema "https://a.test/schema", which is not known: the schema is read as if it were not there"#
    ),
  ]) func aDraftThatIsReadAsAnotherIsRemarkedOn(uri: String, message: String) throws {
    let schema = try JSONSchema(["$schema": .string(uri), "type": "object"])
    #expect(schema.remarks.map(\.description) == ["/$schema \(message)"])
  }

  @Test(arguments: ["http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2020-12/schema"])
  func aDraftWhoseRulesAreAppliedIsNot(uri: String) throws {
    #expect(try JSONSchema(["$schema": .string(uri)]).remarks.isEmpty)
  }

  @Test(arguments: [
    (
      #"{"properties": {"city": {}}, "required": ["citi"]}"#,
      [#"/required/0 names "citi", which is no property; did you mean "city"?"#]
    ),
    (
      #"{"properties": {"city": {}}, "required": ["city", "day"], "additionalProperties": false}"#,
      [#"/required/1 names "day", which is no property and none that is allowed: no value fits"#]
    ),
    (
      ##"{"$ref": "#/$defs/o", "required": ["a"], "additionalProperties": false, "$defs": {"o": {}}}"##,
      [
        #"/required/0 names "a", which is no property and none that is allowed: no value fits"#
      ]
    ),
    (
      #"{"properties": {"a": {}}, "required": ["x-1"], "patternProperties": {"^x-": {}}, "additionalProperties": false}"#,
      []
    ),
    (#"{"properties": {"a": {}}, "required": ["b"], "additionalProperties": {"type": "string"}}"#, []),
    (#"{"properties": {"a": {}}, "required": ["b"], "allOf": [{"properties": {"b": {}}}]}"#, []),
    (
      #"{"properties": {"a": {}, "b": {}}, "anyOf": [{"required": ["a"]}, {"properties": {"a": {}}, "required": ["b"]}]}"#,
      []
    ),
    (#"{"required": ["a"]}"#, []),
    (
      ##"{"properties": {"a": {}}, "allOf": [{"$ref": "#/$defs/b"}], "$defs": {"b": {"properties": {"c": {}}, "required": ["a"]}}}"##,
      []
    ),
    (
      #"{"format": "dat-time"}"#,
      [
        #"/format is "dat-time", which is no format that is known, and asserts nothing; did you mean "date-time"?"#
      ]
    ),
    (#"{"format": "color"}"#, [#"/format is "color", which is no format that is known, and asserts nothing"#]),
    (#"{"format": "int64"}"#, []), (#"{"format": "uuid"}"#, []),
    (
      #"{"type": ["string", "integer"], "nullable": true}"#,
      [
        #"/nullable is no keyword but in OpenAPI, and is ignored; to allow null, write "type": ["string", "integer", "null"]"#
      ]
    ),
    (#"{"type": "string", "nullable": false}"#, []), (#"{"type": ["string", "null"], "nullable": true}"#, []),
    (
      #"{"anyOf": [{"type": "string"}], "nullable": true}"#,
      [
        #"/nullable is no keyword but in OpenAPI, and is ignored; to allow null, write "anyOf": [{…}, {"type": "null"}] around the rest"#
      ]
    ),
    (
      #"{"type": "string", "enum": ["a"], "nullable": true}"#,
      [
        #"/nullable is no keyword but in OpenAPI, and is ignored; to allow null, write "type": ["string", "null"] and null among the values of "enum""#
      ]
    ),
    (
      #"{"enum": ["a"], "nullable": true}"#,
      [
        #"/nullable is no keyword but in OpenAPI, and is ignored; to allow null, write null among the values of "enum""#
      ]
    ),
    (#"{"nullable": true}"#, ["/nullable is no keyword but in OpenAPI, and is ignored; leave it out"]),
  ]) func whatIsHardlyMeantIsRemarkedOn(document: String, remarks: [String]) throws {
    #expect(try JSONSchema(JSONValue(parsing: document)).remarks.map(\.description) == remarks)
  }
}
