/// The head and the tail of what a child process wrote.
package struct CapturedOutput: Sendable, Equatable {
  /// The first bytes.
  package var head: [UInt8]
  /// The last bytes; they follow the head directly when none are omitted.
  package var tail: [UInt8]
  /// How many bytes were written in all.
  package var totalBytes: Int
  /// How many bytes between head and tail were dropped.
  package var omittedBytes: Int { totalBytes - head.count - tail.count }

  package init(head: [UInt8] = [], tail: [UInt8] = [], totalBytes: Int = 0) {
    self.head = head
    self.tail = tail
    self.totalBytes = totalBytes
  }
}

/// Collects an output of any length in bounded memory.
struct OutputCollector {
  private(set) var totalBytes = 0
  private let headLimit: Int
  private let tailLimit: Int
  private var head: [UInt8] = []
  /// Grows to `tailLimit`, then is overwritten in a circle.
  private var ring: [UInt8] = []
  private var oldest = 0

  /// Keeps `limit` bytes: half from the head, half from the tail.
  init(limit: Int) {
    headLimit = max(0, limit) / 2
    tailLimit = max(0, limit) - headLimit
  }

  /// Keeps the last `limit` bytes.
  init(tailLimit limit: Int) {
    headLimit = 0
    tailLimit = max(0, limit)
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    totalBytes += bytes.count
    let forHead = min(bytes.count, headLimit - head.count)
    head.append(contentsOf: bytes.prefix(forHead))
    var rest = bytes.dropFirst(forHead).suffix(tailLimit)
    let growth = min(rest.count, tailLimit - ring.count)
    ring.append(contentsOf: rest.prefix(growth))
    rest = rest.dropFirst(growth)
    while !rest.isEmpty {
      let step = min(rest.count, tailLimit - oldest)
      ring.withUnsafeMutableBytes { $0[oldest..<oldest + step].copyBytes(from: rest.prefix(step)) }
      oldest = (oldest + step) % tailLimit
      rest = rest.dropFirst(step)
    }
  }

  var captured: CapturedOutput {
    CapturedOutput(
      head: head, tail: oldest == 0 ? ring : Array(ring[oldest...] + ring[..<oldest]), totalBytes: totalBytes)
  }
}
