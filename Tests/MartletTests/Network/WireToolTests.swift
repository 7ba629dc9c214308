import Martlet
import MartletChat
import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

/// Calls that come over the wire as models and servers spoil them, and schemas that go over it as servers take them.
@Suite struct WireToolTests {
  private let tool = RecordingTool { _ in "ok" }

  /// A part that contains itself.
  private static let tree = ##"""
    {type: object, required: [root], properties: {root: {$ref: "#/$defs/node"}}, additionalProperties: false,
     $defs: {node: {type: object, required: [name], additionalProperties: false, properties: {
       name: {type: string}, size: {type: integer}, children: {type: array, items: {$ref: "#/$defs/node"}}}}}}
    """##

  private struct Run {
    let result: RunResult
    let notices: [String]
    let requests: [JSONValue]
    var told: [String] { result.toolCalls.map { $0.result ?? "" } }
  }

  private func run(
    _ replies: [ScriptedResponse], provider: Provider? = nil, quirks: String = "{}", schema: String? = nil,
    strict: Bool = false, more: String = ""
  ) async throws -> Run {
    let server = try LoopbackServer(replies: replies)
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let providers = #"providers: {local: {base_url: "\#(server.baseURL)/v1", quirks: \#(quirks)}}"#
    let file = try folder.write(
      "agent.yaml",
      """
      name: test
      model: \(provider?.name ?? "local")/m
      \(provider == nil ? providers : "")
      tools:
        - name: add
          description: Adds
          strict: \(strict)
          parameters: \(schema ?? "{type: object, properties: {a: {type: integer}, s: {type: string}}, required: [a]}")
      \(more)
      """)
    var settings = AgentSettings()
    settings.handlers = ["add": tool]
    settings.environment = [:]
    if let provider {
      settings.environment[provider.baseURLVariable ?? ""] = "\(server.baseURL)/v1"
      settings.environment[provider.apiKeyVariable ?? ""] = "key-of-the-test"
    }
    let log = EventLog()
    let session = AgentSession(try Agent(contentsOf: file, settings: settings), clock: .instant())
    let result = await session.perform("task", onEvent: log.handler)
    let notices = log.all.compactMap { if case .notice(_, let message) = $0 { message } else { nil } }
    return Run(
      result: result, notices: notices, requests: try server.requests.map { try JSONValue(parsing: $0.text) })
  }

  private func call(_ arguments: String...) -> ScriptedResponse {
    .chatStream(calls: arguments.enumerated().map { ("c\($0 + 1)", "add", $1) })
  }

  /// Calls that come in one piece.
  private func whole(_ arguments: [String], _ reason: String = "tool_calls") -> ScriptedResponse {
    let calls = arguments.enumerated().map { index, arguments -> JSONValue in
      ["id": .string("c\(index + 1)"), "function": ["name": "add", "arguments": .string(arguments)]]
    }
    let message: JSONValue = ["role": "assistant", "content": .null, "tool_calls": .array(calls)]
    let choice: JSONValue = ["index": 0, "message": message, "finish_reason": .string(reason)]
    return .json(JSONValue.object(["choices": [choice]]).canonicalString())
  }

  // MARK: Arguments

  @Test func a16_controlCharactersReachTheToolAndTheHistoryIsJSON() async throws {
    let run = try await run([call("{\"a\":1,\"s\":\"one\n\ttwo\u{1}\"}"), .chatStream("done")])
    #expect(run.result.output == "done")
    #expect(tool.arguments == [["a": 1, "s": "one\n\ttwo\u{1}"]])
    #expect(run.notices == ["add (c1): the arguments held control characters, which were escaped"])
    let sent = run.requests[1]["messages"]?[1]?["tool_calls"]?[0]?["function"]?["arguments"]?.stringValue
    #expect(try JSONValue(parsing: sent ?? "") == ["a": 1, "s": "one\n\ttwo\u{1}"])
  }

  @Test(arguments: [#"{"a":1}{"a":1}"#, #"{"a":1} {"a": 1}{"a":1}"#])
  func a13_argumentsThatCameTwiceAreOneCall(arguments: String) async throws {
    let run = try await run([call(arguments), .chatStream("done")])
    #expect(tool.arguments == [["a": 1]])
    #expect(run.notices == ["add (c1): the arguments stood there more than once, and were read once"])
  }

  @Test func a13_differentArgumentsInOneCallAreToldToTheModel() async throws {
    let both = #"{"a":1}{"a":2}"#
    // Perhaps the stream is to blame: it is asked for again without one.
    let run = try await run([call(both), whole([both]), .chatStream("done")])
    #expect(tool.arguments == [])
    #expect(run.told.first?.hasPrefix("error: malformed_arguments: the arguments are not one JSON object") == true)
  }

  @Test(arguments: ["length", "tool_calls", "stop"], [#"{"a":1,"s":"half of"#, #"{"a":1"#, #"{"a":1,"#, #"{"a":"1"#])
  func argumentsThatWereCutAreNeverRunNorRepaired(reason: String, arguments: String) async throws {
    let run = try await run([
      whole([arguments], reason), whole([arguments], reason), .chatStream("done"), .chatStream("done"),
    ])
    #expect(tool.arguments == [])
    #expect(!run.notices.contains { $0.contains("(c1)") })
    #expect(run.result.toolCalls.allSatisfy { $0.isError })
    #expect(run.result.outcome == (reason == "length" ? .incomplete : .completed), "\(run.result)")
  }

  @Test func brokenCallsAmongGoodOnesAreToldEachByItself() async throws {
    let run = try await run([
      call(#"{"a":1}"#, #"{"a": "one"}"#, #"["a"]"#, #"{"a":"5"}"#, #"{"a":6}}"#), .chatStream("done"),
    ])
    #expect(Set(tool.arguments.compactMap { $0["a"] }) == [1, 5, 6])
    #expect(run.result.toolCalls.map(\.isError) == [false, true, true, false, false])
    #expect(
      run.told[1] == "error: invalid_arguments: the tool was not run, because its arguments break its schema:\n"
        + #"- /a must be an integer; it is "one""#)
    #expect(run.told[2].contains("expected an object, found an array"))
    // Each result goes back under the identifier of its call, in their order.
    let messages = run.requests[1]["messages"]?.arrayValue ?? []
    #expect(messages.suffix(5).map { $0["tool_call_id"] } == ["c1", "c2", "c3", "c4", "c5"])
  }

  @Test func aCallThatWasCutAmongGoodOnesIsToldAndTheOthersRun() async throws {
    let broken = [#"{"a":1}"#, #"{"a":"#, #"{"a":3}"#]
    let run = try await run([call(broken[0], broken[1], broken[2]), whole(broken), .chatStream("done")])
    #expect(Set(tool.arguments.compactMap { $0["a"] }) == [1, 3])
    #expect(run.result.toolCalls.map(\.isError) == [false, true, false])
    #expect(run.requests.map { $0["stream"] } == [true, false, true])
  }

  // MARK: Schemas

  @Test(arguments: ProviderCatalog.providers.map(\.name))
  func aPartThatContainsItselfGoesToEveryProvider(name: String) async throws {
    let provider = try #require(ProviderCatalog.provider(named: name))
    let nested = #"{"name":"b","children":[{"name":"c"}]}"#
    let inner = provider.quirks.needsSimpleSchemas ? JSONValue.string(nested).canonicalString() : nested
    let arguments = #"{"root":{"name":"a","children":[\#(inner)]}}"#
    let run = try await run([call(arguments), .chatStream("done")], provider: provider, schema: Self.tree)
    #expect(run.result.output == "done", "\(run.result)")
    #expect(
      tool.arguments.map { $0.canonicalString() } == [
        #"{"root":{"name":"a","children":[{"name":"b","children":[{"name":"c"}]}]}}"#
      ])
    let parameters = try #require(run.requests[0]["tools"]?[0]?["function"]?["parameters"])
    let text = parameters.canonicalString()
    if provider.quirks.needsSimpleSchemas {
      #expect(!text.contains("$") && !text.contains("additionalProperties"))
      let root = parameters["properties"]?["root"]
      #expect(root?["required"] == ["name"])
      let item = root?["properties"]?["children"]?["items"]
      #expect(item == ["type": "string", "description": "(a JSON object, written as JSON text)"])
      let notice = "add (c1): /root/children/0 was JSON in a text, as the server's schema wants it, and was decoded"
      #expect(run.notices == [notice])
    } else {
      #expect(text.contains(##""$ref":"#/$defs/node""##))
      #expect(run.notices.isEmpty)
    }
  }

  @Test func strictModeKeepsAPartThatContainsItselfAndItsNullsAreLeftOut() async throws {
    let arguments = #"{"root":{"name":"a","size":null,"children":[{"name":"b","size":2,"children":null}]}}"#
    let run = try await run([call(arguments), .chatStream("done")], schema: Self.tree, strict: true)
    #expect(
      tool.arguments.map { $0.canonicalString() } == [#"{"root":{"name":"a","children":[{"name":"b","size":2}]}}"#])
    let function = try #require(run.requests[0]["tools"]?[0]?["function"])
    #expect(function["strict"] == true)
    #expect(function["parameters"]?["$defs"]?["node"]?["required"] == ["name", "size", "children"])
    #expect(
      run.notices == [
        "add (c1): /root/size was null, as strict mode wants it of what is absent, and was left out",
        "add (c1): /root/children/0/children was null, as strict mode wants it of what is absent, and was left out",
      ])
    // What the model wrote itself stays in the history.
    #expect(run.requests[1]["messages"]?[1]?["tool_calls"]?[0]?["function"]?["arguments"] == .string(arguments))
  }

  @Test func nullsOfStrictModeAreLeftOutThoughRepairsAreOff() async throws {
    let run = try await run(
      [call(#"{"a":1,"s":null}"#), .chatStream("done")], strict: true, more: "repair_arguments: false")
    #expect(run.result.toolCalls.map(\.isError) == [false])
    #expect(tool.arguments == [["a": 1]])
  }

  @Test func anyValueThatWasAskedForAsTextIsDecodedThoughRepairsAreOff() async throws {
    let run = try await run(
      [call(#"{"value":"{\"x\": [1]}","rest":"plain"}"#), .chatStream("done")], quirks: "{simple_schemas: true}",
      schema: "{type: object, properties: {value: {}, rest: {}}}", more: "repair_arguments: false")
    #expect(tool.arguments == [["value": ["x": [1]], "rest": "plain"]])
    #expect(run.notices == ["add (c1): /value was JSON in a text, as the server's schema wants it, and was decoded"])
    let properties = run.requests[0]["tools"]?[0]?["function"]?["parameters"]?["properties"]
    #expect(properties?["value"] == ["type": "string", "description": "(any value, written as JSON text)"])
  }

  @Test(arguments: [
    ("{type: [object, 'null']}", #""null""#, "null"), ("{type: [object, 'null']}", "null", "null"),
    ("{type: [object, 'null']}", #""{\"x\":1}""#, #"{"x":1}"#), ("{type: 'null'}", #""null""#, "null"),
    ("{enum: [{x: 1}, {x: 2}]}", #""{\"x\":2}""#, #"{"x":2}"#),
    (
      "{type: array, prefixItems: [{type: string}, {}, {type: object}]}", #"["5","5","{}"]"#, #"["5",5,{}]"#
    ),
    ("{anyOf: [{type: integer}, {type: object}]}", #""{}""#, "{}"), ("{type: string}", #""{}""#, #""{}""#),
  ]) func e12_whatASimpleServerWasAskedForAsTextReachesTheTool(
    schema: String, written: String, expected: String
  ) async throws {
    let provider = try #require(ProviderCatalog.provider(named: "gemini"))
    let run = try await run(
      [call(#"{"v":\#(written)}"#), .chatStream("done")], provider: provider,
      schema: "{type: object, properties: {v: \(schema)}, required: [v]}", more: "repair_arguments: false")
    #expect(run.result.toolCalls.map(\.isError) == [false], "\(run)")
    #expect(tool.arguments.map { $0["v"]?.canonicalString() } == [expected])
    #expect(run.notices.count == (written == expected ? 0 : expected == #"["5",5,{}]"# ? 2 : 1))
    let sent = run.requests[0]["tools"]?[0]?["function"]?["parameters"]?["properties"]?["v"]
    if schema.contains("'null'") { #expect(sent?["nullable"] == true) }
    if schema.contains("enum") { #expect(sent?["description"]?.stringValue?.contains(#"{"x":2}"#) == true) }
  }

  @Test func e12_argumentsOfAnyNamesAreToldOfOnce() async throws {
    let provider = try #require(ProviderCatalog.provider(named: "gemini"))
    let run = try await run(
      [call(#"{"k":1}"#), call(#"{"k":2}"#), .chatStream("done")], provider: provider,
      schema: "{type: object, additionalProperties: {type: integer}}")
    #expect(tool.arguments == [["k": 1], ["k": 2]])
    #expect(
      run.notices == [
        "tool add takes arguments of any names, which the server has no words for: it is told of no arguments"
      ])
    #expect(run.requests[0]["tools"]?[0]?["function"]?["parameters"] == nil)
  }

  @Test(arguments: ["{type: object}", "{type: object, properties: {}}"])
  func aStrictToolWithoutParametersIsStrictOnTheWire(schema: String) async throws {
    let run = try await run([call("{}"), .chatStream("done")], schema: schema, strict: true)
    let function = run.requests[0]["tools"]?[0]?["function"]
    #expect(function?["strict"] == true)
    #expect(
      function?["parameters"]
        == ["type": "object", "properties": [:], "required": [], "additionalProperties": false])
    #expect(tool.arguments == [[:]])
  }

  @Test(arguments: [
    "{type: object, minProperties: 1}", "{type: object, properties: {a: {type: object, properties: {}}}}",
  ]) func whatStrictModeCannotSayIsSentWithoutIt(schema: String) async throws {
    let run = try await run([call(#"{"a":{"b":1}}"#), .chatStream("done")], schema: schema, strict: true)
    #expect(run.requests[0]["tools"]?[0]?["function"]?["strict"] == nil)
    #expect(tool.arguments == [["a": ["b": 1]]])
  }

  @Test func e09_aServerThatRefusesStrictModeGetsTheSchemaItself() async throws {
    let refusal =
      "Invalid schema for function 'add': 'additionalProperties' is required to be supplied and to be false."
    let run = try await run(
      [.chatError(status: 400, message: refusal), call(#"{"a":1}"#), .chatStream("done")], strict: true)
    #expect(run.result.output == "done")
    let functions = run.requests.map { $0["tools"]?[0]?["function"] }
    #expect(functions.map { $0?["strict"] } == [true, nil, nil])
    #expect(functions[1]?["parameters"]?["required"] == ["a"])
    #expect(functions[1]?["parameters"]?["properties"]?["s"]?["type"] == "string")
    #expect(run.notices == ["the server refuses `strict`: schemas are sent without it"])
  }
}
