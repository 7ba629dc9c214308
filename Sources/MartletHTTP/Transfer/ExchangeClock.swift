import Glibc

/// The timeouts of one exchange as a pure state machine over moments, in nanoseconds of the monotonic clock.
struct ExchangeClock {
  private enum Stage {
    case connecting, awaitingHead, body
  }

  private let timeouts: HTTPTimeouts
  private let totalDeadline: UInt64
  private var stage = Stage.connecting
  /// When the stage must be over; not used for the body.
  private var stageDeadline: UInt64
  /// How long the reader waited since the last mark, the wait under way not counted.
  private var idled: UInt64 = 0
  private var waitingSince: UInt64?
  /// How long the reader may wait in all since the last mark.
  private var idleLimit: UInt64

  /// The least distance of two looks at a transfer whose reader is busy.
  private static let grain: UInt64 = 50_000_000

  init(_ timeouts: HTTPTimeouts, startedAt now: UInt64) {
    self.timeouts = timeouts
    totalDeadline = now.later(by: timeouts.total)
    stageDeadline = now.later(by: timeouts.connect)
    idleLimit = timeouts.idle.nanoseconds
  }

  var isConnecting: Bool { stage == .connecting }

  mutating func connected(at now: UInt64) {
    guard stage == .connecting else { return }
    stage = .awaitingHead
    stageDeadline = now.later(by: timeouts.firstByte)
  }

  mutating func headArrived() {
    stage = .body
  }

  mutating func waitBegan(at now: UInt64) {
    waitingSince = now
  }

  mutating func waitEnded(at now: UInt64) {
    guard let since = waitingSince else { return }
    waitingSince = nil
    idled = idled.saturatingSum(now.saturatingDifference(since))
  }

  mutating func markProgress(at now: UInt64) {
    idled = 0
    if waitingSince != nil { waitingSince = now }
  }

  /// Gives the reader less time to wait from now on: nothing more is needed of the body but its end.
  mutating func limitIdle(to limit: Duration, at now: UInt64) {
    idleLimit = min(idleLimit, limit.nanoseconds)
    markProgress(at: now)
  }

  /// The part of the exchange that is over its time.
  func expired(at now: UInt64) -> HTTPError.Phase? {
    if now >= totalDeadline { return .total }
    switch stage {
    case .connecting: return now >= stageDeadline ? .connect : nil
    case .awaitingHead: return now >= stageDeadline ? .firstByte : nil
    case .body:
      guard let since = waitingSince else { return nil }
      let spent = idled.saturatingSum(now.saturatingDifference(since))
      return spent >= idleLimit ? .idle : nil
    }
  }

  /// A moment before which nothing can expire unless the stage changes.
  ///
  /// A reader that is busy is taken to begin its wait now, so that a wait needs not wake the thread that watches.
  func nextLook(after now: UInt64) -> UInt64 {
    switch stage {
    case .connecting, .awaitingHead: return min(totalDeadline, stageDeadline)
    case .body:
      let left = idleLimit.saturatingDifference(idled)
      if let since = waitingSince { return min(totalDeadline, since.saturatingSum(left)) }
      return min(totalDeadline, now.saturatingSum(max(left, Self.grain)))
    }
  }
}

extension Duration {
  /// Nanoseconds, within 0 and 100 years.
  var nanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    if seconds < 0 || attoseconds < 0 { return 0 }
    let bounded = UInt64(min(seconds, 3_155_760_000))
    return bounded * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
  }
}

extension UInt64 {
  func later(by duration: Duration) -> UInt64 { saturatingSum(duration.nanoseconds) }

  func saturatingSum(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  func saturatingDifference(_ other: UInt64) -> UInt64 { self > other ? self - other : 0 }
}

/// Nanoseconds of the monotonic clock.
func monotonicNow() -> UInt64 {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
}
