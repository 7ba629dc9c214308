import MartletHTTP

/// One request whose response is being read; dropping it ends the transfer.
///
/// A class, because what it reads with is large: in a structure every step of an asynchronous call would keep a copy.
package final class ReplyExchange {
  /// Where the reply comes from.
  private enum Source {
    case response(HTTPResponse)
    /// The cache, with the batches that are still to be given, the last one first.
    case cache([[ChatDelta]])
  }

  private var source: Source
  private let key: Secret
  private var decoder: ReplyDecoder
  private var hasEnded = false
  /// How near the end the reply was when the response was last told how long to wait for it.
  private var expectedEnd = ReplyDecoder.Completeness.open
  /// What is kept of the response for the cache.
  private var recording: CacheRecording?

  /// The reply, once the batches have come to their end.
  package private(set) var reply = AssembledReply()

  /// What is known of the reply as a whole while it still comes; empty what is not.
  var identity: (id: String, model: String) { decoder.identity }

  /// The reply as callers of the client see it, with what the response's headers say.
  var completion: ChatCompletion {
    var completion = ChatCompletion([reply] + decoder.alternatives)
    if case .response(let response) = source {
      completion.requestID = ResponseFacts(now: 0) { response.headers[$0] }.requestID
      completion.rateLimit = RateLimit(response.headers, now: WallClock.seconds)
    }
    // Without the room that it was received in, for completions are kept.
    completion.body = decoder.wholeBody?.withUnsafeBytes { Array($0) } ?? []
    return completion
  }

  // Neither is inlined: a decoder that is being made would be part of the frame of every request that waits.
  @inline(never)
  init(_ response: HTTPResponse, options: ReplyAssembler.Options, key: Secret, recording: CacheRecording? = nil) {
    source = .response(response)
    self.key = key
    self.recording = recording
    decoder = ReplyDecoder(contentType: response.headers["content-type"], options: options)
  }

  /// The exchange that is not needed, because its reply is in the cache.
  @inline(never)
  init(_ cached: CachedReply) {
    source = .cache(cached.batches.reversed())
    key = Secret("")
    decoder = cached.decoder
    reply = cached.reply
  }

  /// The deltas of what one or more reads brought, never none; nil when the reply is whole.
  ///
  /// What is read is taken apart from here: it would be part of the frame of every request that waits.
  @inline(never)
  nonisolated(nonsending) package func nextBatch() async throws(APIError) -> [ChatDelta]? {
    guard case .response(let response) = source else { return try nextCachedBatch() }
    while !hasEnded {
      let piece: Result<[UInt8]?, HTTPError>
      do throws(HTTPError) {
        piece = .success(try await response.body.next())
      } catch {
        piece = .failure(error)
      }
      let batch = try take(piece, of: response)
      if !batch.isEmpty { return batch }
    }
    return nil
  }

  @inline(never)
  private func take(
    _ piece: Result<[UInt8]?, HTTPError>, of response: HTTPResponse
  ) throws(APIError) -> [ChatDelta] {
    do throws(APIError) {
      switch piece {
      case .success(let bytes?): return try take(bytes, of: response)
      case .success(nil): return try finish(after: nil)
      case .failure(let error) where error.kind == .canceled: throw APIError(error)
      case .failure(let error): return try finish(after: APIError(error))
      }
    } catch {
      hasEnded = true
      throw completed(error, response)
    }
  }

  private func take(_ bytes: [UInt8], of response: HTTPResponse) throws(APIError) -> [ChatDelta] {
    recording?.add(bytes)
    var isUseful = false
    let batch = try decoder.push(bytes, isUseful: &isUseful)
    if isUseful { response.markProgress() }
    expectEnd(of: response)
    return batch
  }

  /// The error with what the response says of itself.
  private func completed(_ error: APIError, _ response: HTTPResponse) -> APIError {
    let facts = ResponseFacts(now: 0) { response.headers[$0] }
    var error = error.naming(encoding: facts.contentEncoding)
    error.usage = decoder.reportedUsage
    error.requestID = error.requestID ?? facts.requestID
    return error.redacting(key)
  }

  private func nextCachedBatch() throws(APIError) -> [ChatDelta]? {
    guard case .cache(var batches) = source else { return nil }
    if Task.isCancelled { throw APIError(code: .canceled, message: "the request was canceled") }
    let next = batches.popLast()
    source = .cache(batches)
    return next
  }

  /// Waits no longer than for a server that is slow to close a reply that is whole: some never do.
  private func expectEnd(of response: HTTPResponse) {
    guard decoder.completeness != expectedEnd else { return }
    expectedEnd = decoder.completeness
    switch expectedEnd {
    case .open: break
    case .finished: response.expectEnd(within: .seconds(5))
    case .done: response.expectEnd(within: .milliseconds(250))
    }
  }

  private func finish(after error: APIError?) throws(APIError) -> [ChatDelta] {
    hasEnded = true
    let (reply, rest) = try decoder.finish(after: error)
    self.reply = reply
    if let recording, error == nil || decoder.completeness == .done {
      self.reply.cacheProblem = recording.keep([reply] + decoder.alternatives)
    }
    return rest
  }
}
