import FoundationEssentials
import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

@testable import MartletChat

/// The Python that has the package `openai`, if there is one: `MARTLET_PYTHON`, or `python3`.
enum PythonPackage {
  static let python = ProcessInfo.processInfo.environment["MARTLET_PYTHON"] ?? "python3"
  static let isThere = Program.canRun("'\(python)' -c 'import openai'")
}

/// The same calls with the Python package `openai` and with this client: the requests are compared field by field.
@Suite(.enabled(if: PythonPackage.isThere, "no python3 with the package openai: see MARTLET_PYTHON in .ci/run"))
struct PythonPackageTests {
  /// What one of the two sends and the other does not, and why that is so.
  private static let differences: [String: [String: JSONValue?]] = [
    // A stream tells its usage only if it is asked to, and whoever reads `usage` expects it.
    "stream": ["stream_options": ["include_usage": true]],
    // One text or a list of one: the standard has both.
    "stop-single": ["stop": ["5"]],
  ]

  private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 1, 2]

  @Test func bothSendTheSame() async throws {
    let server = try LoopbackServer { request in
      if request.path.hasSuffix("/models") { return .json(#"{"object":"list","data":[]}"#) }
      let isStream = (try? JSONValue(parsing: request.body)["stream"]) == true
      return isStream ? .streamedAnswer : .answer
    }
    let script = Program.package + "/Tests/Python/openai_requests.py"
    let run = try await Program.shell("'\(PythonPackage.python)' '\(script)' \(server.baseURL)")
    try #require(run.status == 0, "\(run.errors)")
    let theirs = server.requests
    try await ask {
      ChatClient(provider: .custom(name: "test", baseURL: "\(server.baseURL)/\($0)/v1"), apiKey: "sk-test")
    }
    let ours = Dictionary(grouping: server.requests.dropFirst(theirs.count), by: \.path)

    #expect(theirs.count == 35)
    #expect(Set(theirs.map(\.path)) == Set(ours.keys))
    for request in theirs {
      let same = try #require(ours[request.path], "\(request.path)")
      try compare(request, with: #require(same.first))
    }
  }

  private func compare(_ theirs: RecordedRequest, with ours: RecordedRequest) throws {
    let name = String(theirs.path.split(separator: "/")[0])
    #expect(ours.method == theirs.method)
    for header in ["authorization", "content-type"] {
      #expect(ours.header(header) == theirs.header(header), "\(name): \(header)")
    }
    // Theirs is application/json for streams too.
    let accepted = name.hasPrefix("stream") ? "text/event-stream" : "application/json"
    #expect(ours.header("accept") == accepted, "\(name)")
    let known = ["accept", "authorization", "content-type", "content-length", "host", "user-agent"]
    #expect(
      Set(ours.headers.map { $0.name.lowercased() }).subtracting(known).isSubset(of: [
        "x-client-request-id", "accept-encoding",
      ]))
    if theirs.body.isEmpty { return #expect(ours.body.isEmpty) }

    var expected = try #require(try JSONValue(parsing: theirs.body).objectValue)
    for (member, value) in Self.differences[name] ?? [:] { expected[member] = value }
    let sent = try #require(try JSONValue(parsing: ours.body).objectValue)
    #expect(Set(sent.map(\.key)) == Set(expected.map(\.key)), "\(name)")
    for member in expected {
      #expect(sent[member.key]?.inOneOrder == member.value.inOneOrder, "\(name): \(member.key)")
    }
    guard Recording.folder != nil else { return }
    let violations = try Recording.requestSchema().violations(in: .object(sent))
    #expect(violations.isEmpty, "\(name): \(violations)")
  }

  private let hello: [ChatMessage] = [.user("Hello")]
  private let weather = ChatTool(
    name: "get_weather", description: "Get current weather for a location",
    parameters: [
      "type": "object",
      "properties": [
        "location": ["type": "string", "description": "City name"],
        "unit": ["type": "string", "enum": ["celsius", "fahrenheit"]],
      ],
      "required": ["location"],
    ])

  private func ask(_ client: (String) -> ChatClient) async throws {
    for (name, request) in try requests {
      _ = try await client(name).chat.completions.create(request)
    }
    for try await _ in client("stream").chat.completions.stream(
      model: "llama-3.2-1b", messages: [.user("Explain quantum physics")])
    {}
    for try await _ in client("stream-usage").chat.completions.stream(
      model: "llama-3.2-1b", messages: hello, includeUsage: true)
    {}

    var messages: [ChatMessage] = [.system("You are a helpful coding assistant.")]
    messages.append(.user("Write a Python function to reverse a string"))
    let response = try await client("turn-1").chat.completions.create(model: "llama-3.2-1b", messages: messages)
    messages.append(response.choices[0].message)
    messages.append(.user("Now add type hints"))
    _ = try await client("turn-2").chat.completions.create(model: "llama-3.2-1b", messages: messages)

    for (index, prompt) in ["What is AI?", "What is ML?", "What is deep learning?"].enumerated() {
      _ = await client("batch-\(index)").chat.completions.batch(model: "llama-3.2-1b", prompts: [prompt])
    }
    _ = try await client("models").models.list()
  }

  private func request(_ change: (inout ChatRequest) -> Void) -> ChatRequest {
    var request = ChatRequest(model: "llama-3.2-1b", messages: hello)
    change(&request)
    return request
  }

  private func showing(_ part: ContentPart) -> ChatRequest {
    request { $0.messages = [.user(["What's in this image?", part])] }
  }

  private var requests: [(String, ChatRequest)] {
    get throws {
      [
        (
          "request",
          request { $0.messages = [.system("You are a helpful assistant."), .user("What is machine learning?")] }
        ),
        (
          "parameters",
          ChatRequest(
            model: "llama-3.2-3b", messages: [.user("Write a haiku about AI")], temperature: 0.7, topP: 0.9,
            maxTokens: 100, presencePenalty: 0.3, frequencyPenalty: 0.5)
        ),
        ("cold", request { $0.temperature = 0.1 }), ("hot", request { $0.temperature = 1.2 }),
        ("top-p", request { ($0.topP, $0.temperature) = (0.9, 0.8) }),
        ("penalties", request { ($0.presencePenalty, $0.frequencyPenalty) = (0.6, 0.8) }),
        (
          "image-url",
          ChatRequest(
            model: "llava-1.6",
            messages: [.user(["What's in this image?", .image(url: "https://example.com/image.jpg")])])
        ),
        ("image-data", showing(try .image(Self.png, detail: .low))),
        ("audio", showing(try .audio([1, 2, 3], format: .mp3))),
        ("file", showing(try .file([1, 2, 3], name: "a.pdf"))),
        (
          "stop",
          request {
            $0.messages = [.user("Count to 10")]
            $0.stop = ["5", "\n\n"]
          }
        ),
        ("stop-single", request { $0.stop = ["5"] }),
        ("logit-bias", request { $0.logitBias = ["2435": -10, "1234": 5] }),
        ("choices", request { ($0.choiceCount, $0.seed, $0.user) = (2, 7, "user-1") }),
        ("logprobs", request { ($0.logprobs, $0.topLogprobs) = (true, 3) }),
        ("json-object", request { $0.responseFormat = .jsonObject }),
        (
          "json-schema",
          request { $0.responseFormat = .jsonSchema(name: "answer", schema: ["type": "object"], strict: true) }
        ),
        (
          "reasoning",
          request { ($0.model, $0.maxCompletionTokens, $0.reasoningEffort) = ("o-model", 500, "low") }
        ),
        ("developer", request { $0.messages = [.developer("Be brief."), .user("Hello")] }),
        ("extra-body", request { $0.extraBody = ["top_k": 40, "service_tier": "auto"] }),
      ] + toolRequests
    }
  }

  private var toolRequests: [(String, ChatRequest)] {
    var strict = weather
    strict.strict = true
    let question = ChatMessage.user("What's the weather in San Francisco?")
    let call = ChatMessage.ToolCall(id: "call_1", name: "get_weather", arguments: #"{"location": "San Francisco"}"#)
    let choices: [(String, ChatRequest.ToolChoice)] = [("auto", .auto), ("none", .none), ("required", .required)]
    return [
      ("tools", ChatRequest(model: "llama-3.2-1b", messages: [question], tools: [weather])),
      ("tool-strict", request { $0.tools = [strict] }),
      (
        "tool-choice-named",
        request { ($0.tools, $0.toolChoice, $0.parallelToolCalls) = ([weather], .tool("get_weather"), false) }
      ),
      (
        "tool-results",
        request {
          $0.messages = [question, .assistant(nil, toolCalls: [call]), .tool(callID: "call_1", "18 °C")]
          $0.tools = [weather]
        }
      ),
    ]
      + choices.map { name, choice in
        ("tool-choice-\(name)", request { ($0.tools, $0.toolChoice) = ([weather], choice) })
      }
  }
}

extension JSONValue {
  /// The value with the members of every object in the order of their names, which says nothing in JSON.
  fileprivate var inOneOrder: JSONValue {
    switch self {
    case .array(let values): .array(values.map(\.inOneOrder))
    case .object(let object):
      .object(JSONObject(object.sorted { $0.key < $1.key }.map { ($0.key, $0.value.inOneOrder) }))
    default: self
    }
  }
}
