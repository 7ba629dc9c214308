internal import Glibc

/// The search for processes of one call that outlived its leader or left its process group.
///
/// A process belongs to the call when it was started no earlier than the leader and is in the leader's session or
/// group, or has the call's attribution in its environment. Nothing else is ever signaled or reaped.
struct StraySweep {
  enum Scope: Equatable {
    /// Only among the children of this process: enough where it adopts orphans, and cheap.
    case children
    /// Among all processes of the machine.
    case everything
  }

  private let group: ChildProcess.Group
  private let attribution: [[UInt8]]
  private let leaderStart: UInt64
  /// The start times of strays that were killed, by which their zombies are known: a zombie has no environment.
  private var killed: [Int32: UInt64] = [:]
  /// How many more passes are made for a child of ours that shows no environment: it may be about to execute.
  private var passesForUnreadable = 5

  init(group: ChildProcess.Group, attribution: [String: String]) {
    self.group = group
    self.attribution = attribution.map { Array("\($0.key)=\($0.value)".utf8) }
    leaderStart = ProcessTable.status(of: group.pid)?.startTime ?? 0
  }

  /// Kills every stray, reaps those that are our own children, and says whether any may still live.
  ///
  /// - Parameter leaders: the leaders of all calls, which are not looked at.
  mutating func pass(scope: Scope, sparing leaders: Set<Int32>) -> Bool {
    let candidates = scope == .children ? ProcessTable.ownChildren() : nil
    let isOwnSession = group.isUnreaped
    var survivors = false
    defer { passesForUnreadable -= 1 }
    for pid in candidates ?? ProcessTable.allProcesses() where pid != getpid() && !leaders.contains(pid) {
      guard let stray = stray(pid, isOwnSession: isOwnSession) else {
        if passesForUnreadable > 0, isUnreadable(pid) { survivors = true }
        continue
      }
      if scope == .children, stray.parent != getpid() { continue }
      if stray.isZombie {
        if stray.parent == getpid(), waitpid(pid, nil, WNOHANG) == 0 { survivors = true }
      } else if kill(pid, isOwnSession: isOwnSession) {
        killed[pid] = stray.startTime
        survivors = true
      }
    }
    return survivors
  }

  private func stray(_ pid: Int32, isOwnSession: Bool) -> ProcessTable.Status? {
    guard let status = ProcessTable.status(of: pid), status.startTime >= leaderStart else { return nil }
    if isOwnSession, status.session == group.pid || status.group == group.pid { return status }
    if status.isZombie { return killed[pid] == status.startTime ? status : nil }
    guard !attribution.isEmpty, let environment = ProcessTable.environment(of: pid),
      ProcessTable.environment(environment, contains: attribution)
    else { return nil }
    return status
  }

  /// Whether a process that may be of the call cannot be told yet: between two programs it has no environment.
  private func isUnreadable(_ pid: Int32) -> Bool {
    guard !attribution.isEmpty, let status = ProcessTable.status(of: pid), !status.isZombie,
      status.startTime >= leaderStart, status.parent == getpid()
    else { return false }
    return ProcessTable.environment(of: pid)?.isEmpty ?? true
  }

  /// Looks once more with the process held by a descriptor, so that no stranger with the same number is hit.
  private func kill(_ pid: Int32, isOwnSession: Bool) -> Bool {
    guard let handle = ProcessHandle(pid: pid) else { return false }
    guard let status = stray(pid, isOwnSession: isOwnSession), !status.isZombie else { return true }
    return handle.kill()
  }
}
