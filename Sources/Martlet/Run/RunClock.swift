/// Time as a run sees it, so that tests decide how it passes.
package struct RunClock: Sendable {
  /// Time since some fixed moment; it never goes back.
  package let now: @Sendable () -> Duration
  /// Waits; throws `CancellationError` as soon as the task is cancelled.
  package let sleep: @Sendable (Duration) async throws -> Void

  package init(now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void) {
    self.now = now
    self.sleep = sleep
  }

  /// The machine's monotonic clock.
  package static let continuous = RunClock(
    now: { epoch.duration(to: .now) },
    // The system's clock traps on what is further away than it can count.
    sleep: { try await Task.sleep(for: min($0, Duration.seconds(100 * 365 * 86_400)), clock: .continuous) })

  private static let epoch = ContinuousClock.now
}
