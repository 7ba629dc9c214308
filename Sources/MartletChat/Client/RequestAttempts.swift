/// The attempts at one request: the same bytes and identifier each time, unless a refusal taught how to spell them.
struct RequestAttempts {
  let client: ChatClient
  private let request: ChatRequest
  private let requestID = ChatClient.newRequestID()
  private var policy: RetryPolicy
  /// How the request is spelled, with what refusals taught so far.
  private(set) var quirks: ProviderQuirks
  private var body: [[UInt8]] = []
  private var acceptsUnmarkedEnd = false

  init(_ client: ChatClient, _ request: ChatRequest, quirks: ProviderQuirks? = nil) {
    self.client = client
    self.request = request
    policy = RetryPolicy(maxAttempts: client.maxAttempts)
    self.quirks = quirks ?? client.provider.quirks
    encode()
  }

  /// Sends the request once; one that is out of the ranges of its parameters is not sent.
  mutating func open(isolation: isolated (any Actor)? = #isolation) async throws(APIError) -> ReplyExchange {
    if let problem = request.problem { throw problem }
    let isStreaming = request.stream ?? false
    var options = ReplyAssembler.Options(toolNames: Set(request.tools.map(\.name)))
    options.excessBytes = request.messages.lazy.flatMap(\.parts).reduce(0) { $0 + $1.excessBytes }
    options.price = client.provider.prices[request.model]
    // What a stream has given out cannot be taken back, and text without a mark of its end is most likely whole.
    options.acceptsUnmarkedEnd = acceptsUnmarkedEnd || isStreaming
    return try await client.open(body, isStreaming: isStreaming, options: options, requestID: requestID)
  }

  /// Sends the request once and reads its answer to the end.
  mutating func completion(isolation: isolated (any Actor)? = #isolation) async throws(APIError) -> ChatCompletion {
    var exchange = try await open()
    while try await exchange.nextBatch() != nil {}
    return exchange.completion
  }

  /// Waits as long as the next attempt has to wait; throws the error if there is none.
  mutating func wait(after error: APIError, isolation: isolated (any Actor)? = #isolation) async throws(APIError) {
    if let learned = quirks.learning(from: error) {
      quirks = learned
      let former = body
      encode()
      // The same bytes would be refused again.
      if body != former { return }
    }
    acceptsUnmarkedEnd = acceptsUnmarkedEnd || error.isUnmarkedEnd
    guard case .retry(_, let delay) = policy.decide(after: error, random: client.clock.random()) else { throw error }
    try await client.clock.wait(delay)
  }

  private mutating func encode() {
    let messages = EncodedMessages(request.messages, style: quirks.messageStyle)
    body = RequestHead(request, quirks: quirks).body([messages.bytes])
  }
}
