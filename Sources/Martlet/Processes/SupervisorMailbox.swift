internal import Glibc
import MartletHTTP

/// What the callers of a ``ProcessSupervisor`` and its thread share.
final class SupervisorMailbox: Sendable {
  typealias CallID = UInt64
  typealias Reply = UnsafeContinuation<ProcessResult, Never>

  /// A call that waits for its child.
  struct Start {
    let id: CallID
    let plan: SpawnPlan
    let round: Int
    let reply: Reply
  }

  /// What the thread is told to do.
  enum Command {
    case start(Start)
    case cancel(CallID)
    /// Every group has just been killed.
    case killed
  }

  private struct State {
    var lastCall: CallID = 0
    /// Calls that may still be started: neither claimed by the thread nor canceled.
    var waiting: Set<CallID> = []
    /// How many calls have been announced that have neither been handed over nor withdrawn.
    var announced = 0
    var commands: [Command] = []
    /// Set while the thread exists.
    var wakeUp: WakeUp?
    var threadSleeps = false
    var isStopping = false
    /// Grows with each `killAll`: a call of an earlier round is not started.
    var round = 0
    var groups: [CallID: ChildProcess.Group] = [:]
  }

  private let state = Lock(State())
  private let times: ChildLifecycle.Times
  private let orphans: ProcessSupervisor.Orphans

  init(times: ChildLifecycle.Times, orphans: ProcessSupervisor.Orphans) {
    self.times = times
    self.orphans = orphans
  }
}

/// For the callers.
extension SupervisorMailbox {
  /// Tells that a call will be submitted, or withdrawn, in a moment.
  func announce() -> CallID {
    let (call, sleeper) = state.withLock { state in
      state.lastCall += 1
      state.waiting.insert(state.lastCall)
      state.announced += 1
      return (state.lastCall, Self.sleeper(&state))
    }
    sleeper?.signal()
    return call
  }

  func withdraw(_ call: CallID) {
    let sleeper = state.withLock { state in
      state.waiting.remove(call)
      state.announced -= 1
      return Self.sleeper(&state)
    }
    sleeper?.signal()
  }

  func submit(_ call: CallID, _ plan: SpawnPlan, _ reply: Reply) {
    let (failure, sleeper): (SpawnFailure?, WakeUp?) = state.withLock { state in
      state.announced -= 1
      if state.wakeUp == nil, let code = startThread(&state) {
        state.waiting.remove(call)
        return (SpawnFailure(errno: code, stage: .pipe, request: plan.request), nil)
      }
      return (nil, Self.post(.start(Start(id: call, plan: plan, round: state.round, reply: reply)), &state))
    }
    sleeper?.signal()
    if let failure { reply.resume(returning: ProcessResult(ending: .notStarted(failure))) }
  }

  func cancel(_ call: CallID) {
    let sleeper = state.withLock { state in
      state.waiting.remove(call) == nil ? Self.post(.cancel(call), &state) : nil
    }
    sleeper?.signal()
  }

  func killAll() {
    let sleeper = state.withLock { state in
      state.round += 1
      let sleeper = Self.post(.killed, &state)
      for group in state.groups.values { group.signal(SIGKILL) }
      return sleeper
    }
    sleeper?.signal()
    if orphans == .allAreOurs { ProcessTable.killEveryChild() }
  }

  /// Ends the thread once its last child is gone.
  func stop() {
    let sleeper = state.withLock { state in
      state.isStopping = true
      return Self.sleeper(&state)
    }
    sleeper?.signal()
  }

  private static func post(_ command: Command, _ state: inout State) -> WakeUp? {
    guard state.wakeUp != nil else { return nil }
    state.commands.append(command)
    return sleeper(&state)
  }

  /// What wakes the thread if it sleeps; to be signaled after the lock is released, which the thread takes at once.
  private static func sleeper(_ state: inout State) -> WakeUp? {
    guard state.threadSleeps else { return nil }
    state.threadSleeps = false
    return state.wakeUp
  }

  /// Returns an error number if there can be no thread.
  private func startThread(_ state: inout State) -> Int32? {
    guard let wakeUp = WakeUp(), let poller = Poller() else { return errno }
    let code = poller.watch(wakeUp, token: 0)
    guard code == 0 else { return code }
    let loop = SupervisorLoop(mailbox: self, poller: poller, times: times, orphans: orphans)
    if let code = loop.detachThread() { return code }
    state.wakeUp = wakeUp
    return nil
  }
}

/// For the thread.
extension SupervisorMailbox {
  func receive() -> (commands: [Command], expectsMore: Bool, isStopping: Bool) {
    state.withLock { state in
      state.threadSleeps = false
      // Most of the time there are none, and nothing is to be made or destroyed.
      let commands = state.commands
      if !commands.isEmpty { state.commands = [] }
      return (commands, state.announced > 0, state.isStopping)
    }
  }

  /// Whether nothing has arrived that the thread does not know, so that it may wait; whoever posts next wakes it.
  ///
  /// - Parameter expectingMore: Whether it is ready for a call that was announced.
  func maySleep(knowingOfStop: Bool, expectingMore: Bool) -> Bool {
    state.withLock { state in
      state.threadSleeps =
        state.commands.isEmpty && state.isStopping == knowingOfStop && (state.announced > 0 || !expectingMore)
      return state.threadSleeps
    }
  }

  /// Whether a call handed over in this round may start: it can be claimed once, if it has not been canceled.
  func claim(_ call: CallID, round: Int) -> Bool {
    state.withLock { $0.waiting.remove(call) != nil && $0.round == round }
  }

  /// Makes a child known to `killAll`; false if that has been called since the round, and missed it.
  func register(_ call: CallID, _ group: ChildProcess.Group, round: Int) -> Bool {
    state.withLock { state in
      state.groups[call] = group
      return state.round == round
    }
  }

  /// To be called before the child is reaped.
  func unregister(_ call: CallID) {
    state.withLock { _ = $0.groups.removeValue(forKey: call) }
  }
}
