import MartletChat

/// An endpoint that is being examined, and what is known of it so far.
struct Examination: Sendable {
  var client: ChatClient
  var model: String
  /// The models that the server lists; nil if it does not.
  var models: [String]?
  /// How many requests were sent.
  private(set) var requests: Int
  private(set) var usage = Usage()
  /// What the probe at hand was taught or had to tolerate.
  private(set) var findings: [Finding] = []
  /// Thinking as the server sends it, to be sent back.
  var thinking: ChatMessage?
  /// Whether any question was answered.
  private(set) var hasAnswered = false
  /// Whether the server refuses to be held to JSON.
  var refusesJSON = false
  /// How long the rest may take.
  private let timeLeft: @Sendable () -> Duration

  /// More requests than this are never sent, whatever is refused.
  static let maximumRequests = 60

  /// In less time nothing is worth being asked; a timer may go off a little early.
  private static let leastTime = Duration.milliseconds(50)
  /// A wait that a server asks for is kept up to here.
  private static let maxDelay = Duration.seconds(20)

  init(client: ChatClient, model: String, requests: Int = 0, timeLeft: @escaping @Sendable () -> Duration) {
    self.client = client
    self.model = model
    self.requests = requests
    self.timeLeft = timeLeft
  }

  var isTimeUp: Bool { timeLeft() < Self.leastTime }

  mutating func beginProbe() { findings = [] }

  /// The names of the models that the server lists.
  mutating func listModels() async throws(APIError) -> [String] {
    var retries = RetryPolicy(maxAttempts: 2)
    while true {
      do throws(APIError) {
        try countRequest()
        return try await client.models.list().map(\.id)
      } catch {
        try await wait(after: error, &retries)
      }
    }
  }

  /// Asks, with what was learned; what a refusal teaches is learned, and the same asked again.
  ///
  /// - Parameters:
  ///   - request: What to ask.
  ///   - tried: What is not known of the server, but may help.
  mutating func ask(_ request: ChatRequest, trying tried: [Lesson] = []) async throws(APIError) -> AssembledReply {
    var retries = RetryPolicy(maxAttempts: 2)
    var options = ReplyAssembler.Options(turn: requests + 1, toolNames: Set(request.tools.map(\.name)))
    while true {
      var quirks = client.quirks(for: request.model).heeding(tried)
      options.readsWrittenCalls = quirks.readsWrittenCalls
      options.readsThinkingTags = quirks.readsThinkingTags
      do throws(APIError) {
        let reply = try await send(request, quirks, options)
        findings += Self.strays(in: reply, of: request, quirks)
        return reply
      } catch {
        var learned: [Lesson] = []
        let former = Self.body(of: request, quirks)
        let hasLearned = client.learn(
          from: error, refusing: request, spelledWith: &quirks, onLesson: { learned.append($0) },
          changes: { Self.body(of: request, $0) != former })
        findings += learned.map { .stray($0.sentence) }
        if hasLearned, !learned.isEmpty, requests < Self.maximumRequests { continue }
        options.acceptsUnmarkedEnd = options.acceptsUnmarkedEnd || error.isUnmarkedEnd
        try await wait(after: error, &retries)
      }
    }
  }

  /// What the server did otherwise in its reply, but for what follows from what is known of it.
  private static func strays(
    in reply: AssembledReply, of request: ChatRequest, _ quirks: ProviderQuirks
  ) -> [Finding] {
    // An empty reply is judged by what it should have been.
    var expected: Set<String> = ["A20", "B17"]
    if request.stream == true, !quirks.acceptsStreamOptions { expected.insert("B14") }
    return reply.tolerances.filter { !expected.contains($0) }
      .compactMap { Tolerance.words(for: $0, finishReason: reply.rawFinishReason) }.map(Finding.stray)
  }

  private mutating func send(
    _ request: ChatRequest, _ quirks: ProviderQuirks, _ options: ReplyAssembler.Options
  ) async throws(APIError) -> AssembledReply {
    try countRequest()
    do {
      let reply = try await client.reply(
        head: RequestHead(request, quirks: quirks), segments: Self.segments(of: request, quirks), options: options
      ) { _ in }
      hasAnswered = true
      usage.add(reply.usage)
      return reply
    } catch let error as APIError {
      if let taken = error.usage { usage.add(taken) }
      throw error
    } catch {
      throw APIError(code: .canceled, message: "\(error)")
    }
  }

  /// Keeps what was seen of the server without a refusal.
  mutating func learn(_ lesson: Lesson) {
    if client.learn(lesson, for: model) { findings.append(.stray(lesson.sentence)) }
  }

  /// Counts a request that is about to be sent, and lets it take no longer than there is time.
  private mutating func countRequest() throws(APIError) {
    let time = timeLeft()
    guard time >= Self.leastTime else { throw APIError(code: .timeout, message: "the time was up") }
    requests += 1
    client.limitRequests(to: time)
  }

  /// Waits for another attempt; throws the error if there is none, or none in time.
  private func wait(after error: APIError, _ retries: inout RetryPolicy) async throws(APIError) {
    guard requests < Self.maximumRequests, !error.isPage || error.statusCode != nil,
      case .retry(_, let delay) = retries.decide(after: error),
      delay <= Self.maxDelay, delay < timeLeft()
    else { throw error }
    do {
      try await Task.sleep(for: delay, clock: .continuous)
    } catch {
      throw APIError(code: .canceled, message: "the examination was canceled")
    }
  }

  private static func body(of request: ChatRequest, _ quirks: ProviderQuirks) -> [[UInt8]] {
    RequestHead(request, quirks: quirks).body(segments(of: request, quirks))
  }

  private static func segments(of request: ChatRequest, _ quirks: ProviderQuirks) -> [[UInt8]] {
    var messages = request.messages
    if let words = request.toolChoice?.words(quirks), !messages.isEmpty {
      messages[messages.count - 1].append(paragraph: words)
    }
    var encoder = HistoryEncoder(quirks)
    return encoder.encode(messages)
  }
}

extension Examination {
  /// A request with one question.
  func question(_ text: String, streams: Bool = false) -> ChatRequest {
    conversation([.system("You are terse."), .user(text)], streams: streams)
  }

  /// A request with a conversation.
  func conversation(_ messages: [ChatMessage], streams: Bool = false) -> ChatRequest {
    var request = ChatRequest(model: model, messages: messages, maxTokens: Probe.maxTokens)
    request.stream = streams
    return request
  }

  /// A tool for questions about the weather.
  static let weather = ChatTool(
    name: "get_weather", description: "Get the current weather of a city",
    parameters: [
      "type": "object", "properties": ["city": ["type": "string", "description": "Name of the city"]],
      "required": ["city"],
    ])

  static let clock = ChatTool(
    name: "get_time", description: "Get the current time of a city",
    parameters: [
      "type": "object", "properties": ["city": ["type": "string", "description": "Name of the city"]],
      "required": ["city"],
    ])
}
