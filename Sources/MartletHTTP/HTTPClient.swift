/// What a client needs to know beside its requests.
package struct HTTPConfiguration: Sendable {
  /// Allows plain `http` to hosts that are not loopback hosts.
  package var allowsInsecureHTTP = false
  /// A file of PEM certificates that replaces the system's certificate authorities.
  package var caFile: String?
  /// The most exchanges, and so connections, at one time; others wait in the order in which they were sent.
  package var maxConnections = 64
  /// The variables in which the proxy settings are looked up; the process's own environment is not read.
  ///
  /// `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, of which the spelling in small letters goes first.
  package var environment: [String: String] = [:]

  package init() {}

  package init(
    allowsInsecureHTTP: Bool = false, caFile: String? = nil, maxConnections: Int = 64,
    environment: [String: String] = [:]
  ) {
    self.allowsInsecureHTTP = allowsInsecureHTTP
    self.caFile = caFile
    self.maxConnections = maxConnections
    self.environment = environment
  }
}

/// Sends requests over connections that it keeps and reuses.
///
/// All exchanges of a client share one thread of its own, started by the first request and ended when the client
/// and the last unread body are gone. It carries on tasks that prefer the client's ``executor``, while a second one stands
/// in for it where that takes long.
package final class HTTPClient: Sendable {
  private let configuration: HTTPConfiguration
  private let proxies: ProxyRules
  private let loop: Lock<TransferLoop?>
  private let newest = Lock(CheckedRequest())
  /// Runs tasks at the least cost that wait for exchanges of this client most of the time.
  package let executor: TransferExecutor

  /// Makes a client; tasks that prefer its executor run on `thread` if there is one, and else on the pool's.
  package init(_ configuration: HTTPConfiguration = .init(), thread: TaskThread? = nil) {
    self.configuration = configuration
    executor = TransferExecutor(thread)
    proxies = ProxyRules(environment: configuration.environment)
    loop = Lock(nil)
  }

  deinit {
    loop.withLock { $0 }?.stop()
  }

  /// Sends a request and returns when the head of the response is there.
  ///
  /// Cancelling the task ends the exchange before the error ``HTTPError/Kind/canceled`` is thrown.
  nonisolated(nonsending) package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    try await exchange(for: request).response()
  }

  /// A request that is ready to be sent; whoever waits for its response need not keep it.
  package func exchange(for request: HTTPRequest) throws(HTTPError) -> HTTPExchange {
    // First, so that its thread can begin while libcurl, which reads the address, is still being loaded by another.
    let loop = try runningLoop()
    let endpoint = try newest.withLock { (newest) throws(HTTPError) in try newest.check(request, configuration) }
    let proxy = try proxies.proxy(for: endpoint)
    let transfer = Transfer(request, endpoint: endpoint, proxy: proxy, loop: loop)
    return HTTPExchange(body: HTTPBody(transfer, client: self))
  }

  private func runningLoop() throws(HTTPError) -> TransferLoop {
    try loop.withLock { (loop) throws(HTTPError) in
      if let loop { return loop }
      let started = try TransferLoop.start(configuration, executor)
      loop = started
      return started
    }
  }
}

/// What was found good of the newest request: the next one goes to the same place, and has the same headers but for an
/// identifier.
private struct CheckedRequest {
  private var endpoint: Endpoint?
  private var headers: [HTTPHeader] = []

  /// Checks what differs, and says where the request goes.
  mutating func check(_ request: HTTPRequest, _ configuration: HTTPConfiguration) throws(HTTPError) -> Endpoint {
    try request.checkHeaders(knowing: headers)
    headers = request.headers
    if let endpoint, endpoint.url.hasSameBytes(as: request.url) { return endpoint }
    let endpoint = try Endpoint(request.url, allowsInsecureHTTP: configuration.allowsInsecureHTTP)
    self.endpoint = endpoint
    return endpoint
  }
}
