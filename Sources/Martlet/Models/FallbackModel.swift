import MartletChat
import MartletHTTP

/// A model with others behind it, which go on with the conversation when it fails.
///
/// A model that failed is left alone for a while; then it is asked again. All sessions of an agent know of it.
package struct FallbackModel: Model {
  /// The model that is asked first, and those behind it in their order.
  fileprivate let models: [any Model]
  fileprivate let retries: Int
  fileprivate let rests: ModelRests

  /// How often a failed request is sent again to the same model unless the file says otherwise.
  package static let defaultRetries = 2
  /// How long a model that failed is left alone, unless its server asks for more.
  package static let cooldown = Duration.seconds(60)
  /// A wait that a server asks for is kept up to here while another model could answer at once.
  package static let maxDelay = Duration.seconds(10)

  package init(
    _ first: any Model, fallbacks: [any Model], retries: Int = Self.defaultRetries,
    now: @escaping @Sendable () -> Duration = RunClock.continuous.now
  ) {
    models = [first] + fallbacks
    self.retries = retries
    rests = ModelRests(now: now)
  }

  package var identifier: String { models[0].identifier }

  package var executor: (any TaskExecutor)? { models[0].executor }

  package var knowsCost: Bool { models.allSatisfy(\.knowsCost) }

  package func conversation(tools: [ToolSpecification], output: OutputFormat?) -> any ModelConversation {
    FallbackConversation(model: self, tools: tools, output: output)
  }
}

/// One conversation with several models: each is told everything that was said, in its own spelling, once it is asked.
private struct FallbackConversation: ModelConversation {
  private let model: FallbackModel
  private let tools: [ToolSpecification]
  private let output: OutputFormat?
  private var entries: [Transcript.Entry] = []
  /// The conversations of the models that were asked, and how much each of them was told.
  private var conversations: [Int: (conversation: any ModelConversation, told: Int)] = [:]
  /// The model that is asked.
  private var current = 0
  /// The models that failed to give the reply that is asked for.
  private var failed: Set<Int> = []
  /// The models for which the conversation is too long.
  private var outgrown: Set<Int> = []
  /// The conversation of the current model before it was asked for the reply.
  private var former: (conversation: any ModelConversation, told: Int)?

  init(model: FallbackModel, tools: [ToolSpecification], output: OutputFormat?) {
    self.model = model
    self.tools = tools
    self.output = output
  }

  var maxAttempts: Int { model.retries + 1 }

  mutating func append(_ entry: Transcript.Entry) {
    entries.append(entry)
    former = nil
    // Whoever gave the reply that the entry holds has to be told first, because it knows more of it than the entry says.
    if let known = conversations[current], known.told == entries.count - 1 { catchUp() }
  }

  func nextRequest(toolChoice: ToolChoice) -> String? {
    var copy = self
    copy.catchUp()
    return copy.conversations[copy.current]?.conversation.nextRequest(toolChoice: toolChoice)
  }

  mutating func takeNotices() -> [ModelNotice] {
    conversations[current]?.conversation.takeNotices() ?? []
  }

  mutating func prepareReply() -> ModelNotice? {
    failed = []
    let last = current
    let usable = model.models.indices.filter { !outgrown.contains($0) }
    current = usable.first { isReady($0) } ?? usable.first ?? current
    catchUp()
    former = conversations[current]
    if current < last { return ModelNotice(code: "model_resumed", message: "\(name(of: current)) is asked again") }
    if current == last { return nil }
    return ModelNotice(
      code: "model_fallback", message: "\(name(of: last)) failed a short while ago; \(name(of: current)) goes on")
  }

  nonisolated(nonsending) mutating func reply(
    toolChoice: ToolChoice, onDeltas: nonisolated(nonsending) (_ batch: [ModelDelta]) async throws -> Void
  ) async throws -> ModelReply {
    catchUp()
    guard var asked = conversations[current] else { throw APIError.noModel }
    defer { conversations[current] = asked }
    asked.conversation.isLastResort = next == nil
    do {
      var reply = try await asked.conversation.reply(toolChoice: toolChoice, onDeltas: onDeltas)
      model.rests.end(current)
      reply.model = name(of: current)
      return reply
    } catch var error as APIError where next == nil || !error.isWorthAnotherModel {
      // No notice is going to say whose failure it is.
      error.model = name(of: current)
      throw error
    }
  }

  func rejectReply() { conversations[current]?.conversation.rejectReply() }

  mutating func changeModel(after error: APIError, insteadOf decision: RetryPolicy.Decision) -> ModelNotice? {
    guard error.isWorthAnotherModel else { return nil }
    let last = current
    let next = next
    // To wait once more for a server that does not answer takes as long as the first time.
    let isWaitedFor = error.code != .timeout
    if case .retry(_, let delay) = decision, next == nil || isWaitedFor && delay <= FallbackModel.maxDelay {
      return nil
    }
    failed.insert(last)
    if error.code == .contextLengthExceeded {
      outgrown.insert(last)
    } else {
      model.rests.begin(last, for: max(FallbackModel.cooldown, error.retryAfter ?? .zero))
    }
    guard let next else { return nil }
    // What a reply left in its conversation that never became a turn must not be taken for one.
    conversations[last] = former
    current = next
    catchUp()
    former = conversations[next]
    return ModelNotice(
      code: "model_fallback",
      message: "\(name(of: last)) failed (\(error.description)); \(name(of: next)) goes on")
  }

  /// The model that goes on if the current one fails; nil if there is none.
  private var next: Int? {
    let others = model.models.indices.filter { $0 != current && !failed.contains($0) && !outgrown.contains($0) }
    return others.first { isReady($0) } ?? others.first
  }

  private func isReady(_ index: Int) -> Bool {
    !failed.contains(index) && !outgrown.contains(index) && !model.rests.isResting(index)
  }

  private func name(of index: Int) -> String { model.models[index].identifier }

  /// Tells the current model what it was not told yet.
  private mutating func catchUp() {
    // Taken out, so that its history grows in place.
    var known =
      conversations.removeValue(forKey: current)
      ?? (model.models[current].conversation(tools: tools, output: output), 0)
    for entry in entries[known.told...] { known.conversation.append(entry) }
    known.told = entries.count
    conversations[current] = known
  }
}

/// Which models failed a short while ago.
private final class ModelRests: Sendable {
  private let ends = Lock<[Int: Duration]>([:])
  private let now: @Sendable () -> Duration

  init(now: @escaping @Sendable () -> Duration) {
    self.now = now
  }

  func begin(_ index: Int, for duration: Duration) {
    let end = now() + duration
    ends.withLock { $0[index] = max(end, $0[index] ?? end) }
  }

  func end(_ index: Int) {
    ends.withLock { $0[index] = nil }
  }

  func isResting(_ index: Int) -> Bool {
    let now = now()
    return ends.withLock { $0[index].map { now < $0 } ?? false }
  }
}

extension APIError {
  /// Whether another model may do better: the failure is that of a server, of the way to it, or of a model's bounds.
  ///
  /// A key that is refused, a model that does not exist and a request that is wrong are mistakes that a person has to
  /// mend: another model would hide them. What a filter refused is not asked elsewhere.
  fileprivate var isWorthAnotherModel: Bool {
    switch code {
    case .connection, .timeout, .server, .rateLimited, .quotaExceeded, .invalidReply, .replyTooLarge,
      .malformedToolCall, .contextLengthExceeded:
      true
    default: code.rawValue == "empty_reply"
    }
  }

  fileprivate static var noModel: APIError { APIError(code: .configuration, message: "there is no model to ask") }
}
