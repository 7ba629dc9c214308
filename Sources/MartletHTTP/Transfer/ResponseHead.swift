import Glibc

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
    guard let start = text.baseAddress, let first = text.first else { return .end }
    if text.count >= 5, memcmp(start, "HTTP/", 5) == 0 {
      headers = []
      headers.reserveCapacity(8)
      return .field
    }
    if first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
      return .refused(.other, "a folded header line, which RFC 9112 forbids")
    }
    guard let colon = memchr(start, Int32(UInt8(ascii: ":")), end).map({ start.distance(to: UnsafeRawPointer($0)) }),
      colon > 0, memchr(start, 0, end) == nil
    else { return .refused(.other, "a malformed header line") }
    headers.append(HTTPHeader(trimmed(text, 0..<colon), trimmed(text, colon + 1..<end)))
    return .field
  }

  /// A part of the text without the white space around it.
  private func trimmed(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> String {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, text[start] == 0x20 || text[start] == 0x09 { start += 1 }
    while start < end, text[end - 1] == 0x20 || text[end - 1] == 0x09 { end -= 1 }
    return String(decoding: UnsafeRawBufferPointer(rebasing: text[start..<end]), as: UTF8.self)
  }
}
