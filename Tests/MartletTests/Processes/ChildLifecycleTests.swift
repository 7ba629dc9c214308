import Testing

@testable import Martlet

@Suite struct ChildLifecycleTests {
  private static let start = SuspendingClock.now
  private static let times = ChildLifecycle.Times(
    terminationGrace: .seconds(2), drain: .milliseconds(250), surrender: .seconds(2))

  private func lifecycle(adoptsOrphans: Bool = false) -> ChildLifecycle {
    ChildLifecycle(
      startedAt: Self.start, timeout: .seconds(60), times: Self.times, adoptsOrphans: adoptsOrphans)
  }

  private func at(_ seconds: Double) -> SuspendingClock.Instant { Self.start + .seconds(seconds) }

  @Test(arguments: [true, false])
  func endsWhenLeaderAndOutputHaveEndedInEitherOrder(leaderFirst: Bool) {
    var life = lifecycle()
    let events: [ChildLifecycle.Event] = leaderFirst ? [.leaderExited, .outputEnded] : [.outputEnded, .leaderExited]
    #expect(life.handle(events[0], at: at(1)) == .none)
    #expect(life.handle(events[1], at: at(1.1)) == .complete)
    #expect(life.verdict == nil)
    #expect(life.deadline == nil)
  }

  @Test func drainIsBounded() {
    var life = lifecycle()
    #expect(life.handle(.leaderExited, at: at(1)) == .none)
    #expect(life.deadline == at(1.25))
    #expect(life.handle(.deadlinePassed, at: at(1.25)) == .complete)
    #expect(life.verdict == nil)
  }

  @Test func timeoutTerminatesThenKillsThenSweeps() {
    var life = lifecycle()
    #expect(life.deadline == at(60))
    #expect(life.handle(.deadlinePassed, at: at(60)) == .terminateGroup)
    #expect(life.deadline == at(62))
    #expect(life.handle(.deadlinePassed, at: at(62)) == .killGroup)
    #expect(life.handle(.outputEnded, at: at(62)) == .none)
    #expect(life.handle(.leaderExited, at: at(62)) == .killGroupAndSweep(.everything))
    #expect(life.handle(.swept(survivors: false), at: at(62)) == .complete)
    #expect(life.verdict == .timedOut(after: .seconds(60)))
  }

  @Test func sweepIsRepeatedUntilNothingLives() {
    var life = lifecycle()
    #expect(life.handle(.canceled, at: at(1)) == .terminateGroup)
    #expect(life.handle(.outputEnded, at: at(1)) == .none)
    #expect(life.handle(.leaderExited, at: at(1)) == .killGroupAndSweep(.everything))
    #expect(life.handle(.swept(survivors: true), at: at(1)) == .none)
    #expect(life.deadline == at(1) + .milliseconds(1))
    #expect(life.handle(.deadlinePassed, at: at(1.001)) == .killGroupAndSweep(.everything))
    #expect(life.handle(.swept(survivors: true), at: at(1.001)) == .none)
    #expect(life.deadline == at(1.001) + .milliseconds(2))
    #expect(life.handle(.deadlinePassed, at: at(1.003)) == .killGroupAndSweep(.everything))
    #expect(life.handle(.swept(survivors: false), at: at(1.003)) == .complete)
    #expect(life.verdict == .canceled)
  }

  @Test func survivorsThatCannotBeKilledDoNotHoldTheCallForever() {
    var life = lifecycle()
    _ = life.handle(.canceled, at: at(0))
    _ = life.handle(.outputEnded, at: at(0))
    #expect(life.handle(.leaderExited, at: at(0)) == .killGroupAndSweep(.everything))
    var passes = 0
    var now = at(0)
    while life.handle(.swept(survivors: true), at: now) == .none {
      passes += 1
      guard passes < 1000, let deadline = life.deadline, deadline <= at(2) else { break }
      now = deadline
      #expect(life.handle(.deadlinePassed, at: now) == .killGroupAndSweep(.everything))
    }
    #expect(now == at(2))
    #expect(passes > 100)
    #expect(life.deadline == nil)
  }

  @Test func leaderThatCannotBeKilledIsAbandoned() {
    var life = lifecycle()
    #expect(life.handle(.canceled, at: at(0)) == .terminateGroup)
    #expect(life.handle(.deadlinePassed, at: at(2)) == .killGroup)
    #expect(life.deadline == at(4))
    #expect(life.handle(.deadlinePassed, at: at(4)) == .killGroupAndSweep(.everything))
    #expect(life.handle(.swept(survivors: false), at: at(4)) == .abandon)
    #expect(life.handle(.leaderExited, at: at(9)) == .none)
  }

  @Test func firstVerdictStays() {
    var life = lifecycle()
    #expect(life.handle(.outputLimitReached(.standardError, bytes: 9), at: at(1)) == .terminateGroup)
    #expect(life.handle(.canceled, at: at(1)) == .none)
    #expect(life.handle(.outputLimitReached(.standardOutput, bytes: 9), at: at(1)) == .none)
    #expect(life.handle(.killed, at: at(1)) == .killGroup)
    #expect(life.verdict == .outputLimit(.standardError, bytes: 9))
  }

  @Test(arguments: [ChildLifecycle.Event.canceled, .killed, .outputLimitReached(.standardOutput, bytes: 9)])
  func drainIsCutShort(event: ChildLifecycle.Event) {
    var life = lifecycle()
    #expect(life.handle(.leaderExited, at: at(1)) == .none)
    #expect(life.handle(event, at: at(1.1)) == .killGroupAndSweep(.everything))
    #expect(life.handle(.swept(survivors: false), at: at(1.1)) == .complete)
    #expect(life.verdict != nil)
  }

  @Test func hostThatAdoptsOrphansSweepsItsChildrenAtEveryEnd() {
    var life = lifecycle(adoptsOrphans: true)
    #expect(life.handle(.outputEnded, at: at(1)) == .none)
    #expect(life.handle(.leaderExited, at: at(1)) == .killGroupAndSweep(.children))
    #expect(life.handle(.swept(survivors: false), at: at(1)) == .complete)
    #expect(life.verdict == nil)
  }

  @Test(arguments: [
    ChildLifecycle.Event.leaderExited, .outputEnded, .canceled, .killed, .deadlinePassed, .swept(survivors: true),
    .outputLimitReached(.standardOutput, bytes: 9),
  ])
  func nothingHappensAfterTheEnd(event: ChildLifecycle.Event) {
    var life = lifecycle()
    _ = life.handle(.outputEnded, at: at(1))
    #expect(life.handle(.leaderExited, at: at(1)) == .complete)
    #expect(life.handle(event, at: at(2)) == .none)
    #expect(life.verdict == nil)
    #expect(life.deadline == nil)
  }
}
