import MartletJSON
import MartletTesting
import Testing

@testable import MartletChat

/// The parameters of `create` and `stream`: all of them reach the wire, and none out of its range does.
@Suite struct ParameterTests {
  private let tool = ChatTool(name: "f", parameters: ["type": "object"])
  private static let expected: JSONValue = [
    "model": "m", "temperature": 0.5, "top_p": 0.25, "max_tokens": 9, "max_completion_tokens": 10,
    "presence_penalty": -1, "frequency_penalty": 1, "stop": ["5"], "logit_bias": ["7": -100], "seed": 3, "n": 2,
    "logprobs": true, "top_logprobs": 2, "reasoning_effort": "low", "response_format": ["type": "json_object"],
    "user": "u", "tools": [["type": "function", "function": ["name": "f", "parameters": ["type": "object"]]]],
    "tool_choice": "required", "parallel_tool_calls": false, "service_tier": "auto",
    "messages": [["role": "user", "content": "U"]],
  ]

  @Test func createSendsEveryParameter() async throws {
    let server = try LoopbackServer(replies: [.answer])
    _ = try await client(server).chat.completions.create(
      model: "m", messages: [.user("U")], temperature: 0.5, topP: 0.25, maxTokens: 9, maxCompletionTokens: 10,
      choiceCount: 2, stop: ["5"], presencePenalty: -1, frequencyPenalty: 1, logitBias: ["7": -100], seed: 3,
      user: "u", logprobs: true, topLogprobs: 2, responseFormat: .jsonObject, tools: [tool], toolChoice: .required,
      parallelToolCalls: false, reasoningEffort: "low", extraBody: ["service_tier": "auto"])
    #expect(try JSONValue(parsing: server.requests[0].body) == Self.expected)
  }

  @Test func streamSendsEveryParameterButTheNumberOfChoices() async throws {
    let server = try LoopbackServer(replies: [.streamedAnswer])
    let stream = client(server).chat.completions.stream(
      model: "m", messages: [.user("U")], temperature: 0.5, topP: 0.25, maxTokens: 9, maxCompletionTokens: 10,
      stop: ["5"], presencePenalty: -1, frequencyPenalty: 1, logitBias: ["7": -100], seed: 3, user: "u",
      logprobs: true, topLogprobs: 2, responseFormat: .jsonObject, tools: [tool], toolChoice: .required,
      parallelToolCalls: false, reasoningEffort: "low", includeUsage: false, extraBody: ["service_tier": "auto"])
    for try await _ in stream {}
    var sent = try #require(try JSONValue(parsing: server.requests[0].body).objectValue)
    #expect(sent["stream"] == true)
    sent["stream"] = nil
    var expected = Self.expected.objectValue
    expected?["n"] = nil
    #expect(sent == expected)
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    let param: String
    let message: String
    let change: @Sendable (inout ChatRequest) -> Void

    var testDescription: String { message }
  }

  private static let refusals: [Refusal] = [
    Refusal(param: "messages", message: "messages is empty; it must hold at least one message") { $0.messages = [] },
    Refusal(
      param: "messages", message: "the URL of an image names no host; it begins like https://example.com/"
    ) { $0.messages = [.user(["What is this?", .image(url: "https:///cat.jpg")])] },
    Refusal(
      param: "messages", message: "the data URL of an image holds no data; it goes on with ;base64, and the data"
    ) { $0.messages = [.user(["What is this?", .image(url: "data:image/png;base64,")])] },
    Refusal(param: "temperature", message: "temperature is 2.5; it must be from 0 to 2") { $0.temperature = 2.5 },
    Refusal(param: "temperature", message: "temperature is nan; it must be from 0 to 2") { $0.temperature = .nan },
    Refusal(param: "top_p", message: "top_p is -0.1; it must be from 0 to 1") { $0.topP = -0.1 },
    Refusal(param: "max_tokens", message: "max_tokens is 0; it must be at least 1") { $0.maxTokens = 0 },
    Refusal(param: "max_completion_tokens", message: "max_completion_tokens is -1; it must be at least 1") {
      $0.maxCompletionTokens = -1
    },
    Refusal(param: "n", message: "n is 129; it must be from 1 to 128") { $0.choiceCount = 129 },
    Refusal(param: "presence_penalty", message: "presence_penalty is -2.5; it must be from -2 to 2") {
      $0.presencePenalty = -2.5
    },
    Refusal(param: "frequency_penalty", message: "frequency_penalty is inf; it must be from -2 to 2") {
      $0.frequencyPenalty = .infinity
    },
    Refusal(param: "top_logprobs", message: "top_logprobs is 21; it must be from 0 to 20") { $0.topLogprobs = 21 },
    Refusal(param: "top_logprobs", message: "top_logprobs needs logprobs to be true") { $0.topLogprobs = 1 },
    Refusal(param: "stop", message: "stop holds 5 texts; it must hold at most 4") {
      $0.stop = ["1", "2", "3", "4", "5"]
    },
    Refusal(param: "stop", message: "stop holds an empty text; leave it out, no reply could begin") {
      $0.stop = ["5", ""]
    },
    Refusal(param: "logit_bias", message: "logit_bias of the token 7 is 101; it must be from -100 to 100") {
      $0.logitBias = ["5": 100, "7": 101]
    },
    Refusal(
      param: "response_format",
      message: "the name of response_format is \"a b\"; it must be 1 to 64 letters, digits, underscores and dashes"
    ) { $0.responseFormat = .jsonSchema(name: "a b", schema: [:]) },
    Refusal(param: "response_format", message: "the schema of response_format is no JSON object") {
      $0.responseFormat = .jsonSchema(name: "a", schema: true)
    },
    Refusal(
      param: "tools",
      message: "the name of a tool is \"\"; it must be 1 to 64 letters, digits, underscores and dashes"
    ) { $0.tools = [ChatTool(name: "", parameters: [:])] },
    Refusal(param: "tools", message: "the parameters of the tool f are no JSON object") {
      $0.tools = [ChatTool(name: "f", parameters: [])]
    },
    Refusal(param: "tool_choice", message: "tool_choice names g, which is not among the tools") {
      $0.tools = [ChatTool(name: "f", parameters: [:])]
      $0.toolChoice = .tool("g")
    },
  ]

  @Test(arguments: refusals) func whatIsOutOfRangeIsRefusedBeforeSending(refusal: Refusal) async throws {
    let server = try LoopbackServer(replies: [.answer])
    var request = ChatRequest(model: "m", messages: [.user("U")])
    refusal.change(&request)
    let completions = client(server).chat.completions
    let whole = await failure { () async throws(APIError) in _ = try await completions.create(request) }
    let streamed = await failure { () async throws(APIError) in
      for try await _ in completions.stream(request) {}
    }
    for error in [whole, streamed] {
      #expect(error?.code == .invalidParameter)
      #expect(error?.param == refusal.param)
      #expect(error?.message == refusal.message)
      #expect(error?.statusCode == nil)
      #expect(error?.isRetryable == false)
    }
    #expect(server.requests.isEmpty)
  }

  @Test func theEndsOfTheRangesAreSent() {
    var request = ChatRequest(model: "m", messages: [.user("U")], temperature: 2, topP: 0, maxTokens: 1)
    #expect(request.problem == nil)
    request.temperature = 0
    request.topP = 1
    request.presencePenalty = 2
    request.frequencyPenalty = -2
    request.choiceCount = 128
    request.stop = ["1", "2", "3", "4"]
    request.logitBias = ["1": 100, "2": -100]
    request.logprobs = true
    request.topLogprobs = 20
    #expect(request.problem == nil)
  }

  @Test(arguments: [
    "https://example.com", "HTTP://user@example.com:80/x", "data:,x", "gs://bucket/cat.jpg", "cat.jpg", "data", "",
  ]) func imagesThatAServerMightFetchAreSent(url: String) {
    #expect(ChatRequest(model: "m", messages: [.user([.image(url: url)])]).problem == nil)
  }

  @Test(arguments: ["https://", "https:x", "http://?x", "https://user@/x", "https://:80/", "data:image/png", "data:,"])
  func imagesThatNobodyCouldFetchAreNot(url: String) {
    #expect(ChatRequest(model: "m", messages: [.user([.image(url: url)])]).problem?.param == "messages")
  }

  @Test func extraMembersAreNotChecked() async throws {
    let server = try LoopbackServer(replies: [.answer])
    _ = try await client(server).chat.completions.create(
      model: "m", messages: [.user("U")], extraBody: ["temperature": 5])
    #expect(try JSONValue(parsing: server.requests[0].body)["temperature"] == 5)
  }
}
