package import MartletJSON

extension ReplyAssembler {
  /// Reads a reply that came whole, as the answer to a request without a stream; the deltas are those of one batch.
  package mutating func assemble(reply value: JSONValue) throws(APIError) -> AssembledReply {
    try assemble(value, isMarked: false)
  }

  /// Reads a whole body, whatever its peculiarities.
  package mutating func assemble(anyBody body: [UInt8]) throws(APIError) -> AssembledReply {
    guard let reading = LenientJSON.parse(body) else { throw APIError.notAReply(body) }
    for tolerance in reading.tolerances { note(tolerance) }
    return try assemble(reading.value, isMarked: reading.isMarked)
  }

  private mutating func assemble(_ value: JSONValue, isMarked: Bool) throws(APIError) -> AssembledReply {
    if let error = APIError(reply: value) { throw error }
    guard let choices = value["choices"]?.arrayValue else { throw APIError.notAReply(value.canonicalBytes()) }
    isWhole = true
    try take(chunk: value, isMarked: isMarked)
    // Without a single choice there is nothing that could be called a reply.
    if choices.isEmpty { note("B7") }
    reply.hasOtherChoices = choices.count > 1
    var reply = try whole(isComplete: true)
    // An index is a thing of streams.
    reply.tolerances.removeAll { $0 == "A1" }
    return reply
  }

  /// The reply, after the stream has ended cleanly, or after the transfer broke with an error.
  ///
  /// - Throws: that error, unless the reply was whole before it; ``APIError/Code/invalidReply`` for a stream that ended
  ///   without a mark of its end, which may succeed when it is asked for again.
  package mutating func finish(after error: APIError? = nil) throws(APIError) -> AssembledReply {
    if let error {
      guard isMarkedComplete else { throw error }
      note("F08")
    }
    if reply.rawFinishReason == nil {
      try acceptMissingFinishReason()
    }
    return try whole(isComplete: isMarkedComplete)
  }

  private mutating func acceptMissingFinishReason() throws(APIError) {
    guard hasEnded else {
      // Calls of such a stream are never carried out, however whole they look.
      if !calls.isEmpty { throw APIError.cut("in the middle of a call") }
      guard text.content != nil || refusal.content != nil else { throw APIError.cut("before it began") }
      guard options.acceptsUnmarkedEnd else {
        var error = APIError.cut("without a mark of its end")
        error.retryLimit = 1
        error.isUnmarkedEnd = true
        throw error
      }
      return note("C6")
    }
    if calls.hasOpenCall { throw APIError.cut("in the middle of a call") }
    note("B4")
  }

  private mutating func whole(isComplete: Bool) throws(APIError) -> AssembledReply {
    flush()
    reply.text = text.content
    if let thought = reasoning.content { reply.reasoning = thought }
    if let refused = refusal.content { reply.refusal = refused }
    if let entries = details.value { reply.extra["reasoning_details"] = entries }
    if let lists = logprobs.value { reply.logprobs = lists }
    reply.toolCalls = calls.finish(turn: options.turn)
    reply.unpackParallelCalls(toolNames: options.toolNames)
    for tolerance in calls.tolerances { note(tolerance) }
    decideFinishReason()
    if options.readsWrittenCalls, isComplete, reply.toolCalls.isEmpty, reply.finishReason == .stop,
      let text = reply.text
    {
      _ = reply.takeCalls(writtenIn: text, options, as: "A20")
    }
    takeUsage()
    if reply.isEmpty { note("B17") }
    return reply
  }

  /// Gives the rest of texts that ended within a character.
  private mutating func flush() {
    let rest = text.flush()
    if !rest.isEmpty { emit(rest, .content) }
    let thought = reasoning.flush()
    if !thought.isEmpty { emit(thought, .reasoning) }
    let refused = refusal.flush()
    if !refused.isEmpty { emit(refused, .refusal) }
    finishThinkingTags()
    calls.flush()
  }

  /// The presence of calls decides, not the word.
  private mutating func decideFinishReason() {
    let byContent: FinishReason = reply.toolCalls.isEmpty ? .stop : .toolCalls
    guard let word = reply.rawFinishReason else {
      reply.finishReason = reply.isRefused ? .refusal : byContent
      return
    }
    switch FinishReason.meaning(of: word) {
    case .known(.stop), .known(.toolCalls):
      let meant = FinishReason.meaning(of: word)
      if meant != .known(byContent) { note(byContent == .stop ? "B2" : "B1") }
      if word != "stop", word != "tool_calls" { note("B5") }
      reply.finishReason = byContent
    case .known(let reason):
      if reason == .length, !reply.toolCalls.isEmpty { note("B6") }
      if word != reason.rawValue { note("B5") }
      reply.finishReason = reason
    case .failure, .unknown:
      note("B5")
      reply.finishReason = byContent
    }
    if reply.isRefused, reply.finishReason == .stop { reply.finishReason = .refusal }
  }

  /// What the server counted so far, with its cost; nil if it counted nothing.
  var reportedUsage: Usage? {
    guard var reported = usage else { return nil }
    reported.exactCost = options.price?.cost(of: reported)
    return reported
  }

  /// Takes what the server counted; what it leaves out, or counts as nothing although there is something, is estimated.
  private mutating func takeUsage() {
    func estimate() -> Usage { Usage(estimatedFrom: options.requestBytes, replyBytes) }
    if var usage {
      if usage.otherTokens == 0, usage.promptTokens == 0 || usage.completionTokens == 0 {
        let estimate = estimate()
        if usage.promptTokens == 0, estimate.promptTokens > 0 {
          (usage.promptTokens, usage.isEstimated) = (estimate.promptTokens, true)
        }
        if usage.completionTokens == 0, estimate.completionTokens > 0 {
          (usage.completionTokens, usage.isEstimated) = (estimate.completionTokens, true)
        }
      }
      if usage.isEstimated { note("B14") }
      reply.usage = usage
    } else {
      note("B14")
      reply.usage = estimate()
    }
    reply.usage.exactCost = options.price?.cost(of: reply.usage)
  }

  private var replyBytes: Int {
    let textBytes = text.text.utf8.count + reasoning.text.utf8.count + refusal.text.utf8.count
    return reply.toolCalls.reduce(textBytes) { $0 + $1.name.utf8.count + $1.arguments.utf8.count }
  }
}

extension AssembledReply {
  fileprivate var isRefused: Bool { refusal != nil && text == nil && toolCalls.isEmpty }
}
