import MartletJSON

/// A whole body that strays from the standard in nothing that matters, read in one pass and without a tree of values.
///
/// It is what ``ReplyAssembler`` makes of the same bytes, at a fraction of the work. A body in which anything is odd,
/// missing or rare has no such reading: the assembler, which knows what to make of it, reads it from the beginning.
struct StandardReply {
  private(set) var reply = AssembledReply()
  private let options: ReplyAssembler.Options
  private var hasCalls = false

  /// What came, as one batch.
  var deltas: [ChatDelta] {
    var deltas: [ChatDelta] = []
    deltas.reserveCapacity(reply.toolCalls.count + 1)
    if let text = reply.text { deltas.append(.text(text)) }
    for index in reply.toolCalls.indices {
      let (id, name) = (reply.toolCalls[index].id, reply.toolCalls[index].name)
      deltas.append(.call(index: index, id: id, name: name, arguments: reply.toolCalls[index].arguments))
    }
    return deltas
  }

  /// Reads a body; nil if it is for the assembler.
  init?(_ body: [UInt8], _ options: ReplyAssembler.Options) {
    self.options = options
    let isRead = body.withUnsafeBufferPointer { bytes in
      var cursor = JSONCursor(bytes)
      readReply(&cursor)
      return cursor.isAtEnd
    }
    guard isRead, isUsable else { return nil }
    reply.usage.exactCost = options.price?.cost(of: reply.usage)
  }

  // Of a member that comes twice the last one counts, so that each begins anew.

  private mutating func readReply(_ cursor: inout JSONCursor) {
    cursor.enterObject()
    while let key = cursor.nextKey() {
      switch key {
      case "id": reply.id = cursor.string()
      case "object": if let word = cursor.word(), "error" ~= word { cursor.stop() }
      case "created": reply.created = cursor.integer()
      case "model": reply.model = cursor.string()
      case "choices": readChoices(&cursor)
      case "usage": reply.usage = Usage(reading: &cursor) ?? Usage()
      case "error", "x_groq": cursor.requireNull()
      default: cursor.skip()
      }
    }
  }

  /// Reads a list of one choice.
  private mutating func readChoices(_ cursor: inout JSONCursor) {
    (reply.text, reply.toolCalls, reply.rawFinishReason) = (nil, [], nil)
    cursor.enterArray()
    var count = 0
    while cursor.nextElement() {
      count += 1
      if count == 1 { readChoice(&cursor) } else { cursor.stop() }
    }
  }

  private mutating func readChoice(_ cursor: inout JSONCursor) {
    cursor.enterObject()
    while let key = cursor.nextKey() {
      switch key {
      case "index": if cursor.integer() != 0 { cursor.stop() }
      case "message": readMessage(&cursor)
      case "finish_reason": readFinishReason(&cursor)
      case "delta", "error", "logprobs", "usage": cursor.requireNull()
      default: cursor.skip()
      }
    }
  }

  private mutating func readFinishReason(_ cursor: inout JSONCursor) {
    switch cursor.word() {
    case "stop"?: reply.finishReason = .stop
    case "tool_calls"?: reply.finishReason = .toolCalls
    default: cursor.stop()
    }
    reply.rawFinishReason = reply.finishReason.rawValue
  }

  private mutating func readMessage(_ cursor: inout JSONCursor) {
    (reply.text, reply.toolCalls) = (nil, [])
    cursor.enterObject()
    while let key = cursor.nextKey() {
      switch key {
      case "content": readText(&cursor)
      case "tool_calls": readCalls(&cursor)
      case "refusal", "reasoning", "reasoning_content", "reasoning_details", "function_call", "extra_content":
        cursor.requireNull()
      default: cursor.skip()
      }
    }
  }

  private mutating func readText(_ cursor: inout JSONCursor) {
    reply.text = nil
    if cursor.takeNull() { return }
    let text = cursor.string()
    if text.isEmpty { return }
    // What comes after the calls is told after them.
    if !reply.toolCalls.isEmpty || options.readsThinkingTags && ThinkingTags.mayBegin(text) { cursor.stop() }
    reply.text = text
  }

  private mutating func readCalls(_ cursor: inout JSONCursor) {
    if hasCalls { return cursor.stop() }
    hasCalls = true
    if cursor.takeNull() { return }
    var calls = StandardCalls()
    calls.read(&cursor)
    reply.toolCalls = calls.calls
  }

  /// Whether there is nothing to be decided, completed or estimated.
  private var isUsable: Bool {
    let isCalling = !reply.toolCalls.isEmpty
    guard reply.rawFinishReason == (isCalling ? "tool_calls" : "stop"), isCalling || reply.text != nil else {
      return false
    }
    if !isCalling, options.readsWrittenCalls { return false }
    if reply.usage.promptTokens == 0 || reply.usage.completionTokens == 0 { return false }
    return StandardCalls.haveDistinctIDs(reply.toolCalls)
  }
}
