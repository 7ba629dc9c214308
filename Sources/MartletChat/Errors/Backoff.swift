/// The waits between attempts at the same thing: as long as the server asks, or growing, and bounded together.
struct Backoff: Sendable {
  private var count = 0
  private var waited = Duration.zero

  /// How long to wait before the next attempt; nil if all waits together would be too long. `random` is in 0..<1.
  ///
  /// It is what the server asks for and up to a fifth more, or else a random part of ``RetryPolicy/firstDelay``, doubled
  /// with each wait.
  mutating func next(asked: Duration?, random: Double) -> Duration? {
    var delay = growing(random: random)
    if let asked, asked >= .zero { delay = Self.delay(min(asked / .seconds(1), 1_000_000) * (1 + random / 5)) }
    count += 1
    guard waited + delay <= RetryPolicy.maxTotalDelay else { return nil }
    waited += delay
    return delay
  }

  /// The wait that comes next where the server asks for none.
  func growing(random: Double) -> Duration {
    // Long before that many the longest delay is reached.
    Self.delay(min(RetryPolicy.firstDelay * Double(1 << min(count, 30)), RetryPolicy.maxDelay) * random)
  }

  private static func delay(_ seconds: Double) -> Duration { .milliseconds(Int64((seconds * 1_000).rounded())) }
}
