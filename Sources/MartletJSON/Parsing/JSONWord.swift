/// A string of ASCII without escapes, where it lies in the text: as a pattern, a literal matches it.
// Not within the cursor, where the compiler would inline none of it into another module.
@usableFromInline
package struct JSONWord {
  @usableFromInline let bytes: UnsafeBufferPointer<UInt8>

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  @inlinable @inline(__always)
  package static func ~= (name: StaticString, word: JSONWord) -> Bool {
    guard word.bytes.count == name.utf8CodeUnitCount else { return false }
    var position = 0
    while position < word.bytes.count {
      if word.bytes[position] != name.utf8Start[position] { return false }
      position += 1
    }
    return true
  }

  /// The word as a text.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Whether both are the same.
  package func isSame(as other: JSONWord) -> Bool { bytes.hasSameBytes(as: other.bytes) }

  /// Whether a byte is in it.
  package func contains(_ byte: UInt8) -> Bool { bytes.contains(byte) }
}
