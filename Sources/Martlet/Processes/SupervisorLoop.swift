internal import Glibc

/// The thread of a ``ProcessSupervisor``: it starts the children, moves their bytes and carries out what each
/// ``ChildLifecycle`` decides.
final class SupervisorLoop {
  private typealias CallID = SupervisorMailbox.CallID
  private typealias Clock = SuspendingClock

  private let mailbox: SupervisorMailbox
  private let poller: Poller
  private let times: ChildLifecycle.Times
  private let orphans: ProcessSupervisor.Orphans
  private let clock = Clock()
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
  private var starts: ArraySlice<SupervisorMailbox.Start> = []
  /// For the next start, while a call is announced: nothing of it stays when none is.
  private var groundwork: SpawnGroundwork?
  /// Whether SIGCHLD is not blocked here. At its default it is dropped at once if the thread that started the child does
  /// not block it; otherwise another thread of the host is woken to drop it.
  private var passesChildSignal = false
  /// Whether the main thread does not block SIGCHLD: a host that takes it with `sigwait` or a descriptor blocks it
  /// everywhere, and here it would be lost.
  private let mayPassChildSignal = Poller.mayPassChildSignal
  private var calls: [CallID: Call] = [:]
  private var leaders: Set<Int32> = []
  /// Of calls that are over, although processes of theirs had not ended in time after SIGKILL.
  private var leftovers: [StraySweep] = []
  /// The processes and threads of the machine, counted once a second at most.
  private var lastTaskCount: UInt64?
  private var nextTaskCount: Clock.Instant
  /// Not later than the deadline of any call.
  private var nearestDeadline: Clock.Instant?

  init(
    mailbox: SupervisorMailbox, poller: Poller, times: ChildLifecycle.Times, orphans: ProcessSupervisor.Orphans
  ) {
    self.mailbox = mailbox
    self.poller = poller
    self.times = times
    self.orphans = orphans
    nextTaskCount = clock.now
  }

  deinit {
    buffer.deallocate()
  }

  /// Starts the thread, which keeps the loop alive. Returns an error number if that is impossible.
  ///
  /// All signals are blocked on it from its first instruction: the host's handlers never run there, and the SIGPIPE of
  /// a child that closed its input stays without effect. Only SIGCHLD is let through while the host has no use for it
  /// as a child starts.
  func detachThread() -> Int32? {
    var all = sigset_t()
    var previous = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &previous)
    defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self)
    let code = pthread_create(&thread, nil, runSupervisorLoop, context.toOpaque())
    guard code == 0 else {
      context.release()
      return code
    }
    pthread_detach(thread)
    return nil
  }

  fileprivate func run() {
    var isStopping = false
    while !(isStopping && starts.isEmpty && calls.isEmpty) {
      let mayWait =
        starts.isEmpty && mailbox.maySleep(knowingOfStop: isStopping, expectingMore: groundwork != nil)
      let tokens = poller.wait(milliseconds: mayWait ? millisecondsToDeadline() : 0)
      // Before the events, so that a `killAll` is known when the deaths that it caused are seen.
      let expectsMore: Bool
      (expectsMore, isStopping) = receive()
      if !expectsMore, starts.isEmpty { groundwork = nil }
      for token in tokens { handle(token) }
      fireDeadlines()
      if expectsMore, groundwork == nil { groundwork = try? SpawnGroundwork() }
      for _ in 0..<startsInARow {
        guard let start = starts.popFirst() else { break }
        begin(start)
      }
    }
  }
}

/// How many children are started in a row: a start takes up to a millisecond, and the running ones wait for it.
private let startsInARow = 8

/// What a child may add to the processes and threads of its user.
private let additionalTasks: UInt64 = 4096

/// Processes that do not end although they were killed wait for a disk, or for a processor: there are not many.
private let leftoversAtMost = 256
private let leftoverPause = Duration.seconds(1)

extension SupervisorLoop {
  private enum Source: UInt64 { case process, input, output, error }

  /// One running child, or one that was given up but still has to be reaped.
  private final class Call {
    let id: CallID
    let process: ChildProcess
    let startedAt: Clock.Instant
    var lifecycle: ChildLifecycle
    var reply: SupervisorMailbox.Reply?
    private let environment: ChildEnvironment
    lazy var sweep = StraySweep(of: process, attribution: environment.marks)
    /// What the last pass of the sweep said.
    var hasSurvivors = false

    init(_ start: SupervisorMailbox.Start, process: ChildProcess, startedAt: Clock.Instant, lifecycle: ChildLifecycle) {
      id = start.id
      self.process = process
      self.startedAt = startedAt
      self.lifecycle = lifecycle
      reply = start.reply
      environment = start.plan.request.environment
    }

    func token(_ source: Source) -> UInt64 { id << 2 | source.rawValue }
  }

  // MARK: - Commands

  private func receive() -> (expectsMore: Bool, isStopping: Bool) {
    let (commands, expectsMore, isStopping) = mailbox.receive()
    for command in commands {
      switch command {
      case .start(let start):
        starts.append(start)
      case .cancel(let id):
        if let call = calls[id] { handle(.canceled, of: call) }
      case .killed:
        for call in Array(calls.values) { handle(.killed, of: call) }
      }
    }
    return (expectsMore, isStopping)
  }

  private func begin(_ start: SupervisorMailbox.Start) {
    guard mailbox.claim(start.id, round: start.round) else {
      groundwork = nil
      start.reply.resume(returning: ProcessResult(ending: .canceled))
      return
    }
    let request = start.plan.request
    let now = clock.now
    do throws(SpawnFailure) {
      let groundwork = try takeGroundwork(for: request)
      if (groundwork.childSignalIsDefault && mayPassChildSignal) != passesChildSignal {
        passesChildSignal.toggle()
        Poller.passChildSignal(passesChildSignal)
      }
      let process = try ChildProcess(starting: start.plan, from: groundwork, maxTasks: maxTasks(at: now))
      let lifecycle = ChildLifecycle(
        startedAt: now, timeout: request.timeout, times: times, adoptsOrphans: orphans != .left)
      let call = Call(start, process: process, startedAt: now, lifecycle: lifecycle)
      try watch(call, request)
      calls[call.id] = call
      leaders.insert(process.group.pid)
      note(lifecycle.deadline)
      if !mailbox.register(call.id, process.group, round: start.round) { handle(.killed, of: call) }
    } catch {
      start.reply.resume(returning: ProcessResult(ending: .notStarted(error)))
    }
  }

  private func takeGroundwork(for request: ProcessRequest) throws(SpawnFailure) -> SpawnGroundwork {
    if let groundwork = groundwork.take() { return groundwork }
    do throws(SpawnGroundwork.Failure) {
      return try SpawnGroundwork()
    } catch {
      throw SpawnFailure(errno: error.errno, stage: .pipe, request: request)
    }
  }

  /// A fork bomb ends there.
  private func maxTasks(at now: Clock.Instant) -> UInt64 {
    if now >= nextTaskCount {
      nextTaskCount = now + .seconds(1)
      lastTaskCount = ProcessTable.taskCount() ?? lastTaskCount
    }
    return lastTaskCount.map { $0 + additionalTasks } ?? 0
  }

  /// Small input is in the pipe, and the pipe closed, before there is anything to watch.
  private func watch(_ call: Call, _ request: ProcessRequest) throws(SpawnFailure) {
    let process = call.process
    var code = poller.watchExit(process.exitDescriptor, token: call.token(.process))
    if code == 0, let output = process.output?.number {
      code = poller.watch(output, for: .readable, token: call.token(.output))
    }
    if code == 0, let error = process.error?.number {
      code = poller.watch(error, for: .readable, token: call.token(.error))
    }
    if process.writeInput() == .ended {
      process.closeInput()
    } else if code == 0, let input = process.input?.number {
      code = poller.watch(input, for: .writable, token: call.token(.input))
    }
    guard code != 0 else { return }
    process.group.signal(SIGKILL)
    closePipes(of: process)
    poller.unwatch(process.exitDescriptor)
    _ = process.reap()
    throw SpawnFailure(errno: code, stage: .setup, request: request)
  }

  // MARK: - Events

  private func handle(_ token: UInt64) {
    // Zero is the wake-up. A call that an earlier event of the same batch completed is not there any more.
    guard let call = calls[token >> 2], let source = Source(rawValue: token & 3) else { return }
    switch source {
    case .process: leaderExited(call)
    case .input: if call.process.writeInput() == .ended { closeInput(of: call.process) }
    case .output: read(.standardOutput, of: call)
    case .error: read(.standardError, of: call)
    }
  }

  private func leaderExited(_ call: Call) {
    guard call.reply != nil else {
      remove(call)
      return
    }
    // Usually the outputs are at their end by now: no need to wait for them to say so.
    for stream in [ProcessStream.standardOutput, .standardError] { read(stream, of: call) }
    handle(.leaderExited, of: call)
  }

  private func read(_ stream: ProcessStream, of call: Call) {
    let process = call.process
    guard let descriptor = stream == .standardOutput ? process.output?.number : process.error?.number else { return }
    let flow = process.read(stream, through: buffer)
    let hasTooMuch = process.hasTooMuch(stream)
    guard flow == .ended || hasTooMuch else { return }
    // Whoever goes on writing gets SIGPIPE.
    poller.unwatch(descriptor)
    process.close(stream)
    if hasTooMuch { handle(.outputLimitReached(stream, bytes: ChildProcess.outputLimit), of: call) }
    if !process.outputIsOpen { handle(.outputEnded, of: call) }
  }

  private func handle(_ event: ChildLifecycle.Event, of call: Call) {
    var next: ChildLifecycle.Event? = event
    while let event = next {
      next = nil
      let group = call.process.group
      switch call.lifecycle.handle(event, at: clock.now) {
      case .none: break
      case .terminateGroup: group.signal(SIGTERM)
      case .killGroup: group.signal(SIGKILL)
      case .killGroupAndSweep(let scope):
        group.signal(SIGKILL)
        call.hasSurvivors = call.sweep.pass(
          scope: scope, sparing: leaders, ownsEveryChild: orphans == .allAreOurs && calls.count == 1)
        next = .swept(survivors: call.hasSurvivors)
      case .complete:
        group.signal(SIGKILL)
        deliver(call, ending: remove(call))
      case .abandon: deliver(call, ending: .statusUnknown)
      }
    }
    note(call.lifecycle.deadline)
  }

  // MARK: - Ends

  /// Forgets the call and reaps its child.
  @discardableResult
  private func remove(_ call: Call) -> ProcessResult.Ending {
    closePipes(of: call.process)
    mailbox.unregister(call.id)
    calls[call.id] = nil
    leaders.remove(call.process.group.pid)
    if orphans != .left, call.hasSurvivors, leftovers.count < leftoversAtMost {
      call.sweep.forgetLeader()
      leftovers.append(call.sweep)
      note(clock.now + leftoverPause)
    }
    return call.process.reap()
  }

  private func deliver(_ call: Call, ending: ProcessResult.Ending) {
    closePipes(of: call.process)
    let result = ProcessResult(
      ending: call.lifecycle.verdict ?? ending, output: call.process.collectedOutput.captured,
      errorTail: call.process.collectedError.captured.tail, duration: clock.now - call.startedAt)
    call.reply.take()?.resume(returning: result)
  }

  private func closeInput(of process: ChildProcess) {
    if let descriptor = process.input?.number { poller.unwatch(descriptor) }
    process.closeInput()
  }

  private func closePipes(of process: ChildProcess) {
    closeInput(of: process)
    if let descriptor = process.output?.number { poller.unwatch(descriptor) }
    if let descriptor = process.error?.number { poller.unwatch(descriptor) }
    process.close(.standardOutput)
    process.close(.standardError)
  }

  // MARK: - Time

  private func note(_ deadline: Clock.Instant?) {
    guard let deadline else { return }
    nearestDeadline = nearestDeadline.map { min($0, deadline) } ?? deadline
  }

  private func fireDeadlines() {
    guard let nearest = nearestDeadline else { return }
    let now = clock.now
    guard now >= nearest else { return }
    nearestDeadline = nil
    for call in Array(calls.values) {
      if let deadline = call.lifecycle.deadline, deadline <= now { handle(.deadlinePassed, of: call) }
      note(call.lifecycle.deadline)
    }
    leftovers.removeAll { !$0.pass(scope: .children, sparing: leaders) }
    if !leftovers.isEmpty { note(now + leftoverPause) }
  }

  /// Rounded up, so that the deadline has passed on waking; at most a minute, -1 when there is none.
  private func millisecondsToDeadline() -> Int32 {
    guard let nearestDeadline else { return -1 }
    let (seconds, attoseconds) = min(max(clock.now.duration(to: nearestDeadline), .zero), .seconds(60)).components
    return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}

private func runSupervisorLoop(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Poller.nameThread()
  Unmanaged<SupervisorLoop>.fromOpaque(context).takeRetainedValue().run()
  return nil
}
