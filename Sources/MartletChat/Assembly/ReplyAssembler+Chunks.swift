import MartletJSON

extension ReplyAssembler {
  /// Takes a parsed chunk.
  mutating func take(chunk: JSONValue, isMarked: Bool) throws(APIError) {
    guard let object = chunk.objectValue else {
      if let error = APIError(reply: chunk) { throw error }
      return note("B9")
    }
    let hasError = !(object["error"]?.isNull ?? true) || object["object"]?.stringValue == "error"
    if hasError, let error = APIError(reply: chunk) {
      // Nothing after the end of a reply can spoil it.
      if reply.rawFinishReason != nil { return note("F08") }
      throw error
    }
    takeIdentity(object, isMarked: isMarked)
    takeUsage(object["usage"])
    if let groq = object["x_groq"]?["usage"] { takeUsage(groq, tolerance: "B13") }
    guard let choices = object["choices"]?.arrayValue else { return note("B9") }
    guard let choice = followed(choices) else { return }
    if let error = choice["error"], !error.isNull, let failure = APIError(reply: ["error": error]) {
      if reply.rawFinishReason != nil { return note("F08") }
      throw failure
    }
    takeUsage(choice["usage"])
    try takeChoice(choice, isMarked: isMarked)
  }

  /// Takes the choice's delta first and its finish reason last, because both may come in one chunk.
  private mutating func takeChoice(_ choice: JSONObject, isMarked: Bool) throws(APIError) {
    let count = deltaCount
    // Some servers send both: in a stream the message is all of the text so far, in a whole reply the delta is empty.
    let names = isWhole ? ("message", "delta") : ("delta", "message")
    if let delta = choice[names.0]?.objectValue ?? choice[names.1]?.objectValue {
      try take(delta: delta, isMarked: isMarked)
    } else {
      note("B9")
    }
    if let members = choice["logprobs"]?.objectValue {
      isPlain = false
      logprobs.append(members)
      emit(.logprobs(.object(members), isAlone: deltaCount == count))
    }
    guard let word = choice["finish_reason"]?.stringValue else { return }
    isPlain = false
    if word.isEmpty { return note("B3") }
    if case .failure = FinishReason.meaning(of: word) {
      if reply.rawFinishReason != nil { return note("F08") }
      throw APIError(code: .server, message: "the provider broke the reply off (\(word))", isRetryable: true)
    }
    if reply.rawFinishReason == nil { reply.rawFinishReason = word }
  }

  /// The choice that is followed, if it is among these.
  private mutating func followed(_ choices: [JSONValue]) -> JSONObject? {
    for case .object(let choice) in choices {
      let index = choice["index"]?.intValue ?? 0
      if choiceIndex == nil {
        choiceIndex = index
        if index != 0 { note("B16") }
      }
      if index == choiceIndex { return choice }
    }
    isPlain = false
    return nil
  }

  private mutating func takeIdentity(_ object: JSONObject, isMarked: Bool) {
    if reply.id.isEmpty, let id = object["id"]?.stringValue {
      reply.id = TextJoiner.whole(id, isMarked: isMarked)
    }
    if reply.model.isEmpty, let model = object["model"]?.stringValue {
      reply.model = TextJoiner.whole(model, isMarked: isMarked)
    }
    if reply.created == 0, let created = object["created"]?.intValue { reply.created = created }
  }

  /// The last usage counts: some providers send a running total.
  private mutating func takeUsage(_ value: JSONValue?, tolerance: String? = nil) {
    guard let value, !value.isNull else { return }
    isPlain = false
    guard let next = Usage(wire: value) else { return }
    if let tolerance { note(tolerance) }
    if let former = usage, former != next { note("B12") }
    usage = next
  }

  private mutating func take(delta: JSONObject, isMarked: Bool) throws(APIError) {
    for member in delta {
      switch (member.key, member.value) {
      case ("role", _), (_, .null): break
      case ("content", let content): takeContent(content, isMarked: isMarked)
      case ("refusal", .string(let piece)): take(piece, .refusal, isMarked: isMarked)
      case ("reasoning", .string(let piece)), ("reasoning_content", .string(let piece)):
        takeReasoning(piece, member: member.key, isMarked: isMarked)
      case ("reasoning_details", .array(let pieces)):
        if !pieces.isEmpty { isPlain = false }
        details.append(pieces)
      case ("tool_calls", let list): try takeCalls(list, isMarked: isMarked)
      case ("function_call", let call):
        guard let piece = CallPiece(functionCall: call, isMarked: isMarked) else { break }
        note("A22")
        calls.beginDelta()
        try take(piece)
      case ("extra_content", let value):
        isPlain = false
        reply.extra["extra_content"] = value
      default: break
      }
    }
  }

  private mutating func takeCalls(_ list: JSONValue, isMarked: Bool) throws(APIError) {
    let elements = list.arrayValue ?? (list.objectValue == nil ? [] : [list])
    if elements.isEmpty { return }
    isPlain = false
    calls.beginDelta()
    for element in elements {
      if let piece = CallPiece(element, isMarked: isMarked) { try take(piece) }
    }
  }

  private mutating func take(_ piece: CallPiece) throws(APIError) {
    isPlain = false
    guard let delta = calls.take(piece) else {
      throw APIError(
        code: .invalidReply, message: "the reply calls more than \(CallSlots.maximumCalls) functions")
    }
    emit(delta)
  }
}

extension ReplyAssembler {
  /// Takes content, which is a string or a list of parts.
  private mutating func takeContent(_ content: JSONValue, isMarked: Bool) {
    if case .string(let piece) = content { return take(piece, .content, isMarked: isMarked) }
    note("D1")
    for part in content.arrayValue ?? [content] {
      if let piece = part.stringValue {
        take(piece, .content, isMarked: isMarked)
      } else if let thinking = part["thinking"] {
        reply.reasoningForm = .part
        for piece in thinking.arrayValue ?? [thinking] {
          if let piece = piece.stringValue ?? piece["text"]?.stringValue { take(piece, .reasoning, isMarked: isMarked) }
        }
      } else if let piece = part["text"]?.stringValue {
        take(piece, .content, isMarked: isMarked)
      } else if let piece = part["refusal"]?.stringValue {
        take(piece, .refusal, isMarked: isMarked)
      }
    }
  }

  /// Takes a piece of thinking; where it comes under both names, the first one to come counts.
  private mutating func takeReasoning(_ piece: String, member: String, isMarked: Bool) {
    if piece.isEmpty { return }
    if reply.reasoningForm == .none {
      reply.reasoningForm = .member(member)
      isPlain = false
    }
    guard reply.reasoningForm == .member(member) else {
      isPlain = false
      return
    }
    take(piece, .reasoning, isMarked: isMarked)
  }

  private mutating func take(_ piece: String, _ place: ChunkTemplate.Place, isMarked: Bool) {
    let sure =
      switch place {
      case .content: text.join(piece, isMarked: isMarked)
      case .reasoning: reasoning.join(piece, isMarked: isMarked)
      case .refusal: refusal.join(piece, isMarked: isMarked)
      }
    if !sure.isEmpty { emit(sure, place) }
  }
}
