/// JSON compares strings code point by code point (RFC 8259, section 8.3), Swift by canonical equivalence.
extension String {
  /// Whether both have the same code points.
  package func hasSameCodePoints(as other: String) -> Bool {
    // Texts that Swift tells apart differ in code points, too, and short ones it tells apart by comparing two words.
    isIdentical(to: other) || utf8.count == other.utf8.count && self == other && hasSameBytes(as: other)
  }

  /// Whether both are the same words in memory, as two short texts are that are equal.
  @inline(__always)
  private func isIdentical(to other: String) -> Bool {
    #if _pointerBitWidth(_64)
      let (one, two) = (unsafeBitCast(self, to: (Int, Int).self), unsafeBitCast(other, to: (Int, Int).self))
      return one.0 == two.0 && one.1 == two.1
    #else
      return false
    #endif
  }

  @inline(never)
  private func hasSameBytes(as other: String) -> Bool {
    let left = utf8
    let right = other.utf8
    let contiguous = left.withContiguousStorageIfAvailable { leftBytes in
      right.withContiguousStorageIfAvailable { rightBytes in leftBytes.hasSameBytes(as: rightBytes) }
    }
    if let contiguous, let contiguous { return contiguous }
    return left.elementsEqual(right)
  }

  /// Feeds the code points to the hasher, consistently with ``hasSameCodePoints(as:)``.
  package func hashCodePoints(into hasher: inout Hasher) {
    let contiguous: Void? = utf8.withContiguousStorageIfAvailable { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    if contiguous == nil {
      for byte in utf8 { withUnsafeBytes(of: byte) { hasher.combine(bytes: $0) } }
    }
    // No UTF-8 has this byte: it keeps ("a", "bc") apart from ("ab", "c").
    hasher.combine(0xFF as UInt8)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether both hold the same bytes, compared eight at a time.
  func hasSameBytes(as other: UnsafeBufferPointer<UInt8>) -> Bool {
    guard count == other.count else { return false }
    var position = 0
    while count - position >= 8 {
      guard PlainRun.word(of: self, at: position) == PlainRun.word(of: other, at: position) else { return false }
      position += 8
    }
    while position < count {
      guard self[position] == other[position] else { return false }
      position += 1
    }
    return true
  }
}
