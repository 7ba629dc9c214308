/// Decides whether a failed request is sent again, and when.
///
/// Five attempts in all. The wait is the server's `Retry-After` and up to a fifth more, or else a random part of 0.5 s,
/// doubled with each attempt up to 30 s; all waits of one reply together take 5 minutes at most.
package struct RetryPolicy: Sendable {
  package static let maxAttempts = 5
  package static let maxTotalDelay = Duration.seconds(300)
  package static let firstDelay = 0.5
  package static let maxDelay = 30.0

  package enum Decision: Sendable, Equatable {
    case giveUp
    /// Send attempt number `attempt` (the first was 1) after `delay`.
    case retry(attempt: Int, after: Duration)
  }

  private let maxAttempts: Int
  private var attempts = 0
  /// The number of the attempt that follows, when it is made for another reason than a failure.
  package var nextAttempt: Int { attempts + 2 }
  private var backoff = Backoff()
  /// How many failures came that are answered with a limited number of attempts only.
  private var limitedFailures = 0
  /// Whether the last failure would be worth another attempt if that had not to wait for so long.
  package private(set) var isWaitTooLong = false

  package init(maxAttempts: Int = Self.maxAttempts) {
    self.maxAttempts = min(max(maxAttempts, 1), 30)
  }

  /// The decision after an attempt failed; `random` is in 0..<1.
  package mutating func decide(after error: APIError, random: Double = .random(in: 0..<1)) -> Decision {
    attempts += 1
    guard error.isRetryable, attempts < maxAttempts else { return .giveUp }
    if let limit = error.retryLimit {
      limitedFailures += 1
      guard limitedFailures <= limit else { return .giveUp }
    }
    guard let delay = backoff.next(asked: error.retryAfter, random: random) else {
      isWaitTooLong = true
      return .giveUp
    }
    return .retry(attempt: attempts + 1, after: delay)
  }
}

extension APIError {
  /// The error of a server that asks to wait for longer than anybody does: that, too, is said.
  package var withWaitThatIsTooLong: APIError {
    guard isRetryable, let retryAfter else { return self }
    var error = self
    let limit = RetryPolicy.maxTotalDelay.inMinutes
    error.message += "; it asks to wait \(retryAfter.inMinutes), and all waits together take at most \(limit)"
    return error
  }
}

extension Duration {
  /// Whole minutes, or else seconds.
  fileprivate var inMinutes: String {
    let seconds = components.seconds
    return seconds >= 60 && seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds) s"
  }
}
