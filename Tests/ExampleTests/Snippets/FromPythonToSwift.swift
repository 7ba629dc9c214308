import Martlet
import MartletChat
import MartletTesting
import ProgramSupport
import Testing

/// The Swift code of the guide that leads from the Python SDK here.
@Suite struct FromPythonToSwiftSnippets {
  private func message(_ message: String, _ reason: String = "stop") -> ScriptedResponse {
    .json(
      #"{"id":"chatcmpl-abc123","model":"llama-3.2-1b","created":1706554800,"choices":[{"index":0,"message":\#(message),"#
        + #""finish_reason":"\#(reason)"}],"usage":{"prompt_tokens":15,"completion_tokens":45,"total_tokens":60}}"#)
  }

  private var answer: ScriptedResponse { message(#"{"role":"assistant","content":"Machine learning is..."}"#) }

  private func says(_ text: String) -> ScriptedResponse { message(#"{"role":"assistant","content":"\#(text)"}"#) }

  /// The members of a request but the model and the messages.
  private func parameters(of request: JSONValue) throws -> JSONObject {
    var members = try #require(request.objectValue)
    members["model"] = nil
    members["messages"] = nil
    return members
  }

  private var streamed: ScriptedResponse {
    .eventStream([
      #"{"choices":[{"index":0,"delta":{"role":"assistant","content":"1, "}}]}"#,
      #"{"choices":[{"index":0,"delta":{"content":"2"}}]}"#,
      #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#, "[DONE]",
    ])
  }

  private func client(_ server: LoopbackServer) -> ChatClient {
    ChatClient(provider: .custom(name: "test", baseURL: server.baseURL), maxAttempts: 1)
  }

  /// Compiled only: it asks a provider.
  func aRequest() async throws {
    let client = ChatClient(provider: .bud, apiKey: "your-key")

    let response = try await client.chat.completions.create(
      model: "llama-3.2-1b",
      messages: [
        .system("You are a helpful assistant."),
        .user("What is machine learning?"),
      ])

    print(response.choices[0].message.content ?? "")
  }

  /// Compiled only: it asks a provider.
  func anotherProvider() async throws {
    let gateway = Provider.custom(
      name: "gateway", baseURL: "https://llm.example.com/v1", apiKeyVariable: "GATEWAY_API_KEY",
      headers: ["X-Team": "search"])
    let client = ChatClient(provider: gateway)
    for model in try await client.models.list() { print(model.id) }
  }

  @Test func parameters() async throws {
    let server = try LoopbackServer(replies: [answer])
    let client = client(server)
    let response = try await client.chat.completions.create(
      model: "llama-3.2-3b",
      messages: [.user("Write a haiku about AI")],
      temperature: 0.7,
      topP: 0.9,
      maxTokens: 100,
      presencePenalty: 0.3,
      frequencyPenalty: 0.5)
    let sent = try JSONValue(parsing: server.requests[0].body)
    #expect(sent["temperature"] == 0.7 && sent["top_p"] == 0.9 && sent["max_tokens"] == 100)
    #expect(sent["presence_penalty"] == 0.3 && sent["frequency_penalty"] == 0.5)
    #expect(response.choices.count == 1)
  }

  @Test func streams() async throws {
    let server = try LoopbackServer(replies: [streamed])
    let client = client(server)
    var printed: [String] = []
    func print(_ text: String, terminator: String) { printed.append(text + terminator) }
    let stream = client.chat.completions.stream(
      model: "llama-3.2-1b",
      messages: [.user("Explain quantum physics")])

    for try await text in stream.text {
      print(text, terminator: "")
    }
    #expect(printed == ["1, ", "2"])
    let sent = try server.requests.map { try JSONValue(parsing: $0.body) }
    #expect(sent.count == 1)
    #expect(sent[0]["stream"] == true && sent[0]["model"] == "llama-3.2-1b")
    #expect(sent[0]["messages"] == [["role": "user", "content": "Explain quantum physics"]])
  }

  @Test func parts() async throws {
    let server = try LoopbackServer(replies: [streamed, streamed])
    let client = client(server)
    func handle(_ stream: ChatCompletionStream) async throws -> String {
      var fullResponse = ""

      for try await chunk in stream {
        let choice = chunk.choices[0]

        if let content = choice.delta.content {
          print(content, terminator: "")
          fullResponse += content
        }

        if let finishReason = choice.finishReason {
          print("\n\nFinish reason: \(finishReason)")
        }
      }

      return fullResponse
    }

    let stream = client.chat.completions.stream(
      model: "llama-3.2-1b",
      messages: [.user("Count to 10")])

    let responseText = try await handle(stream)
    #expect(responseText == "1, 2")
    let response = try await stream.collect { text in print(text, terminator: "") }
    print(response.choices[0].finishReason, response.usage.totalTokens)
    #expect(response.choices[0].message.content == "1, 2")
  }

  private let calling =
    #"{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"#
    + #""name":"get_weather","arguments":"{\"location\": \"San Francisco\"}"}}]}"#

  @Test func functionCalling() async throws {
    let server = try LoopbackServer(replies: [message(calling, "tool_calls")])
    let client = client(server)
    let response = try await client.chat.completions.create(
      model: "llama-3.2-3b",
      messages: [.user("What's the weather in San Francisco?")],
      tools: [
        ChatTool(
          name: "get_weather",
          description: "Get current weather for a location",
          parameters: [
            "type": "object",
            "properties": [
              "location": ["type": "string", "description": "City name"],
              "unit": ["type": "string", "enum": ["celsius", "fahrenheit"]],
            ],
            "required": ["location"],
          ])
      ])

    // Check if model wants to call function
    if let toolCall = response.choices[0].message.toolCalls?.first {
      print("Function: \(toolCall.function.name)")
      print("Arguments: \(toolCall.function.arguments)")
    }
    var messages: [ChatMessage] = []
    messages.append(response.choices[0].message)
    for call in response.choices[0].message.toolCalls ?? [] {
      do {
        let location = try call.function.parsedArguments["location"]?.stringValue ?? ""
        messages.append(.tool(callID: call.id, "18 °C in \(location)"))
      } catch {
        messages.append(.tool(callID: call.id, "\(error)"))
      }
    }
    #expect(messages.last == .tool(callID: "call_1", "18 °C in San Francisco"))
  }

  @Test func severalTurns() async throws {
    let server = try LoopbackServer(replies: [answer, answer])
    let client = client(server)
    var messages: [ChatMessage] = [.system("You are a helpful coding assistant.")]

    // First turn
    messages.append(.user("Write a Python function to reverse a string"))
    var response = try await client.chat.completions.create(model: "llama-3.2-1b", messages: messages)
    messages.append(response.choices[0].message)

    // Second turn
    messages.append(.user("Now add type hints"))
    response = try await client.chat.completions.create(model: "llama-3.2-1b", messages: messages)
    messages.append(response.choices[0].message)

    print(response.choices[0].message.content ?? "")
    #expect(messages.map(\.role) == [.system, .user, .assistant, .user, .assistant])
  }

  @Test func theResponse() async throws {
    let server = try LoopbackServer(replies: [answer])
    let client = client(server)
    let response = try await client.chat.completions.create(model: "m", messages: [.user("U")])
    print(response.id)  // chatcmpl-abc123
    print(response.model)  // llama-3.2-1b
    print(response.created)  // 1706554800
    print(response.choices[0].message.content ?? "")  // Machine learning is...
    print(response.choices[0].finishReason)  // stop
    print(response.usage.promptTokens)  // 15
    print(response.usage.completionTokens)  // 45
    print(response.usage.totalTokens)  // 60
    #expect(response.usage.totalTokens == 60)
    let shown = Page.named("FromPythonToSwift").fences.flatMap(\.code).filter { $0.hasPrefix("print(response.") }
    #expect(shown.contains("print(response.id)  // \(response.id)"))
    #expect(shown.contains("print(response.created)  // \(response.created)"))
    #expect(shown.contains("print(response.choices[0].finishReason)  // \(response.choices[0].finishReason)"))
  }

  @Test func prices() {
    var provider = Provider.openAI
    provider.prices["gpt-5-mini"] = TokenPrice(input: 0.25, output: 2)
    #expect(provider.prices.count == 1)
  }

  @Test func sampling() async throws {
    let server = try LoopbackServer(replies: ["4", "Once…", "Nimbus", "1. …"].map(says))
    let client = client(server)
    // More deterministic (lower temperature)
    var response = try await client.chat.completions.create(
      model: "llama-3.2-1b", messages: [.user("What is 2+2?")], temperature: 0.1)

    // More creative (higher temperature)
    response = try await client.chat.completions.create(
      model: "llama-3.2-1b", messages: [.user("Write a creative story")], temperature: 1.2)

    response = try await client.chat.completions.create(
      model: "llama-3.2-1b", messages: [.user("Suggest product names")], temperature: 0.8, topP: 0.9)

    // Reduce repetition
    response = try await client.chat.completions.create(
      model: "llama-3.2-1b", messages: [.user("List 10 unique ideas")], presencePenalty: 0.6, frequencyPenalty: 0.8)
    #expect(response.choices[0].message.content == "1. …")
    let sent = try server.requests.map { try JSONValue(parsing: $0.body) }
    #expect(
      sent.map { $0["messages"]?[0]?["content"]?.stringValue } == [
        "What is 2+2?", "Write a creative story", "Suggest product names", "List 10 unique ideas",
      ])
    // What is left out is not sent.
    #expect(
      try sent.map { try parameters(of: $0) } == [
        ["temperature": 0.1], ["temperature": 1.2], ["temperature": 0.8, "top_p": 0.9],
        ["presence_penalty": 0.6, "frequency_penalty": 0.8],
      ])
  }

  @Test func images() async throws {
    let server = try LoopbackServer(replies: [says("A cat.")])
    let client = client(server)
    let response = try await client.chat.completions.create(
      model: "llava-1.6",
      messages: [
        .user(["What's in this image?", .image(url: "https://example.com/image.jpg")])
      ])
    #expect(response.choices[0].message.content == "A cat.")
    let sent = try JSONValue(parsing: server.requests[0].body)["messages"]
    #expect(
      sent == [
        [
          "role": "user",
          "content": [
            ["type": "text", "text": "What's in this image?"],
            ["type": "image_url", "image_url": ["url": "https://example.com/image.jpg"]],
          ],
        ]
      ])
    let folder = try TemporaryFolder()
    try AtomicFile.write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], to: folder.path + "/photo.png")
    let question = ChatMessage.user(["What's in this image?", try .image(file: folder.path + "/photo.png")])
    #expect(question.parts.map(\.json["type"]) == ["text", "image_url"])
    #expect(question.parts[1].json["image_url"]?["url"] == "data:image/png;base64,iVBORw0KGgo=")
  }

  @Test func manyPrompts() async throws {
    let server = try LoopbackServer(replies: [answer, answer, answer])
    let client = client(server)
    let prompts = [
      "What is AI?",
      "What is ML?",
      "What is deep learning?",
    ]

    let results = await client.chat.completions.batch(model: "llama-3.2-1b", prompts: prompts)
    let responses = results.map { try? $0.get().choices[0].message.content }
    #expect(responses.count == 3)
    try await send(prompts)
  }

  private func send(_ prompts: [String]) async throws {
    let server = try LoopbackServer(replies: [answer, answer, answer])
    let client = client(server)
    let requests = prompts.map { prompt in
      ChatRequest(model: "llama-3.2-1b", messages: [.system("Be brief."), .user(prompt)], temperature: 0)
    }
    let results = await client.chat.completions.batch(requests, maxConcurrent: 64) { progress in
      print("\(progress.completed) of \(progress.total), \(progress.failed) failed")
    }
    #expect(results.count == 3)
  }

  @Test func stopSequences() async throws {
    let server = try LoopbackServer(replies: [answer])
    let client = client(server)
    let response = try await client.chat.completions.create(
      model: "llama-3.2-1b", messages: [.user("Count to 10")], stop: ["5", "\n\n"])
    #expect(response.choices.count == 1)
    #expect(try JSONValue(parsing: server.requests[0].body)["stop"] == ["5", "\n\n"])
  }

  @Test func logitBias() async throws {
    let server = try LoopbackServer(replies: [answer])
    let client = client(server)
    // Discourage certain tokens
    let response = try await client.chat.completions.create(
      model: "llama-3.2-1b", messages: [.user("Write about technology")], logitBias: ["2435": -10, "1234": 5])
    #expect(response.choices.count == 1)
    #expect(try JSONValue(parsing: server.requests[0].body)["logit_bias"] == ["1234": 5, "2435": -10])
  }

  @Test func caching() async throws {
    let server = try LoopbackServer(replies: [answer])
    let folder = try TemporaryFolder()
    var client = client(server)
    client.cache = ResponseCache(folder: folder.path)
    try await ask(client)
    #expect(server.requests.count == 1)
  }

  private func ask(_ client: ChatClient) async throws {
    // First request - cached
    let response1 = try await client.chat.completions.create(
      model: "llama-3.2-1b", messages: [.user("What is AI?")], cache: true)

    // Second request - served from cache
    let response2 = try await client.chat.completions.create(
      model: "llama-3.2-1b", messages: [.user("What is AI?")], cache: true)

    print(response2.cached)  // true
    #expect(response2.cached)
    #expect(!response1.cached)
  }

  /// Compiled only: it would clear a folder of the machine.
  private func cacheElsewhere() throws {
    var client = ChatClient()
    client.cache = ResponseCache(folder: "/var/cache/reports", maxBytes: 1 << 30, maxAge: .seconds(86_400))
    print(try client.cache.statistics().entries)
    try client.cache.clear()
  }

  @Test(arguments: [
    (429, ["Rate limited. Retry after 3.0 seconds"]), (401, ["Error: 401 - slow down"]),
    (200, ["Machine learning is..."]),
  ]) func errors(status: Int, lines: [String]) async throws {
    let refusal = ScriptedResponse.json(
      #"{"error":{"message":"slow down"}}"#, status: status, headers: [("Retry-After", "3")])
    let server = try LoopbackServer(replies: [status == 200 ? answer : refusal])
    let client = client(server)
    var printed: [String] = []
    func print(_ line: String) { printed.append(line) }
    do {
      let response = try await client.chat.completions.create(
        model: "llama-3.2-1b", messages: [.user("Hello")])
      print(response.choices[0].message.content ?? "")
    } catch let error where error.code == .rateLimited {
      print("Rate limited. Retry after \(error.retryAfter ?? .zero)")
    } catch {
      print("Error: \(error.statusCode ?? 0) - \(error.message)")
    }
    #expect(printed == lines)
    #expect(server.requests.count == 1)
    #expect(
      try JSONValue(parsing: server.requests[0].body) == [
        "model": "llama-3.2-1b", "messages": [["role": "user", "content": "Hello"]],
      ])
  }
}
