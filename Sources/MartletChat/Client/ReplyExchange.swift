import MartletHTTP

/// One request whose response is being read; dropping it ends the transfer.
struct ReplyExchange {
  private let response: HTTPResponse
  private let key: Secret
  private var decoder: ReplyDecoder
  private var hasEnded = false

  /// The reply, once the batches have come to their end.
  private(set) var reply = AssembledReply()

  /// What is known of the reply as a whole while it still comes; empty what is not.
  var identity: (id: String, model: String) { decoder.identity }

  /// The reply as callers of the client see it, with what the response's headers say.
  var completion: ChatCompletion {
    var completion = ChatCompletion([reply] + decoder.alternatives)
    completion.requestID = ResponseFacts(now: 0) { response.headers[$0] }.requestID
    completion.rateLimit = RateLimit(response.headers, now: WallClock.seconds)
    completion.body = decoder.wholeBody ?? []
    return completion
  }

  init(_ response: HTTPResponse, options: ReplyAssembler.Options, key: Secret) {
    self.response = response
    self.key = key
    decoder = ReplyDecoder(contentType: response.headers["content-type"], options: options)
  }

  /// The deltas of what one or more reads brought, never none; nil when the reply is whole.
  mutating func nextBatch(isolation: isolated (any Actor)? = #isolation) async throws(APIError) -> [ChatDelta]? {
    do throws(APIError) {
      while !hasEnded {
        let batch = try await readBatch(isolation: isolation)
        if !batch.isEmpty { return batch }
      }
      return nil
    } catch {
      hasEnded = true
      var error = error
      if error.requestID == nil {
        error.requestID = ResponseFacts(now: 0) { response.headers[$0] }.requestID
      }
      throw error.redacting(key)
    }
  }

  private mutating func readBatch(isolation: isolated (any Actor)?) async throws(APIError) -> [ChatDelta] {
    let piece: [UInt8]?
    do throws(HTTPError) {
      piece = try await response.body.next(isolation: isolation)
    } catch {
      if error.kind == .canceled { throw APIError(error) }
      return try finish(after: APIError(error))
    }
    guard let piece else { return try finish(after: nil) }
    var isUseful = false
    let batch = try decoder.push(piece, isUseful: &isUseful)
    if isUseful { response.markProgress() }
    return batch
  }

  private mutating func finish(after error: APIError?) throws(APIError) -> [ChatDelta] {
    hasEnded = true
    let (reply, rest) = try decoder.finish(after: error)
    self.reply = reply
    return rest
  }
}
