import MartletHTTP

extension ChatClient {
  /// Sends one request and gives its reply, after its parts in batches as they came; a failure is not tried again.
  ///
  /// The next batch is not read before `onDeltas` returns. A body that asks for no stream gives one batch.
  ///
  /// - Parameters:
  ///   - head: The beginning of the body.
  ///   - segments: The encoded messages.
  ///   - options: What the reply's assembly has to know of the conversation.
  ///   - requestID: The same for every attempt at one request; a new one if nil.
  ///   - tools: The functions that were offered, if the reply may come from the cache and be kept in it.
  ///   - onDeltas: Takes each batch.
  /// - Throws: ``APIError``, or what `onDeltas` throws.
  nonisolated(nonsending) package func reply(
    head: RequestHead, segments: [[UInt8]], options: ReplyAssembler.Options = .init(), requestID: String? = nil,
    cachingWith tools: [ChatTool]? = nil,
    onDeltas: ([ChatDelta]) async throws -> Void
  ) async throws -> AssembledReply {
    let exchange = try await request(
      head: head, segments: segments, options: options, requestID: requestID ?? UniqueBits.nextDigits(),
      cachingWith: tools
    ).open()
    while let batch = try await exchange.nextBatch() { try await onDeltas(batch) }
    return exchange.reply
  }

  /// The request of one attempt, ready to be sent.
  package func request(
    head: RequestHead, segments: [[UInt8]], options: ReplyAssembler.Options, requestID: String,
    cachingWith tools: [ChatTool]? = nil
  ) throws(APIError) -> ReadyRequest {
    try request(
      head.body(segments), isStreaming: head.isStreaming, options: options, requestID: requestID, cachingWith: tools)
  }

  /// The request with a body, ready to be sent.
  func request(
    _ body: [[UInt8]], isStreaming: Bool, options: ReplyAssembler.Options, requestID: String,
    cachingWith tools: [ChatTool]? = nil
  ) throws(APIError) -> ReadyRequest {
    let size = body.reduce(0) { $0 + $1.count }
    var recording: CacheRecording?
    if let tools, let key = cacheKey(of: body) {
      if let cached = cachedExchange(for: key, size, options: options, tools: tools) {
        return ReadyRequest(cached: cached, of: self)
      }
      recording = CacheRecording(cache: cache, key: key, tools: tools, secrets: [self.key] + otherSecrets)
    }
    let exchange = try exchange(
      for: HTTPRequest(
        url: url, headers: headers.all(isStreaming: isStreaming, requestID: requestID), body: body, timeouts: timeouts))
    return ReadyRequest(exchange, of: self, options: options.measuring(size), recording: recording)
  }

  private func exchange(for request: HTTPRequest) throws(APIError) -> HTTPExchange {
    if provider.needsKey, key.isEmpty { throw missingKey }
    do throws(HTTPError) {
      return try http.exchange(for: request)
    } catch {
      throw APIError(error).redacting(key)
    }
  }

  /// The exchange that need not happen, because the cache has the reply to a body.
  func cachedExchange(_ body: [[UInt8]], options: ReplyAssembler.Options, tools: [ChatTool]) -> ReplyExchange? {
    let size = body.reduce(0) { $0 + $1.count }
    return cacheKey(of: body).flatMap { cachedExchange(for: $0, size, options: options, tools: tools) }
  }

  /// Removes a reply from the cache that turned out to be of no use.
  package func forget(head: RequestHead, segments: [[UInt8]]) {
    if let key = cacheKey(of: head.body(segments)) { cache.remove(key) }
  }

  /// What a body is known by in the cache; nil if it cannot be read.
  private func cacheKey(of body: [[UInt8]]) -> CacheKey? {
    CacheKey(endpoint: provider.urlWithoutLogin + "/chat/completions", headers: headers.own, body: body)
  }

  /// An exchange with a usable reply out of the cache; an entry that holds none is removed.
  @inline(never)
  private func cachedExchange(
    for key: CacheKey, _ size: Int, options: ReplyAssembler.Options, tools: [ChatTool]
  ) -> ReplyExchange? {
    guard let entry = cache.entry(for: key) else { return nil }
    if let reply = CachedReply(entry, options: options.measuring(size), tools: tools) { return ReplyExchange(reply) }
    cache.remove(key)
    return nil
  }

  /// Asks for what is at a path and gives the body of a successful response.
  nonisolated(nonsending) func get(_ path: String, requestID: String) async throws(APIError) -> [UInt8] {
    var request = HTTPRequest(method: "GET", url: provider.baseURL + path, timeouts: timeouts)
    request.headers = headers.all(isStreaming: false, requestID: requestID).filter { !$0.isNamed("Content-Type") }
    return try await ReadyRequest(exchange(for: request), of: self).body()
  }

  private var missingKey: APIError {
    let advice = provider.apiKeyVariable.map { ": set \($0)" } ?? ""
    return APIError(code: .authentication, message: "no API key for \(provider.name)\(advice)")
  }
}

extension ChatClient {
  /// A request as it would be sent, for people: the key is shown as `•••`.
  package func description(of head: RequestHead, segments: [[UInt8]]) -> String {
    var lines = ["POST \(provider.shownURL)/chat/completions"]
    for header in headers.all(isStreaming: head.isStreaming, requestID: "•••") {
      let isAuthorization = header.isNamed("Authorization")
      let value = isAuthorization ? "Bearer •••" : key.redacting(header.value)
      lines.append("\(header.name): \(value)")
    }
    let body = head.body(segments).reduce(into: [UInt8]()) { $0 += $1 }
    return (lines + ["", String(decoding: body, as: UTF8.self)]).joined(separator: "\n")
  }
}

extension ReplyAssembler.Options {
  /// These options with the size of the request's body, unless they have it.
  fileprivate func measuring(_ size: Int) -> ReplyAssembler.Options {
    var options = self
    if requestBytes == 0 { options.requestBytes = max(0, size - excessBytes) }
    return options
  }
}
