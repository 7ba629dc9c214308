/// Which members or items of a value have been evaluated: what `unevaluatedProperties` and `unevaluatedItems` ask for
/// (Core 11).
///
/// Each schema with such a keyword opens a frame, one bit a part, and each alternative one of its own, so that what was
/// seen on a way that failed is forgotten. Frames lie on a stack.
struct EvaluatedParts {
  /// The frame that is marked in.
  struct Frame {
    let base: Int
    let count: Int

    /// Nothing asks for what is evaluated.
    static let none = Frame(base: -1, count: 0)

    var isActive: Bool { base >= 0 }

    /// The words that the bits take.
    static func words(_ count: Int) -> Int { (count + 63) / 64 }
  }

  var frame = Frame.none
  private var bits: [UInt64] = []

  /// Opens a frame for so many parts, and gives back the one that was open.
  mutating func openFrame(count: Int) -> Frame {
    let outer = frame
    frame = Frame(base: bits.count, count: count)
    bits.append(contentsOf: repeatElement(0, count: Frame.words(count)))
    return outer
  }

  /// Closes the open frame, and adds what it holds to the one around it if that is wanted.
  mutating func closeFrame(_ outer: Frame, keeping isKept: Bool) {
    let words = bits.count - frame.base
    if isKept, outer.isActive, outer.count == frame.count {
      for word in 0..<words { bits[outer.base + word] |= bits[frame.base + word] }
    }
    bits.removeLast(words)
    frame = outer
  }

  /// Closes the eyes to what parts of parts are evaluated; the frame is to be put back.
  @inline(__always)
  mutating func suspend() -> Frame {
    let outer = frame
    frame = .none
    return outer
  }

  @inline(__always)
  mutating func mark(_ position: Int, in frame: Frame) {
    guard frame.isActive, position < frame.count else { return }
    bits[frame.base + position / 64] |= 1 << UInt64(position % 64)
  }

  mutating func markAll() {
    guard frame.isActive else { return }
    for word in 0..<Frame.words(frame.count) { bits[frame.base + word] = .max }
  }

  func isMarked(_ position: Int, in frame: Frame) -> Bool {
    guard frame.isActive, position < frame.count else { return true }
    return bits[frame.base + position / 64] >> UInt64(position % 64) & 1 == 1
  }
}
