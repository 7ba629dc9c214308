import Dispatch

/// Runs tasks one after the other on the thread that calls ``run()``.
///
/// It spares a program whose tasks wait most of the time the threads of the pool, and the way from one to the next.
package final class TaskThread: TaskExecutor {
  private let jobs = Lock<[(UnownedJob, UnownedTaskExecutor)]>([])
  private let news = DispatchSemaphore(value: 0)

  package init() {}

  package func enqueue(_ job: consuming ExecutorJob) {
    enqueue(UnownedJob(job), of: asUnownedTaskExecutor())
  }

  /// Takes a job of another executor, which it runs as that one's.
  func enqueue(_ job: UnownedJob, of executor: UnownedTaskExecutor) {
    jobs.withLock { $0.append((job, executor)) }
    news.signal()
  }

  /// Runs what there is and what comes, for as long as the program lasts.
  package func run() -> Never {
    var batch: [(UnownedJob, UnownedTaskExecutor)] = []
    while true {
      news.wait()
      jobs.withLock { swap(&$0, &batch) }
      for (job, executor) in batch { job.runSynchronously(on: executor) }
      batch.removeAll(keepingCapacity: true)
    }
  }
}
