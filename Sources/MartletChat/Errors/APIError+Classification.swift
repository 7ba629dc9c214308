extension APIError {
  /// Sets kind and retryability by the status and the server's words.
  mutating func classify(status: Int?) {
    statusCode = status ?? statusCode
    code = kind(of: status)
    switch code {
    case .quotaExceeded, .contextLengthExceeded, .contentFilter: isRetryable = false
    case .malformedToolCall: isRetryable = true
    default: isRetryable = status.map { [408, 409, 425, 429].contains($0) || (500..<600).contains($0) } ?? true
    }
  }

  private func kind(of status: Int?) -> Code {
    let words = [serverCode, type].compactMap { $0?.lowercased() }
    if status == 402 || words.contains(where: ErrorWords.quota.contains) { return .quotaExceeded }
    if words.contains("tool_use_failed") { return .malformedToolCall }
    if words.contains("context_length_exceeded") || isAboutContextLength(status) { return .contextLengthExceeded }
    if words.contains(where: ErrorWords.filter.contains) { return .contentFilter }
    switch status {
    case 401: return .authentication
    case 403: return .permission
    case 404: return .notFound
    case 408, 504: return .timeout
    case 429: return .rateLimited
    case let status? where status < 500: return .badRequest
    default: return .server
    }
  }

  /// Whether a refused request was refused for its length, which every server says in words of its own.
  private func isAboutContextLength(_ status: Int?) -> Bool {
    guard status == 400 || status == 413 || status == 422 else { return false }
    let text = message.lowercased()
    return ErrorWords.contextLength.contains { text.contains($0) }
  }
}

/// Words that servers use for their errors.
enum ErrorWords {
  static let quota: Set<String> = [
    "insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "insufficient_balance",
    "insufficient_credits",
  ]

  static let filter: Set<String> = ["content_filter", "content_policy_violation", "moderation_blocked"]

  static let contextLength = [
    "context length", "context_length", "context window", "maximum context", "context size", "prompt is too long",
    "too many tokens", "input is too long", "exceeds the available context",
  ]

  /// The status that a word stands for; nil if it says nothing.
  static func status(_ words: String?...) -> Int? {
    for case let word? in words {
      switch word.lowercased() {
      case "rate_limit_exceeded", "rate_limit_error", "rate_limited", "resource_exhausted", "too_many_requests",
        "insufficient_quota":
        return 429
      case "authentication_error", "invalid_api_key", "unauthenticated", "unauthorized": return 401
      case "permission_error", "permission_denied", "forbidden": return 403
      case "not_found", "not_found_error", "model_not_found": return 404
      case "invalid_request_error", "bad_request", "bad_request_error", "invalid_argument", "context_length_exceeded",
        "tool_use_failed", "content_filter":
        return 400
      case "overloaded_error", "overloaded": return 529
      case "unavailable", "service_unavailable": return 503
      case "timeout", "timeout_error", "deadline_exceeded": return 504
      case "server_error", "api_error", "internal", "internal_error", "internal_server_error": return 500
      default: continue
      }
    }
    return nil
  }
}
