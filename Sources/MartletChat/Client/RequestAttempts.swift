/// The attempts at one request: the same bytes and identifier each time, unless a refusal taught how to spell them.
///
/// Its steps are not inlined: together they would be one frame, of which a request that waits needs the smallest part.
struct RequestAttempts {
  let client: ChatClient
  private let request: ChatRequest
  private let requestID = UniqueBits.nextDigits()
  private var policy: RetryPolicy
  /// How the request is spelled, with what refusals taught so far.
  private var quirks: ProviderQuirks
  private var body: [[UInt8]] = []
  private var acceptsUnmarkedEnd = false

  init(_ client: ChatClient, _ request: ChatRequest) {
    self.client = client
    self.request = request
    policy = RetryPolicy(maxAttempts: client.maxAttempts)
    quirks = client.quirks(for: request.model)
    body = Self.body(of: request, quirks)
  }

  /// Sends the request once; one that is out of the ranges of its parameters is not sent.
  @inline(never)
  nonisolated(nonsending) mutating func open() async throws(APIError) -> ReplyExchange {
    try await nextRequest().open()
  }

  @inline(never)
  private mutating func nextRequest() throws(APIError) -> ReadyRequest {
    if let problem = request.problem { throw problem }
    respell()
    return try client.request(
      body, isStreaming: request.stream ?? false, options: options, requestID: requestID,
      cachingWith: request.cache ? request.tools : nil)
  }

  /// The answer out of the cache, for which nothing has to be sent.
  func cachedCompletion() -> ChatCompletion? {
    guard request.cache, request.problem == nil else { return nil }
    return client.cachedExchange(body, options: options, tools: request.tools)?.completion
  }

  private var options: ReplyAssembler.Options {
    var options = ReplyAssembler.Options(toolNames: Set(request.tools.map(\.name)))
    options.excessBytes = request.messages.lazy.flatMap(\.parts).reduce(0) { $0 + $1.excessBytes }
    options.price = client.provider.prices[request.model]
    // What a stream has given out cannot be taken back, and text without a mark of its end is most likely whole.
    options.acceptsUnmarkedEnd = acceptsUnmarkedEnd || request.stream ?? false
    return options
  }

  /// Sends the request once and reads its answer to the end.
  @inline(never)
  nonisolated(nonsending) mutating func completion() async throws(APIError) -> ChatCompletion {
    let exchange = try await open()
    while try await exchange.nextBatch() != nil {}
    return exchange.completion
  }

  /// Waits as long as the next attempt has to wait; throws the error if there is none.
  @inline(never)
  nonisolated(nonsending) mutating func wait(after error: APIError) async throws(APIError) {
    let (request, former) = (request, body)
    let hasLearned = client.learn(from: error, refusing: request, spelledWith: &quirks) {
      Self.body(of: request, $0) != former
    }
    // The same bytes would be refused again.
    if hasLearned {
      body = Self.body(of: request, quirks)
      return
    }
    acceptsUnmarkedEnd = acceptsUnmarkedEnd || error.isUnmarkedEnd
    guard case .retry(_, let delay) = policy.decide(after: error, random: client.clock.random()) else {
      throw policy.isWaitTooLong ? error.withWaitThatIsTooLong : error
    }
    try await client.clock.wait(delay)
  }

  /// Takes over what other requests learned since.
  private mutating func respell() {
    let current = client.quirks(for: request.model)
    if current == quirks { return }
    quirks = current
    body = Self.body(of: request, quirks)
  }

  private static func body(of request: ChatRequest, _ quirks: ProviderQuirks) -> [[UInt8]] {
    var messages = request.messages
    if !request.tools.isEmpty, let words = request.toolChoice?.words(quirks), !messages.isEmpty {
      messages[messages.count - 1].append(paragraph: words)
    }
    var encoder = HistoryEncoder(quirks)
    return RequestHead(request, quirks: quirks).body(encoder.encode(messages))
  }
}
