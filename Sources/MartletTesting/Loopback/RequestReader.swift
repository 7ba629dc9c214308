/// Reads requests from the bytes of a connection: a pure state machine (RFC 9112).
struct RequestReader {
  struct Request {
    var method = ""
    var path = ""
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []

    func header(_ name: String) -> String? {
      headers.first { $0.name.lowercased() == name }?.value
    }
  }

  enum Step {
    case needsMore
    /// The client waits for `100 Continue` before it sends the body.
    case wantsContinue
    case request(Request)
    case malformed
  }

  private enum State {
    case head
    case body(left: Int)
    case chunkSize
    case chunk(left: Int)
    case trailers
  }

  private static let maxHeadBytes = 4 << 20
  private static let maxBodyBytes = 1 << 30

  private var bytes: [UInt8] = []
  private var position = 0
  private var scanned = 0
  private var state = State.head
  private var request = Request()

  /// Whether what came could be a method; a TLS handshake, for one, could not.
  private var canBeginRequest: Bool {
    guard position < bytes.count else { return true }
    return (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(bytes[position])
  }

  mutating func append(_ more: some Sequence<UInt8>) {
    if position > 0 {
      bytes.removeFirst(position)
      scanned -= position
      position = 0
    }
    bytes.append(contentsOf: more)
  }

  mutating func next() -> Step {
    while true {
      switch state {
      case .head:
        guard let lines = takeHead() else {
          let isTooLong = bytes.count - position > Self.maxHeadBytes
          return isTooLong || !canBeginRequest ? .malformed : .needsMore
        }
        guard let begun = parseHead(lines) else { return .malformed }
        state = begun
        if request.header("expect")?.lowercased() == "100-continue" { return .wantsContinue }
      case .body(let left):
        let taken = takeBody(left)
        if taken < left {
          state = .body(left: left - taken)
          return .needsMore
        }
        return finish()
      case .chunkSize:
        guard let line = takeLine() else { return .needsMore }
        let digits = line.prefix { $0 != ";" && $0 != " " }
        guard let size = Int(digits, radix: 16), size >= 0, size <= Self.maxBodyBytes - request.body.count else {
          return .malformed
        }
        state = size == 0 ? .trailers : .chunk(left: size)
      case .chunk(let left):
        let taken = takeBody(left)
        if taken < left {
          state = .chunk(left: left - taken)
          return .needsMore
        }
        guard let end = takeLine() else {
          state = .chunk(left: 0)
          return .needsMore
        }
        if !end.isEmpty { return .malformed }
        state = .chunkSize
      case .trailers:
        guard let line = takeLine() else { return .needsMore }
        if line.isEmpty { return finish() }
      }
    }
  }

  private mutating func finish() -> Step {
    defer {
      request = Request()
      state = .head
    }
    return .request(request)
  }

  private mutating func takeBody(_ most: Int) -> Int {
    let count = min(most, bytes.count - position)
    request.body.append(contentsOf: bytes[position..<position + count])
    position += count
    scanned = position
    return count
  }

  private mutating func takeLine() -> String? {
    guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    var line = bytes[position..<end]
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    position = end + 1
    scanned = position
    return String(decoding: line, as: UTF8.self)
  }

  /// The lines of a head up to its blank line, which is looked for from where the last search stopped.
  private mutating func takeHead() -> [String]? {
    var from = max(position, scanned)
    while let end = bytes[from...].firstIndex(of: UInt8(ascii: "\n")) {
      let isBlank = end >= position + 3 && bytes[end - 1] == UInt8(ascii: "\r") && bytes[end - 2] == UInt8(ascii: "\n")
      if isBlank {
        let head = String(decoding: bytes[position..<end - 1], as: UTF8.self)
        position = end + 1
        scanned = position
        return head.split(separator: "\r\n").map(String.init)
      }
      from = end + 1
    }
    scanned = from
    return nil
  }

  private mutating func parseHead(_ lines: [String]) -> State? {
    guard let first = lines.first else { return nil }
    let words = first.split(separator: " ")
    guard words.count == 3, words[2].hasPrefix("HTTP/1.") else { return nil }
    request.method = String(words[0])
    request.path = String(words[1])
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      request.headers.append((String(line[..<colon]), String(value)))
    }
    if request.header("transfer-encoding")?.lowercased() == "chunked" { return .chunkSize }
    guard let text = request.header("content-length") else { return .body(left: 0) }
    guard let length = Int(text), (0...Self.maxBodyBytes).contains(length) else { return nil }
    return .body(left: length)
  }
}
