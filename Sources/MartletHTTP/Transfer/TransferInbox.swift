import Glibc

/// What tasks leave for the thread that leads, the one that waits for the sockets of a client, and where that thread is.
///
/// A client has two threads at most: while the leader carries on a task, the other one can take the lead.
struct TransferInbox {
  enum Leader {
    /// It looks into the inbox before it sleeps.
    case awake
    /// It waits for sockets, or is just about to, and nobody has woken it.
    case asleep
    /// It carries on a task, which may take its time.
    case away
  }

  /// What has to be done to have the leader see to something.
  enum Call: Equatable {
    case nothing
    /// To wake the leader.
    case wake
    /// To have the other thread take the lead, in this absence of the leader.
    case replace(absence: Int)
  }

  var commands: [TransferLoop.Command] = []
  private(set) var leader = Leader.awake
  private var thread: pthread_t?
  /// The task that the leader carries on, by its ``currentTaskID``.
  private var task = 0
  /// How many times a leader has left.
  private var absences = 0
  /// Whether a transfer began since the leader fell asleep, and waits for it.
  private var isLeaderAwaited = false
  /// Whether the other thread was called, and did not take the lead yet.
  private var isReplacing = false
  /// Whether the other thread still carries on a task.
  private var isOtherAway = false
  /// Whether the client is gone, and with it the need for threads.
  private(set) var hasEnded = false

  /// Takes all commands for the leader, which is awake from now on.
  mutating func empty(into commands: inout [TransferLoop.Command]) {
    leader = .awake
    swap(&commands, &self.commands)
  }

  /// The leader goes to sleep, unless there are commands; says whether it does.
  mutating func fallAsleep() -> Bool {
    leader = commands.isEmpty ? .asleep : .awake
    isLeaderAwaited = false
    return leader == .asleep
  }

  /// The leader is about to carry on a task instead of sleeping; false if it is needed.
  mutating func leave(for task: Int) -> Bool {
    if leader != .asleep || isLeaderAwaited || isOtherAway { return false }
    (leader, self.task) = (.away, task)
    absences &+= 1
    return true
  }

  /// The current thread is done with its task; false if the other one leads by now.
  mutating func comeBack() -> Bool {
    if isLedByCurrentThread { isReplacing = false } else { isOtherAway = false }
    return isLedByCurrentThread
  }

  /// What is to be done after the first step of a transfer, which a task took on the current thread.
  ///
  /// - Parameters:
  ///   - isIdle: Whether nothing is in flight.
  ///   - isDueSooner: Whether something is due before the leader would look.
  ///   - task: The task if it only waits now and works for no actor, so that its thread has nothing else to do.
  mutating func callAfterFirstStep(isIdle: Bool, isDueSooner: Bool, isWaiting task: Int?) -> Call {
    switch leader {
    case .awake: return .nothing
    case .asleep where isDueSooner: return call()
    case .away where !isIdle && !(isLedByCurrentThread && task == self.task): return call()
    case .asleep, .away:
      if !isIdle { isLeaderAwaited = true }
      return .nothing
    }
  }

  /// Says what is to be done, once, to have the leader see to something.
  mutating func call() -> Call {
    switch leader {
    case .awake: return .nothing
    case .asleep:
      leader = .awake
      return .wake
    case .away:
      defer { isReplacing = true }
      return isReplacing ? .nothing : .replace(absence: absences)
    }
  }

  /// The current thread takes the lead if nobody has it, or whoever has it is away and something is to be seen to.
  mutating func takeLead() -> Bool {
    guard thread == nil || isReplacing else { return false }
    isOtherAway = thread != nil
    (thread, leader, isReplacing) = (pthread_self(), .awake, false)
    return true
  }

  /// There was no other thread to be had: the leader sees to everything when it comes back.
  ///
  /// It may have come back and left again by now, and the other thread may have been called anew.
  mutating func waitForLeader(backFrom absence: Int) {
    if absence == absences { isReplacing = false }
  }

  mutating func end() { hasEnded = true }

  /// Whether nothing is seen to before the current thread comes back.
  var isWaitingForCurrentThread: Bool { leader == .away && !isReplacing && isLedByCurrentThread }

  var isLedByCurrentThread: Bool { thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
}

/// What tells the current task from the others.
var currentTaskID: Int { withUnsafeCurrentTask { $0?.hashValue ?? 0 } }
