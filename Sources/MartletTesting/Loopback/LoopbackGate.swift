import Glibc

/// Holds an answer of a ``LoopbackServer`` until the test lets it go on, step by step.
///
/// ```swift
/// let gate = try LoopbackGate()
/// reply.pieces = [.text("data: 1\n\n"), .wait(gate), .text("data: 2\n\n")]
/// // … the first event was seen …
/// gate.open()
/// ```
public final class LoopbackGate: Sendable {
  /// Readable while a step is left.
  let reader: Int32
  private let writer: Int32

  /// A closed gate.
  ///
  /// - Throws: ``LoopbackError`` when no descriptor is left.
  public init() throws {
    (reader, writer) = try Descriptor.pipe()
  }

  deinit {
    close(reader)
    close(writer)
  }

  /// Lets this many waits through, at once or when they come.
  public func open(steps: Int = 1) {
    let tokens = [UInt8](repeating: 0, count: max(0, steps))
    _ = write(writer, tokens, tokens.count)
  }

  /// Uses up a step; false when another wait was faster.
  func pass() -> Bool {
    var token: UInt8 = 0
    return read(reader, &token, 1) == 1
  }
}

/// Why a ``LoopbackServer`` cannot do what was asked.
public struct LoopbackError: Error, Sendable, CustomStringConvertible {
  /// One sentence with the reason.
  public let description: String

  static func system(_ call: String) -> LoopbackError {
    LoopbackError(description: "\(call) failed: \(String(cString: strerror(errno)))")
  }
}

/// Descriptors that no child process inherits.
enum Descriptor {
  /// Both ends of a pipe that never blocks.
  static func pipe() throws(LoopbackError) -> (reader: Int32, writer: Int32) {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { throw .system("pipe") }
    for end in ends {
      closeOnExec(end)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    return (ends[0], ends[1])
  }

  static func closeOnExec(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }
}
