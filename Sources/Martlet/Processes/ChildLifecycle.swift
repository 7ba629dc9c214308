/// What happens to one child process, as a value: events go in, actions come out.
///
/// ```
/// running ── leader exited ──→ draining ── end of output, or drain time ──→ sweeping ──→ over
///    └─ timeout, cancellation, limit ─→ terminating ── grace ─→ killed ────────┘
/// ```
/// A child that is terminated or killed drains like any other once its leader has exited.
struct ChildLifecycle {
  typealias Instant = SuspendingClock.Instant

  /// How long the stages of an end may take.
  struct Times: Sendable {
    /// From SIGTERM to SIGKILL.
    var terminationGrace: Duration = .seconds(2)
    /// From the leader's exit to the end of its output, which a grandchild may hold open.
    var drain: Duration = .milliseconds(250)
    /// From SIGKILL until a process that we may not kill, or the kernel cannot, is given up.
    var surrender: Duration = .seconds(2)
    /// Between two looks for processes that were just killed; doubled each time, up to sixteen times.
    var firstSweepPause: Duration = .milliseconds(1)
  }

  enum Event: Equatable {
    case leaderExited
    /// Both outputs are at their end.
    case outputEnded
    case outputLimitReached(ProcessStream, bytes: Int)
    case canceled
    /// Somebody has sent SIGKILL to the group already.
    case killed
    case deadlinePassed
    case swept(survivors: Bool)
  }

  enum Action: Equatable {
    case none
    case terminateGroup
    case killGroup
    /// Kill the group and what left it, then say whether something still lives.
    case killGroupAndSweep(StraySweep.Scope)
    /// Kill the group, reap the leader, hand over the result.
    case complete
    /// Hand over the result, and reap the leader if it ever exits.
    case abandon
  }

  private enum Phase { case running, terminating, killed, draining, sweeping, over }

  /// When `deadlinePassed` is due.
  private(set) var deadline: Instant?
  /// The ending we brought about; nil when it is the leader's own.
  private(set) var verdict: ProcessResult.Ending?

  private let times: Times
  private let timeout: Duration
  private let adoptsOrphans: Bool
  private var phase = Phase.running
  private var leaderIsAlive = true
  private var outputIsOpen = true
  private var sweepEnd: Instant?
  private var sweepPause: Duration

  init(startedAt now: Instant, timeout: Duration, times: Times, adoptsOrphans: Bool) {
    self.times = times
    self.timeout = timeout
    self.adoptsOrphans = adoptsOrphans
    sweepPause = times.firstSweepPause
    deadline = now + min(max(timeout, .zero), Self.longestTimeout)
  }

  /// Longer timeouts are cut to this, so that no instant overflows.
  private static let longestTimeout = Duration.seconds(366 * 86_400)

  mutating func handle(_ event: Event, at now: Instant) -> Action {
    switch event {
    case .leaderExited:
      leaderIsAlive = false
      guard phase != .sweeping, phase != .over else { return .none }
      return outputIsOpen ? enter(.draining, until: now + times.drain, doing: .none) : settle(at: now)
    case .outputEnded:
      outputIsOpen = false
      return phase == .draining ? settle(at: now) : .none
    case .outputLimitReached(let stream, let bytes):
      return stop(as: .outputLimit(stream, bytes: bytes), at: now)
    case .canceled:
      return stop(as: .canceled, at: now)
    case .killed:
      guard phase != .sweeping, phase != .over else { return .none }
      verdict = verdict ?? .canceled
      return phase == .draining ? settle(at: now) : enter(.killed, until: now + times.surrender, doing: .killGroup)
    case .deadlinePassed:
      return deadlinePassed(at: now)
    case .swept(let survivors):
      guard phase == .sweeping else { return .none }
      guard survivors, let sweepEnd, now < sweepEnd else { return end() }
      let next = min(now + sweepPause, sweepEnd)
      sweepPause = min(sweepPause * 2, times.firstSweepPause * 16)
      return enter(.sweeping, until: next, doing: .none)
    }
  }

  private mutating func deadlinePassed(at now: Instant) -> Action {
    switch phase {
    case .running: stop(as: .timedOut(after: timeout), at: now)
    case .terminating: enter(.killed, until: now + times.surrender, doing: .killGroup)
    case .killed, .draining: settle(at: now)
    case .sweeping: sweep(until: sweepEnd ?? now)
    case .over: .none
    }
  }

  /// Brings a running child to its end. The first verdict stays.
  private mutating func stop(as ending: ProcessResult.Ending, at now: Instant) -> Action {
    switch phase {
    case .running:
      verdict = ending
      return enter(.terminating, until: now + times.terminationGrace, doing: .terminateGroup)
    case .draining where verdict == nil:
      verdict = ending
      return settle(at: now)
    case .terminating, .killed, .draining, .sweeping, .over:
      return .none
    }
  }

  private mutating func settle(at now: Instant) -> Action {
    guard verdict != nil || adoptsOrphans else { return end() }
    return sweep(until: now + times.surrender)
  }

  /// Its own deadline is set by the answer, `swept`.
  private mutating func sweep(until end: Instant) -> Action {
    sweepEnd = end
    return enter(.sweeping, until: end, doing: .killGroupAndSweep(verdict == nil ? .children : .everything))
  }

  private mutating func end() -> Action {
    enter(.over, until: nil, doing: leaderIsAlive ? .abandon : .complete)
  }

  private mutating func enter(_ phase: Phase, until deadline: Instant?, doing action: Action) -> Action {
    self.phase = phase
    self.deadline = deadline
    return action
  }
}
