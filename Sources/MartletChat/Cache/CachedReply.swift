import MartletJSON

/// A reply out of the cache: what came from the server, read as if it came now.
struct CachedReply {
  /// The deltas of each piece that is read, none of them empty.
  let batches: [[ChatDelta]]
  let reply: AssembledReply
  /// The decoder that read it, for what else it knows of the body.
  let decoder: ReplyDecoder

  /// Reads an entry; nil if no usable reply is in it, so that it is of no use.
  init?(_ entry: CacheEntry, options: ReplyAssembler.Options, tools: [ChatTool]) {
    var decoder = ReplyDecoder(contentType: entry.contentType, options: options)
    var batches: [[ChatDelta]] = []
    do throws(APIError) {
      var position = 0
      while position < entry.body.count {
        let end = min(position + Self.pieceBytes, entry.body.count)
        var isUseful = false
        batches.append(try decoder.push(Array(entry.body[position..<end]), isUseful: &isUseful))
        position = end
      }
      var (reply, rest) = try decoder.finish(after: nil)
      guard reply.canBeKept(tools: tools) else { return nil }
      reply.isCached = true
      // The tokens are those that it took when it was made; giving it again costs nothing.
      reply.usage.cost = 0
      self.reply = reply
      self.batches = (batches + [rest]).filter { !$0.isEmpty }
      self.decoder = decoder
    } catch {
      return nil
    }
  }

  /// About what a read from a socket brings.
  private static let pieceBytes = 16 << 10
}

/// What the cache is told of a request, and the bytes of its response as they come.
struct CacheRecording {
  let cache: ResponseCache
  let key: CacheKey
  let tools: [ChatTool]
  var contentType: String?
  /// What must not reach the disk.
  let secrets: [Secret]
  private var body: [UInt8] = []
  private var isTooLong = false

  init(cache: ResponseCache, key: CacheKey, tools: [ChatTool], secrets: [Secret]) {
    self.cache = cache
    self.key = key
    self.tools = tools
    self.secrets = secrets
  }

  /// Takes bytes of the response.
  mutating func add(_ bytes: [UInt8]) {
    if isTooLong { return }
    body += bytes
    guard body.count > ResponseCache.maxEntryBytes else { return }
    isTooLong = true
    body = []
  }

  /// Keeps the response if the replies in it are whole; gives the reason if the cache cannot be used.
  func keep(_ replies: [AssembledReply]) -> String? {
    guard !isTooLong, replies.allSatisfy({ $0.canBeKept(tools: tools) }) else { return nil }
    let entry = CacheEntry(key: key, contentType: contentType, body: body)
    // A key that a user pasted, or that a server repeats, stays off the disk: nothing else may take its place.
    if holdsSecret(replies) { return nil }
    do throws(CacheFailure) {
      try cache.keep(entry, for: key)
      return nil
    } catch {
      return error.message
    }
  }

  /// Whether a secret is in the request or the response: in its bytes, or in what a stream brought piece by piece.
  private func holdsSecret(_ replies: [AssembledReply]) -> Bool {
    let bytes = [key.identity, Array((contentType ?? "").utf8), body]
    let texts = bytes.map { String(decoding: $0, as: UTF8.self) } + replies.flatMap(\.texts)
    return secrets.contains { secret in texts.contains { secret.isPart(of: $0) } }
  }
}

extension AssembledReply {
  /// Everything that it says, its text and arguments also as they read without JSON's escapes.
  fileprivate var texts: [String] {
    [text, reasoning, refusal].compactMap(\.self) + toolCalls.map(\.arguments) + [message.canonicalString()]
  }

  /// Whether it may be given again to the same request: whole, ended by the model itself, and usable as it is.
  func canBeKept(tools: [ChatTool]) -> Bool {
    guard finishReason == .stop || finishReason == .toolCalls, refusal == nil, !isEmpty else { return false }
    // A word without a meaning, or for a failure of the server, and a stream whose end is a guess.
    if let word = rawFinishReason {
      guard case .known = FinishReason.meaning(of: word) else { return false }
    }
    if tolerances.contains("C6") || toolCalls.contains(where: { $0.defect != nil }) { return false }
    return !lacksArguments(of: tools)
  }

  /// Whether a call has arguments of which something seems to be missing, or none where its function requires some.
  package func lacksArguments(of tools: [ChatTool]) -> Bool {
    if finishReason.isIncomplete { return false }
    return toolCalls.contains { call in
      if call.defect != nil { return !call.cameWhole }
      guard call.cameWithoutArguments else { return false }
      let required = tools.first { $0.name == call.name }?.parameters["required"]?.arrayValue ?? []
      return !required.isEmpty
    }
  }
}
