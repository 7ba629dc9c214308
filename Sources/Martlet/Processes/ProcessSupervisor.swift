/// Runs child processes, each to its end, on one thread of its own.
///
/// The thread starts with the first call and ends with the supervisor. There is no global state, no signal handler
/// and no change to the program's signal dispositions; only children that the supervisor started, and what can be
/// attributed to them, are ever signaled or reaped.
///
/// ```swift
/// let supervisor = ProcessSupervisor()
/// let result = await supervisor.run(
///   ProcessRequest(executable: "/bin/cat", arguments: ["cat"], standardInput: Array("hello".utf8)))
/// ```
package final class ProcessSupervisor: Sendable {
  /// What becomes of processes that outlive their parents below this program.
  package enum Orphans: Sendable {
    /// They are not ours, because the program does not adopt them.
    case left
    /// Among our children, after ``ProcessSupervision/adoptOrphans()``: those of a call are killed and reaped at its end.
    case adopted
    /// The same, and the program has no children but those of calls: whatever is left when no call runs is killed.
    case allAreOurs
  }

  private let mailbox: SupervisorMailbox

  /// Makes a supervisor; nothing is started yet.
  ///
  /// - Parameters:
  ///   - orphans: what the program does with processes that outlive their parents.
  ///   - terminationGrace: the time from SIGTERM to SIGKILL.
  ///   - drain: how long, after the child has exited, a grandchild may hold its outputs open.
  package init(
    orphans: Orphans = .left, terminationGrace: Duration = .seconds(2), drain: Duration = .milliseconds(250)
  ) {
    let times = ChildLifecycle.Times(terminationGrace: terminationGrace, drain: drain)
    mailbox = SupervisorMailbox(times: times, orphans: orphans)
  }

  deinit {
    mailbox.stop()
  }

  /// Runs a child process and returns when it, its process group and what was attributed to it are gone.
  ///
  /// When the task is canceled, the group gets SIGTERM and after the grace SIGKILL, and the ending is `.canceled`. A
  /// process that may not be killed, because it runs as another user, is given up two seconds after SIGKILL.
  package func run(_ request: ProcessRequest) async -> ProcessResult {
    await run(request, announcedAs: announce())
  }

  /// A call of which only the request is not known yet.
  package struct Announcement {
    fileprivate let id: SupervisorMailbox.CallID
  }

  /// Tells that a call will be run, or withdrawn, at once: the thread wakes up and readies itself while the caller still
  /// puts the request together.
  package func announce() -> Announcement {
    Announcement(id: mailbox.announce())
  }

  /// Tells that there will be no such call.
  package func withdraw(_ announcement: Announcement) {
    mailbox.withdraw(announcement.id)
  }

  /// Runs the child process of an announced call, as ``run(_:)`` does.
  package func run(_ request: ProcessRequest, announcedAs announcement: Announcement) async -> ProcessResult {
    let call = announcement.id
    let plan: SpawnPlan
    do throws(SpawnFailure) {
      plan = try SpawnPlan(request)
    } catch {
      mailbox.withdraw(call)
      return ProcessResult(ending: .notStarted(error))
    }
    return await withTaskCancellationHandler {
      await withUnsafeContinuation { mailbox.submit(call, plan, $0) }
    } onCancel: {
      mailbox.cancel(call)
    }
  }

  /// Sends SIGKILL to the process groups of all running calls before it returns; their endings are `.canceled`.
  ///
  /// With ``Orphans/allAreOurs`` every child is killed, and what these leave behind, which takes 0.1 s at most.
  /// Takes a lock: not for signal handlers.
  package func killAll() {
    mailbox.killAll()
  }
}

/// What a program, and no library, decides about the processes below it.
package enum ProcessSupervision {
  /// Makes this program the parent of all its orphaned descendants (`PR_SET_CHILD_SUBREAPER`).
  package static func adoptOrphans() throws(SpawnFailure) {
    let code = ChildProcess.adoptOrphans()
    if code != 0 { throw SpawnFailure(errno: code, stage: .setup, doing: "orphaned processes cannot be adopted") }
  }

  /// Makes this program adopt its orphans, and says whose they are: where it has children already, not all are ours.
  package static func takeOrphans() -> ProcessSupervisor.Orphans {
    let isAlone = ProcessTable.ownChildren() == []
    guard (try? adoptOrphans()) != nil else { return .left }
    return isAlone ? .allAreOurs : .adopted
  }

  /// Keeps the processes below this program, and others of the same user, from reading its memory and environment.
  ///
  /// A process of root can still read them. A debugger of the same user cannot attach any more.
  package static func seal() {
    _ = ChildProcess.seal()
  }
}
