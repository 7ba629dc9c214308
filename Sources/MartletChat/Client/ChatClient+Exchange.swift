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
  package func reply(
    head: RequestHead, segments: [[UInt8]], options: ReplyAssembler.Options = .init(), requestID: String? = nil,
    cachingWith tools: [ChatTool]? = nil, isolation: isolated (any Actor)? = #isolation,
    onDeltas: ([ChatDelta]) async throws -> Void
  ) async throws -> AssembledReply {
    try await exchange(
      head: head, segments: segments, options: options, requestID: requestID, cachingWith: tools, onDeltas: onDeltas
    ).reply
  }

  /// As ``reply(head:segments:options:requestID:cachingWith:isolation:onDeltas:)``, for callers who have no room to spare
  /// for a whole reply while they wait.
  package func exchange(
    head: RequestHead, segments: [[UInt8]], options: ReplyAssembler.Options, requestID: String? = nil,
    cachingWith tools: [ChatTool]? = nil, isolation: isolated (any Actor)? = #isolation,
    onDeltas: ([ChatDelta]) async throws -> Void
  ) async throws -> ReplyExchange {
    let exchange = try await open(
      head.body(segments), isStreaming: head.isStreaming, options: options,
      requestID: requestID ?? UniqueBits.nextDigits(), cachingWith: tools)
    while let batch = try await exchange.nextBatch() { try await onDeltas(batch) }
    return exchange
  }

  /// Sends a body and returns when the head of a successful response is there, or at once if the cache has the reply.
  ///
  /// Not inlined, and neither is what it needs: it would be part of the frame of every request that waits.
  @inline(never)
  func open(
    _ body: [[UInt8]], isStreaming: Bool, options: ReplyAssembler.Options, requestID: String,
    cachingWith tools: [ChatTool]? = nil, isolation: isolated (any Actor)? = #isolation
  ) async throws(APIError) -> ReplyExchange {
    let size = body.reduce(0) { $0 + $1.count }
    let cacheKey = tools == nil ? nil : cacheKey(of: body)
    if let tools, let cacheKey, let exchange = cachedExchange(for: cacheKey, size, options: options, tools: tools) {
      return exchange
    }
    let sent = try exchange(sending: body, isStreaming: isStreaming, requestID: requestID)
    let response = try await sent.successfulResponse(hiding: key)
    return exchange(response, size, options: options, cacheKey: cacheKey, tools: tools)
  }

  @inline(never)
  private func exchange(
    sending body: [[UInt8]], isStreaming: Bool, requestID: String
  ) throws(APIError) -> HTTPExchange {
    try exchange(
      for: HTTPRequest(
        url: provider.baseURL + "/chat/completions",
        headers: headers.all(isStreaming: isStreaming, requestID: requestID), body: body, timeouts: timeouts))
  }

  private func exchange(for request: HTTPRequest) throws(APIError) -> HTTPExchange {
    if provider.needsKey, key.isEmpty { throw missingKey }
    do throws(HTTPError) {
      return try http.exchange(for: request)
    } catch {
      throw APIError(error).redacting(key)
    }
  }

  @inline(never)
  private func exchange(
    _ response: HTTPResponse, _ size: Int, options: ReplyAssembler.Options, cacheKey: CacheKey?, tools: [ChatTool]?
  ) -> ReplyExchange {
    let recording = cacheKey.map {
      CacheRecording(
        cache: cache, key: $0, tools: tools ?? [], contentType: response.headers["content-type"],
        secrets: [key] + otherSecrets)
    }
    return ReplyExchange(response, options: options.measuring(size), key: key, recording: recording)
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
  func get(
    _ path: String, requestID: String, isolation: isolated (any Actor)? = #isolation
  ) async throws(APIError) -> [UInt8] {
    var request = HTTPRequest(method: "GET", url: provider.baseURL + path, timeouts: timeouts)
    request.headers = headers.all(isStreaming: false, requestID: requestID).filter { !$0.isNamed("Content-Type") }
    let response = try await exchange(for: request).successfulResponse(hiding: key)
    do throws(HTTPError) {
      return try await response.collect()
    } catch {
      throw APIError(error).redacting(key)
    }
  }

  private var missingKey: APIError {
    let advice = provider.apiKeyVariable.map { ": set \($0)" } ?? ""
    return APIError(code: .authentication, message: "no API key for \(provider.name)\(advice)")
  }
}

extension HTTPExchange {
  /// Sends the request and returns when the head of a successful response is there; `key` is in no error.
  ///
  /// Its frame is part of every request that waits, so it has no room for the client, nor for a failure.
  @inline(never)
  fileprivate func successfulResponse(
    hiding key: Secret, isolation: isolated (any Actor)? = #isolation
  ) async throws(APIError) -> HTTPResponse {
    let response: HTTPResponse
    do throws(HTTPError) {
      response = try await self.response()
    } catch {
      throw APIError(error).redacting(key)
    }
    if !(200..<300).contains(response.status) { throw await response.failure(hiding: key) }
    return response
  }
}

extension HTTPResponse {
  /// Reads the error of a response whose status says failure; its beginning is enough.
  @inline(never)
  fileprivate func failure(hiding key: Secret, isolation: isolated (any Actor)? = #isolation) async -> APIError {
    if (300..<400).contains(status) {
      return APIError(redirect: status, location: headers["location"]).redacting(key)
    }
    var bytes: [UInt8] = []
    do throws(HTTPError) {
      while bytes.count < 256 << 10, let piece = try await body.next(isolation: isolation) { bytes += piece }
    } catch {
      if error.kind == .canceled { return APIError(error).redacting(key) }
    }
    let facts = ResponseFacts(now: WallClock.seconds) { headers[$0] }
    return APIError(status: status, body: bytes, headers: facts).redacting(key)
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
