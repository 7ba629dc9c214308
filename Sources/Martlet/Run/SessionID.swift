import FoundationEssentials
import MartletChat

/// Identifiers of 26 characters that sort by the time they were made (a ULID): 48 bits of milliseconds, 80 random bits.
package enum SessionID {
  package static func make() -> String { Series()[0].text }

  /// Identifiers that belong together: they are made of the random bits of one, and differ in their last digits.
  package struct Series: Sendable {
    private let milliseconds = UInt64(max(0, Date().timeIntervalSince1970) * 1000)
    private let random = UniqueBits.next()

    package init() {}

    package subscript(_ index: Int) -> Member {
      Member(milliseconds: milliseconds, high: random.0, low: random.1 &+ UInt64(truncatingIfNeeded: index))
    }

    /// An identifier that is not spelled before it is asked for.
    package struct Member: Sendable, Hashable {
      fileprivate let milliseconds: UInt64
      fileprivate let high: UInt64
      fileprivate let low: UInt64

      package var text: String { make(milliseconds: milliseconds, random: (high, low)) }
    }
  }

  static func make(milliseconds: UInt64, random: (UInt64, UInt64)) -> String {
    let bits = (milliseconds & 0xFFFF_FFFF_FFFF, random.0, random.1)
    return String(unsafeUninitializedCapacity: 26) { text in
      for place in 0..<10 { text[place] = digit(bits.0 >> (5 * UInt64(9 - place))) }
      for place in 0..<8 { text[10 + place] = digit(bits.1 >> (5 * UInt64(7 - place))) }
      for place in 0..<8 { text[18 + place] = digit(bits.2 >> (5 * UInt64(7 - place))) }
      return 26
    }
  }

  /// The last five bits in Crockford's alphabet: the digits, and the letters but I, L, O and U.
  private static func digit(_ bits: UInt64) -> UInt8 {
    let alphabet: StaticString = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    return alphabet.utf8Start[Int(bits & 31)]
  }
}
