/// A run of bytes in a string that stand for themselves: all but the quotation mark, the backslash and controls.
struct PlainRun {
  /// The offset after its last byte.
  let end: Int
  /// True only if all its bytes are ASCII; may be false also when a byte after it is not.
  let isASCII: Bool

  /// Finds the run that begins at an offset, eight bytes at a time.
  @inline(__always)
  init(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) {
    var position = start
    var seen: UInt64 = 0
    while bytes.count - position >= 8 {
      let word = Self.word(of: bytes, at: position)
      let stops = Self.stops(in: word)
      seen |= word
      guard stops == 0 else {
        end = position + stops.trailingZeroBitCount / 8
        isASCII = seen & 0x8080_8080_8080_8080 == 0
        return
      }
      position += 8
    }
    while position < bytes.count, !Self.isStop(bytes[position]) {
      seen |= UInt64(bytes[position])
      position += 1
    }
    end = position
    isASCII = seen & 0x8080_8080_8080_8080 == 0
  }

  /// Marks, by the high bit of the lowest such byte, where eight bytes hold one that does not stand for itself.
  ///
  /// Marks above the lowest may be false, those of a borrow.
  @inline(__always)
  static func stops(in word: UInt64) -> UInt64 {
    let quotes = word ^ 0x2222_2222_2222_2222
    let backslashes = word ^ 0x5C5C_5C5C_5C5C_5C5C
    let isQuote = (quotes &- 0x0101_0101_0101_0101) & ~quotes
    let isBackslash = (backslashes &- 0x0101_0101_0101_0101) & ~backslashes
    let isControl = (word &- 0x2020_2020_2020_2020) & ~word
    return (isQuote | isBackslash | isControl) & 0x8080_8080_8080_8080
  }

  /// Whether a byte ends a run.
  @inline(__always)
  static func isStop(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  /// Eight bytes, the first as the lowest.
  @inline(__always)
  static func word(of bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> UInt64 {
    UInt64(littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: position, as: UInt64.self))
  }
}
