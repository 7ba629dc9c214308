import Dispatch
import Glibc

/// The thread that leads, which waits for the sockets, and the one that takes the lead when it is away.
///
/// The leader carries on a task itself whose response came while nothing else was in flight. Should something have to be
/// seen to meanwhile, the other thread leads from then on, so that a task may block for as long as it likes.
extension TransferLoop {
  /// What threads wait for that do not lead.
  struct Bells: Sendable {
    /// Wakes the other thread.
    let spare = DispatchSemaphore(value: 0)
    /// Says that nothing is carried any more.
    let end = DispatchSemaphore(value: 0)
  }

  /// Starts the thread, which runs until ``stop()``.
  static func start(
    _ configuration: HTTPConfiguration, _ executor: TransferExecutor
  ) throws(HTTPError) -> TransferLoop {
    guard let poller = SocketPoller() else {
      throw HTTPError(.other, "there are no descriptors for HTTP: \(String(cString: strerror(errno)))")
    }
    let loop = TransferLoop(configuration, poller, executor)
    let code = loop.startThread()
    if code != 0 {
      throw HTTPError(.other, "the thread for HTTP cannot be started: \(String(cString: strerror(code)))")
    }
    do {
      // Another thread may still be at it, while this one's begins.
      try CurlLibrary.initialize()
    } catch {
      loop.stop()
      throw error
    }
    return loop
  }

  /// Starts a thread; the number of an error if there is none to be had.
  private func startThread() -> Int32 {
    let context = Unmanaged.passRetained(self)
    var thread = pthread_t()
    let code = withSignalsBlocked {
      pthread_create(
        &thread, nil,
        { context in
          guard let context else { return nil }
          Unmanaged<TransferLoop>.fromOpaque(context).takeRetainedValue().run()
          return nil
        }, context.toOpaque())
    }
    if code == 0 { pthread_detach(thread) } else { context.release() }
    return code
  }

  /// Begins a transfer.
  ///
  /// - Parameter actor: The actor that its task works for, whose other jobs the thread may go on with.
  @inline(never)
  func start(_ transfer: Transfer, for actor: (any Actor)?) {
    if !takeFirstStep(of: transfer, isIsolated: actor != nil) { submit(.start(transfer)) }
  }

  func submit(_ command: Command) {
    let call = inbox.withLock { inbox in
      inbox.commands.append(command)
      return inbox.call()
    }
    answer(call)
  }

  func answer(_ call: TransferInbox.Call) {
    switch call {
    case .nothing: break
    case .wake: poller.wake()
    case .replace(let absence):
      let isStarted = hasSpareThread.withLock { hasSpareThread in
        if hasSpareThread { bells.spare.signal() } else { hasSpareThread = startThread() == 0 }
        return hasSpareThread
      }
      if !isStarted { inbox.withLock { $0.waitForLeader(backFrom: absence) } }
    }
  }

  /// Ends all transfers, and the threads unless they are away, and returns when all descriptors are closed.
  ///
  /// In a task that the only thread carries on all that comes once it is back.
  func stop() {
    submit(.stop)
    if inbox.withLock({ $0.isWaitingForCurrentThread }) { return }
    bells.end.wait()
    poller.close()
  }

  private func run() {
    SocketPoller.nameThread()
    while let leads = inbox.withLock({ $0.hasEnded ? nil : $0.takeLead() }) {
      if leads { lead() } else { bells.spare.wait() }
    }
    bells.spare.signal()
    bells.end.signal()
  }

  /// Sees to everything until the other thread takes the lead, or to the end.
  private func lead() {
    var news: [Transfer.News] = []
    while true {
      var task: Int?
      var milliseconds = work.withLock { sleep in
        let milliseconds = moveOn(&sleep)
        takeNews(&news)
        if milliseconds != nil, isIdle, news.count == 1 { task = news[0].task }
        return milliseconds
      }
      let job = executor.keepJob(if: task != nil) { for item in news { item.tell() } }
      news.removeAll(keepingCapacity: true)
      if let job, let task {
        if inbox.withLock({ $0.leave(for: task) }) {
          withSignalsAsOnPool { executor.run(job) }
          milliseconds = comeBack()
        } else {
          executor.leave(job)
        }
      }
      guard let milliseconds else { return }
      poller.wait(milliseconds: milliseconds)
    }
  }
}
