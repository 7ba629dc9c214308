import MartletHTTP

extension APIError {
  /// Makes the error of an exchange that brought no response, or no whole one.
  init(_ error: HTTPError) {
    let code: Code =
      switch error.kind {
      case .invalidURL, .insecureURL: .configuration
      case .timeout: .timeout
      case .tooLarge: .replyTooLarge
      case .canceled: .canceled
      case .resolve, .connect, .tls, .proxy, .reset, .truncated, .other: .connection
      }
    self.init(code: code, message: error.message, isRetryable: error.isRetryable)
  }

  /// Makes the error of a response that only says where to ask instead.
  init(redirect status: Int, location: String?) {
    let target = location.flatMap(URLHost.of).map { " to \(Excerpt.of($0, bytes: 200))" } ?? ""
    self.init(
      code: .badRequest, statusCode: status,
      message: "the server redirects\(target); redirects are not followed, so the base URL has to be changed")
  }
}
