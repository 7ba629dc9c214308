internal import Glibc

/// The search for processes of one call that outlived its leader or left its process group.
///
/// A process belongs to the call when it was started no earlier than the leader and is in the leader's session or
/// group, or has the call's mark, which descendants inherit, or the call's attribution in its environment. A program
/// that has no children but plugins owns every other child too, while no second call runs. Nothing else is ever signaled or
/// reaped.
struct StraySweep {
  enum Scope: Equatable {
    /// Only among the children of this process: enough where it adopts orphans, and cheap.
    case children
    /// Among all processes of the machine.
    case everything
  }

  private enum Finding { case nothing, reaped, alive }

  /// What makes a process the call's, besides its mark and its environment.
  private struct Claims {
    var isOwnSession: Bool
    var everyChild: Bool
  }

  private let group: ChildProcess.Group
  private let mark: UInt64
  private let attribution: [[UInt8]]
  private let leaderStart: UInt64
  /// False once the leader's number may be that of a stranger.
  private var leaderIsUnreaped = true

  init(of process: ChildProcess, attribution: [[UInt8]]) {
    group = process.group
    mark = process.mark
    self.attribution = attribution
    leaderStart = ProcessTable.status(of: group.pid)?.startTime ?? 0
  }

  /// Kills every stray, reaps those that are our own children, and says whether any may still live.
  ///
  /// - Parameters:
  ///   - leaders: the leaders of all calls, which are not looked at.
  ///   - ownsEveryChild: whether what is no leader among the children can only be of this call.
  func pass(scope: Scope, sparing leaders: Set<Int32>, ownsEveryChild: Bool = false) -> Bool {
    // What a process leaves behind becomes our child as it ends: a look that found one proves nothing.
    for _ in 0..<64 {
      switch look(scope, sparing: leaders, ownsEveryChild) {
      case .nothing: return false
      case .alive: return true
      case .reaped: continue
      }
    }
    return true
  }

  /// To be called when the leader is about to be reaped. The mark and the attribution go on being looked for.
  mutating func forgetLeader() {
    leaderIsUnreaped = false
  }

  private func look(_ scope: Scope, sparing leaders: Set<Int32>, _ ownsEveryChild: Bool) -> Finding {
    let candidates = scope == .children ? ProcessTable.ownChildren() : nil
    let claims = Claims(isOwnSession: leaderIsUnreaped && group.isUnreaped, everyChild: ownsEveryChild)
    var finding = Finding.nothing
    for pid in candidates ?? ProcessTable.allProcesses() where pid != getpid() && !leaders.contains(pid) {
      guard let stray = stray(pid, claims) else { continue }
      let isOwnChild = stray.parent == getpid()
      if stray.isZombie {
        guard isOwnChild else { continue }
        // Its other threads may still be ending.
        let isReaped = waitpid(pid, nil, WNOHANG) != 0
        if finding != .alive { finding = isReaped ? .reaped : .alive }
      } else if isOwnChild || scope == .everything, kill(pid, claims) {
        finding = .alive
      }
    }
    return finding
  }

  private func stray(_ pid: Int32, _ claims: Claims) -> ProcessTable.Status? {
    guard let status = ProcessTable.status(of: pid), status.startTime >= leaderStart else { return nil }
    if claims.everyChild, status.parent == getpid() { return status }
    if claims.isOwnSession, status.session == group.pid || status.group == group.pid { return status }
    if mark != 0, ProcessTable.mark(of: pid) == mark { return status }
    guard !attribution.isEmpty, let environment = ProcessTable.environment(of: pid),
      ProcessTable.environment(environment, contains: attribution)
    else { return nil }
    return status
  }

  /// Looks once more with the process held by a descriptor, so that no stranger with the same number is hit.
  private func kill(_ pid: Int32, _ claims: Claims) -> Bool {
    guard let handle = ProcessHandle(pid: pid) else { return false }
    guard let status = stray(pid, claims), !status.isZombie else { return true }
    return handle.kill()
  }
}
