import Martlet
import MartletJSON
import MartletYAML
import Testing

/// The field table is what the decoder, the schema and the hints share; these hold them to each other.
@Suite struct FieldTableTests {
  private let schema = AgentDefinition.table.schema

  @Test func theSchemaOfTheFormatIsAValidSchema() throws {
    _ = try JSONSchema(schema)
  }

  @Test func theKeysAreThoseOfTheFormat() {
    let keys = AgentDefinition.table.fields.filter { !$0.isAliasOnly }.map(\.key)
    #expect(
      Set(keys) == [
        "version", "name", "description", "model", "instructions", "prompt", "parameters", "tools", "tool_choice",
        "limits",
        "script", "metadata", "providers", "permissions", "output", "fallback", "context", "checks",
      ])
    for field in AgentDefinition.table.fields { #expect(!field.documentation.isEmpty, "\(field.key)") }
  }

  @Test(arguments: AgentDefinition.table.fields.filter { $0.defaultValue != nil }.map(\.key))
  func theDefaultOfAFieldIsAcceptedAsItsValue(key: String) throws {
    let field = try #require(AgentDefinition.table.fields.first { $0.key == key })
    let value = try #require(field.defaultValue)
    let loaded = AgentDefinition.load(
      bytes: Array("name: a\n\(key): \(value.canonicalString())\n".utf8), name: "a.yaml", .init(environment: [:]))
    #expect(loaded.definition != nil, "\(loaded.diagnostics.map { $0.rendered() })")
    let document = JSONValue.object(JSONObject([("name", "a"), (key, value)]))
    #expect(try JSONSchema(schema).violations(in: document) == [])
  }

  @Test(arguments: ["nam", "modle", "tool", "limit", "prompts"]) func aMisspelledKeyIsRefusedByDecoderAndSchemaAlike(
    key: String
  ) throws {
    let loaded = AgentDefinition.load(
      bytes: Array("name: a\n\(key): x\n".utf8), name: "a.yaml", .init(environment: [:]))
    #expect(loaded.definition == nil)
    #expect(loaded.diagnostics.first?.hint?.hasPrefix("did you mean") == true)
    #expect(try !JSONSchema(schema).isValid(JSONValue(parsing: #"{"name":"a","\#(key)":"x"}"#)))
  }
}
