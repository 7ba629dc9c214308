import Dispatch
import MartletTesting
import Testing

@testable import MartletHTTP

struct TransferInboxTests {
  /// The inbox of a client whose leader is the current thread.
  private func inboxOfCurrentThread() -> TransferInbox {
    var inbox = TransferInbox()
    #expect(inbox.takeLead() == true)
    return inbox
  }

  /// Changes an inbox on another thread.
  private func elsewhere<Value: Sendable>(
    _ inbox: inout TransferInbox, _ change: @escaping @Sendable (inout TransferInbox) -> Value
  ) -> Value? {
    let shared = SharedLock((inbox: inbox, value: Value?.none))
    let isDone = DispatchSemaphore(value: 0)
    DispatchQueue.global().async {
      shared.withLock { $0.value = change(&$0.inbox) }
      isDone.signal()
    }
    isDone.wait()
    inbox = shared.withLock { $0.inbox }
    return shared.withLock { $0.value }
  }

  @Test func onlyALeaderThatSleepsIsWokenAndOnlyOnce() {
    var inbox = inboxOfCurrentThread()
    #expect(inbox.call() == .nothing)
    #expect(inbox.fallAsleep() == true)
    #expect(inbox.call() == .wake)
    #expect(inbox.call() == .nothing)
  }

  @Test func aLeaderWithCommandsDoesNotFallAsleep() {
    var inbox = inboxOfCurrentThread()
    inbox.commands.append(.stop)
    #expect(inbox.fallAsleep() == false)
    #expect(inbox.leader == .awake)
    var commands: [TransferLoop.Command] = []
    inbox.empty(into: &commands)
    #expect(commands.count == 1)
    #expect(inbox.fallAsleep() == true)
  }

  @Test func aLeaderThatWasCalledDoesNotLeave() {
    var inbox = inboxOfCurrentThread()
    #expect(inbox.leave(for: currentTaskID) == false)
    #expect(inbox.fallAsleep() == true)
    #expect(inbox.call() == .wake)
    #expect(inbox.leave(for: currentTaskID) == false)
  }

  @Test func aLeaderDoesNotLeaveATransferThatBeganSinceItFellAsleep() {
    var inbox = inboxOfCurrentThread()
    #expect(inbox.fallAsleep() == true)
    #expect(inbox.callAfterFirstStep(isIdle: false, isDueSooner: false, isWaiting: nil) == .nothing)
    #expect(inbox.leave(for: currentTaskID) == false)
    #expect(inbox.fallAsleep() == true)
    #expect(inbox.leave(for: currentTaskID) == true)
  }

  @Test func aLeaderThatSleepsIsWokenIfSomethingIsDueSooner() {
    var inbox = inboxOfCurrentThread()
    #expect(inbox.callAfterFirstStep(isIdle: false, isDueSooner: true, isWaiting: nil) == .nothing)
    #expect(inbox.fallAsleep() == true)
    #expect(inbox.callAfterFirstStep(isIdle: false, isDueSooner: true, isWaiting: nil) == .wake)
  }

  @Test func aTransferIsLeftToALeaderThatIsAwayOnlyByTheTaskThatItCarriesOnAndThatWaits() {
    var inbox = inboxOfCurrentThread()
    #expect(inbox.fallAsleep() == true)
    #expect(inbox.leave(for: 7) == true)
    func call(isIdle: Bool = false, isWaiting task: Int?) -> TransferInbox.Call {
      var copy = inbox
      return copy.callAfterFirstStep(isIdle: isIdle, isDueSooner: true, isWaiting: task)
    }
    #expect(call(isWaiting: 7) == .nothing)
    #expect(call(isWaiting: 8) == .replace(absence: 1))
    #expect(call(isWaiting: nil) == .replace(absence: 1))
    #expect(call(isIdle: true, isWaiting: nil) == .nothing)
    let isElsewhere = elsewhere(&inbox) { $0.callAfterFirstStep(isIdle: false, isDueSooner: false, isWaiting: 7) }
    #expect(isElsewhere == .replace(absence: 1))
  }

  @Test func nobodyElseLeadsWhileTheLeaderIsNotNeeded() {
    var inbox = inboxOfCurrentThread()
    #expect(elsewhere(&inbox) { $0.takeLead() } == false)
    #expect(inbox.fallAsleep() == true)
    #expect(inbox.leave(for: currentTaskID) == true)
    #expect(elsewhere(&inbox) { $0.takeLead() } == false)
    #expect(inbox.comeBack() == true)
    #expect(inbox.fallAsleep() == true)
    #expect(inbox.call() == .wake)
  }

  @Test func aLeaderThatIsNeededWhileItIsAwayIsReplaced() {
    var inbox = inboxOfCurrentThread()
    #expect(inbox.fallAsleep() == true)
    #expect(inbox.leave(for: currentTaskID) == true)
    #expect(inbox.call() == .replace(absence: 1))
    #expect(inbox.call() == .nothing)
    #expect(elsewhere(&inbox) { $0.takeLead() } == true)
    #expect(inbox.leader == .awake)
    #expect(inbox.isLedByCurrentThread == false)
    #expect(inbox.fallAsleep() == true)
    // A second one must not be away as well.
    #expect(elsewhere(&inbox) { $0.leave(for: 7) } == false)
    #expect(inbox.comeBack() == false)
    #expect(elsewhere(&inbox) { $0.leave(for: 7) } == true)
  }

  @Test func aLeaderThatComesBackFirstStaysTheLeader() {
    var inbox = inboxOfCurrentThread()
    #expect(inbox.fallAsleep() == true)
    #expect(inbox.leave(for: currentTaskID) == true)
    #expect(inbox.call() == .replace(absence: 1))
    #expect(inbox.comeBack() == true)
    #expect(elsewhere(&inbox) { $0.takeLead() } == false)
    #expect(inbox.isLedByCurrentThread == true)
  }

  @Test func aLeaderThatCannotBeReplacedFindsTheCommandsWhenItComesBack() {
    var inbox = inboxOfCurrentThread()
    #expect(inbox.fallAsleep() == true)
    #expect(inbox.leave(for: currentTaskID) == true)
    inbox.commands.append(.stop)
    #expect(inbox.call() == .replace(absence: 1))
    #expect(inbox.isWaitingForCurrentThread == false)
    inbox.waitForLeader(backFrom: 1)
    #expect(inbox.isWaitingForCurrentThread == true)
    #expect(inbox.comeBack() == true)
    #expect(inbox.fallAsleep() == false)
  }

  @Test func aThreadThatCouldNotBeStartedInTimeTakesNothingBackThatWasCalledSince() {
    var inbox = inboxOfCurrentThread()
    #expect(inbox.fallAsleep() == true)
    #expect(inbox.leave(for: 7) == true)
    #expect(inbox.call() == .replace(absence: 1))
    #expect(inbox.comeBack() == true)
    #expect(inbox.fallAsleep() == true)
    #expect(inbox.leave(for: 7) == true)
    #expect(inbox.call() == .replace(absence: 2))
    inbox.waitForLeader(backFrom: 1)
    #expect(elsewhere(&inbox) { $0.takeLead() } == true)
  }
}
