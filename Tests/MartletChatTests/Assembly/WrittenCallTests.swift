import MartletChat
import MartletJSON
import Testing

/// Calls that come as text, or in a function that nobody offered.
@Suite struct WrittenCallTests {
  private let names: Set<String> = ["get_weather", "now"]

  private func read(_ text: String, isAllowed: Bool = true) throws -> Assembled {
    var options = ReplyAssembler.Options(turn: 3, toolNames: names)
    options.readsWrittenCalls = isAllowed
    let content = JSONValue.string(text).canonicalString()
    return try assemble(deltas: [#"{"content":\#(content)}"#], finish: "stop", options)
  }

  @Test(arguments: [
    #"<tool_call>{"name": "get_weather", "arguments": {"city": "Oslo"}}</tool_call>"#,
    "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Oslo\"}}\n</tool_call>\n",
    #"<tool_call>{"name": "get_weather", "arguments": {"city": "Oslo"}}"#,
    #"<function=get_weather>{"city": "Oslo"}</function>"#, #"<function=get_weather{"city": "Oslo"}</function>"#,
    #"[TOOL_CALLS] [{"name": "get_weather", "arguments": {"city": "Oslo"}}]"#,
    #"<|python_tag|>{"name": "get_weather", "parameters": {"city": "Oslo"}}"#,
    #"{"name": "get_weather", "parameters": {"city": "Oslo"}}"#,
    #"[{"name": "get_weather", "arguments": {"city": "Oslo"}}]"#,
    #"{"name": "get_weather", "function": "get_weather", "arguments": {"city": "Oslo"}}"#,
    #"{"type": "function", "function": {"name": "get_weather", "arguments": "{\"city\": \"Oslo\"}"}}"#,
    "```json\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Oslo\"}}\n```",
  ]) func a20_aCallThatIsWrittenAsTextIsACall(text: String) throws {
    let assembled = try read(text)
    #expect(assembled.calls.map { "\($0.id) \($0.name) \($0.arguments)" } == [#"call_3_1 get_weather {"city":"Oslo"}"#])
    #expect(assembled.reply.text == nil)
    #expect(assembled.reply.finishReason == .toolCalls)
    #expect(assembled.tolerances.contains("A20"))
    // The history holds the calls, and not the text that they were.
    #expect(assembled.reply.message["tool_calls"]?[0]?["function"]?["name"] == "get_weather")
  }

  @Test func a20_severalCallsAndTheTextBeforeThemAreKept() throws {
    let assembled = try read(
      """
      I look it up.
      <tool_call>{"name": "get_weather", "arguments": {"city": "Oslo"}}</tool_call>
      <tool_call>{"name": "now", "arguments": {}}</tool_call>
      """)
    #expect(assembled.calls.map(\.name) == ["get_weather", "now"])
    #expect(assembled.calls.map(\.id) == ["call_3_1", "call_3_2"])
    #expect(assembled.reply.text == "I look it up.")
  }

  @Test(arguments: [
    #"<tool_call>{"name": "rm", "arguments": {}}</tool_call>"#,
    #"<tool_call>{"name": "now", "arguments": {}}</tool_call> and <tool_call>oops</tool_call>"#,
    #"<tool_call>{"name": "now", "arguments": {}}</tool_call> That was it."#,
    #"<tool_call>{"name": "now", "arguments": [1]}</tool_call>"#, #"<tool_call>{"name": "now"}</tool_call>"#,
    #"<function=now>{"cut": "#, "<function=now>", #"Use {"name": "now", "arguments": {}} for the time."#,
    #"{"name": "Ada", "age": 36}"#, #"[[{"name": "now", "arguments": {}}]]"#, "[]", "[TOOL_CALLS]", "Hello",
  ]) func a20_whatIsNoCallOfAKnownToolStaysText(text: String) throws {
    let assembled = try read(text)
    #expect(assembled.calls.isEmpty)
    #expect(assembled.reply.text == text)
    #expect(!assembled.tolerances.contains("A20"))
  }

  /// With work that grows by the square of its length, this text would take hours.
  @Test func a20_blankLinesWithoutEndCostOneLookEach() throws {
    let blank = String(repeating: "\n", count: 1 << 18)
    let assembled = try read(blank + #"{"name": "now", "arguments": {}}"# + blank)
    #expect(assembled.calls.map(\.name) == ["now"])
    #expect(try read(blank).calls.isEmpty)
  }

  @Test func a20_nothingIsReadUnlessItIsAllowed() throws {
    let text = #"{"name": "now", "arguments": {}}"#
    let assembled = try read(text, isAllowed: false)
    #expect(assembled.calls.isEmpty)
    #expect(assembled.reply.text == text)
  }

  @Test func a20_F09_aCallWrittenIntoATextWithoutAMarkOfItsEndIsNone() throws {
    var options = ReplyAssembler.Options(toolNames: names, acceptsUnmarkedEnd: true)
    options.readsWrittenCalls = true
    let assembled = try assemble([chunk(#"{"content":"<function=now>{}"}"#)], options)
    #expect(assembled.calls.isEmpty)
    #expect(assembled.reply.text == "<function=now>{}")
    #expect(try assemble([chunk(#"{"content":"<function=now>{}"}"#), "[DONE]"], options).calls.map(\.name) == ["now"])
  }

  @Test func a21_moreCallsThanAReplyMayHaveAreNotUnpacked() throws {
    let use = #"{\"recipient_name\":\"now\",\"parameters\":{}}"#
    func count(_ uses: Int) throws -> Int {
      let list = Array(repeating: use, count: uses).joined(separator: ",")
      let arguments = #"{\"tool_uses\":[\#(list)]}"#
      return try assemble(
        deltas: [
          call(#""index":0,"id":"a","function":{"name":"multi_tool_use.parallel","arguments":"\#(arguments)"}"#)
        ],
        .init(toolNames: names)
      ).calls.count
    }
    #expect(try count(1_024) == 1_024)
    #expect(try count(1_025) == 1)
  }

  @Test func a21_callsWithinTheParallelPseudoToolAreUnpacked() throws {
    let uses =
      #"{\"tool_uses\":[{\"recipient_name\":\"functions.now\",\"parameters\":{}},"#
      + #"{\"recipient_name\":\"get_weather\",\"parameters\":{\"city\":\"Oslo\"}}]}"#
    let assembled = try assemble(
      deltas: [
        call(#""index":0,"id":"a","function":{"name":"multi_tool_use.parallel","arguments":"\#(uses)"}"#),
        call(#""index":1,"id":"a_1","function":{"name":"now","arguments":"{}"}"#),
      ], .init(toolNames: names))
    #expect(
      assembled.calls.map { "\($0.id) \($0.name) \($0.arguments)" }
        == ["a_2 now {}", #"a_3 get_weather {"city":"Oslo"}"#, "a_1 now {}"])
    #expect(assembled.tolerances.contains("A21"))
  }

  @Test(arguments: [
    #"{\"tool_uses\":[{\"recipient_name\":\"functions.rm\",\"parameters\":{}}]}"#,
    #"{\"tool_uses\":[]}"#, #"{\"tool_uses\":[{\"recipient_name\":\"now\",\"parameters\":3}]}"#, "{",
  ]) func a21_whatCannotBeUnpackedIsLeftForTheModelToBeTold(uses: String) throws {
    let assembled = try assemble(
      deltas: [call(#""index":0,"id":"a","function":{"name":"multi_tool_use.parallel","arguments":"\#(uses)"}"#)],
      .init(toolNames: names))
    #expect(assembled.calls.map(\.name) == ["multi_tool_use.parallel"])
    #expect(!assembled.tolerances.contains("A21"))
  }

  @Test func c13_theCallThatTheProviderCouldNotReadIsRead() throws {
    var error = APIError(
      status: 400,
      body: Array(
        #"{"error":{"message":"Failed","code":"tool_use_failed","failed_generation":"<function=now>{}</function>"}}"#
          .utf8))
    let reply = try #require(AssembledReply(failedGenerationOf: error, .init(turn: 2, toolNames: names)))
    #expect(reply.toolCalls.map { "\($0.id) \($0.name) \($0.arguments)" } == ["call_2_1 now {}"])
    #expect(reply.finishReason == .toolCalls)
    #expect(reply.tolerances == ["C13"])
    error.failedGeneration = "<function=rm>{}</function>"
    #expect(AssembledReply(failedGenerationOf: error, .init(toolNames: names)) == nil)
  }
}
