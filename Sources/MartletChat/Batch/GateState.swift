/// How many requests of a batch may be under way: a value without a clock.
///
/// All of them while no limit is met. While somebody waits a limit out, none; after that one, to try whether it is over,
/// and with each success one more.
struct GateState: Sendable {
  private let maximum: Int
  private(set) var allowed: Int
  private(set) var underway = 0
  /// How many wait a limit out.
  private(set) var closures = 0
  /// Why nothing is sent any more; nil while there is hope.
  private(set) var refusal: APIError?

  init(maximum: Int) {
    self.maximum = max(maximum, 1)
    allowed = self.maximum
  }

  /// Takes a place if there is one.
  mutating func enter() -> Bool {
    guard closures == 0, underway < allowed else { return false }
    underway += 1
    return true
  }

  /// Gives the place back after a success, or after a failure that says nothing about others.
  mutating func leave(succeeded: Bool) {
    underway -= 1
    if succeeded, closures == 0, allowed < maximum { allowed += 1 }
  }

  /// Gives the place back and lets nobody through until ``open()``, because a limit is met.
  mutating func leaveClosing() {
    underway -= 1
    closures += 1
    allowed = 1
  }

  /// Ends one wait; the last one opens the gate by a crack.
  mutating func open() {
    closures -= 1
  }

  /// Refuses all that is still to be sent.
  mutating func refuse(_ error: APIError) {
    if refusal == nil { refusal = error }
  }
}

extension APIError {
  /// Whether the requests beside this one would fail for the same reason.
  var concernsOthers: Bool {
    code == .rateLimited || (isRetryable && retryAfter != nil)
  }

  /// Whether all later requests would fail for the same reason, and waiting does not help in reasonable time.
  var concernsAllLater: Bool {
    code == .quotaExceeded || (concernsOthers && retryAfter ?? .zero > RetryPolicy.maxTotalDelay)
  }
}
