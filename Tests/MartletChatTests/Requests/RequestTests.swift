import MartletChat
import MartletJSON
import Testing

@Suite struct RequestTests {
  private func text(_ request: ChatRequest, quirks: ProviderQuirks = ProviderQuirks()) -> String {
    var encoder = HistoryEncoder(quirks)
    let body = RequestHead(request, quirks: quirks).body(encoder.encode(request.messages))
    return String(decoding: body.joined(), as: UTF8.self)
  }

  private let weather = ChatTool(
    name: "get_weather", description: "Get current weather", parameters: ["type": "object"], strict: true)

  @Test func theSmallestRequestHasModelAndMessages() {
    let request = ChatRequest(model: "m", messages: [.system("S"), .user("U \"é\"\n")])
    #expect(
      text(request)
        == #"{"model":"m","messages":[{"role":"system","content":"S"},{"role":"user","content":"U \"é\"\n"}]}"#)
    #expect(text(ChatRequest(model: "m")) == #"{"model":"m","messages":[]}"#)
  }

  /// A request that uses every member.
  static let full: ChatRequest = {
    var request = ChatRequest(model: "m", messages: [.user("U")])
    request.temperature = 0.7
    request.topP = 1
    request.maxTokens = 100
    request.maxCompletionTokens = 200
    request.presencePenalty = 0.3
    request.frequencyPenalty = -0.5
    request.stop = ["5", "\n\n"]
    request.logitBias = ["2435": -10, "1234": 5, "99": 1]
    request.seed = 7
    request.choiceCount = 2
    request.logprobs = true
    request.topLogprobs = 3
    request.reasoningEffort = "low"
    request.responseFormat = .jsonSchema(name: "n", description: "d", schema: ["type": "object"], strict: true)
    request.user = "u"
    request.tools = [ChatTool(name: "f", description: "d", parameters: ["type": "object", "properties": [:]])]
    request.toolChoice = .tool("f")
    request.parallelToolCalls = false
    request.stream = true
    request.extraBody = ["service_tier": "auto", "seed": 8]
    return request
  }()

  @Test func everyMemberStandsInItsPlace() {
    #expect(
      text(Self.full)
        == #"{"model":"m","temperature":0.7,"top_p":1,"max_tokens":100,"max_completion_tokens":200,"#
        + #""presence_penalty":0.3,"frequency_penalty":-0.5,"stop":["5","\n\n"],"#
        + #""logit_bias":{"99":1,"1234":5,"2435":-10},"seed":8,"n":2,"logprobs":true,"top_logprobs":3,"reasoning_effort":"low","#
        + #""response_format":{"type":"json_schema","json_schema":{"name":"n","description":"d","#
        + #""schema":{"type":"object"},"strict":true}},"#
        + #""user":"u","tools":[{"type":"function","function":{"name":"f","description":"d","#
        + #""parameters":{"type":"object","properties":{}}}}],"#
        + #""tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false,"stream":true,"#
        + #""stream_options":{"include_usage":true},"service_tier":"auto","messages":[{"role":"user","content":"U"}]}"#)
  }

  @Test func e5_E17_withoutToolsNothingIsSaidAboutThem() {
    var request = ChatRequest(model: "m")
    request.toolChoice = .required
    request.parallelToolCalls = true
    #expect(text(request) == #"{"model":"m","messages":[]}"#)
  }

  @Test func extraMembersCannotReplaceTheMessages() {
    var request = ChatRequest(model: "m", messages: [.user("U")])
    request.extraBody = ["messages": [], "model": "other"]
    #expect(text(request) == #"{"model":"other","messages":[{"role":"user","content":"U"}]}"#)
  }

  @Test func quirksSpellTheRequestDifferently() {
    var request = ChatRequest(model: "m")
    request.maxTokens = 9
    request.tools = [weather, ChatTool(name: "other", parameters: [:])]
    request.toolChoice = .tool("get_weather")
    request.parallelToolCalls = true
    request.stream = true
    var quirks = ProviderQuirks()
    quirks.tokenBound = .maxCompletionTokens
    quirks.acceptsStrict = false
    quirks.acceptsNamedToolChoice = false
    quirks.acceptsParallelToolCalls = false
    quirks.acceptsStreamOptions = false
    #expect(
      text(request, quirks: quirks)
        == #"{"model":"m","max_completion_tokens":9,"tools":[{"type":"function","function":{"name":"get_weather","#
        + #""description":"Get current weather","parameters":{"type":"object"}}}],"tool_choice":"required","#
        + #""stream":true,"messages":[]}"#)
  }

  @Test func aTurnAddsBytesAtTheEndAndChangesNoneBefore() {
    var encoder = HistoryEncoder()
    #expect(encoder.encode([.system("S"), .user("U")]).count == 2)
    let added = encoder.encode([
      .assistant(nil, toolCalls: [.init(id: "a", name: "f", arguments: #"{"x": 1}"#)]), .tool(callID: "a", "42"),
    ])
    #expect(
      added.map { String(decoding: $0, as: UTF8.self) } == [
        #"{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","#
          + #""function":{"name":"f","arguments":"{\"x\": 1}"}}]}"#,
        #"{"role":"tool","content":"42","tool_call_id":"a"}"#,
      ])
  }

  @Test func segmentsAreSentAsTheyAreWithCommasBetween() {
    let head = RequestHead(ChatRequest(model: "m"))
    let one = Array("{}".utf8)
    #expect(
      head.body([one, [], one]).map { String(decoding: $0, as: UTF8.self) } == [
        #"{"model":"m","messages":["#, "{}", ",", "{}", "]}",
      ])
    #expect(!head.isStreaming)
  }

  @Test(arguments: [
    (MessageStyle.EmptyContent.null, #"{"role":"assistant","content":null,"tool_calls":"#),
    (.emptyString, #"{"role":"assistant","content":"","tool_calls":"#),
    (.omitted, #"{"role":"assistant","tool_calls":"#),
  ])
  func e3_emptyContentIsSpelledAsTheProviderWants(style: MessageStyle.EmptyContent, beginning: String) {
    let message = ChatMessage.assistant(nil, toolCalls: [.init(id: "a", name: "f", arguments: "{}")])
    #expect(message.wire(MessageStyle(emptyContent: style)).canonicalString().hasPrefix(beginning))
  }

  @Test func e13_E18_whatAModelMadeUpIsSentInAFormThatServersAccept() {
    let message = ChatMessage.assistant(nil, toolCalls: [.init(id: "a", name: "do it!", arguments: "{broken")])
    let function = message.wire()["tool_calls"]?[0]?["function"]
    #expect(function?["name"] == "do_it_")
    #expect(function?["arguments"] == #"{"INVALID_JSON":"{broken"}"#)
  }

  @Test func anExtraMemberThatIsNotFiniteIsLeftOut() {
    var request = ChatRequest(model: "m")
    request.temperature = .infinity
    #expect(text(request) == #"{"model":"m","messages":[]}"#)
  }
}
