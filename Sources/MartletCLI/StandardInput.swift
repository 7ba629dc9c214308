import Glibc
import Martlet

/// What standard input holds, read only when a command is asked to.
enum StandardInput {
  /// More bytes than these are refused.
  static let limit = 32 << 20

  /// All of it as text; what is not UTF-8 becomes U+FFFD. Throws what ``bytes(limit:)`` throws.
  static func text() async throws -> String {
    String(decoding: try await bytes(), as: UTF8.self)
  }

  /// All of it. Throws `FileError`, or `CancellationError` at once when the task is cancelled while nothing comes.
  static func bytes(limit: Int = StandardInput.limit) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count <= limit {
      try Task.checkCancellation()
      var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 50) != 0 else { continue }
      let count = read(STDIN_FILENO, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count > 0 {
        bytes.append(contentsOf: chunk[..<count])
      } else if errno != EINTR, errno != EAGAIN {
        throw FileError(path: "standard input", doing: "cannot be read", errno: errno)
      }
    }
    throw FileError(path: "standard input", reason: "is longer than \(limit) bytes")
  }
}
