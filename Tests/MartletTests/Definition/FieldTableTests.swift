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
        "repair_arguments",
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
    "output: {schema: [1]}", "output: {schema: {}, retries: -1}", "output: {schem: {}}", "output_schema: {type: array}",
    "structured_output: 1",
    "fallback: {models: [a/b], retries: 1}", "context: {window: 1000, compact_at: 0.8}",
    "checks: [{command: [ls], timeout: 10s}]", "providers: {p: {base_url: 'https://x', api_key: k}}",
    "providers: {p: {base_url: 'https://x', quirks: {text_tool_calls: true, stream_options: false}}}",
    "providers: {p: {base_url: 'https://x', quirks: {text_tool_call: true}}}",
    "providers: {p: {base_url: 'https://x', prices: {m: {input: 1, output: 2}}}}",
    "providers: {openai: {prices: {m: {input: 1}}}}", "providers: {openai: {prices: {m: {input: -1, output: 2}}}}",
    "providers: {openai: {prices: {m: {input: 1, output: 2, cached: 3}}}}", "limits: {max_cost: 0.5}",
    "limits: {max_cost: 0}", "limits: {max_cost: x}",
    "model: scriptd", "model: openai/", "model: ''", "model: openai/b/c", "model: scripted\nscript: [{say: x}]",
    "model: {provider: openai}", "model: {provider: openai, name: ''}", "model: {provider: openai, name: m, seed: -1}",
    "model: {provider: openai, name: m, seed: 1.5}", "model: {provider: openai, name: m, top_logprobs: 3}",
    "model: {provider: openai, name: m, top_logprobs: 3, logprobs: false}",
    "model: {provider: openai, name: m, top_logprobs: 3, logprobs: true}",
    "model: {provider: openai, name: m, temperature: 3}", "model: {provider: openai, name: m, stop: ''}",
    "model: {provider: openai, name: m, stop: [a, '']}", "model: {provider: openai, name: m, stop: []}",
    "model: {provider: openai, name: m, stop: [a, b, c, d]}",
    "model: {provider: openai, name: m, logit_bias: {'7': 101}}",
    "tool_choice: ''", "tool_choice: auto", "instruction: x\ninstructions: y", "system: x\nsystem_prompt: y",
    "variables: []\nparameters: []", "parameters: [{name: x, type: integer, default: a}]",
    "parameters: [{name: x, default: 1}]", "parameters: [{name: x, kind: integer, default: 1}]",
    "parameters: [{name: x, required: true, default: a}]", "parameters: [{name: x, required: false, default: a}]",
    "tools: [{name: t, command: ['']}]", "tools: [{name: t, command: ['{{ x }}']}]",
    "tools: [{name: t, command: [ls, 5]}]",
    "tools: [{name: t, command: [ls], env: {'A=B': x}}]", "tools: [{name: t, command: [ls], env: {A: 5}}]",
    "tools: [{name: t, command: [ls], env: {MARTLET_TOOL: x}}]", "tools: [{name: t, command: [ls], env_allow: [A B]}]",
    "tools: [{name: t, args_from: none}]",
    "tools: [{name: t, timeout: 5s}]",
    "tools: [{name: t, type: command}]", "tools: [{name: t, command: [ls], type: command, kind: command}]",
    "tools: [{name: t, command: [ls], input_schema: {type: object}, parameters: {type: object}}]",
    "tools: [{name: t, command: [ls], parameters: {type: string}}]",
    "tools: [{name: t, command: [ls], parameters: {}}]",
    "script: [{when: a, after: t, say: x}]", "script: [{when: x}]",
    "script: [{call: {}}]", "script: [{call: []}]", "script: [{call: [{a: {}, b: {}}]}]", "script: [{call: {a: 5}}]",
    "script: [{call: {a: null}}]", "script: [{say: x, call: [{a: {b: 1}}]}]", "script: [{fail: {status: 429}}]",
    "script: [{fail: {status: 429}, say: x}]", "providers: {p: {}}", "providers: {openai: {}}",
    "providers: {p: {base_url: 'ftp://x'}}", "providers: {p: {base_url: 'https://u:p@x'}}",
    "providers: {p/q: {base_url: 'https://x'}}", "providers: {p: {base_url: 'https://x', api_key_env: A B}}",
    "providers: {p: {base_url: 'https://x', headers: {A: 5}}}",
    "providers: {p: {base_url: 'https://x', headers: {A: []}}}",
  ]) func theyAgree(line: String) throws {
    let text = "name: a\n" + line
    let context = AgentDefinition.Context(environment: ["PATH": "/usr/bin:/bin"])
    let loaded = AgentDefinition.load(bytes: Array(text.utf8), name: "a.yaml", context)
    let reader = DefinitionReader(source: SourceFile(name: "a.yaml", bytes: Array(text.utf8)))
    let document = try #require(reader.json(YAMLNode(parsing: Array(text.utf8))))
    // What the schema cannot know: whether a file is there, and whether a feature is.
    let errors = loaded.diagnostics.filter {
      $0.severity == .error && !$0.message.contains("does not exist") && !$0.message.contains("not supported yet")
    }
    #expect(try JSONSchema(AgentDefinition.schema).isValid(document) == errors.isEmpty, "\(errors.map(\.message))")
  }
}
