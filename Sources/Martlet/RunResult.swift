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
  /// How the run ended.
  public var outcome: RunOutcome
  /// The text of the last turn, or what there is of it; nil when there is none.
  ///
  /// Where the agent's output has a schema, the answer of a completed run is here as canonical JSON.
  public var output: String?
  /// The answer of a completed run as a value, where the agent's output has a schema.
  public var value: JSONValue?
  /// Why the last reply ended.
  public var finishReason: FinishReason?
  /// The name of the agent.
  public var agent: String
  /// The model that answered last, if the file names several.
  public var model: String?
  /// The identifier of the run: 26 characters, ordered by time.
  public var session: String
  /// How many replies the model gave.
  public var turns = 0
  /// How many of them came from the response cache.
  public var cachedTurns = 0
  /// All calls, in the order of the transcript.
  public var toolCalls: [ToolCallRecord] = []
  /// The tokens of all replies, and what they cost; nil when there was no reply.
  ///
  /// A reply that was thrown away and asked for again counts too, as far as its server says what it took.
  public var usage: Usage?
  /// Wall time.
  public var duration = Duration.zero
  /// What went wrong, unless the run completed.
  public var error: AgentError?

  package init(outcome: RunOutcome, agent: String, model: String?, session: String) {
    self.outcome = outcome
    self.agent = agent
    self.model = model
    self.session = session
  }
}

/// One tool call of a run and what came of it.
public struct ToolCallRecord: Sendable, Hashable {
  /// The turn of the call, from 1.
  public let turn: Int
  /// The identifier of the call.
  public let id: String
  /// The name of the tool, as the model called it.
  public let name: String
  /// The arguments that the tool was called with; a string with the model's text when that was not JSON.
  public let arguments: JSONValue
  /// What the model was told; nil when the run ended before the call did.
  public let result: String?
  /// Whether the call failed.
  public let isError: Bool
  /// Wall time of the call.
  public let duration: Duration
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

  /// What kind of failure it is.
  public let code: Code
  /// A sentence for people.
  public let message: String
  /// The HTTP status of the model's server, where there was one.
  public let status: Int?
  /// Seconds that the server asks to wait.
  public let retryAfter: Double?
  /// The model's last answer, where that is what was rejected.
  public internal(set) var answer: String?

  package init(code: Code, message: String, status: Int? = nil, retryAfter: Double? = nil) {
    self.code = code
    self.message = message
    self.status = status
    self.retryAfter = retryAfter
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
