internal import CCurl
import Glibc

/// The thread that carries all transfers of a client, on libcurl's multi interface.
///
/// Tasks talk to it by commands. It is woken only when it sleeps, admits at most `maxConnections` transfers at a
/// time, and is the only one that ends a transfer, so that each ends once.
final class TransferLoop: @unchecked Sendable {
  enum Command {
    case start(Transfer)
    case cancel(Transfer)
    case resume(Transfer)
    /// The transfer may now expire sooner than was known.
    case look(Transfer)
    case stop
  }

  private struct Inbox {
    var commands: [Command] = []
    var isSleeping = false
  }

  private let configuration: HTTPConfiguration
  private let inbox = Lock(Inbox())
  private let multi: UnsafeMutableRawPointer
  private var thread: pthread_t?

  // The loop's thread only.
  private var waiting = AdmissionQueue<Transfer>()
  private var live: [Transfer] = []
  private var spare: [EasyHandle] = []
  private var nextLook = UInt64.max
  private var isStopping = false

  /// More spare handles than this are freed.
  private static let maxSpare = 64

  private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  /// Starts the thread, which runs until ``stop()``.
  static func start(_ configuration: HTTPConfiguration) throws(HTTPError) -> TransferLoop {
    guard isLibraryReady, let multi = curl_multi_init() else {
      throw HTTPError(.other, "libcurl cannot be initialized")
    }
    let loop = TransferLoop(configuration, multi)
    // All signals stay off this thread: they belong to the host program, and a SIGPIPE of a TLS write to nobody.
    var all = sigset_t()
    var previous = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &previous)
    defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
    let context = Unmanaged.passRetained(loop)
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<TransferLoop>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      context.release()
      throw HTTPError(.other, "the thread for HTTP cannot be started: \(String(cString: strerror(code)))")
    }
    loop.thread = thread
    return loop
  }

  private init(_ configuration: HTTPConfiguration, _ multi: UnsafeMutableRawPointer) {
    self.configuration = configuration
    self.multi = multi
    ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, max(1, configuration.maxConnections))
    // Over HTTP/2 too a transfer has its connection to itself: libcurl (7.88) stops reading a connection on which one
    // stream is paused, so that a slow reader would hold up all others, and their end would be that of the connection.
    ccurl_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
  }

  deinit {
    curl_multi_cleanup(multi)
  }

  func submit(_ command: Command) {
    let wakes = inbox.withLock { inbox in
      inbox.commands.append(command)
      let wasSleeping = inbox.isSleeping
      inbox.isSleeping = false
      return wasSleeping
    }
    if wakes { curl_multi_wakeup(multi) }
  }

  /// Ends the thread and returns when it has ended; the connections go with the object.
  func stop() {
    submit(.stop)
    if let thread { pthread_join(thread, nil) }
  }
}

// MARK: - The loop's thread

extension TransferLoop {
  private func run() {
    var commands: [Command] = []
    while true {
      inbox.withLock { swap(&$0.commands, &commands) }
      for command in commands { execute(command) }
      commands.removeAll(keepingCapacity: true)
      if isStopping { break }
      repeat {
        var running: Int32 = 0
        let code = curl_multi_perform(multi, &running)
        collectResults()
        if code != CURLM_OK { failAll(String(cString: curl_multi_strerror(code))) }
      } while admit()
      lookAtClocks()
      sleepUntilNeeded()
    }
    failAll("the client was closed")
    spare = []
  }

  private func execute(_ command: Command) {
    switch command {
    case .start(let transfer):
      waiting.append(transfer)
      admit()
    case .cancel(let transfer):
      end(transfer, .failure(transfer.canceled))
    case .resume(let transfer):
      guard let easy = transfer.easy else { return }
      // Hands over what libcurl kept back, whose refusal it reports here and nowhere else.
      let code = curl_easy_pause(easy.pointer, CURLPAUSE_CONT)
      if code != CURLE_OK { end(transfer, .failure(transfer.failure(code))) }
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
    guard let easy = spare.popLast() ?? EasyHandle(configuration) else {
      return transfer.finish(.failure(HTTPError(.other, "libcurl has no memory for a transfer")))
    }
    transfer.easy = easy
    transfer.slot = live.count
    live.append(transfer)
    let now = monotonicNow()
    transfer.begin(at: now)
    look(noLaterThan: transfer.look(at: now).next)
    easy.prepare(for: transfer)
    let code = curl_multi_add_handle(multi, easy.pointer)
    if code != CURLM_OK {
      let reason = String(cString: curl_multi_strerror(code))
      end(transfer, .failure(HTTPError(.other, "libcurl refused a transfer: \(reason)")))
    }
  }

  /// Takes a transfer off libcurl, if it is there, and tells its end.
  private func end(_ transfer: Transfer, _ outcome: Result<Void, HTTPError>) {
    if let easy = transfer.easy {
      if case .failure = outcome { easy.closeConnection() }
      curl_multi_remove_handle(multi, easy.pointer)
      easy.releaseHeaders()
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
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
      var context: UnsafeMutableRawPointer?
      guard ccurl_get_pointer(handle, CURLINFO_PRIVATE, &context) == CURLE_OK, let context else { continue }
      let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
      let code = ccurl_message_result(message)
      end(transfer, code == CURLE_OK ? .success(()) : .failure(transfer.failure(code)))
    }
  }

  private func failAll(_ reason: String) {
    while let transfer = live.last {
      end(transfer, .failure(HTTPError(.other, "the request to \(transfer.endpoint.name) was ended: \(reason)")))
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
        end(transfer, .failure(transfer.timeout(expired)))
      } else {
        look(noLaterThan: next)
      }
    }
  }

  private func sleepUntilNeeded() {
    let sleeps = inbox.withLock { inbox in
      inbox.isSleeping = inbox.commands.isEmpty
      return inbox.isSleeping
    }
    guard sleeps else { return }
    let left = nextLook.saturatingDifference(monotonicNow())
    let milliseconds = Int32(min(left / 1_000_000 + 1, 3_600_000))
    curl_multi_poll(multi, nil, 0, milliseconds, nil)
    inbox.withLock { $0.isSleeping = false }
  }
}
