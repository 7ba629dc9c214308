import Martlet
import MartletJSON
import MartletYAML
import Testing

@Suite struct DefinitionTests {
  private func load(_ text: String, environment: [String: String] = ["PATH": "/usr/bin:/bin"]) -> AgentDefinition.Loaded
  {
    AgentDefinition.load(bytes: Array(text.utf8), name: "a.yaml", .init(environment: environment))
  }

  /// `line:column: message` of all errors.
  private func errors(_ text: String) -> [String] {
    load(text).diagnostics.filter { $0.severity == .error }.map { "\($0.line):\($0.column): \($0.message)" }
  }

  private func hint(_ text: String) -> String? { load(text).diagnostics.first { $0.severity == .error }?.hint }

  /// A file with every field that is supported.
  private let everything = """
    version: 1
    name: all
    description: Everything
    model: {provider: scripted, temperature: 0.70, stop: ["a", "b"], logit_bias: {"2435": -10}, seed: 7, stream: false,
      cache: true}
    instructions: You work on {{ repo }}.
    prompt: "Go {{ tag }}"
    parameters:
      - {name: tag, type: string, required: true, description: git tag}
      - {name: repo, default: "."}
    tools:
      - name: cat
        description: Prints
        parameters: {type: object, properties: {file: {type: string}}, required: [file]}
        command: [cat, "{{ file }}", -n, 1]
        args_from: none
        env: {LC_ALL: C, N: 1}
        env_allow: [KEY]
        timeout: 1m30s
        max_output: 1024
        effect: read
        idempotent: true
    tool_choice: cat
    fallback: {models: [ollama/qwen3, openai/gpt-5-mini], retries: 1}
    limits: {max_turns: 3, max_tool_calls: 4, max_parallel_calls: 2, max_repeats: 6, max_total_tokens: 10, timeout: 10m}
    script:
      - {after: cat, say: "{{ result.x }}"}
      - {fail: {status: 429, retry_after: 0.5, times: 2}}
    metadata: {team: [a, b]}
    x-own: {anything: goes}
    """

  @Test func whatTheDecoderReadsFitsTheSchema() throws {
    let reader = DefinitionReader(source: SourceFile(name: "", bytes: []))
    let document = try #require(reader.json(YAMLNode(parsing: everything)))
    #expect(try JSONSchema(AgentDefinition.table.schema).violations(in: document) == [])
  }

  @Test func everyFieldIsRead() throws {
    let loaded = load(everything)
    #expect(loaded.diagnostics.map(\.message) == ["`cache` does nothing: the model `scripted` asks no server"])
    let agent = try #require(loaded.definition)
    #expect(agent.name == "all")
    #expect(agent.model?.value.sampling.map(\.key) == ["temperature", "stop", "logit_bias", "seed"])
    #expect(agent.model?.value.sampling["temperature"]?.canonicalString() == "0.70")
    #expect(agent.model?.value.streams == false)
    #expect(agent.model?.value.caches == true)
    #expect(agent.fallback?.models.map(\.value.identifier) == ["ollama/qwen3", "openai/gpt-5-mini"])
    #expect(agent.fallback?.retries == 1)
    #expect(agent.parameters.map(\.name) == ["tag", "repo"])
    #expect(agent.toolChoice.value == .tool("cat"))
    #expect(agent.limits.timeout == .seconds(600))
    #expect(agent.limits.maxRepeats == 6)
    #expect(agent.metadata == ["team": ["a", "b"]])
    guard case .command(let command)? = agent.tools.first?.kind else { return #expect(Bool(false), "no command") }
    #expect(command.program.value == "cat")
    #expect(command.arguments.map(\.template.source) == ["{{ file }}", "-n", "1"])
    #expect(command.options.timeout == .seconds(90))
    #expect(command.options.environment.map { $0.value.value.source } == ["C", "1"])
  }

  @Test func allMistakesOfAFileAreReportedAtOnceEachAtItsPlace() {
    let text = """
      name: bad agent
      model: scriptd
      instrutions: Hello
      prompt: "Do {{ what }}"
      limits:
        max_turns: many
        timeout: 10
      tools:
        - name: t
          description: x
          parameters: {type: object, properties: {a: {type: strin}}}
          command: [no-such-program-here]
        - name: t
          description: y
          command: [cat]
          colour: red
      script: [{say: hi}]
      script: []
      """
    #expect(
      errors(text) == [
        "1:7: `bad agent` is not a valid name",
        "2:8: `scriptd` names no provider: a model is written as provider/model",
        "3:1: unknown key `instrutions` in an agent",
        "4:13: `{{ what }}` is not a parameter of the agent",
        "6:14: expected a whole number, found a string",
        "7:12: expected a duration such as 30s or 10m, found `10`",
        "11:55: the schema of the tool `t`: /properties/a/type is \"strin\", which is no type; did you mean \"string\"?",
        "12:15: `no-such-program-here` is not found in PATH",
        "13:11: two tools are named `t`: it is already declared in line 9",
        "16:5: unknown key `colour` in a tool",
        "18:1: duplicate key `script`: it is already set in line 17",
      ])
  }

  @Test func aKeywordOfASchemaThatIsMisspeltIsWarnedOf() {
    let text = """
      name: a
      model: scripted
      script: [{say: hi}]
      tools:
        - name: t
          description: x
          command: [cat]
          parameters:
            type: object
            properties:
              a: {type: string, enumm: [b]}
            requierd: [a]
      """
    let warnings = load(text).diagnostics.filter { $0.severity == .warning }
    #expect(
      warnings.map { $0.rendered() } == [
        """
        a.yaml:11:27: warning: the schema of the tool `t`: /properties/a/enumm is no keyword, and is ignored; did you mean "enum"?
          11 |         a: {type: string, enumm: [b]}
             |                           ^
        """,
        """
        a.yaml:12:7: warning: the schema of the tool `t`: /requierd is no keyword, and is ignored; did you mean "required"?
          12 |       requierd: [a]
             |       ^
        """,
      ])
    #expect(errors(text) == [])
  }

  @Test func aDiagnosticShowsTheLineAndACaret() {
    let text = load("name: a\nmodel: scripted\nscript: [{say: hi}]\ninstrutions: Hé\n").diagnostics[0].rendered()
    #expect(
      text == """
        a.yaml:4:1: error: unknown key `instrutions` in an agent
          4 | instrutions: Hé
            | ^
          hint: did you mean `instructions`?
        """)
  }

  @Test(arguments: [
    ("instruction: x", "instructions"), ("system: x", "instructions"), ("system_prompt: x", "instructions"),
    ("variables: [{name: p}]", "parameters"), ("max_iterations: 3", "limits.max_turns"),
    ("output_schema: {type: object}", "output.schema"), ("structured_output: {type: object}", "output.schema"),
  ])
  func anAliasIsReadAndNoted(line: String, canonical: String) {
    let loaded = load(
      "name: a\nmodel: scripted\nscript: [{say: \"{{ p | default: x }}\"}]\nparameters: []\n"
        .replacing("parameters: []\n", with: line.contains("variables") ? "" : "parameters: [{name: p}]\n") + line)
    #expect(loaded.definition != nil, "\(loaded.diagnostics.map { $0.rendered() })")
    #expect(loaded.diagnostics.contains { $0.severity == .note && $0.message.hasSuffix("is read as `\(canonical)`") })
  }

  @Test func anAliasSetsItsField() {
    let definition = load("name: a\nmax_iterations: 3\nsystem: Hi\n").definition
    #expect(definition?.limits.maxTurns == 3)
    #expect(definition?.instructions?.template.source == "Hi")
  }

  @Test(arguments: [
    "max_iterations: 3\nlimits: {timeout: 5s}\noutput_schema: {type: array}\noutput: {retries: 1}",
    "output: {retries: 1}\nstructured_output: {type: array}\nlimits: {timeout: 5s}\nmax_iterations: 3",
  ]) func anAliasOfAnotherMappingsKeyStandsBesideThatMapping(lines: String) {
    let definition = load("name: a\n" + lines).definition
    #expect(definition?.limits.maxTurns == 3)
    #expect(definition?.limits.timeout == .seconds(5))
    #expect(definition?.output.schema?.document == ["type": "array"])
    #expect(definition?.output.retries.value == 1)
  }

  @Test func retriesWithoutASchemaAreWarnedOf() {
    let warnings = load("name: a\noutput: {retries: 1}").diagnostics.filter { $0.severity == .warning }
    #expect(warnings.map(\.message) == ["`retries` does nothing without `schema`"])
  }

  @Test func aPriceThatIsNobodysAndACacheOfTheScriptAreWarnedOf() {
    func warnings(_ text: String) -> [String] {
      load("name: a\n" + text).diagnostics.filter { $0.severity == .warning }.map { "\($0.line): \($0.message)" }
    }
    let priced = "model: local/m1\nproviders: {local: {base_url: 'https://x', prices: {NAME: {input: 1, output: 1}}}}"
    #expect(
      warnings(priced.replacing("NAME", with: "M1")) == [
        "3: the price of `M1` is not that of `m1`: names of models differ in capital letters"
      ])
    for name in ["m1", "m2"] { #expect(warnings(priced.replacing("NAME", with: name)) == []) }
    #expect(
      warnings("model: {provider: scripted, cache: true}\nscript: [{say: hi}]") == [
        "2: `cache` does nothing: the model `scripted` asks no server"
      ])
  }

  private static func tool(_ schema: String, more: String = "") -> String {
    """
    name: a
    model: scripted
    script: [{say: hi}]
    tools:
      - name: t
        description: x
        command: [cat]
        parameters: \(schema)
        \(more)
    """
  }

  @Test func warningsOfASchemaAreThereBesideItsErrors() {
    let text = Self.tool(
      "{type: object, properties: {day: {type: strin}, at: {type: string, format: tme}}, required: [dya]}")
    #expect(errors(text).count == 1)
    let warnings = load(text).diagnostics.filter { $0.severity == .warning }
    #expect(
      warnings.map { "\($0.line):\($0.column): \($0.message)" } == [
        "8:84: the schema of the tool `t`: /properties/at/format is \"tme\", which is no format that is known, "
          + "and asserts nothing; did you mean \"time\"?",
        "8:109: the schema of the tool `t`: /required/0 names \"dya\", which is no property; did you mean \"day\"?",
      ])
    let strict = load(Self.tool("{type: object, properties: {a: {}, b: {type: strin}}}", more: "strict: true"))
    #expect(strict.diagnostics.map(\.severity) == [.warning, .error])
    #expect(strict.diagnostics[0].message.hasSuffix("at /properties/a, strict mode wants a type for every value"))
  }

  @Test func aDraftThatIsNotSupportedIsWarnedOfAtItsPlace() {
    let text = Self.tool(
      #"{$schema: "http://json-schema.org/draft-04/schema#", type: object, properties: {a: {exclusiveMinimum: true}}}"#)
    #expect(
      load(text).diagnostics.map { "\($0.severity) \($0.line):\($0.column): \($0.message)" } == [
        "warning 8:18: the schema of the tool `t`: /$schema names draft 4, which is not supported: "
          + "the schema is read as draft 7",
        "error 8:119: the schema of the tool `t`: /properties/a/exclusiveMinimum must be a number; "
          + "it is true, as in draft 4; it takes the bound itself",
      ])
  }

  @Test(arguments: [
    ("{type: object, properties: {a: {type: string}}}", nil),
    ("{type: object, properties: {a: {}}}", "8:45: at /properties/a, strict mode wants a type for every value"),
    (
      "{type: object, properties: {a: {type: string}}, anyOf: [{required: [a]}]}",
      "8:65: at /anyOf, strict mode wants the whole to be one object, without `anyOf`"
    ),
    (
      "{type: object, additionalProperties: {type: string}}",
      "8:32: at /additionalProperties, strict mode wants `additionalProperties: false`"
    ),
    // A tool without parameters; then what could never fit, and an object of any names.
    ("{type: object}", nil), ("{type: object, properties: {}}", nil),
    (
      "{type: object, minProperties: 1}",
      "8:32: at /minProperties, strict mode wants as many `properties` as there must be"
    ),
    (
      "{type: object, properties: {a: {type: object, properties: {}}}}",
      "8:45: at /properties/a, strict mode wants `properties` for every object, or `additionalProperties: false`"
    ),
    ("{type: object, properties: {a: {type: object, additionalProperties: false}}}", nil),
  ]) func aToolThatCannotBeStrictIsWarnedOf(schema: String, warning: String?) {
    for strict in ["true", "false"] {
      let warnings = load(Self.tool(schema, more: "strict: \(strict)")).diagnostics.filter { $0.severity == .warning }
      let expected = strict == "true" ? warning.map { [$0] } ?? [] : []
      #expect(
        warnings.map { "\($0.line):\($0.column): \($0.message)" }
          == expected.map { $0.replacing(": at", with: ": the tool `t` cannot be strict, and is sent without it: at") })
    }
  }

  @Test(arguments: [
    ("{type: object, additionalProperties: true}", true), ("{type: object, patternProperties: {a: {}}}", true),
    ("{type: object, additionalProperties: {type: string}, properties: {}}", true),
    ("{type: object}", false), ("{type: object, properties: {}, additionalProperties: false}", false),
    ("{type: object, properties: {a: {type: object}}}", false),
    ("{type: object, anyOf: [{properties: {a: {type: string}}}]}", false),
  ]) func e12_argumentsThatASimpleServerHasNoWordsForAreWarnedOf(schema: String, isWarned: Bool) {
    let text = Self.tool(schema).replacing("model: scripted", with: "model: gemini/g")
    let warnings = load(text).diagnostics.filter { $0.severity == .warning }.map(\.message)
    let expected =
      "the tool `t` takes arguments of any names, which the server of `gemini/g` has no words for: it is told of no arguments"
    #expect(warnings == (isWarned ? [expected] : []))
    #expect(!load(Self.tool(schema)).diagnostics.contains { $0.message == expected })
  }

  @Test func aKeywordOfOpenAPIIsWarnedOfWithItsModernSpelling() {
    let text = Self.tool("{type: object, properties: {a: {type: string, nullable: true}}}")
    #expect(
      load(text).diagnostics.map { "\($0.severity): \($0.message)" } == [
        "warning: the schema of the tool `t`: /properties/a/nullable is no keyword but in OpenAPI, and is ignored; "
          + "to allow null, write \"type\": [\"string\", \"null\"]"
      ])
  }

  @Test(arguments: [
    ("output: {schema: {type: thing}}", "2:25: the schema of the answer: /type is"),
    ("output_schema: {type: thing}", "2:23: the schema of the answer: /type is"),
    ("output: {schema: 1}", "expected an object"), ("output: {schema: {}, retries: -1}", "from 0 to 100"),
    ("output: {schema: {}}\noutput_schema: {}", "duplicate key"), ("output: 1", "expected output"),
  ]) func whatIsWrongWithTheOutputIsSaidAtItsPlace(line: String, expected: String) {
    let found = errors("name: a\n" + line)
    #expect(found.contains { $0.contains(expected) }, "\(found)")
  }

  @Test(arguments: [
    "instructions: a\nsystem: b", "limits: {max_turns: 2}\nmax_iterations: 3",
    "max_iterations: 3\nlimits: {max_turns: 2}",
    "name: b",
  ])
  func aKeyThatIsSetTwiceIsADuplicateWhateverItsSpelling(lines: String) {
    #expect(errors("name: a\n" + lines).contains { $0.contains("duplicate key") })
  }

  @Test func eachRepetitionOfAKeyNamesTheFirst() {
    let lines =
      "name: a\nmax_iterations: 3\nlimits:\n  max_turns: 2\n  max_turns: 4\ntools:\n  - name: t\n    name: u\n    name: v"
    #expect(
      errors(lines) == [
        "4:3: duplicate key `max_turns`: it is already set in line 2",
        "5:3: duplicate key `max_turns`: it is already set in line 2",
        "8:5: duplicate key `name`: it is already set in line 7",
        "9:5: duplicate key `name`: it is already set in line 7",
      ])
  }

  @Test func aLongKeyIsKnownByItsLastLetterToo() {
    #expect(errors("name: a\nlimits: {max_parallel_calls: 2}") == [])
    #expect(
      errors("name: a\nlimits: {max_parallel_callz: 2}") == ["2:10: unknown key `max_parallel_callz` in limits"])
  }

  @Test(arguments: [
    "permissions: {allow: [x]}",
    "context: {window: 1}", "checks: [{command: [test]}]", "tools: [{type: mcp, name: x, command: y}]",
    "tools: [{type: http, name: x}]",
    "tools: [{name: t, description: d, command: [cat], untrusted: true}]",
    "tools: [{name: t, description: d, command: [cat], sandbox: {mode: required}}]", "model: replay",
  ])
  func whatIsNotThereYetIsRefused(line: String) {
    #expect(errors("name: a\nscript: [{say: hi}]\n" + line).contains { $0.contains("not supported yet") })
  }

  @Test(arguments: [
    "permissions: {allow: [], ask: [], deny: [], on_ask: deny}", "permissions: {on_ask: deny}", "checks: []",
    "providers: {}",
    "tools: [{name: t, description: d, command: [cat], untrusted: false, sandbox: {mode: off}}]",
    "model: {provider: scripted, cache: false}",
  ])
  func theDefaultOfWhatIsNotThereYetIsAccepted(line: String) {
    #expect(errors("name: a\nscript: [{say: hi}]\n" + line) == [])
  }

  @Test(arguments: [
    "", "providers: {openai: {prices: {gpt-5: {input: 1, output: 2}}}}", "providers: {openai: {prices: {}}}",
  ])
  func maxCostIsRefusedWithoutPrices(providers: String) {
    #expect(
      errors("name: a\nlimits: {max_cost: 1.5}\nmodel: openai/gpt-5-mini\n" + providers) == [
        "2:10: `max_cost` needs the prices of openai/gpt-5-mini, and they are not known"
      ])
  }

  @Test(arguments: [
    "model: openai/gpt-5-mini\nproviders: {openai: {prices: {gpt-5-mini: {input: 0.25, output: 2}}}}",
    "model: local/q\nproviders: {local: {base_url: 'https://x', prices: {q: {input: 0, output: 0.000000001}}}}",
    "model: scripted\nscript: [{say: hi}]",
  ])
  func maxCostIsTakenWithPrices(lines: String) {
    #expect(errors("name: a\nlimits: {max_cost: 1.5}\n" + lines) == [])
  }

  @Test(arguments: [
    ("limits: {max_cost: 0}", "2:20: expected a number above 0, found 0"),
    ("limits: {max_cost: -1}", "2:20: expected a number above 0, found -1"),
    ("limits: {max_cost: 1e400}", "2:20: expected a smaller number, found 1e400"),
    ("limits: {max_cost: .inf}", "2:20: expected a number, found a number"),
    ("limits: {max_cost: 1 USD}", "2:20: expected a number, found a string"),
    ("providers: {openai: {prices: {m: {input: 1}}}}", "2:34: a price needs `output`"),
    (
      "providers: {openai: {prices: {m: {input: -1, output: 1}}}}",
      "2:42: expected a number from 0 to 1000000, found -1"
    ),
    ("providers: {openai: {prices: {m: {input: 1e7, output: 1}}}}", "2:42: expected a number from 0 to 1000000"),
    ("providers: {openai: {prices: {m: {input: 1, output: 1, inptu: 1}}}}", "2:56: unknown key `inptu` in a price"),
    ("providers: {openai: {prices: {m: 3}}}", "2:34: expected a price"),
    (
      "providers: {openai: {prices: {m: {input: 1, output: 1}, m: {input: 1, output: 1}}}}",
      "2:57: duplicate key `m`"
    ),
  ])
  func aPriceThatIsNoneIsRefused(line: String, problem: String) {
    #expect(errors("name: a\n" + line).contains { $0.hasPrefix(problem) }, "\(errors("name: a\n" + line))")
  }

  @Test(arguments: [
    ("name: a\ninstructions: {{ x }}", "quote it: \"{{ x }}\""),
    ("name: a\ntools: [{name: t, description: d, command: [cat, {{ x }}]}]", "quote it: \"{{ x }}\""),
    ("name: a\ndescription: 5", "quote it: \"5\""),
    ("name: a\ndescription: true", "quote it: \"true\""),
    ("name: a\ntools: [{name: t, description: d, command: cat file}]", "command: [cat, file]"),
    ("name: my agent", "a name has 1 to 64 characters out of A-Z a-z 0-9 _ -, such as my_agent"),
    ("name: a\ntools: [{name: t, description: d, command: []}]", "name the program first: command: [git, status]"),
    ("name: a\nmodel: gpt-5-mini", "for example openai/gpt-5-mini"),
    ("name: a\nmodel: opnai/gpt-5", "did you mean `openai`?"),
    ("name: a\nlimits: {timeout: 10}", "give it a unit: 10s"),
    ("name: a\ntool_choice: requierd", "did you mean `required`?"),
  ])
  func aHintSaysWhatToDo(text: String, expected: String) {
    #expect(hint(text) == expected, "\(load(text).diagnostics.map { $0.rendered() })")
  }

  @Test(arguments: [
    ("name: a\nprompt: \"{{ x }}\"", "`{{ x }}` is not a parameter of the agent"),
    (
      "name: a\nscript: [{when: \"(?<c>.)\", say: \"{{ d }}\"}]",
      "`{{ d }}` is not a parameter, a group of `when`, or a result"
    ),
    ("name: a\nscript: [{when: \"(\", say: hi}]", "invalid regular expression"),
    ("name: a\nscript: [{when: a, after: b, say: hi}]", "a rule has `when` or `after`, not both"),
    ("name: a\nscript: [{when: a}]", "a rule needs an answer: `say`, `call` or `fail`"),
    ("name: a\nscript: [{fail: {status: 429}, say: hi}]", "a rule that fails answers nothing"),
    ("name: a\nscript: [{call: {a: {}, b: {}}}]", "expected one tool and its arguments"),
    ("name: a\ntools: [{name: t, description: d, command: [\"{{ x }}\"]}]", "the program itself cannot be a template"),
    ("name: a\ntools: [{name: t, description: d, command: [./none]}]", "`./none` does not exist"),
    (
      "name: a\ntools: [{name: t, description: d, command: [cat], env: {MARTLET_TOOL: x}}]",
      "`MARTLET_TOOL` is set by the runtime"
    ),
    (
      "name: a\ntools: [{name: t, description: d, timeout: 3s}]",
      "`timeout` belongs to a command, and this tool has none"
    ),
    (
      "name: a\ntools: [{name: t, description: d, command: [cat], parameters: {type: string}}]",
      "must have `type: object`"
    ),
    ("name: a\nparameters: [{name: p, type: integer, default: x}]", "the default of `p` must be of type integer"),
    ("name: a\nparameters: [{name: p, required: true, default: x}]", "`p` is required and has a default"),
    ("name: a\nparameters: [{name: p}, {name: p}]", "two parameters are named `p`"),
    (
      "name: a\nparameters: [{name: p}]\ntools: [{name: t, description: d, command: [cat, \"{{ p }}\"], parameters: {type: object, properties: {p: {}}}}]",
      "`p` is both an argument of `t` and a parameter of the agent"
    ),
    ("name: a\nmodel: scripted", "the model `scripted` needs a `script`"),
    ("description: no name", "an agent needs `name`"),
    ("- a\n- b", "expected an agent"),
    ("", "empty"),
  ])
  func aMistakeIsExplained(text: String, expected: String) {
    #expect(errors(text).contains { $0.contains(expected) }, "\(errors(text))")
  }

  @Test func aTemplateIsReportedAtItsOwnPlace() {
    let text = """
      name: a
      parameters: [{name: ab}]
      instructions: |
        Use {{ ab }} and
        then {{  a }} twice: {{ a }}.
      prompt: "{{ a | upper }} {{ b"
      """
    #expect(
      errors(text).map { $0.prefix { $0 != " " } } == ["5:8:", "5:24:", "6:10:", "6:26:"], "\(errors(text))")
  }

  @Test(arguments: [
    "name: a\ntools: [{name: t, description: d, command: [cat, \"{{ x }}\"], parameters: {type: objekt, properties: {x: {}}}}]",
    "name: a\ntools: [{name: t, description: d, command: cat file, timeout: 3s}]",
    "name: a\ntool_choice: w\ntools: [{type: mcp, name: w, command: x}]",
    "name: a\ntools: [{type: command, name: t, description: d}]",
  ])
  func oneMistakeIsReportedOnce(text: String) {
    let messages = load(text).diagnostics.map(\.message)
    #expect(messages.count == 1, "\(messages)")
  }

  @Test func keysOfTheUsersOwnCanStandAnywhere() {
    #expect(
      errors("name: a\nx-a: 1\nlimits: {x-b: 1}\ntools: [{name: t, description: d, command: [cat], x-c: 1}]") == [])
  }

  @Test(arguments: [
    ("http://models.example/v1", "http, which is allowed for loopback hosts only"),
    ("https://user:secret@models.example/v1", "holds no user name and no password"),
    ("https://:443/v1", "cannot be read"), ("http://127.0.0.1:8080/v1", ""), ("https://models.example/v1", ""),
  ]) func aURLThatCanNeverBeAskedIsFoundInTheFile(url: String, expected: String) {
    let loaded = load("name: a\nproviders:\n  local:\n    base_url: \"\(url)\"\n")
    let found = loaded.diagnostics.filter { $0.severity == .error }
    #expect(found.count == (expected.isEmpty ? 0 : 1))
    #expect(found.allSatisfy { $0.line == 4 && $0.column == 15 && $0.message.contains(expected) }, "\(found)")
    #expect(!found.contains { $0.rendered().contains("secret") })
    #expect(
      load("name: a\nproviders: {p: {base_url: 'http://x.example', allow_insecure_http: true}}\n").definition != nil)
  }

  @Test func aHostileFileIsReportedWithinBounds() {
    let keys = (0..<20_000).map { "k\($0): 1" }.joined(separator: ", ")
    let loaded = load("{name: x, \(keys)}")
    #expect(loaded.definition == nil)
    #expect(loaded.diagnostics.count == DefinitionReader.maxDiagnostics + 1)
    #expect(loaded.diagnostics.last?.message == "and 19900 more")
    #expect(loaded.diagnostics.allSatisfy { $0.rendered().utf8.count < 1000 })
  }

  @Test func anUnusedParameterIsAWarning() {
    let loaded = load("name: a\nparameters: [{name: p}]\n")
    #expect(loaded.definition != nil)
    #expect(loaded.diagnostics.map(\.message) == ["parameter `p` is never used"])
    #expect(loaded.diagnostics.map(\.severity) == [.warning])
  }

  @Test func aToolWithoutACommandIsNotedAsBoundToSwift() {
    let loaded = load("name: a\ntools: [{name: add, description: Adds}]\n")
    #expect(loaded.diagnostics.map(\.severity) == [.note])
    #expect(loaded.definition?.tools.count == 1)
  }

  @Test func yamlWordsThatLookLikeBooleansStayText() {
    let definition = load("name: no\ndescription: on\nmetadata: {y: y, no: no}\n").definition
    #expect(definition?.name == "no")
    #expect(definition?.description == "on")
    #expect(definition?.metadata == ["y": "y", "no": "no"])
  }

  @Test(arguments: [
    ("250ms", 250), ("30s", 30_000), ("10m", 600_000), ("1h30m", 5_400_000), ("1.5s", 1500),
  ])
  func durationsHaveUnits(text: String, milliseconds: Int) {
    #expect(Duration(text) == .milliseconds(milliseconds))
  }

  @Test(arguments: ["", "10", "s", "10 s", "-1s", "1d", "1s2", "9e9h", "999999999999h", "1..2s"])
  func whatIsNoDurationIsRefused(text: String) {
    #expect(Duration(text) == nil)
  }
}
