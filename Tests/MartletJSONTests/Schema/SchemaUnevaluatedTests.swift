import MartletJSON
import Testing

/// `unevaluatedProperties` and `unevaluatedItems`: what counts as evaluated, and what is said of the rest.
struct SchemaUnevaluatedTests {
  private func schema(_ text: String) throws -> JSONSchema { try JSONSchema(JSONValue(parsing: text)) }

  @Test(arguments: [
    (#"{"properties": {"a": true}, "unevaluatedProperties": false}"#, #"{"a": 1}"#, #"{"b": 1}"#),
    (
      #"{"allOf": [{"properties": {"a": true}}], "properties": {"b": true}, "unevaluatedProperties": false}"#,
      #"{"a": 1, "b": 1}"#, #"{"a": 1, "c": 1}"#
    ),
    (
      #"{"anyOf": [{"properties": {"a": {"const": 1}}, "required": ["a"]}, {"properties": {"b": true}}], "unevaluatedProperties": false}"#,
      #"{"a": 1, "b": 1}"#, #"{"a": 2}"#
    ),
    (
      #"{"if": {"properties": {"a": true}, "required": ["a"]}, "then": {"properties": {"b": true}}, "unevaluatedProperties": false}"#,
      #"{"a": 1, "b": 1}"#, #"{"b": 1}"#
    ),
    (
      #"{"not": {"not": {"properties": {"a": true}}}, "unevaluatedProperties": false}"#, "{}", #"{"a": 1}"#
    ),
    (
      ##"{"$ref": "#/$defs/x", "$defs": {"x": {"patternProperties": {"^x": true}}}, "unevaluatedProperties": {"type": "null"}}"##,
      #"{"x1": 1, "y": null}"#, #"{"x1": 1, "y": 1}"#
    ),
    (#"{"prefixItems": [true], "unevaluatedItems": false}"#, "[1]", "[1, 2]"),
    (#"{"contains": {"type": "null"}, "unevaluatedItems": {"type": "string"}}"#, #"[null, "a"]"#, "[null, 1]"),
    (#"{"allOf": [{"items": true}], "unevaluatedItems": false}"#, "[1, 2]", "[]x"),
    (
      #"{"allOf": [{"unevaluatedProperties": true}], "unevaluatedProperties": false}"#, #"{"a": 1}"#, "[]x"
    ),
    (
      #"{"properties": {"a": {"properties": {"c": true}}}, "unevaluatedProperties": false}"#, #"{"a": {"d": 1}}"#,
      #"{"c": 1}"#
    ),
  ])
  func whatHasBeenEvaluatedIsKnown(document: String, valid: String, invalid: String) throws {
    let schema = try schema(document)
    #expect(schema.isValid(try JSONValue(parsing: valid)))
    guard !invalid.hasSuffix("x") else { return }
    let value = try JSONValue(parsing: invalid)
    #expect(!schema.isValid(value))
    #expect(!schema.violations(in: value).isEmpty)
  }

  @Test func aPropertyThatIsLeftIsToldWithTheNearestName() throws {
    let schema = try schema(
      ##"{"$ref": "#/$defs/place", "$defs": {"place": {"properties": {"city": {}}}}, "unevaluatedProperties": false}"##)
    #expect(
      schema.violations(in: ["cty": 1]).map(\.message) == [#"/cty is not a known property; did you mean "city"?"#])
    #expect(schema.violations(in: ["cty": 1]).map(\.schemaPointer) == ["/unevaluatedProperties"])
  }

  @Test func whatNoAlternativeHoldsForIsNotToldTwice() throws {
    let schema = try schema(
      #"{"oneOf": [{"properties": {"a": {"type": "null"}}}, {"properties": {"a": {"type": "string"}}}], "unevaluatedProperties": false}"#
    )
    #expect(schema.violations(in: ["a": 1]).map(\.keyword) == ["oneOf"])
  }

  @Test func wideValuesAreKeptTrackOf() throws {
    let schema = try schema(
      #"{"anyOf": [{"patternProperties": {"[02468]$": true}}, {"patternProperties": {"[13579]$": true}}], "unevaluatedProperties": false}"#
    )
    let object = JSONObject((0..<1_000).map { ("k\($0)", 1) })
    #expect(schema.isValid(.object(object)))
    var other = object
    other["x"] = 1
    #expect(schema.violations(in: .object(other)).map(\.instancePointer) == ["/x"])
  }
}
