import MartletJSON

/// Puts a reply together of the chunks of a stream, or reads one that came whole.
///
/// It knows no socket and no clock: it is given the data of each server-sent event, gives the deltas, and in the end the
/// reply or the reason why there is none. The strict reading is tried first, and each tolerance that was needed is noted
/// under its identifier.
///
/// ```swift
/// var assembler = ReplyAssembler(.init(turn: 1, toolNames: ["get_weather"]))
/// for event in events { try assembler.push(event.data) }
/// let deltas = assembler.takeDeltas()
/// let reply = try assembler.finish()
/// ```
package struct ReplyAssembler: Sendable {
  /// What an assembler is told of the request.
  package struct Options: Sendable {
    /// The number of the reply in its conversation, for the identifiers of calls that come without.
    package var turn: Int
    /// The functions that the model was offered.
    package var toolNames: Set<String>
    /// Whether a stream that ends without any mark of its end is taken for whole if it holds only text.
    package var acceptsUnmarkedEnd: Bool
    /// Whether calls that the model writes into its text count, if they are of functions that it was offered.
    package var readsWrittenCalls = false
    /// Whether `<think>…</think>` at the beginning of the text is thinking.
    package var readsThinkingTags = true
    /// The size of the request's body, to estimate the usage where none is reported.
    package var requestBytes: Int
    /// How many bytes of the request's body are no text, and count for nothing in such an estimate.
    package var excessBytes = 0
    /// What the model's tokens cost, if that is known.
    package var price: TokenPrice?

    package init(
      turn: Int = 1, toolNames: Set<String> = [], acceptsUnmarkedEnd: Bool = false, requestBytes: Int = 0
    ) {
      self.turn = turn
      self.toolNames = toolNames
      self.acceptsUnmarkedEnd = acceptsUnmarkedEnd
      self.requestBytes = requestBytes
    }
  }

  let options: Options
  var reply = AssembledReply()
  var text = TextStream()
  var reasoning = TextStream()
  var refusal = TextStream()
  var thinkingTags = ThinkingTags()
  var details = ReasoningDetails()
  var logprobs = Logprobs()
  var calls: CallSlots
  var usage: Usage?
  /// The choice that is followed: the first one that appeared.
  var choiceIndex: Int?
  private(set) var hasEnded = false
  /// Whether the reply is no stream.
  var isWhole = false
  /// Whether anything but one plain delta happened in the chunk at hand.
  var isPlain = true
  private var deltas: [ChatDelta] = []
  /// How many deltas are not taken yet.
  var deltaCount: Int { deltas.count }
  private var template = ChunkTemplate()

  package init(_ options: Options = Options()) {
    self.options = options
    calls = CallSlots(toolNames: options.toolNames)
  }

  /// Whether the server said that the reply is whole.
  package var isMarkedComplete: Bool { hasEnded || reply.rawFinishReason != nil }

  /// What brings a reply further without a delta.
  struct Marks: Equatable {
    var details: Int
    var usage: Usage?
    var finishReason: String?
    var hasEnded: Bool
  }

  var marks: Marks {
    Marks(details: details.pieceCount, usage: usage, finishReason: reply.rawFinishReason, hasEnded: hasEnded)
  }

  /// Takes the data of one server-sent event.
  ///
  /// - Throws: the error that the server put into the stream, or ``APIError/Code/invalidReply``, or
  ///   ``APIError/Code/replyTooLarge`` for more than 8 MiB of text or of thinking.
  package mutating func push(_ data: [UInt8]) throws(APIError) { try push(event: data[...]) }

  /// Takes the data of one server-sent event, a part of what was read.
  package mutating func push(event data: ArraySlice<UInt8>) throws(APIError) {
    if hasEnded || Self.isBlank(data) { return }
    if Self.isDone(data) {
      hasEnded = true
      return
    }
    if !isHoldingHalf, let content = template.content(of: data) {
      emit(content, template.place)
      try checkSize()
      return
    }
    guard let reading = LenientJSON.parse(data) else {
      // Nothing after the end of a reply can spoil it.
      if reply.rawFinishReason != nil { return note("F08") }
      throw APIError.notAReply(Array(data))
    }
    isPlain = true
    for tolerance in reading.tolerances { note(tolerance) }
    let count = deltas.count
    try take(chunk: reading.value, isMarked: reading.isMarked)
    try checkSize()
    if isPlain, deltas.count == count + 1, let delta = deltas.last {
      template.learn(from: Array(data), delta, reading.value)
    }
  }

  /// Whether a text waits for the other half of a character: the next piece must go through its joiner.
  private var isHoldingHalf: Bool { text.isHoldingHalf || reasoning.isHoldingHalf || refusal.isHoldingHalf }

  private func checkSize() throws(APIError) {
    if max(text.text.utf8.count, reasoning.text.utf8.count, refusal.text.utf8.count) > Self.maximumTextBytes {
      throw APIError(code: .replyTooLarge, message: "the text of the reply is longer than 8 MiB")
    }
  }

  /// Many times what a model can write in one reply.
  private static let maximumTextBytes = 8 << 20

  /// The deltas since the last time.
  package mutating func takeDeltas() -> [ChatDelta] {
    let batch = deltas
    deltas.removeAll()
    return batch
  }

  /// Adds a piece of text to the deltas.
  mutating func emit(_ content: String, _ place: ChunkTemplate.Place) {
    switch place {
    case .content where thinkingTags.isInText || !readsThinkingTags: emitText(content)
    case .content:
      isPlain = false
      let (thinking, text) = thinkingTags.push(content)
      emitSplit(thinking, text)
    case .reasoning:
      reasoning.append(content)
      deltas.append(.reasoning(content))
    case .refusal:
      refusal.append(content)
      deltas.append(.refusal(content))
    }
  }

  /// Adds what is left when the reply has ended.
  mutating func finishThinkingTags() {
    let (thinking, text) = thinkingTags.finish()
    emitSplit(thinking, text)
    guard !thinkingTags.raw.isEmpty else { return }
    reply.reasoningForm = .tags(thinkingTags.raw)
    note("D5")
  }

  /// Thinking in tags counts only where there is no other.
  private var readsThinkingTags: Bool {
    options.readsThinkingTags && (reply.reasoningForm == .none || thinkingTags.isInThinking)
  }

  private mutating func emitSplit(_ thinking: String, _ text: String) {
    if !thinking.isEmpty { emit(thinking, .reasoning) }
    if !text.isEmpty { emitText(text) }
  }

  private mutating func emitText(_ content: String) {
    text.append(content)
    deltas.append(.text(content))
  }

  mutating func emit(_ delta: ChatDelta) {
    deltas.append(delta)
  }

  mutating func note(_ tolerance: String) {
    isPlain = false
    if !reply.tolerances.contains(tolerance) { reply.tolerances.append(tolerance) }
  }

  private static func isDone(_ data: ArraySlice<UInt8>) -> Bool {
    data.count < 16 && data.filter { $0 > 0x20 } == Array("[DONE]".utf8)
  }

  private static func isBlank(_ data: ArraySlice<UInt8>) -> Bool {
    data.count < 16 && data.allSatisfy { $0 <= 0x20 }
  }
}

/// A text that arrives in pieces.
struct TextStream: Sendable {
  private(set) var text = ""
  private var joiner = TextJoiner()

  /// The text, or nil if it is empty.
  var content: String? { text.isEmpty ? nil : text }

  mutating func append(_ piece: String) {
    text += piece
  }

  var isHoldingHalf: Bool { joiner.isHoldingHalf }

  /// What of a piece is sure, after what was held back before.
  mutating func join(_ piece: String, isMarked: Bool) -> String {
    joiner.push(piece, isMarked: isMarked)
  }

  mutating func flush() -> String {
    joiner.flush()
  }
}
