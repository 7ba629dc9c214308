import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

/// What a run costs, as the program says it.
@Suite struct CostTests {
  /// An agent whose plugin never says the same twice.
  private func agent(limits: String = "", prices: String = "m: {input: 1000, output: 1000}") throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("count", "#!/bin/sh\ndate +%N\n", executable: true)
    try folder.write(
      "agent.yaml",
      """
      name: test
      model: local/m
      limits: {\(limits)}
      providers: {local: {base_url: "http://127.0.0.1:9/v1", prices: {\(prices)}}}
      tools: [{name: count, description: Counts, parameters: {type: object}, command: [./count]}]
      """)
    return folder
  }

  /// Calls the tool in every turn and says something; 9 tokens of prompt and 3 of the reply.
  private func calling(usage: String) -> ScriptedResponse {
    let call = #"{"id":"x","type":"function","function":{"name":"count","arguments":"{}"}}"#
    return .json(
      #"{"choices":[{"index":0,"message":{"role":"assistant","content":"Counting","tool_calls":[\#(call)]},"#
        + #""finish_reason":"tool_calls"}],"usage":\#(usage)}"#)
  }

  private let counted = #"{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}"#

  private func run(
    _ folder: TemporaryFolder, _ response: ScriptedResponse, _ options: String = ""
  ) async throws -> Program.Output {
    let server = try LoopbackServer { _ in response }
    return try await Program.shell(
      "martlet run agent.yaml go --base-url \(server.baseURL)/v1 \(options)", in: folder.path)
  }

  @Test func aRunThatHasUsedUpItsMoneyIsALimitWithItsPartialAnswer() async throws {
    let folder = try agent(limits: "max_cost: 0.03")
    defer { withExtendedLifetime(folder) {} }
    let text = try await run(folder, calling(usage: counted))
    #expect(text.status == 6)
    #expect(text.output == "Counting\n")
    #expect(text.errors.contains("error: the run has used up its $0.03 (max_cost)"), "\(text.errors)")

    let json = try await JSONValue(parsing: run(folder, calling(usage: counted), "--json").output)
    #expect(json["outcome"] == "limit")
    #expect(json["error"]?["code"] == "max_cost")
    #expect(json["turns"] == 3)
    #expect(json["usage"]?["cost"]?.canonicalString() == "0.036")
    #expect(json["usage"]?["estimated"] == false)

    let events = try await run(folder, calling(usage: counted), "--events").output.split(separator: "\n").map {
      try JSONValue(parsing: String($0))
    }
    let turns = events.filter { $0["type"] == "turn.finished" }
    #expect(turns.map { $0["usage"]?["cost"]?.canonicalString() } == ["0.012", "0.012", "0.012"])
    #expect(events.last?["usage"]?["cost"]?.canonicalString() == "0.036")
    #expect(events.contains { $0["message"] == "$0.024 of max_cost $0.03 used" })
  }

  @Test(arguments: ["null", #"{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}"#])
  func b14BudgetsHoldWhereAServerCountsNothing(usage: String) async throws {
    let folder = try agent(limits: "max_cost: 0.05")
    let tokens = try agent(limits: "max_total_tokens: 100")
    defer { withExtendedLifetime((folder, tokens)) {} }
    let cost = try await JSONValue(parsing: run(folder, calling(usage: usage), "--json").output)
    #expect(cost["error"]?["code"] == "max_cost")
    #expect(cost["usage"]?["estimated"] == true)
    #expect(cost["usage"]?["cost"]?.doubleValue ?? 0 >= 0.05)
    let count = try await JSONValue(parsing: run(tokens, calling(usage: usage), "--json").output)
    #expect(count["error"]?["code"] == "max_total_tokens")
    #expect(count["usage"]?["estimated"] == true)
  }

  @Test func theSummarySaysWhatItCostOrThatThisIsUnknown() async throws {
    let known = try agent()
    let unknown = try agent(prices: "other: {input: 1, output: 1}")
    defer { withExtendedLifetime((known, unknown)) {} }
    let priced = try await run(known, .chat("done"), "--verbose")
    #expect(priced.errors.contains("completed: 1 turn, 0 tool calls, 12 tokens, $0.012, "), "\(priced.errors)")
    let silent = try await run(unknown, .chat("done"), "--verbose")
    #expect(silent.errors.contains(" 12 tokens, cost unknown, "), "\(silent.errors)")
    let json = try await run(unknown, .chat("done"), "--json")
    #expect(try JSONValue(parsing: json.output)["usage"]?["cost"]?.isNull == true)
    let scripted = try await Program.run("run", "agents/weather.yaml", "hello", "--json")
    #expect(try JSONValue(parsing: scripted.output)["usage"]?["cost"] == 0)
  }

  @Test func anotherModelWithoutPricesIsRefusedUnderMaxCost() async throws {
    let folder = try agent(limits: "max_cost: 1")
    defer { withExtendedLifetime(folder) {} }
    let refused = try await Program.run("run", "agent.yaml", "go", "--model", "local/other", in: folder.path)
    #expect(refused.status == 3)
    #expect(
      refused.errors == """
        agent.yaml: error: `max_cost` needs the prices of local/other, and they are not known
          hint: declare them, per million tokens: providers: {local: {prices: {other: {input: …, output: …}}}}

        """)
    #expect(try await Program.run("check", "agent.yaml", in: folder.path).status == 0)
  }
}
