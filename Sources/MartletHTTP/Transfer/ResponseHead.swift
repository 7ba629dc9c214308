/// The head of a response, gathered line by line: a pure state machine (RFC 9112, sections 4 and 5).
struct ResponseHead {
  /// More header lines than this are no honest answer.
  static let maxLines = 1_000

  private(set) var headers: [HTTPHeader] = []
  private var bytes = 0
  private var lines = 0
  private let maxBytes: Int

  /// What a line was.
  enum Line: Equatable {
    case field
    /// The blank line at the end of a head.
    case end
    case refused(HTTPError.Kind, String)
  }

  init(maxBytes: Int) {
    self.maxBytes = maxBytes
  }

  /// Takes a line with its end. A status line begins a new head, so that interim responses leave nothing behind.
  mutating func take(_ line: UnsafeRawBufferPointer) -> Line {
    if line.count > maxBytes - bytes {
      return .refused(.tooLarge(limit: maxBytes), "a response head of more than \(maxBytes) bytes")
    }
    bytes += line.count
    lines += 1
    if lines > Self.maxLines {
      return .refused(.tooLarge(limit: Self.maxLines), "more than \(Self.maxLines) header lines")
    }
    var end = line.count
    while end > 0, line[end - 1] == UInt8(ascii: "\n") || line[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    let text = UnsafeRawBufferPointer(rebasing: line[..<end])
    if text.isEmpty { return .end }
    if text.starts(with: "HTTP/".utf8) {
      headers = []
      headers.reserveCapacity(8)
      return .field
    }
    if text[0] == UInt8(ascii: " ") || text[0] == UInt8(ascii: "\t") {
      return .refused(.other, "a folded header line, which RFC 9112 forbids")
    }
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")), colon > 0, !text.contains(0) else {
      return .refused(.other, "a malformed header line")
    }
    headers.append(HTTPHeader(trimmed(text[..<colon]), trimmed(text[(colon + 1)...])))
    return .field
  }

  private func trimmed(_ text: Slice<UnsafeRawBufferPointer>) -> String {
    var text = text
    while let first = text.first, first == 0x20 || first == 0x09 { text.removeFirst() }
    while let last = text.last, last == 0x20 || last == 0x09 { text.removeLast() }
    return String(decoding: text, as: UTF8.self)
  }
}
