/// A request that brought no usable reply.
///
/// What a model says is not an error: a refusal, an unknown function or malformed arguments arrive in the reply.
///
/// ```swift
/// do {
///   …
/// } catch let error where error.code == .rateLimited {
///   print("retry after", error.retryAfter as Any)
/// } catch {
///   print(error.statusCode as Any, error.message)
/// }
/// ```
public struct APIError: Error, Sendable, Hashable {
  /// What kind of failure it is, and whether it is worth another attempt; more kinds may come.
  public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The kind as one word.
    public let rawValue: String

    /// Makes a kind of its word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The kind as one word.
    public var description: String { rawValue }

    /// Too many requests or tokens for now (429): worth another attempt after ``APIError/retryAfter``.
    public static let rateLimited = Code(rawValue: "rate_limited")
    /// The account has nothing left to spend; waiting does not help.
    public static let quotaExceeded = Code(rawValue: "quota_exceeded")
    /// The key is missing or not accepted (401); another attempt fails in the same way.
    public static let authentication = Code(rawValue: "authentication")
    /// The key does not allow this (403); another attempt fails in the same way.
    public static let permission = Code(rawValue: "permission")
    /// No such model or address (404); another attempt fails in the same way.
    public static let notFound = Code(rawValue: "not_found")
    /// The request was refused as it is (400, 422 and other statuses of the caller); only 409 and 425 may pass.
    public static let badRequest = Code(rawValue: "bad_request")
    /// The conversation is longer than the model can take: shorten it.
    public static let contextLengthExceeded = Code(rawValue: "context_length_exceeded")
    /// A filter of the provider refused the conversation; a reply that it withheld is no error.
    public static let contentFilter = Code(rawValue: "content_filter")
    /// The provider could not read the call that its model wrote: worth another attempt.
    public static let malformedToolCall = Code(rawValue: "malformed_tool_call")
    /// The provider failed (5xx): worth another attempt. Or it answered with what is no status of HTTP (600 and more).
    public static let server = Code(rawValue: "server_error")
    /// No connection, or it was lost: worth another attempt, unless TLS or a proxy refused it.
    public static let connection = Code(rawValue: "connection")
    /// A limit of time was reached: worth another attempt, unless it was that of the whole exchange.
    public static let timeout = Code(rawValue: "timeout")
    /// What came is not a chat-completions reply, or not a whole one: worth another attempt.
    ///
    /// So is a reply with more than 1,024 calls, of which none is run.
    public static let invalidReply = Code(rawValue: "invalid_reply")
    /// The reply is longer than the limit.
    public static let replyTooLarge = Code(rawValue: "reply_too_large")
    /// The task was cancelled.
    public static let canceled = Code(rawValue: "canceled")
    /// A parameter is out of its range; nothing was sent, and ``APIError/param`` names it.
    public static let invalidParameter = Code(rawValue: "invalid_parameter")
    /// The client is not set up so that it could send this.
    public static let configuration = Code(rawValue: "configuration")
  }

  // Apart, because every function that can fail has room for an error while it waits.
  @Boxed private var fields: Fields

  /// What kind of failure it is.
  public var code: Code {
    get { fields.code }
    set { fields.code = newValue }
  }
  /// The HTTP status, or the status that an error within a reply stands for; nil if nothing was answered.
  public var statusCode: Int? {
    get { fields.statusCode }
    set { fields.statusCode = newValue }
  }
  /// One sentence that a person can act on, or at most 2 KiB of the server's own; never contains the key.
  public internal(set) var message: String {
    get { fields.message }
    set { fields.message = newValue }
  }
  /// The server's word for the type of the error.
  public var type: String? {
    get { fields.type }
    set { fields.type = newValue }
  }
  /// The server's own code of the error, such as `insufficient_quota`.
  public var serverCode: String? {
    get { fields.serverCode }
    set { fields.serverCode = newValue }
  }
  /// The parameter, under its name on the wire, that the server or the client complains about.
  public var param: String? {
    get { fields.param }
    set { fields.param = newValue }
  }
  /// The server's identifier of the request, to quote to its operator.
  public var requestID: String? {
    get { fields.requestID }
    set { fields.requestID = newValue }
  }
  /// How long the server asks to wait, at most a day.
  public var retryAfter: Duration? {
    get { fields.retryAfter }
    set { fields.retryAfter = newValue }
  }
  /// Whether the same request may succeed later.
  public var isRetryable: Bool {
    get { fields.isRetryable }
    set { fields.isRetryable = newValue }
  }
  /// What the reply took that is lost with this error; nil if there was none, or its server did not say.
  package var usage: Usage? {
    get { fields.usage }
    set { fields.usage = newValue }
  }
  /// How often in all such a failure is answered with another attempt; nil if the policy alone decides.
  package var retryLimit: Int? {
    get { fields.retryLimit }
    set { fields.retryLimit = newValue }
  }
  /// Whether it is the end of a stream that held text but no mark that it is whole: a second such end is accepted.
  package var isUnmarkedEnd: Bool {
    get { fields.isUnmarkedEnd }
    set { fields.isUnmarkedEnd = newValue }
  }
  /// Whether the body of a successful response had nothing of a reply or an error in it.
  package var isNoReply: Bool {
    get { fields.isNoReply }
    set { fields.isNoReply = newValue }
  }
  /// Whether the server wrote it as the standard has it: an object `error` with a `message`.
  package var hasStandardForm: Bool {
    get { fields.hasStandardForm }
    set { fields.hasStandardForm = newValue }
  }
  /// The model that failed, where several could have answered and nothing else says which.
  package var model: String? {
    get { fields.model }
    set { fields.model = newValue }
  }
  /// Whether a page of HTML or XML stands where an answer of the API should be.
  package var isPage: Bool {
    get { fields.isPage }
    set { fields.isPage = newValue }
  }
  /// The call that the model wrote and the provider could not read, at most 64 KiB.
  package var failedGeneration: String? {
    get { fields.failedGeneration }
    set { fields.failedGeneration = newValue }
  }

  private struct Fields: Sendable, Hashable {
    var code: Code
    var statusCode: Int?
    var message: String
    var type: String?
    var serverCode: String?
    var param: String?
    var requestID: String?
    var retryAfter: Duration?
    var isRetryable: Bool
    var usage: Usage?
    var retryLimit: Int?
    var isUnmarkedEnd = false
    var isNoReply = false
    var hasStandardForm = false
    var model: String?
    var isPage = false
    var failedGeneration: String?
  }

  /// Makes an error; `message` is cut to 2 KiB and its control characters become spaces.
  public init(code: Code, statusCode: Int? = nil, message: String, isRetryable: Bool = false) {
    fields = Fields(
      code: code, statusCode: statusCode, message: Excerpt.of(message, bytes: Self.maximumMessageBytes),
      isRetryable: isRetryable)
  }

  /// The bound of ``message``.
  package static let maximumMessageBytes = 2 << 10

  /// The error with every occurrence of a key replaced, wherever a server may have repeated it.
  package func redacting(_ secret: Secret) -> APIError {
    var error = self
    error.message = secret.redacting(message)
    error.type = type.map(secret.redacting)
    error.serverCode = serverCode.map(secret.redacting)
    error.param = param.map(secret.redacting)
    error.requestID = requestID.map(secret.redacting)
    error.failedGeneration = failedGeneration.map(secret.redacting)
    return error
  }
}

extension APIError {
  /// The message, and before it the status, unless it says that itself.
  package var messageWithStatus: String {
    guard let statusCode else { return message }
    let words = "the server answered with status \(statusCode)"
    return message.hasPrefix(words) ? message : "\(words): \(message)"
  }
}

extension APIError: CustomStringConvertible {
  /// The status, if there is one, and the message.
  public var description: String { statusCode.map { "\($0): \(message)" } ?? message }
}

extension APIError: CustomReflectable {
  /// The properties, for `dump` and debuggers.
  public var customMirror: Mirror { _fields.mirror(of: self) }
}
