import Glibc
import Martlet
import MartletHTTP

/// Signals that end the program: the first one ends the run in good order, the second one, and SIGQUIT, at once. SIGQUIT
/// also tells what the program is doing.
///
/// The handler only writes the signal's number to a pipe; the main thread reads it and acts. A signal that was
/// ignored when the program started (`nohup`) stays ignored. Blocking the signals instead would not do: libdispatch
/// has a thread that takes all of them.
final class Interrupts: Sendable {
  static let shared = Interrupts()

  private struct State {
    var signal: Int32?
    var isWorking = false
    var cancel: (@Sendable () -> Void)?
    var kill: (@Sendable () -> Void)?
    var describe: (@Sendable () -> [String])?
  }

  private let state = Lock(State())

  /// The first signal that came.
  var signal: Int32? { state.withLock { $0.signal } }

  /// Takes over the signals, which `takeSignals` acts on; SIGPIPE and SIGXFSZ become errors of the writes that caused them.
  func begin() {
    for signal in [SIGPIPE, SIGXFSZ] { Glibc.signal(signal, SIG_IGN) }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    signalPipe = (ends[0], ends[1])
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] where !Self.isIgnored(signal) {
      Glibc.signal(signal) { number in
        let error = errno
        var byte = UInt8(truncatingIfNeeded: number)
        write(signalPipe.write, &byte, 1)
        errno = error
      }
    }
  }

  /// Starts work that a first signal cancels; before it, a first signal ends the program.
  ///
  /// - Parameters:
  ///   - kill: what a second signal does before the program ends at once.
  ///   - describe: the lines that SIGQUIT writes.
  func start<Value: Sendable>(
    kill: @escaping @Sendable () -> Void, describe: @escaping @Sendable () -> [String],
    _ work: @escaping @Sendable () async throws -> Value
  ) -> Task<Value, any Error> {
    // Before the work begins: a signal that found nothing to cancel would leave its plugins behind.
    state.withLock { state in
      state.isWorking = true
      state.kill = kill
      state.describe = describe
    }
    let task = Task(executorPreference: Main.thread, operation: work)
    let isLate = state.withLock { state in
      state.cancel = { task.cancel() }
      return state.signal != nil
    }
    if isLate { task.cancel() }
    return task
  }

  /// Acts on the signals that come; what the main thread does until the program ends.
  func takeSignals() -> Never {
    var byte: UInt8 = 0
    while true {
      if read(signalPipe.read, &byte, 1) == 1 {
        take(Int32(byte))
      } else if errno != EINTR {
        pause()
      }
    }
  }

  private func take(_ signal: Int32) {
    let (isFirst, state) = state.withLock { state in
      let isFirst = state.signal == nil
      if isFirst { state.signal = signal }
      return (isFirst, state)
    }
    if isFirst, signal != SIGQUIT, state.isWorking {
      state.cancel?()
    } else {
      state.kill?()
      if signal == SIGQUIT, let lines = state.describe?() {
        Console.standardError.write(lines.map { "martlet: \($0)\n" }.joined())
      }
      _exit(128 + signal)
    }
  }

  private static func isIgnored(_ signal: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(signal, nil, &action) == 0 else { return false }
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}

/// What the signal handler writes to; set once, before the handler is there.
private nonisolated(unsafe) var signalPipe: (read: Int32, write: Int32) = (-1, -1)
