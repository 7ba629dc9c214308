package import MartletChat
package import MartletJSON

/// Something that answers conversations: an endpoint, or the embedded script.
package protocol Model: Sendable {
  /// The name that runs report, such as `openai/gpt-5-mini` or `scripted`.
  var identifier: String { get }

  /// Whether the usage of its replies says what they cost, so that a run can be bounded by that.
  var knowsCost: Bool { get }

  /// Runs tasks that converse with the model at the least cost; nil if it makes no difference.
  var executor: (any TaskExecutor)? { get }

  /// Begins a conversation in which the model can call these tools, and whose answers have this format.
  func conversation(tools: [ToolSpecification], output: OutputFormat?) -> any ModelConversation
}

extension Model {
  package var executor: (any TaskExecutor)? { nil }
}

/// One conversation on the model's side.
///
/// The conversation owns the encoded history, because providers spell identifiers, empty content and reasoning
/// differently; it is told of every entry once and encodes it once.
package protocol ModelConversation: Sendable {
  /// Adds what was said since the last reply.
  mutating func append(_ entry: Transcript.Entry)

  /// The next request as it would be sent, secrets hidden; nil for a model that sends none.
  func nextRequest(toolChoice: ToolChoice) -> String?

  /// What there is to tell since the last time, after a reply as after a failure.
  mutating func takeNotices() -> [ModelNotice]

  /// Whether no other model can give the reply: then a stream that ends twice without a mark of its end counts as whole.
  var isLastResort: Bool { get set }

  /// Says that the newest reply was of no use, so that it is not given again.
  func rejectReply()

  /// How often the model is asked for one reply at most before its failure counts.
  var maxAttempts: Int { get }

  /// Gets ready for the next reply, whatever became of the last one; says so if another model is going to give it.
  mutating func prepareReply() -> ModelNotice?

  /// Goes on with another model after a failure; nil if there is none for it, so that the decision is carried out.
  mutating func changeModel(after error: APIError, insteadOf decision: RetryPolicy.Decision) -> ModelNotice?

  /// Asks for the next reply and gives it whole, after its parts in batches as they came.
  ///
  /// A reply that throws leaves the conversation as it was, so that it can be asked for again. The next batch is not
  /// read before `onDeltas` returns. Throws `APIError`, or `CancellationError` when the task is cancelled.
  nonisolated(nonsending) mutating func reply(
    toolChoice: ToolChoice, onDeltas: nonisolated(nonsending) (_ batch: [ModelDelta]) async throws -> Void
  ) async throws -> ModelReply
}

extension ModelConversation {
  package func nextRequest(toolChoice: ToolChoice) -> String? { nil }

  package mutating func takeNotices() -> [ModelNotice] { [] }

  package var isLastResort: Bool {
    get { true }
    set {}
  }

  package func rejectReply() {}

  package var maxAttempts: Int { RetryPolicy.maxAttempts }

  package mutating func prepareReply() -> ModelNotice? { nil }

  package mutating func changeModel(
    after error: APIError, insteadOf decision: RetryPolicy.Decision
  ) -> ModelNotice? { nil }
}

/// Something about a model's server that is worth knowing and needs no decision.
package struct ModelNotice: Sendable, Hashable {
  /// The kind, such as `lesson`.
  package let code: String
  /// One sentence without a period.
  package let message: String

  package init(code: String, message: String) {
    self.code = code
    self.message = message
  }
}

/// A tool as a model sees it.
package struct ToolSpecification: Sendable {
  package let name: String
  package let description: String
  package let parameters: JSONSchema
  /// Whether the server is asked to hold the model to the schema.
  package let isStrict: Bool

  package init(name: String, description: String, parameters: JSONSchema, isStrict: Bool = false) {
    self.isStrict = isStrict
    self.name = name
    self.description = description
    self.parameters = parameters
  }
}

/// A part of a streamed reply.
package enum ModelDelta: Sendable, Hashable {
  case text(String)
  /// A piece of a call's arguments; the name comes with the first piece.
  case call(index: Int, name: String?, arguments: String)
}

/// A whole reply.
package struct ModelReply: Sendable {
  // Apart, because every function that waits for a reply has room for it.
  @Boxed private var fields: Fields

  package var text: String? {
    get { fields.text }
    set { fields.text = newValue }
  }
  package var calls: [ToolCall] {
    get { fields.calls }
    set { fields.calls = newValue }
  }
  /// The objects that the arguments of the calls are, as far as they have been read; none, or one for each call.
  package var objects: [JSONValue?] {
    get { fields.objects }
    set { fields.objects = newValue }
  }
  package var finishReason: FinishReason {
    get { fields.finishReason }
    set { fields.finishReason = newValue }
  }
  package var usage: Usage? {
    get { fields.usage }
    set { fields.usage = newValue }
  }
  /// What the server did otherwise than the standard has it, by the names of the tolerances that met it.
  package var tolerances: [String] { fields.tolerances }
  /// The model that gave it, where a conversation has several.
  package var model: String? {
    get { fields.model }
    set { fields.model = newValue }
  }
  /// Whether an earlier reply was given again instead of asking the model, which took no tokens.
  package var isCached: Bool { fields.isCached }
  /// Why the reply could not be kept to be given again.
  package var cacheProblem: String? { fields.cacheProblem }

  private struct Fields: Sendable {
    var text: String?
    var calls: [ToolCall]
    var objects: [JSONValue?]
    var finishReason: FinishReason
    var usage: Usage?
    var tolerances: [String]
    var model: String?
    var isCached: Bool
    var cacheProblem: String?
  }

  package init(
    text: String? = nil, calls: [ToolCall] = [], objects: [JSONValue?] = [], finishReason: FinishReason = .stop,
    usage: Usage? = nil, tolerances: [String] = [], isCached: Bool = false, cacheProblem: String? = nil
  ) {
    fields = Fields(
      text: text, calls: calls, objects: objects, finishReason: finishReason, usage: usage, tolerances: tolerances,
      isCached: isCached, cacheProblem: cacheProblem)
  }
}
