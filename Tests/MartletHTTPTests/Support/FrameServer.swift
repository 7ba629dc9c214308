import Glibc
import MartletTesting

@testable import MartletHTTP

/// A server of HTTP/2 whose frames a test makes by hand; `openssl s_server` carries the TLS.
///
/// It serves one connection at a time, as one after the other begins with its preface.
final class FrameServer: Sendable {
  /// A request that has arrived whole; its body and its header block are not looked at.
  struct Request {
    /// Counted over all connections, from 0.
    let index: Int
    let connection: Int
    let stream: UInt32
  }

  let port: Int
  private let program: Program
  private let answer: @Sendable (Request) -> [Frame]
  private let seen = SharedLock<[Request]>([])

  /// The requests so far.
  var requests: [Request] { seen.withLock { $0 } }

  /// Starts a server with the authority's good certificate; nil when `openssl` does not run.
  init?(_ authority: CertificateAuthority, answer: @escaping @Sendable (Request) -> [Frame]) {
    port = FixedPort.next()
    let arguments = [
      "openssl", "s_server", "-quiet", "-alpn", "h2", "-accept", "127.0.0.1:\(port)", "-cert", "good.pem", "-key",
      "good.key",
    ]
    guard let program = Program(arguments, in: authority.folder, takesInput: true) else { return nil }
    self.program = program
    self.answer = answer
    while !RealServer.accepts(port) {
      if program.hasEnded { return nil }
      sched_yield()
    }
    var thread = pthread_t()
    let server = Server(program, answer: answer) { [seen] request in seen.withLock { $0.append(request) } }
    let context = Unmanaged.passRetained(server)
    let code = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<Server>.fromOpaque(context).takeRetainedValue().serve() }
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      context.release()
      return nil
    }
    pthread_detach(thread)
  }

  deinit {
    program.terminate()
  }

  /// Sends frames that no request asks for.
  func send(_ frames: [Frame]) {
    program.write(frames.flatMap(\.bytes))
  }

  /// Reads what the client sends and writes the answers, until the program ends.
  private final class Server {
    private let program: Program
    private let answer: @Sendable (Request) -> [Frame]
    private let note: @Sendable (Request) -> Void
    private var bytes: [UInt8] = []
    private var count = 0
    private var connection = -1

    init(
      _ program: Program, answer: @escaping @Sendable (Request) -> [Frame], note: @escaping @Sendable (Request) -> Void
    ) {
      self.program = program
      self.answer = answer
      self.note = note
    }

    func serve() {
      // A program that has ended must not end the tests by SIGPIPE.
      var all = sigset_t()
      sigfillset(&all)
      pthread_sigmask(SIG_BLOCK, &all, nil)
      while true {
        let piece = program.bytes()
        if piece.isEmpty { return }
        bytes += piece
        while let frame = next() { take(frame) }
      }
    }

    private func next() -> Frame? {
      if bytes.starts(with: Frame.preface) {
        bytes.removeFirst(Frame.preface.count)
        connection += 1
        send([.settings])
      }
      return Frame(parsing: &bytes)
    }

    private func take(_ frame: Frame) {
      switch frame.kind {
      case .settings where frame.flags & Frame.acknowledgment == 0: send([.settingsTaken])
      case .headers where frame.flags & Frame.endOfStream != 0, .data where frame.flags & Frame.endOfStream != 0:
        let request = Request(index: count, connection: connection, stream: frame.stream)
        count += 1
        note(request)
        send(answer(request))
      default: break
      }
    }

    private func send(_ frames: [Frame]) {
      program.write(frames.flatMap(\.bytes))
    }
  }
}

/// A frame of HTTP/2 (RFC 9113, section 4.1).
struct Frame {
  enum Kind: UInt8 {
    case data, headers, priority, reset, settings, pushPromise, ping, goAway, windowUpdate, continuation
  }

  /// The error codes of section 7 that servers send.
  enum Code: UInt8 {
    case none = 0
    case protocolError = 1
    case internalError = 2
    case refused = 7
    case cancel = 8
    case enhanceYourCalm = 11
  }

  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
  static let acknowledgment: UInt8 = 1
  static let endOfStream: UInt8 = 1
  private static let endOfHeaders: UInt8 = 4

  var kind: Kind
  var flags: UInt8 = 0
  var stream: UInt32 = 0
  var payload: [UInt8] = []

  var bytes: [UInt8] {
    let length = UInt32(payload.count)
    return [UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255), kind.rawValue, flags]
      + Self.bigEndian(stream) + payload
  }

  /// Takes a whole frame from the front of the bytes; nil when there is none yet.
  init?(parsing bytes: inout [UInt8]) {
    guard bytes.count >= 9 else { return nil }
    let length = Int(bytes[0]) << 16 | Int(bytes[1]) << 8 | Int(bytes[2])
    guard bytes.count >= 9 + length, let kind = Kind(rawValue: bytes[3]) else { return nil }
    self.init(
      kind: kind, flags: bytes[4], stream: bytes[5..<9].reduce(0) { $0 << 8 | UInt32($1) },
      payload: Array(bytes[9..<9 + length]))
    bytes.removeFirst(9 + length)
  }

  private init(kind: Kind, flags: UInt8 = 0, stream: UInt32 = 0, payload: [UInt8] = []) {
    self.kind = kind
    self.flags = flags
    self.stream = stream
    self.payload = payload
  }

  static let settings = Frame(kind: .settings)
  static let settingsTaken = Frame(kind: .settings, flags: acknowledgment)

  /// The head of a response with status 200, the eighth entry of HPACK's table.
  static func head(_ stream: UInt32) -> Frame {
    Frame(kind: .headers, flags: endOfHeaders, stream: stream, payload: [0x88])
  }

  static func data(_ stream: UInt32, _ text: String, isLast: Bool) -> Frame {
    Frame(kind: .data, flags: isLast ? endOfStream : 0, stream: stream, payload: Array(text.utf8))
  }

  static func reset(_ stream: UInt32, _ code: Code) -> Frame {
    Frame(kind: .reset, stream: stream, payload: [0, 0, 0, code.rawValue])
  }

  /// No stream after `last` was or will be served.
  static func goAway(after last: UInt32, _ code: Code) -> Frame {
    Frame(kind: .goAway, payload: bigEndian(last) + [0, 0, 0, code.rawValue])
  }

  private static func bigEndian(_ number: UInt32) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }
}
