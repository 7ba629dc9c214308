/// How many requests of a batch may be under way: a value without a clock.
///
/// All of them while no limit is met. While a limit is waited out, none; after that one, to try whether it is over, and
/// with each success one more. The waits grow from one such try to the next, until one succeeds; what was sent before the
/// gate was shut is refused for the same reason and makes no wait longer.
struct GateState: Sendable {
  /// When a request was let through: what became of those of an earlier time says nothing new about the limit.
  struct Pass: Sendable, Hashable {
    fileprivate let time: Int
  }

  /// What a request does that was refused because of the rate limit.
  enum Refused: Sendable, Hashable {
    /// Waits that long, then calls ``GateState/open()`` and comes back to the gate.
    case waits(Duration)
    /// Comes back to the gate.
    case comesBack
    /// Fails, and with it all that is still to be sent.
    case fails
  }

  /// How often a limit is met in succession, whatever the waits were, before there is no hope.
  static let maxRefusals = 100

  private let maximum: Int
  private(set) var allowed: Int
  private(set) var underway = 0
  /// How many wait a limit out.
  private(set) var closures = 0
  /// How many were answered.
  private(set) var answered = 0
  /// Why nothing is sent any more; nil while there is hope.
  private(set) var refusal: APIError?
  private var time = 0
  private var backoff = Backoff()
  private var refusals = 0

  init(maximum: Int) {
    self.maximum = max(maximum, 1)
    allowed = self.maximum
  }

  /// Takes a place if there is one.
  mutating func enter() -> Pass? {
    guard closures == 0, underway < allowed else { return nil }
    underway += 1
    return Pass(time: time)
  }

  /// Gives the place back after a success, or after a failure that says nothing about others.
  mutating func leave(_ pass: Pass, succeeded: Bool) {
    underway -= 1
    guard succeeded else { return }
    answered += 1
    guard pass.time == time, closures == 0 else { return }
    backoff = Backoff()
    refusals = 0
    if allowed < maximum { allowed += 1 }
  }

  /// Gives the place back after a refusal because of the rate limit; `random` is in 0..<1.
  mutating func leave(_ pass: Pass, refused error: APIError, random: Double) -> Refused {
    underway -= 1
    var asked = error.retryAfter.flatMap { $0 > .zero ? $0 : nil }
    if error.concernsAllLater {
      refuse(error)
      return .fails
    }
    if pass.time != time {
      guard let asked else { return .comesBack }
      closures += 1
      return .waits(asked)
    }
    refusals += 1
    // What it asked for before was not long enough.
    if refusals > 1 { asked = asked.map { max($0, backoff.growing(random: random)) } }
    guard refusals <= Self.maxRefusals, let delay = backoff.next(asked: asked, random: random) else {
      refuse(error)
      return .fails
    }
    shut()
    return .waits(delay)
  }

  /// Gives the place back and lets nobody through until ``open()``, because the server asks to wait.
  mutating func leaveClosing() {
    underway -= 1
    shut()
  }

  private mutating func shut() {
    time += 1
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
