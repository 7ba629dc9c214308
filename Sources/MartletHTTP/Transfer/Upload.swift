/// The body of a request as libcurl reads it: in order, and again from a position when a connection turns out dead.
struct Upload {
  private var segments: [[UInt8]]
  let count: Int
  private var segment = 0
  private var offset = 0

  init(_ segments: [[UInt8]]) {
    self.segments = segments
    count = segments.reduce(0) { $0 + $1.count }
  }

  /// Lets go of the bytes, which are not read any more.
  mutating func discard() {
    segments = []
    segment = 0
  }

  /// Fills the buffer as far as the body goes and says how far that was.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    var filled = 0
    while filled < buffer.count, segment < segments.count {
      let size = min(buffer.count - filled, segments[segment].count - offset)
      segments[segment].withUnsafeBytes { bytes in
        UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + size])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + size]))
      }
      filled += size
      offset += size
      if offset == segments[segment].count {
        segment += 1
        offset = 0
      }
    }
    return filled
  }

  /// Goes to an absolute position; false when the body is shorter, or is not there any more.
  mutating func seek(to position: Int) -> Bool {
    guard (0...count).contains(position), count == 0 || !segments.isEmpty else { return false }
    segment = 0
    offset = position
    while segment < segments.count, offset >= segments[segment].count {
      offset -= segments[segment].count
      segment += 1
    }
    return true
  }
}
