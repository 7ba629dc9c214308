internal import CProcess
internal import Glibc

/// A set of descriptors to wait for, each with a token that tells which one is ready.
final class Poller {
  enum Readiness { case readable, writable }

  private let epoll: FileDescriptor
  private var tokens = [UInt64](repeating: 0, count: 64)

  /// Nil, with `errno` set, when the system has no descriptor left.
  init?() {
    let number = cprocess_epoll()
    guard number >= 0 else { return nil }
    epoll = FileDescriptor(number)
  }

  /// Returns an error number, or 0.
  func watch(_ descriptor: Int32, for readiness: Readiness, token: UInt64) -> Int32 {
    cprocess_watch(epoll.number, descriptor, readiness == .readable ? CPROCESS_READER : CPROCESS_WRITER, token)
  }

  /// Tells once of the exit of the process behind a descriptor. Returns an error number, or 0.
  func watchExit(_ descriptor: Int32, token: UInt64) -> Int32 {
    cprocess_watch_exit(epoll.number, descriptor, token)
  }

  /// Tells of each signal to a counter. Returns an error number, or 0.
  func watch(_ wakeUp: WakeUp, token: UInt64) -> Int32 {
    cprocess_watch_counter(epoll.number, wakeUp.descriptor, token)
  }

  func unwatch(_ descriptor: Int32) {
    cprocess_unwatch(epoll.number, descriptor)
  }

  /// Waits until a descriptor is ready or the time in milliseconds is over (-1: no limit).
  func wait(milliseconds: Int32) -> ArraySlice<UInt64> {
    let count = cprocess_wait(epoll.number, &tokens, Int32(tokens.count), milliseconds)
    return tokens.prefix(max(0, Int(count)))
  }
}

extension Poller {
  /// Names the calling thread for debuggers and `top`.
  static func nameThread() {
    cprocess_name_thread("martlet-process")
  }

  static var mayPassChildSignal: Bool { cprocess_main_thread_blocks(SIGCHLD) == 0 }

  /// Lets SIGCHLD through to the calling thread, or blocks it.
  static func passChildSignal(_ passes: Bool) {
    cprocess_pass_child_signal(passes ? 1 : 0)
  }
}

/// A counter in the kernel by which other threads wake the one that waits in a ``Poller``.
final class WakeUp: Sendable {
  fileprivate let descriptor: Int32

  /// Nil, with `errno` set, when the system has no descriptor left.
  init?() {
    descriptor = cprocess_eventfd()
    guard descriptor >= 0 else { return nil }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  func signal() {
    var one: UInt64 = 1
    _ = write(descriptor, &one, 8)
  }
}
