import Glibc

/// One exchange, between the task that asked for it and whoever is at work on the transfers.
///
/// What both touch lies in `shared`; the other variables are only for whoever is at work on the transfers.
final class Transfer: @unchecked Sendable {
  /// Unread bytes at which the transfer pauses.
  static let highWater = 256 << 10

  /// The request without its body, which is in ``upload``.
  let request: HTTPRequest
  let endpoint: Endpoint
  let proxy: Proxy?
  private let loop: TransferLoop
  private let shared: Lock<Shared>

  typealias Head = (status: Int, headers: HTTPHeaders)
  fileprivate typealias HeadWaiter = UnsafeContinuation<Result<Head, HTTPError>, Never>
  fileprivate typealias PieceWaiter = UnsafeContinuation<Result<[UInt8]?, HTTPError>, Never>

  /// How it ended.
  enum Outcome {
    case complete
    case failed(HTTPError)

    var error: HTTPError? { if case .failed(let error) = self { error } else { nil } }
  }

  private struct Shared {
    var clock: ExchangeClock?
    var isStarted = false
    var head: Head?
    var headWaiter: HeadWaiter?
    var pieceWaiter: PieceWaiter?
    /// The task that waits, by its ``currentTaskID``.
    var waitingTask = 0
    var unread: [UInt8] = []
    var peakUnread = 0
    var isPaused = false
    var isCanceled = false
    /// Once the transfer was canceled, always that.
    var outcome: Outcome?

    /// The head or why there is none; nil while it may still come.
    func headResult(headless: @autoclosure () -> HTTPError) -> Result<Head, HTTPError>? {
      if let head, !isCanceled { return .success(head) }
      return outcome.map { .failure($0.error ?? headless()) }
    }

    /// The next piece or the end; nil while it may still come. `resumes` is set if the transfer is to go on.
    mutating func takePiece(_ resumes: inout Bool) -> Result<[UInt8]?, HTTPError>? {
      if isCanceled || unread.isEmpty { return outcome.map { $0.error.map { .failure($0) } ?? .success(nil) } }
      var piece: [UInt8] = []
      swap(&piece, &unread)
      swap(&resumes, &isPaused)
      return .success(piece)
    }
  }

  // Only for whoever is at work on the transfers.
  var easy: EasyHandle?
  var slot = 0
  var upload: Upload
  /// Why a callback stopped the transfer.
  private(set) var refusal: HTTPError?
  private(set) var startedAt: UInt64 = 0
  private var head: ResponseHead
  private var isHeadDone = false
  /// Whether the loop has been told that there is something to deliver.
  private var isDelivering = false
  private var received = 0

  init(_ request: HTTPRequest, endpoint: Endpoint, proxy: Proxy?, loop: TransferLoop) {
    upload = Upload(request.body)
    // The body is let go of as soon as it is not needed: whoever encoded it appends to it next, in place.
    var request = request
    request.body = []
    self.request = request
    self.endpoint = endpoint
    self.proxy = proxy
    self.loop = loop
    head = ResponseHead(maxBytes: request.maxHeaderBytes)
    shared = Lock(Shared())
  }
}

// MARK: - The asking side

extension Transfer {
  /// Starts the transfer and waits for the head; only once.
  nonisolated(nonsending) func response() async throws(HTTPError) -> Head {
    try begin()
    if Task.isCancelled { abandon() } else { loop.start(self, for: #isolation) }
    if let ready = takeHead(orWait: nil) { return try ready.get() }
    let result = await withTaskCancellationHandler {
      await withUnsafeContinuation { (waiter: HeadWaiter) in
        if let ready = takeHead(orWait: waiter) { waiter.resume(returning: ready) }
      }
    } onCancel: {
      abandon()
    }
    return try result.get()
  }

  private func begin() throws(HTTPError) {
    let isFirst = shared.withLock { shared in
      defer { shared.isStarted = true }
      return !shared.isStarted
    }
    if !isFirst { throw HTTPError(.other, "the request to \(endpoint.name) was sent already") }
  }

  private func takeHead(orWait waiter: HeadWaiter?) -> Result<Head, HTTPError>? {
    shared.withLock { shared in
      let ready = shared.headResult(headless: headless)
      if ready == nil, let waiter { (shared.headWaiter, shared.waitingTask) = (waiter, currentTaskID) }
      return ready
    }
  }

  /// The next piece of the body; nil at its end.
  nonisolated(nonsending) func nextPiece() async throws(HTTPError) -> [UInt8]? {
    if Task.isCancelled { abandon() }
    if let ready = takePiece(orWait: nil) { return try ready.get() }
    let result = await withTaskCancellationHandler {
      await withUnsafeContinuation { (waiter: PieceWaiter) in
        if let ready = takePiece(orWait: waiter) { waiter.resume(returning: ready) }
      }
    } onCancel: {
      abandon()
    }
    return try result.get()
  }

  private func takePiece(orWait waiter: PieceWaiter?) -> Result<[UInt8]?, HTTPError>? {
    var resumes = false
    let ready: Result<[UInt8]?, HTTPError>? = shared.withLock { shared in
      if let ready = shared.takePiece(&resumes) { return ready }
      guard let waiter else { return nil }
      if shared.pieceWaiter != nil {
        return .failure(HTTPError(.other, "the body of \(endpoint.name) is read by two readers at once"))
      }
      (shared.pieceWaiter, shared.waitingTask) = (waiter, currentTaskID)
      shared.clock?.waitBegan(at: monotonicNow())
      return nil
    }
    if resumes { loop.submit(.resume(self)) }
    return ready
  }

  /// Ends the transfer, if it has not ended: the task was cancelled, or nobody will read the body.
  func abandon() {
    let isNew = shared.withLock { shared in
      if shared.outcome != nil || shared.isCanceled { return false }
      shared.isCanceled = true
      return true
    }
    if isNew { loop.submit(.cancel(self)) }
  }

  func markProgress() {
    let now = monotonicNow()
    shared.withLock { $0.clock?.markProgress(at: now) }
  }

  /// Gives the reader at most this time to wait for what is left of the body.
  func expectEnd(within limit: Duration) {
    let now = monotonicNow()
    let isOver = shared.withLock { shared in
      shared.clock?.limitIdle(to: limit, at: now)
      return shared.outcome != nil
    }
    if !isOver { loop.submit(.look(self)) }
  }

  var peakUnread: Int { shared.withLock { $0.peakUnread } }

  /// Whether the task that asked need not wait for the head.
  var isAnswered: Bool { shared.withLock { $0.headResult(headless: headless) != nil } }

  private var headless: HTTPError { HTTPError(.other, "\(endpoint.name) answered without a response head") }

  /// Whether a task waits for the head.
  var isAwaited: Bool { shared.withLock { $0.headWaiter != nil } }

  var canceled: HTTPError { HTTPError(.canceled, "the request to \(endpoint.name) was cancelled") }
}

// MARK: - The side of whoever is at work

extension Transfer {
  /// Whether the transfer ended before it began.
  var isOver: Bool { shared.withLock { $0.outcome != nil } }

  func begin(at now: UInt64) {
    startedAt = now
    shared.withLock { $0.clock = ExchangeClock(request.timeouts, startedAt: now) }
  }

  func connected(at now: UInt64) {
    let nextLook = shared.withLock { shared in
      shared.clock?.connected(at: now)
      return shared.clock?.nextLook(after: now) ?? .max
    }
    loop.look(noLaterThan: nextLook)
  }

  var isConnecting: Bool { shared.withLock { $0.clock?.isConnecting ?? true } }

  /// The part of the exchange that is over its time, or the moment of the next look.
  func look(at now: UInt64) -> (expired: HTTPError.Phase?, next: UInt64) {
    shared.withLock { shared in
      guard let clock = shared.clock else { return (nil, .max) }
      return (clock.expired(at: now), clock.nextLook(after: now))
    }
  }

  /// A header line with its end; false stops the transfer. `status` is that of the head so far.
  func receiveHeader(_ line: UnsafeRawBufferPointer, status: () -> Int) -> Bool {
    switch head.take(line) {
    case .field: return true
    case .refused(let kind, let what):
      refusal = HTTPError(kind, "\(endpoint.name) sent \(what)")
      return false
    case .end:
      let status = status()
      // An interim head is followed by another one; after the body come trailers, which nobody asked for.
      if status < 200 || isHeadDone { return true }
      // Of a tunnel this never comes as a response; of a plain request it can only be the proxy's own.
      if status == 407, let proxy, !endpoint.isSecure {
        refusal = HTTPError(.proxy, "the proxy \(proxy.name) refused the request to \(endpoint.name) with status 407")
        return false
      }
      isHeadDone = true
      let now = monotonicNow()
      let nextLook = shared.withLock { shared in
        shared.clock?.headArrived()
        shared.head = (status, HTTPHeaders(head.headers))
        return shared.clock?.nextLook(after: now) ?? .max
      }
      loop.look(noLaterThan: nextLook)
      hasNews()
      return true
    }
  }

  enum Reception {
    case taken, paused, refused
  }

  func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Reception {
    if bytes.count > request.maxBodyBytes - received {
      refusal = HTTPError(
        .tooLarge(limit: request.maxBodyBytes),
        "\(endpoint.name) sent a body of more than \(request.maxBodyBytes) bytes")
      return .refused
    }
    nonisolated(unsafe) let bytes = bytes
    let reception = shared.withLock { shared -> Reception in
      if shared.isCanceled { return .refused }
      if !shared.unread.isEmpty, shared.unread.count + bytes.count > Self.highWater {
        shared.isPaused = true
        return .paused
      }
      // A stream comes in many small pieces at once; a body that comes whole needs no more room than it has.
      if shared.unread.isEmpty { shared.unread.reserveCapacity(received == 0 ? bytes.count : max(bytes.count, 4096)) }
      shared.unread.append(contentsOf: bytes)
      shared.peakUnread = max(shared.peakUnread, shared.unread.count)
      return .taken
    }
    if reception == .taken { received += bytes.count }
    hasNews()
    return reception
  }

  /// The end of the transfer, told to whoever waits. Only the first call counts.
  func finish(_ outcome: Outcome) {
    shared.withLock { shared in
      if shared.outcome == nil { shared.outcome = shared.isCanceled ? .failed(canceled) : outcome }
    }
    hasNews()
  }

  /// One delivery for all that libcurl brings in one go: waking a task costs more than all else in a small exchange.
  private func hasNews() {
    if isDelivering { return }
    isDelivering = true
    loop.deliver(self)
  }

  /// What a task that waits is told.
  struct News {
    let task: Int
    fileprivate let head: (waiter: HeadWaiter, result: Result<Head, HTTPError>)?
    fileprivate let piece: (waiter: PieceWaiter, result: Result<[UInt8]?, HTTPError>)?

    func tell() {
      if let head { head.waiter.resume(returning: head.result) }
      if let piece { piece.waiter.resume(returning: piece.result) }
    }
  }

  /// What there is for whoever waits; `resumes` is set if the transfer was paused and is to go on.
  func takeNews(_ resumes: inout Bool) -> News? {
    isDelivering = false
    return shared.withLock { shared in
      let head = shared.headWaiter.flatMap { waiter in
        shared.headResult(headless: headless)
          .map { (waiter: waiter, result: $0) }
      }
      if head != nil { shared.headWaiter = nil }
      let piece = shared.pieceWaiter.flatMap { waiter in
        shared.takePiece(&resumes).map { (waiter: waiter, result: $0) }
      }
      if piece != nil {
        shared.pieceWaiter = nil
        shared.clock?.waitEnded(at: monotonicNow())
      }
      return head == nil && piece == nil ? nil : News(task: shared.waitingTask, head: head, piece: piece)
    }
  }
}
