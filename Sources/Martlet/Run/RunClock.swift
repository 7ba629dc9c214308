internal import Glibc

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
    now: {
      // What `ContinuousClock` reads, which makes an instant of it first.
      var time = timespec()
      clock_gettime(CLOCK_BOOTTIME, &time)
      return Duration(
        secondsComponent: Int64(time.tv_sec), attosecondsComponent: Int64(time.tv_nsec) &* 1_000_000_000)
    },
    // The system's clock traps on what is further away than it can count.
    sleep: { try await Task.sleep(for: min($0, Duration.seconds(100 * 365 * 86_400)), clock: .continuous) })
}
