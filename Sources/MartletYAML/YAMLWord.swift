/// What tells texts apart at a glance: their length and their first 16 bytes.
///
/// Different texts of up to 16 bytes have different words; of longer ones the texts themselves have to be compared.
public struct YAMLWord: Sendable, Hashable {
  private let first: UInt64
  private let second: UInt64
  /// The bytes of the text.
  public let count: Int

  /// Whether texts of this word are the same.
  public var isWhole: Bool { count <= 16 }

  /// The word of a text.
  public init(_ text: String) {
    var words: (UInt64, UInt64) = (0, 0)
    for (position, byte) in text.utf8.prefix(16).enumerated() {
      if position < 8 {
        words.0 |= UInt64(byte) << UInt64(8 * position)
      } else {
        words.1 |= UInt64(byte) << UInt64(8 * position - 64)
      }
    }
    (first, second) = words
    count = text.utf8.count
  }

  /// The word of a text that 16 bytes stand behind.
  init(_ bytes: UnsafeRawBufferPointer, from start: Int, count: Int) {
    let isInside = start >= 0 && start + 16 <= bytes.count
    let word = { (offset: Int) -> UInt64 in
      isInside ? UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start + offset, as: UInt64.self)) : 0
    }
    first = word(0) & Self.mask(count)
    second = word(8) & Self.mask(count - 8)
    self.count = count
  }

  /// Ones for so many bytes of a word.
  private static func mask(_ bytes: Int) -> UInt64 { bytes >= 8 ? .max : bytes <= 0 ? 0 : (1 << UInt64(8 * bytes)) - 1 }
}
