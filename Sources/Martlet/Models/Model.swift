package import MartletJSON

/// Something that answers conversations: an endpoint, or the embedded script.
package protocol Model: Sendable {
  /// The name that runs report, such as `openai/gpt-5-mini` or `scripted`.
  var identifier: String { get }

  /// Begins a conversation in which the model can call these tools.
  func conversation(tools: [ToolSpecification]) -> any ModelConversation
}

/// One conversation on the model's side.
///
/// The conversation owns the encoded history, because providers spell identifiers, empty content and reasoning
/// differently; it is told of every entry once and encodes it once.
package protocol ModelConversation: Sendable {
  /// Adds what was said since the last reply.
  mutating func append(_ entry: Transcript.Entry)

  /// Asks for the next reply and gives it whole, after its parts in batches as they came.
  ///
  /// A reply that throws leaves the conversation as it was, so that it can be asked for again. The next batch is not
  /// read before `onDeltas` returns. Throws ``ModelError``, or `CancellationError` when the task is cancelled.
  mutating func reply(
    toolChoice: ToolChoice, onDeltas: (_ batch: [ModelDelta]) async throws -> Void
  ) async throws -> ModelReply
}

/// A tool as a model sees it.
package struct ToolSpecification: Sendable {
  package let name: String
  package let description: String
  package let parameters: JSONSchema

  package init(name: String, description: String, parameters: JSONSchema) {
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
  package var text: String?
  package var calls: [ToolCall] = []
  package var finishReason = FinishReason.stop
  package var usage: Usage?

  package init(
    text: String? = nil, calls: [ToolCall] = [], finishReason: FinishReason = .stop, usage: Usage? = nil
  ) {
    self.text = text
    self.calls = calls
    self.finishReason = finishReason
    self.usage = usage
  }
}

/// Why a reply ended, by the model's word.
public struct FinishReason: RawRepresentable, Sendable, Hashable {
  public let rawValue: String

  public init(rawValue: String) {
    self.rawValue = rawValue
  }

  /// The model was done.
  public static let stop = FinishReason(rawValue: "stop")
  /// The model wants results of its calls.
  public static let toolCalls = FinishReason(rawValue: "tool_calls")
  /// The reply was cut at a bound of its length.
  public static let length = FinishReason(rawValue: "length")
  /// The reply was withheld by a filter.
  public static let contentFilter = FinishReason(rawValue: "content_filter")
  /// The model refused to answer.
  public static let refusal = FinishReason(rawValue: "refusal")

  /// Whether a reply that ended so is only part of an answer.
  package var isIncomplete: Bool {
    [.length, .contentFilter, .refusal].contains(self)
  }
}

/// Tokens that a reply, or a run, took.
public struct Usage: Sendable, Hashable {
  /// Tokens of the conversation that was sent.
  public var promptTokens = 0
  /// Tokens of the reply.
  public var completionTokens = 0
  /// Those of the prompt that the provider had in its cache.
  public var cachedTokens = 0
  /// Whether any of the numbers is an estimate, because the model reported none.
  public var isEstimated = false

  /// No tokens.
  public init() {}

  /// Prompt and completion together.
  public var totalTokens: Int { promptTokens + completionTokens }

  package mutating func add(_ other: Usage) {
    promptTokens += other.promptTokens
    completionTokens += other.completionTokens
    cachedTokens += other.cachedTokens
    isEstimated = isEstimated || other.isEstimated
  }
}

/// A model that gave no usable reply.
package struct ModelError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Code: String, Sendable {
    case rateLimited = "rate_limited"
    case authentication
    case notFound = "not_found"
    case badRequest = "bad_request"
    case timeout
    case server = "server_error"
    case emptyReply = "empty_reply"
    case noRuleFits = "no_rule_fits"
    case script = "script_error"
  }

  package var code: Code
  /// One sentence that a person can act on.
  package var message: String
  /// The HTTP status, where there was one.
  package var status: Int?
  /// Seconds that the server asks to wait.
  package var retryAfter: Double?

  package init(code: Code, message: String, status: Int? = nil, retryAfter: Double? = nil) {
    self.code = code
    self.message = message
    self.status = status
    self.retryAfter = retryAfter
  }

  package var description: String { message }

  /// Whether the same request may succeed later.
  package var isRetryable: Bool {
    switch status {
    case 408, 409, 425, 429: true
    case let status?: status >= 500
    case nil: false
    }
  }
}
