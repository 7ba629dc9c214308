internal import CCurl
import Glibc

/// What carries all transfers of a client, on libcurl's multi interface: a thread that waits for their sockets.
///
/// Tasks talk to it by commands. A task that starts a transfer while the thread sleeps takes the first step, which sends
/// the request, itself: waking a thread costs more. At most `maxConnections` transfers are admitted at a time, and only
/// one thread is at work at a time, so that each transfer ends once. Which thread that is, `TransferLoop+Threads` says.
final class TransferLoop: @unchecked Sendable {
  enum Command {
    case start(Transfer)
    case cancel(Transfer)
    case resume(Transfer)
    /// The transfer may now expire sooner than was known.
    case look(Transfer)
    case stop
  }

  private let configuration: HTTPConfiguration
  let inbox = Lock(TransferInbox())
  /// Whether the other thread was started, which is tried whenever it is to take the lead.
  let hasSpareThread = Lock(false)
  let bells = Bells()
  let poller: SocketPoller
  let executor: TransferExecutor

  /// What the thread went to sleep with.
  struct Sleep {
    /// Until when it sleeps if nothing happens.
    var end: UInt64 = 0
    /// How many sockets had been let go of by then.
    var removals = 0
  }

  /// Held by whoever is at work on the transfers.
  let work = Lock(Sleep())

  // Only for whoever is at work.
  @exclusivity(unchecked) private var commands: [Command] = []
  @exclusivity(unchecked) private var multis: [MultiHandle] = []
  @exclusivity(unchecked) private var waiting = AdmissionQueue<Transfer>()
  @exclusivity(unchecked) private var live: [Transfer] = []
  @exclusivity(unchecked) private var spare: [EasyHandle] = []
  /// The transfers that have something to tell to their tasks.
  @exclusivity(unchecked) private var deliveries: [Transfer] = []
  /// What they are told once nobody is at work: a task may go on as soon as it is told.
  @exclusivity(unchecked) private var news: [Transfer.News] = []
  @exclusivity(unchecked) private var nextLook = UInt64.max
  @exclusivity(unchecked) private var isStopping = false

  /// With more transfers than this, each has smaller buffers.
  private static let many = 128

  /// A task goes on with its new transfer so many times before it leaves it to the thread.
  private static let maxRounds = 64

  /// More spare handles than this are freed.
  private static let maxSpare = 1_024

  init(_ configuration: HTTPConfiguration, _ poller: SocketPoller, _ executor: TransferExecutor) {
    self.configuration = configuration
    self.poller = poller
    self.executor = executor
  }
}

// MARK: - At work

extension TransferLoop {
  /// Does all that can be done without waiting and says how long the thread may wait now; nil when it is to end.
  func moveOn(_ sleep: inout Sleep) -> Int32? {
    inbox.withLock { $0.empty(into: &commands) }
    // What became possible on a socket that was let go of meanwhile may be another socket's; nothing is lost, because
    // the next wait tells it again.
    if poller.removals == sleep.removals {
      for event in poller.events { check(multis[event.multi].act(on: event.socket, possible: event.possible)) }
    }
    poller.forgetEvents()
    for command in commands { execute(command) }
    commands.removeAll(keepingCapacity: true)
    if isStopping {
      failAll("the client was closed")
      gatherNews()
      (spare, multis) = ([], [])
      inbox.withLock { $0.end() }
      return nil
    }
    step()
    return rest(&sleep)
  }

  /// How long the thread, which carried on a task, may wait now; nil if another one has taken the lead.
  func comeBack() -> Int32? {
    work.withLock { sleep in inbox.withLock { $0.comeBack() } ? rest(&sleep) : nil }
  }

  private func rest(_ sleep: inout Sleep) -> Int32 {
    sleep = Sleep(end: nextDeadline, removals: poller.removals)
    return milliseconds(to: sleep.end)
  }

  /// Has every transfer do what its time has come for.
  private func step() {
    repeat {
      actOnTime()
      collectResults()
      lookAtClocks()
      gatherNews()
      // Whatever ended makes room.
    } while admit()
  }

  /// Does at once what the thread would be woken for; false if it is awake, and is to be told.
  func takeFirstStep(of transfer: Transfer, isIsolated: Bool) -> Bool {
    guard inbox.withLock({ $0.leader != .awake }) else { return false }
    var news: [Transfer.News] = []
    let call = work.withLockIfFree { sleep in
      withSignalsBlocked {
        poller.holdBack()
        execute(.start(transfer))
        step()
        takeWhatIsReady(for: transfer)
      }
      defer { takeNews(&news) }
      return inbox.withLock { inbox in
        inbox.callAfterFirstStep(
          isIdle: isIdle, isDueSooner: nextDeadline < sleep.end,
          isWaiting: !isIsolated && !transfer.isAnswered ? currentTaskID : nil)
      }
    }
    if let call { answer(call) }
    for item in news { item.tell() }
    return call != nil
  }

  /// Goes on with new sockets as far as they are ready, until a transfer is answered; the rest is waited for.
  private func takeWhatIsReady(for transfer: Transfer) {
    var rounds = 0
    while !transfer.isAnswered, rounds < Self.maxRounds, let event = poller.nextReady() {
      rounds += 1
      check(multis[event.multi].act(on: event.socket, possible: event.possible))
      step()
    }
    if !poller.watchHeldBack() {
      failAll("the system waits for no more sockets")
      step()
    }
  }

  private func execute(_ command: Command) {
    switch command {
    case .start(let transfer):
      waiting.append(transfer)
      admit()
    case .cancel(let transfer):
      end(transfer, .failed(transfer.canceled))
    case .resume(let transfer):
      guard let easy = transfer.easy else { return }
      // Hands over what libcurl kept back, whose refusal it reports here and nowhere else.
      let code = ccurl_easy_pause(easy.pointer, CURLPAUSE_CONT)
      if code != CURLE_OK { end(transfer, .failed(transfer.failure(code))) }
    case .look(let transfer):
      look(noLaterThan: transfer.look(at: monotonicNow()).next)
    case .stop:
      isStopping = true
    }
  }

  /// Begins waiting transfers as far as there are places; says whether it began any.
  @discardableResult
  private func admit() -> Bool {
    var isAny = false
    while live.count < max(1, configuration.maxConnections), let transfer = waiting.popFirst() {
      if transfer.isOver { continue }
      begin(transfer)
      isAny = true
    }
    return isAny
  }

  private func begin(_ transfer: Transfer) {
    guard let easy = spare.popLast() ?? makeEasyHandle() else {
      return transfer.finish(.failed(HTTPError(.other, "libcurl has no memory for a transfer")))
    }
    transfer.easy = easy
    transfer.slot = live.count
    live.append(transfer)
    let now = monotonicNow()
    transfer.begin(at: now)
    look(noLaterThan: transfer.look(at: now).next)
    guard easy.prepare(for: transfer, isOneOfMany: live.count > Self.many) else {
      return end(transfer, .failed(HTTPError(.other, "libcurl has no memory for the headers of a request")))
    }
    let code = easy.multi.add(easy)
    if code != CURLM_OK {
      let reason = String(cString: ccurl_multi_strerror(code))
      end(transfer, .failed(HTTPError(.other, "libcurl refused a transfer: \(reason)")))
    }
  }

  private func makeEasyHandle() -> EasyHandle? {
    if let multi = multis.first(where: { $0.handleCount < MultiHandle.capacity }) {
      return multi.makeEasyHandle(configuration)
    }
    let made = MultiHandle(number: multis.count, poller: poller, maxConnections: configuration.maxConnections)
    guard let multi = made else { return nil }
    multis.append(multi)
    return multi.makeEasyHandle(configuration)
  }

  /// Takes a transfer off libcurl, if it is there, and tells its end.
  private func end(_ transfer: Transfer, _ outcome: Transfer.Outcome) {
    if let easy = transfer.easy {
      if outcome.error != nil { easy.closeConnection() }
      easy.multi.remove(easy)
      easy.releaseRequest()
      transfer.upload.discard()
      transfer.easy = nil
      if spare.count < Self.maxSpare { spare.append(easy) }
      let last = live.removeLast()
      if last !== transfer {
        live[transfer.slot] = last
        last.slot = transfer.slot
      }
    }
    transfer.finish(outcome)
  }

  private func collectResults() {
    for multi in multis {
      while let (transfer, code) = multi.nextResult() {
        end(transfer, code == CURLE_OK ? .complete : .failed(transfer.failure(code)))
      }
    }
  }

  /// Has a transfer tell its task what it has, once libcurl has handled all that came with it.
  func deliver(_ transfer: Transfer) {
    deliveries.append(transfer)
  }

  /// Whether nothing is in flight.
  var isIdle: Bool { live.isEmpty }

  /// Takes what there is to tell; `news` is empty before.
  func takeNews(_ news: inout [Transfer.News]) {
    swap(&news, &self.news)
  }

  private func gatherNews() {
    while let transfer = deliveries.popLast() {
      var resumes = false
      if let item = transfer.takeNews(&resumes) { news.append(item) }
      if resumes { execute(.resume(transfer)) }
    }
  }

  private func failAll(_ reason: String) {
    while let transfer = live.last {
      end(transfer, .failed(HTTPError(.other, "the request to \(transfer.endpoint.name) was ended: \(reason)")))
    }
  }

  /// Asks for a look at the clocks at that moment, if none comes sooner.
  func look(noLaterThan moment: UInt64) {
    nextLook = min(nextLook, moment)
  }

  private func lookAtClocks() {
    let now = monotonicNow()
    guard now >= nextLook else { return }
    nextLook = .max
    // From the back, because ending a transfer moves the last one into its place.
    for slot in live.indices.reversed() {
      let transfer = live[slot]
      let (expired, next) = transfer.look(at: now)
      if let expired {
        end(transfer, .failed(transfer.timeout(expired)))
      } else {
        look(noLaterThan: next)
      }
    }
  }

  private func actOnTime() {
    let now = monotonicNow()
    for multi in multis where multi.deadline <= now { check(multi.actOnTime()) }
  }

  /// How long the thread may wait, in milliseconds; none at all if there are commands.
  private func milliseconds(to end: UInt64) -> Int32 {
    guard inbox.withLock({ $0.fallAsleep() }) else { return 0 }
    let left = end.saturatingDifference(monotonicNow())
    return left == 0 ? 0 : Int32(min(left / 1_000_000 + 1, 3_600_000))
  }

  private var nextDeadline: UInt64 { multis.reduce(nextLook) { min($0, $1.deadline) } }

  private func check(_ code: CURLMcode) {
    if code != CURLM_OK { failAll(String(cString: ccurl_multi_strerror(code))) }
  }
}
