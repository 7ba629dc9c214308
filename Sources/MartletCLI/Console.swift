import Glibc
import Martlet

/// One of the program's standard streams.
struct Console: Sendable {
  static let standardOutput = Console(descriptor: STDOUT_FILENO)
  static let standardError = Console(descriptor: STDERR_FILENO)

  let descriptor: Int32

  /// Opens `/dev/null` in the place of each standard stream that is closed, so that no other file takes its number.
  static func openMissingStreams() {
    while let descriptor = Optional(open("/dev/null", O_RDWR)), descriptor >= 0 {
      guard descriptor > STDERR_FILENO else { continue }
      close(descriptor)
      return
    }
  }

  var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Whether color may be used: on a terminal that has it, and never with `NO_COLOR`.
  var hasColor: Bool {
    guard isTerminal, getenv("NO_COLOR").map({ $0.pointee == 0 }) ?? true else { return false }
    return getenv("TERM").map { String(cString: $0) != "dumb" } ?? false
  }

  /// Whether a line can be rewritten in its place.
  var canMoveCursor: Bool { isTerminal && getenv("TERM").map { String(cString: $0) != "dumb" } ?? false }

  /// The width of the terminal in columns; 100 where there is none.
  var width: Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 100 }
    return Int(size.ws_col)
  }

  /// Writes all of a text; the error number when that is not possible.
  @discardableResult
  func write(_ text: String) -> Int32? {
    write(Array(text.utf8))
  }

  @discardableResult
  func write(_ bytes: [UInt8]) -> Int32? {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        Glibc.poll(&poll, 1, -1)
      } else if errno != EINTR {
        return errno
      }
    }
    return nil
  }

  /// Writes a result; what cannot be written ends the command, with a word about it.
  func print(_ text: String) throws(ExitStatus) {
    guard let failure = write(text) else { return }
    if failure == EPIPE { throw .interrupted(by: SIGPIPE) }
    Console.standardError.write("martlet: standard output cannot be written: \(String(cString: strerror(failure)))\n")
    throw .failed
  }

  func styled(_ text: String, _ style: Style) -> String {
    hasColor ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  enum Style: String {
    case bold = "1"
    case dim = "2"
    case red = "1;31"
    case green = "32"
    case yellow = "1;33"
  }
}

extension Console {
  /// Writes diagnostics as people read them.
  func write(_ diagnostics: [Diagnostic]) {
    for diagnostic in diagnostics {
      let style: Style = diagnostic.severity == .error ? .red : diagnostic.severity == .warning ? .yellow : .bold
      write(diagnostic.rendered { styled($0, style) } + "\n")
    }
  }
}
