internal import Dispatch
import Glibc
internal import Synchronization

/// Runs tasks on the threads of the pool or the thread it was given, or goes on with one where its response came.
///
/// A conversation that is alone with its client waits for nothing but its responses. If the thread that waits for the
/// socket carries the task on, no other thread has to be woken, and what both need is in one processor's caches.
package final class TransferExecutor: TaskExecutor, @unchecked Sendable {
  /// The thread that tells tasks of their responses and keeps the first of their jobs for itself; 0 if there is none.
  private let teller = Atomic<UInt>(0)
  /// Only for that thread.
  private var kept: UnownedJob?
  /// What runs all other jobs instead of the pool's threads.
  private let thread: TaskThread?

  init(_ thread: TaskThread? = nil) {
    self.thread = thread
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if teller.load(ordering: .relaxed) == Self.currentThread, kept == nil {
      kept = job
    } else {
      leave(job)
    }
  }

  /// Tells tasks of something, and gives the first job that this makes ready, which is then the caller's to run.
  ///
  /// - Parameter keeps: Whether the caller can run one; otherwise all are left to others.
  func keepJob(if keeps: Bool, of tell: () -> Void) -> UnownedJob? {
    if keeps { teller.store(Self.currentThread, ordering: .relaxed) }
    tell()
    guard keeps else { return nil }
    teller.store(0, ordering: .relaxed)
    defer { kept = nil }
    return kept
  }

  func run(_ job: UnownedJob) {
    job.runSynchronously(on: asUnownedTaskExecutor())
  }

  func leave(_ job: UnownedJob) {
    guard let thread else { return Self.pool(job.priority).async { self.run(job) } }
    thread.enqueue(job, of: self)
  }

  // As Swift's own executor has it.
  private static let background = DispatchQueue.global(qos: .background)
  private static let low = DispatchQueue.global(qos: .utility)
  private static let medium = DispatchQueue.global(qos: .default)
  private static let high = DispatchQueue.global(qos: .userInitiated)

  private static func pool(_ priority: JobPriority) -> DispatchQueue {
    switch TaskPriority(rawValue: priority.rawValue) {
    case TaskPriority(rawValue: 0): medium
    case ...TaskPriority.background: background
    case ...TaskPriority.low: low
    case ...TaskPriority.medium: medium
    default: high
    }
  }

  private static var currentThread: UInt { UInt(pthread_self()) }
}
