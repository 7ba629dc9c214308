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

/// Decoder and schema accept and refuse the same files.
@Suite struct SchemaAgreementTests {
  @Test(arguments: [
    "tools: [{name: t, description: d, command: [ls]}]", "tools: [{name: t, type: command, command: [ls]}]",
    "tools: [{name: t}]", "tools: [{kind: include, path: /dev/null/x}]", "tools: [{type: include, path: x, y: 1}]",
    "tools: [{type: include}]", "tools: [{path: x}]", "tools: [{type: inclde, path: x}]", "tools: {}",
    "tools: [{type: http, name: t, method: GET, url: x}]", "tools: [{type: builtin, name: read_file}]",
    "tools: [{type: mcp, name: t, command: x, args: [a]}]", "tools: [{type: agent, name: t, path: a.yaml}]",
    "permissions: {allow: [x]}", "output: {schema: {type: object}, retries: 2}",
    "fallback: {models: [a/b], retries: 1}", "context: {window: 1000, compact_at: 0.8}",
    "checks: [{command: [ls], timeout: 10s}]", "providers: {p: {base_url: 'https://x', api_key: k}}",
    "providers: {p: {base_url: 'https://x', quirks: {text_tool_calls: true, stream_options: false}}}",
    "providers: {p: {base_url: 'https://x', quirks: {text_tool_call: true}}}",
    "providers: {p: {base_url: 'https://x', prices: {m: {input: 1, output: 2}}}}",
    "providers: {openai: {prices: {m: {input: 1}}}}", "providers: {openai: {prices: {m: {input: -1, output: 2}}}}",
    "providers: {openai: {prices: {m: {input: 1, output: 2, cached: 3}}}}", "limits: {max_cost: 0.5}",
    "limits: {max_cost: 0}", "limits: {max_cost: x}",
  ]) func theyAgree(line: String) throws {
    let text = "name: a\n" + line
    let context = AgentDefinition.Context(environment: ["PATH": "/usr/bin:/bin"])
    let loaded = AgentDefinition.load(bytes: Array(text.utf8), name: "a.yaml", context)
    let reader = DefinitionReader(source: SourceFile(name: "a.yaml", text: text))
    let document = try #require(reader.json(YAMLNode(parsing: Array(text.utf8))))
    // What the schema cannot know: whether a file is there, and whether a feature is.
    let errors = loaded.diagnostics.filter {
      $0.severity == .error && !$0.message.contains("does not exist") && !$0.message.contains("not supported yet")
    }
    #expect(try JSONSchema(AgentDefinition.schema).isValid(document) == errors.isEmpty, "\(errors.map(\.message))")
  }
}
