package import MartletHTTP

/// A client of the chat completions of one provider.
///
/// A client keeps its connections and may be used from many tasks at once.
///
/// ```swift
/// let client = ChatClient(provider: .bud, apiKey: "your-key")
/// let response = try await client.chat.completions.create(
///   model: "llama-3.2-1b", messages: [.user("What is machine learning?")])
/// print(response.choices[0].message.content ?? "")
/// ```
public struct ChatClient: Sendable {
  /// The provider that is asked.
  public var provider: Provider { core.provider }
  /// How often a request is sent at most before its failure is reported.
  ///
  /// In a batch, refusals because of the rate limit do not count unless it is 1: the batch waits them out together.
  public var maxAttempts: Int { core.maxAttempts }
  /// Where answers are kept to requests that ask for it with ``ChatRequest/cache``; the user's own folder by default.
  public var cache: ResponseCache {
    get { boxedCache }
    set { boxedCache = newValue }
  }
  /// How long the parts of an exchange may take.
  @Boxed package var timeouts = HTTPTimeouts()

  /// Requests beyond this many wait for a place; within the usual limit of 1,024 descriptors.
  package static let defaultMaxConnections = 512

  /// Secrets of the program beside this client's own, which must not get into the cache either.
  package var otherSecrets: [Secret] = []

  /// What all copies of a client share, apart from them: each conversation and each request that waits has a copy.
  private final class Core: Sendable {
    let provider: Provider
    let maxAttempts: Int
    let http: HTTPClient
    let key: Secret
    let headers: ClientHeaders
    /// Where chat completions are.
    let url: String
    let clock: RetryClock
    let lessons = Lessons()

    init(provider: Provider, maxAttempts: Int, http: HTTPClient, key: Secret, clock: RetryClock) {
      self.provider = provider
      self.maxAttempts = maxAttempts
      self.http = http
      self.key = key
      self.clock = clock
      headers = ClientHeaders(of: provider, key: key)
      url = provider.baseURL + "/chat/completions"
    }
  }

  private let core: Core
  @Boxed private var boxedCache: ResponseCache

  var http: HTTPClient { core.http }
  /// Runs conversations with this client.
  package var executor: any TaskExecutor { core.http.executor }
  var key: Secret { core.key }
  var headers: ClientHeaders { core.headers }
  var url: String { core.url }
  var clock: RetryClock { core.clock }
  /// What refusals taught; shared by all copies of the client.
  var lessons: Lessons { core.lessons }

  /// Makes a client.
  ///
  /// - Parameters:
  ///   - provider: The provider; without one it is Bud if the variable `BUD_API_KEY` is set, else OpenAI if
  ///     `OPENAI_API_KEY` is, else Bud.
  ///   - apiKey: The key; without one it is taken from the provider's variable. A missing key is reported by the first
  ///     request.
  ///   - maxAttempts: How often a request is sent at most, 1 to 30.
  public init(provider: Provider? = nil, apiKey: String? = nil, maxAttempts: Int = 5) {
    self.init(
      provider: provider, apiKey: apiKey.map(Secret.init), maxAttempts: maxAttempts,
      variable: EnvironmentVariables.value(of:))
  }

  /// Makes a client that reads its variables through `variable`, waits on `clock` and has `thread` for its conversations.
  package init(
    provider: Provider?, apiKey: Secret?, maxAttempts: Int = RetryPolicy.maxAttempts,
    maxConnections: Int = Self.defaultMaxConnections, clock: RetryClock = .system, thread: TaskThread? = nil,
    variable: (String) -> String?
  ) {
    func filled(_ name: String?) -> String? { name.flatMap { variable($0) }.flatMap { $0.isEmpty ? nil : $0 } }
    var provider = provider ?? Self.defaultProvider(filled)
    if let url = filled(provider.baseURLVariable) { provider = provider.at(url) }
    boxedCache = ResponseCache { filled($0) }
    var key = apiKey ?? Secret(filled(provider.apiKeyVariable) ?? "")
    // Of a header that the file spells out, such as the address of an application, a part is no secret.
    key.companions =
      provider.headerSecrets.map { Secret($0) } + provider.headers.values.map { Secret($0, isFoundInPart: false) }
    let http = HTTPClient(
      HTTPConfiguration(
        allowsInsecureHTTP: provider.allowsInsecureHTTP, caFile: provider.caFile, maxConnections: maxConnections,
        environment: EnvironmentVariables.proxies(variable)), thread: thread)
    core = Core(provider: provider, maxAttempts: maxAttempts, http: http, key: key, clock: clock)
  }

  /// The endpoints of this client, under the names of the wire's documentation.
  public var chat: Chat { Chat(completions: Completions(client: self)) }

  /// What is at `/chat`.
  public struct Chat: Sendable {
    /// What is at `/chat/completions`.
    public let completions: Completions
  }

  /// What is at `/chat/completions`: whole answers, or streams of them.
  public struct Completions: Sendable {
    let client: ChatClient
  }

  private static func defaultProvider(_ variable: (String?) -> String?) -> Provider {
    let candidates: [Provider] = [.bud, .openAI]
    return candidates.first { variable($0.apiKeyVariable) != nil } ?? .bud
  }
}

/// How a client waits between attempts, so that tests need not.
package struct RetryClock: Sendable {
  /// Waits; throws `CancellationError` as soon as the task is cancelled.
  package let sleep: @Sendable (Duration) async throws -> Void
  /// A number in 0..<1.
  package let random: @Sendable () -> Double

  package init(sleep: @escaping @Sendable (Duration) async throws -> Void, random: @escaping @Sendable () -> Double) {
    self.sleep = sleep
    self.random = random
  }

  /// Waits for another attempt.
  nonisolated(nonsending) func wait(_ delay: Duration) async throws(APIError) {
    do {
      try await sleep(delay)
    } catch {
      throw APIError(code: .canceled, message: "the request was canceled while it waited for another attempt")
    }
  }

  /// The machine's monotonic clock.
  package static let system = RetryClock(
    sleep: { try await Task.sleep(for: $0, clock: .continuous) }, random: { .random(in: 0..<1) })
}

extension ChatClient {
  /// Lets no request take longer than a time, whatever part of it.
  package mutating func limitRequests(to time: Duration) {
    let usual = HTTPTimeouts()
    timeouts = HTTPTimeouts(
      connect: min(usual.connect, time), firstByte: time, idle: time, total: min(usual.total, time))
  }

  /// The version of libcurl, and of what it uses.
  package static var libcurlVersion: String { HTTPLibrary.version }

  /// Makes libcurl ready, for a program that will soon ask a server and has something else to do on another thread.
  package static func prepareLibcurl() { HTTPLibrary.prepare() }
}
