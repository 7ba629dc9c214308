import Glibc
import Martlet
import MartletHTTP

/// The sockets, threads and counters behind a ``LoopbackServer``, which its threads may hold without keeping it alive.
final class LoopbackCore: Sendable {
  struct State: Sendable {
    var requests: [RecordedRequest] = []
    var accepted = 0
    var open = 0
    var peak = 0
    var disconnects = 0
    var bytesWritten = 0
  }

  private struct Waiter {
    let isMet: @Sendable (State) -> Bool
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct Guarded {
    var state = State()
    var waiters: [Int: Waiter] = [:]
    var nextWaiter = 0
    var isStopped = false
    var threads: [pthread_t] = []
    var finished: [pthread_t] = []
  }

  let port: Int
  let handler: @Sendable (RecordedRequest) -> ScriptedResponse
  /// Readable, for every thread and for ever, once the server stops.
  let stopReader: Int32
  private let stopWriter: Int32
  private let listener: Int32
  private let guarded = Lock(Guarded())

  init(_ handler: @escaping @Sendable (RecordedRequest) -> ScriptedResponse) throws(LoopbackError) {
    self.handler = handler
    (listener, port) = try LoopbackCore.listen()
    do throws(LoopbackError) {
      (stopReader, stopWriter) = try Descriptor.pipe()
    } catch {
      close(listener)
      throw error
    }
    let isStarted = startThread { $0.acceptConnections() }
    if !isStarted {
      close(listener)
      close(stopReader)
      close(stopWriter)
      throw .system("pthread_create")
    }
  }

  func state<Value>(_ read: (State) -> Value) -> Value {
    guarded.withLock { read($0.state) }
  }

  /// Changes the counters and wakes the waits that this fulfills.
  func update<Value>(_ change: (inout State) -> Value) -> Value {
    let (value, woken) = guarded.withLock { guarded in
      let value = change(&guarded.state)
      let met = guarded.waiters.filter { $0.value.isMet(guarded.state) }
      for key in met.keys { guarded.waiters[key] = nil }
      return (value, met.values.map(\.continuation))
    }
    for continuation in woken { continuation.resume() }
    return value
  }

  /// Waits for a state of the counters.
  func wait(until isMet: @escaping @Sendable (State) -> Bool) async throws {
    let key = guarded.withLock { guarded in
      guarded.nextWaiter += 1
      return guarded.nextWaiter
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let result: Result<Void, any Error>? = guarded.withLock { guarded in
          if isMet(guarded.state) { return .success(()) }
          if Task.isCancelled { return .failure(CancellationError()) }
          if guarded.isStopped { return .failure(LoopbackError(description: "the server was stopped")) }
          guarded.waiters[key] = Waiter(isMet: isMet, continuation: continuation)
          return nil
        }
        if let result { continuation.resume(with: result) }
      }
    } onCancel: {
      let waiter = guarded.withLock { $0.waiters.removeValue(forKey: key) }
      waiter?.continuation.resume(throwing: CancellationError())
    }
  }

  func stop() {
    let (isFirst, waiters) = guarded.withLock { guarded in
      let isFirst = !guarded.isStopped
      guarded.isStopped = true
      defer { guarded.waiters = [:] }
      return (isFirst, Array(guarded.waiters.values))
    }
    for waiter in waiters { waiter.continuation.resume(throwing: LoopbackError(description: "the server was stopped")) }
    guard isFirst else { return }
    close(stopWriter)
    // The first is the accepting thread, which starts the others; after it no thread is added.
    while let thread = guarded.withLock({ $0.threads.isEmpty ? nil : $0.threads.removeFirst() }) {
      pthread_join(thread, nil)
    }
    close(listener)
    close(stopReader)
  }
}

// MARK: - Threads

extension LoopbackCore {
  private final class Start: Sendable {
    let core: LoopbackCore
    let body: @Sendable (LoopbackCore) -> Void

    init(_ core: LoopbackCore, _ body: @escaping @Sendable (LoopbackCore) -> Void) {
      self.core = core
      self.body = body
    }
  }

  private func startThread(_ body: @escaping @Sendable (LoopbackCore) -> Void) -> Bool {
    let start = Unmanaged.passRetained(Start(self, body))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
        start.body(start.core)
        return nil
      }, start.toOpaque())
    if code != 0 {
      start.release()
      return false
    }
    guarded.withLock { $0.threads.append(thread) }
    return true
  }

  private func acceptConnections() {
    while waitUntilReadable(listener) {
      let client = accept(listener, nil, nil)
      if client < 0 { continue }
      Descriptor.closeOnExec(client)
      var on: Int32 = 1
      setsockopt(client, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
      let number = update { state in
        state.accepted += 1
        state.open += 1
        state.peak = max(state.peak, state.open)
        return state.accepted - 1
      }
      let isStarted = startThread { core in
        var connection = LoopbackConnection(core: core, client: client, number: number)
        connection.serve()
        core.finishThread()
      }
      if !isStarted {
        close(client)
        update { $0.open -= 1 }
      }
      joinFinished()
    }
  }

  private func finishThread() {
    guarded.withLock { $0.finished.append(pthread_self()) }
  }

  private func joinFinished() {
    let finished = guarded.withLock { guarded in
      let known = guarded.finished.filter { one in guarded.threads.contains { pthread_equal($0, one) != 0 } }
      guarded.finished.removeAll { one in known.contains { pthread_equal($0, one) != 0 } }
      guarded.threads.removeAll { one in known.contains { pthread_equal($0, one) != 0 } }
      return known
    }
    for thread in finished { pthread_join(thread, nil) }
  }

  /// False when the server stops.
  private func waitUntilReadable(_ descriptor: Int32) -> Bool {
    var watched = [
      pollfd(fd: stopReader, events: Int16(POLLIN), revents: 0),
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
    ]
    while true {
      let count = poll(&watched, nfds_t(watched.count), -1)
      if count < 0, errno == EINTR { continue }
      return count > 0 && watched[0].revents == 0
    }
  }

  private static func listen() throws(LoopbackError) -> (descriptor: Int32, port: Int) {
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let descriptor = socket(AF_INET, kind, 0)
    guard descriptor >= 0 else { throw .system("socket") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(descriptor, generic, size) == 0 && Glibc.listen(descriptor, 1_024) == 0
          && getsockname(descriptor, generic, &size) == 0
      }
    }
    guard isListening else {
      let error = LoopbackError.system("listen")
      close(descriptor)
      throw error
    }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }
}
