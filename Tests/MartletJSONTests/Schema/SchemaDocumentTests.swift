import MartletJSON
import Testing

/// The builder writes the words of JSON Schema and nothing else.
@Suite struct SchemaDocumentTests {
  @Test func anObjectOfEveryKindOfValue() throws {
    let document = JSONSchema.object(
      .required("location", .string("City name", minLength: 1, maxLength: 80)),
      .optional("unit", .string(oneOf: ["celsius", "fahrenheit"])),
      .optional("days", .integer("Days ahead", minimum: 0, maximum: 14).defaulting(to: 1)),
      .optional("height", .number(minimum: 0.5).orNull),
      .optional("hourly", .boolean()),
      .optional(
        "at", .array("Times", of: .string(pattern: "^[0-9]+$", format: "time"), minItems: 1, uniqueItems: true)),
      .optional("place", .object("A place", .required("x", .number()))),
      .optional("tags", .dictionary(of: .string())),
      .optional("other", .anyOf(.integer(), .any)))
    let expected = """
      {"type":"object","properties":{\
      "location":{"type":"string","description":"City name","minLength":1,"maxLength":80},\
      "unit":{"type":"string","enum":["celsius","fahrenheit"]},\
      "days":{"type":"integer","description":"Days ahead","minimum":0,"maximum":14,"default":1},\
      "height":{"anyOf":[{"type":"number","minimum":0.5},{"type":"null"}]},\
      "hourly":{"type":"boolean"},\
      "at":{"type":"array","description":"Times","items":{"type":"string","pattern":"^[0-9]+$","format":"time"},\
      "minItems":1,"uniqueItems":true},\
      "place":{"type":"object","description":"A place","properties":{"x":{"type":"number"}},"required":["x"],\
      "additionalProperties":false},\
      "tags":{"type":"object","additionalProperties":{"type":"string"}},\
      "other":{"anyOf":[{"type":"integer"},{}]}},\
      "required":["location"],"additionalProperties":false}
      """
    #expect(document.json.canonicalString() == expected)
    let schema = try JSONSchema(document)
    #expect(schema.isValid(["location": "Oslo", "unit": "celsius", "height": .null]))
    #expect(!schema.isValid(["location": "Oslo", "unit": "kelvin"]))
    #expect(!schema.isValid(["town": "Oslo"]))
  }

  @Test func whatIsWrongIsSaidWhenTheSchemaIsCompiled() throws {
    func problems(_ document: SchemaDocument) -> [String] {
      do throws(JSONSchemaError) {
        _ = try JSONSchema(document)
        return []
      } catch {
        return error.problems.map(\.pointer)
      }
    }
    #expect(problems(.object(.required("a/b", .any), .optional("a/b", .any))) == ["/properties/a~1b"])
    let nested = SchemaDocument.object(.required("x", .any), .required("x", .any))
    #expect(problems(.object(.optional("list", .array(of: nested)))) == ["/properties/list/items/properties/x"])
    #expect(problems(.anyOf(.any, nested)) == ["/anyOf/1/properties/x"])
    #expect(problems(.dictionary(of: nested.orNull)) == ["/additionalProperties/anyOf/0/properties/x"])
    #expect(problems(.object(.required("x", .number(minimum: .nan)))) == ["/properties/x/minimum"])
    #expect(problems(.object(.required("x", .string(pattern: "(")))) == ["/properties/x/pattern"])
  }
}
