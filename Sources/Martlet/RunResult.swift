public import MartletChat
public import MartletJSON

/// How a run ended.
public enum RunOutcome: String, Sendable, Hashable {
  /// The model stopped by itself.
  case completed
  /// Something failed that none of the other outcomes names.
  case failed
  /// The agent file, a tool or a parameter is wrong.
  case invalid
  /// The model gave no usable reply, after retries.
  case modelError = "model_error"
  /// The model's server is still limiting the rate of requests, after retries.
  case rateLimited = "rate_limited"
  /// A limit of the run was reached; the output is what there was until then.
  case limit
  /// The last reply was cut, filtered or refused.
  case incomplete
  /// The answer breaks the schema of the agent's output, after retries.
  case rejected
  /// The run was canceled.
  case interrupted
}

/// What a run came to, whatever its outcome.
public struct RunResult: Sendable {
  // Apart, because every function that waits for a run has room for its result.
  @Boxed private var fields: Fields

  /// How the run ended.
  public var outcome: RunOutcome {
    get { fields.outcome }
    set { fields.outcome = newValue }
  }
  /// The text of the last turn, or what there is of it; nil when there is none.
  ///
  /// Where the agent's output has a schema, the answer of a completed run is here as canonical JSON.
  public var output: String? {
    get { fields.output }
    set { fields.output = newValue }
  }
  /// The answer of a completed run as a value, where the agent's output has a schema.
  public var value: JSONValue? {
    get { fields.value }
    set { fields.value = newValue }
  }
  /// Why the last reply ended.
  public var finishReason: FinishReason? {
    get { fields.finishReason }
    set { fields.finishReason = newValue }
  }
  /// The name of the agent.
  public var agent: String {
    get { fields.agent }
    set { fields.agent = newValue }
  }
  /// The model that answered last, if the file names several.
  public var model: String? {
    get { fields.model }
    set { fields.model = newValue }
  }
  /// The identifier of the run: 26 characters, ordered by time.
  public var session: String {
    get { fields.session }
    set { fields.session = newValue }
  }
  /// How many replies the model gave.
  public var turns: Int {
    get { fields.turns }
    set { fields.turns = newValue }
  }
  /// How many of them came from the response cache.
  public var cachedTurns: Int {
    get { fields.cachedTurns }
    set { fields.cachedTurns = newValue }
  }
  /// All calls, in the order of the transcript.
  public var toolCalls: [ToolCallRecord] {
    get { fields.toolCalls }
    set { fields.toolCalls = newValue }
  }
  /// The tokens of all replies, and what they cost; nil when there was no reply.
  ///
  /// A reply that was thrown away and asked for again counts too, as far as its server says what it took.
  public var usage: Usage? {
    get { fields.usage }
    set { fields.usage = newValue }
  }
  /// Wall time.
  public var duration: Duration {
    get { fields.duration }
    set { fields.duration = newValue }
  }
  /// What went wrong, unless the run completed.
  public var error: AgentError? {
    get { fields.error }
    set { fields.error = newValue }
  }

  private struct Fields: Sendable {
    var outcome: RunOutcome
    var output: String?
    var value: JSONValue?
    var finishReason: FinishReason?
    var agent: String
    var model: String?
    var session: String
    var turns = 0
    var cachedTurns = 0
    var toolCalls: [ToolCallRecord] = []
    var usage: Usage?
    var duration = Duration.zero
    var error: AgentError?
  }

  package init(outcome: RunOutcome, agent: String, model: String?, session: String) {
    fields = Fields(outcome: outcome, agent: agent, model: model, session: session)
  }
}

extension RunResult: CustomReflectable {
  /// The properties, for `print` and debuggers.
  public var customMirror: Mirror { _fields.mirror(of: self) }
}

/// One tool call of a run and what came of it.
public struct ToolCallRecord: Sendable, Hashable {
  // Apart, because a record goes from its call to events, the transcript, the request and the result.
  @Boxed private var fields: Fields

  /// The turn of the call, from 1.
  public var turn: Int { fields.turn }
  /// The identifier of the call.
  public var id: String { fields.id }
  /// The name of the tool, as the model called it.
  public var name: String { fields.name }
  /// The arguments that the tool was called with; a string with the model's text when that was not JSON.
  public var arguments: JSONValue { fields.arguments }
  /// What the model was told; nil when the run ended before the call did.
  public var result: String? { fields.result }
  /// Whether the call failed.
  public var isError: Bool { fields.isError }
  /// Wall time of the call.
  public var duration: Duration { fields.duration }

  struct Fields: Sendable, Hashable {
    let turn: Int
    let id: String
    let name: String
    let arguments: JSONValue
    let result: String?
    let isError: Bool
    let duration: Duration
  }

  init(_ fields: Fields) {
    self.fields = fields
  }
}

extension ToolCallRecord: CustomReflectable {
  /// The properties, for `print` and debuggers.
  public var customMirror: Mirror { _fields.mirror(of: self) }
}

/// Why a run did not complete, in a sentence that a person can act on.
public struct AgentError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of failure it is; more kinds may come.
  ///
  /// A failure of the model's server has the word of its ``APIError/Code``.
  public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The kind as one word.
    public let rawValue: String

    /// Makes a kind of its word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Makes a kind of its word.
    public init(stringLiteral word: String) { rawValue = word }

    /// The kind as one word.
    public var description: String { rawValue }

    /// The run was canceled.
    public static let interrupted: Code = "interrupted"
    /// The session is working on another task.
    public static let busy: Code = "busy"
    /// There is no task, or what is to be run is wrong.
    public static let invalid: Code = "invalid"
    /// A tool ended the run.
    public static let toolFailed: Code = "tool_failed"
    /// The model gave neither text nor a call, twice.
    public static let emptyReply: Code = "empty_reply"
    /// The answer breaks the schema of the agent's output; ``AgentError/answer`` holds it.
    public static let rejected: Code = "rejected"
    /// ``RunLimits/maxTurns`` was reached.
    public static let maxTurns: Code = "max_turns"
    /// ``RunLimits/maxToolCalls`` was reached.
    public static let maxToolCalls: Code = "max_tool_calls"
    /// ``RunLimits/maxTotalTokens`` was reached.
    public static let maxTotalTokens: Code = "max_total_tokens"
    /// ``RunLimits/maxCost`` was reached.
    public static let maxCost: Code = "max_cost"
    /// ``RunLimits/maxRepeats`` was reached.
    public static let maxRepeats: Code = "max_repeats"
    /// ``RunLimits/timeout`` was reached.
    public static let timeout: Code = "timeout"
  }

  // Apart, because every function that can fail has room for an error while it waits.
  @Boxed private var fields: Fields

  /// What kind of failure it is.
  public var code: Code { fields.code }
  /// A sentence for people.
  public var message: String { fields.message }
  /// The HTTP status of the model's server, where there was one.
  public var status: Int? { fields.status }
  /// Seconds that the server asks to wait.
  public var retryAfter: Double? { fields.retryAfter }
  /// The model's last answer, where that is what was rejected.
  public internal(set) var answer: String? {
    get { fields.answer }
    set { fields.answer = newValue }
  }

  private struct Fields: Sendable, Hashable {
    var code: Code
    var message: String
    var status: Int?
    var retryAfter: Double?
    var answer: String?
  }

  package init(code: Code, message: String, status: Int? = nil, retryAfter: Double? = nil) {
    fields = Fields(code: code, message: message, status: status, retryAfter: retryAfter)
  }

  package init(_ error: APIError) {
    self.init(
      code: Code(rawValue: error.code.rawValue),
      message: error.model.map { "\($0): \(error.messageWithStatus)" } ?? error.messageWithStatus,
      status: error.statusCode,
      retryAfter: error.retryAfter.map { $0 / .seconds(1) })
  }

  /// The message.
  public var description: String { message }
}

extension AgentError: CustomReflectable {
  /// The properties, for `dump` and debuggers.
  public var customMirror: Mirror { _fields.mirror(of: self) }
}
