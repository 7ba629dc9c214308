import Dispatch

/// Runs tasks one after the other on the thread that calls ``run()``; a job that blocks holds up all others.
///
/// It spares a program whose tasks wait most of the time the threads of the pool, and the way from one to the next.
package final class TaskThread: TaskExecutor {
  private struct Entry {
    let job: UnownedJob
    let executor: any TaskExecutor
  }

  private let jobs = Lock<[Entry]>([])
  private let news = DispatchSemaphore(value: 0)

  package init() {}

  package func enqueue(_ job: consuming ExecutorJob) {
    enqueue(UnownedJob(job), of: self)
  }

  /// Takes a job of another executor, which it runs as that one's.
  func enqueue(_ job: UnownedJob, of executor: any TaskExecutor) {
    let isNew = jobs.withLock { jobs in
      jobs.append(Entry(job: job, executor: executor))
      return jobs.count == 1
    }
    if isNew { news.signal() }
  }

  /// Runs what there is and what comes, for as long as the program lasts.
  package func run() -> Never {
    var batch: [Entry] = []
    while true {
      news.wait()
      jobs.withLock { swap(&$0, &batch) }
      for entry in batch { entry.job.runSynchronously(on: entry.executor.asUnownedTaskExecutor()) }
      batch.removeAll(keepingCapacity: true)
    }
  }
}
