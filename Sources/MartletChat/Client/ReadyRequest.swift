import MartletHTTP

/// A request that is ready to be sent, with what its reply is read with.
///
/// A class, so that whoever waits for the response has no room for more than a reference.
package final class ReadyRequest {
  private enum Source {
    case server(HTTPExchange)
    /// Nothing has to be sent: the reply is in the cache.
    case cache(ReplyExchange)
  }

  private let source: Source
  private let client: ChatClient
  private let options: ReplyAssembler.Options
  /// What is to be kept of the response for the cache.
  private let recording: Boxed<CacheRecording>?

  /// A request whose reply is in the cache.
  init(cached: ReplyExchange, of client: ChatClient) {
    source = .cache(cached)
    self.client = client
    options = .init()
    recording = nil
  }

  init(
    _ exchange: HTTPExchange, of client: ChatClient, options: ReplyAssembler.Options = .init(),
    recording: CacheRecording? = nil
  ) {
    source = .server(exchange)
    self.client = client
    self.options = options
    self.recording = recording.map(Boxed.init)
  }

  /// Sends the request and returns when the head of a successful response is there; to be called once.
  ///
  /// Returns at once if the cache has the reply.
  nonisolated(nonsending) package func open() async throws(APIError) -> ReplyExchange {
    switch source {
    case .cache(let exchange): exchange
    case .server(let exchange): replyExchange(try await response(of: exchange))
    }
  }

  /// Asks for what is no reply of a model, and gives the whole body of a successful response.
  nonisolated(nonsending) func body() async throws(APIError) -> [UInt8] {
    guard case .server(let exchange) = source else { return [] }
    let response = try await response(of: exchange)
    do throws(HTTPError) {
      return try await response.collect()
    } catch {
      throw explained(error)
    }
  }

  // What it does after the wait is apart: it would be part of the frame of every request that waits.
  @inline(__always)
  nonisolated(nonsending) private func response(of exchange: HTTPExchange) async throws(APIError) -> HTTPResponse {
    let response: HTTPResponse
    do throws(HTTPError) {
      response = try await exchange.response()
    } catch {
      throw explained(error)
    }
    if !(200..<300).contains(response.status) { throw await response.failure(hiding: client.key) }
    return response
  }

  /// A failure of the exchange, without the key.
  @inline(never)
  private func explained(_ error: HTTPError) -> APIError { APIError(error).redacting(client.key) }

  @inline(never)
  private func replyExchange(_ response: HTTPResponse) -> ReplyExchange {
    var recording = recording?.wrappedValue
    recording?.contentType = response.headers["content-type"]
    return ReplyExchange(response, options: options, key: client.key, recording: recording)
  }
}

extension HTTPResponse {
  /// Reads the error of a response whose status says failure; its beginning is enough.
  @inline(never)
  nonisolated(nonsending) fileprivate func failure(hiding key: Secret) async -> APIError {
    if (300..<400).contains(status) {
      return APIError(redirect: status, location: headers["location"]).redacting(key)
    }
    var bytes: [UInt8] = []
    do throws(HTTPError) {
      while bytes.count < 256 << 10, let piece = try await body.next() { bytes += piece }
    } catch {
      if error.kind == .canceled { return APIError(error).redacting(key) }
    }
    let facts = ResponseFacts(now: WallClock.seconds) { headers[$0] }
    return APIError(status: status, body: bytes, headers: facts).redacting(key)
  }
}
