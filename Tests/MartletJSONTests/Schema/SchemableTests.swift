import MartletJSON
import Testing

/// The schemas that types bring with them.
@Suite struct SchemableTests {
  @Test(arguments: [
    (String.schema, #"{"type":"string"}"#), (Bool.schema, #"{"type":"boolean"}"#),
    (Double.schema, #"{"type":"number"}"#),
    (Int.schema, #"{"type":"integer"}"#), (UInt8.schema, #"{"type":"integer","minimum":0,"maximum":255}"#),
    (UInt64.schema, #"{"type":"integer","minimum":0}"#), (JSONValue.schema, "{}"),
    ([Int].schema, #"{"type":"array","items":{"type":"integer"}}"#),
    (Set<Int>.schema, #"{"type":"array","items":{"type":"integer"},"uniqueItems":true}"#),
    ([String: [Bool]].schema, #"{"type":"object","additionalProperties":{"type":"array","items":{"type":"boolean"}}}"#),
    (Int?.schema, #"{"anyOf":[{"type":"integer"},{"type":"null"}]}"#),
    (.of(Int.self), #"{"type":"integer"}"#),
    (.of(Int.self, "How many"), #"{"type":"integer","description":"How many"}"#),
    (Int.schema.defaulting(encoding: 3), #"{"type":"integer","default":3}"#),
    (Double.schema.defaulting(encoding: Double.nan), #"{"type":"number"}"#),
    (String.schema.defaulting(encoding: Node.self), #"{"type":"string"}"#),
    (Int.schema.describing("How many"), #"{"type":"integer","description":"How many"}"#),
  ]) func aTypeHasTheSchemaOfItsJSON(schema: SchemaDocument, json: String) throws {
    #expect(schema.json.canonicalString() == json)
    _ = try JSONSchema(schema)
  }

  private struct Mood: Schemable {
    static var schema: SchemaDocument { .string("A mood", oneOf: ["fine"]) }
  }

  @Test func whatIsSaidOfAValueStandsBeforeWhatIsSaidOfItsType() {
    #expect(SchemaDocument.of(Mood.self, "Yours").json["description"] == "Yours\nA mood")
    #expect(SchemaDocument.of(Mood.self) == Mood.schema)
  }

  private struct Node: Schemable {
    static var schema: SchemaDocument {
      .describing(Self.self) { .object(.required("name", .string()), .optional("next", Node.schema)) }
    }
  }

  @Test func aTypeWithinItselfIsAnyValue() {
    #expect(
      Node.schema.json.canonicalString()
        == #"{"type":"object","properties":{"name":{"type":"string"},"next":{}},"required":["name"],"additionalProperties":false}"#
    )
  }
}
