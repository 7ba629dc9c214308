import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Bits for identifiers: no other call and no other process has them; no secrets.
///
/// The system is asked for random ones once, because asking it costs more than all else in an identifier. A process that
/// was forked goes on with other bits than the one it came from; a machine that is restored from a snapshot twice does not.
package enum UniqueBits {
  private static let seed = (UInt64.random(in: 0...UInt64.max), UInt64.random(in: 0...UInt64.max))
  private static let count = Atomic<UInt64>(0)

  package static func next() -> (UInt64, UInt64) {
    let step = count.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
    return (mixed(seed.0 &+ step), mixed(seed.1 &+ step ^ mixed(UInt64(truncatingIfNeeded: getpid()))))
  }

  /// As 32 hexadecimal digits.
  static func nextDigits() -> String {
    let (first, second) = next()
    return String(unsafeUninitializedCapacity: 32) { text in
      for place in 0..<16 {
        text[place] = digit(first >> (60 - 4 * UInt64(place)))
        text[16 + place] = digit(second >> (60 - 4 * UInt64(place)))
      }
      return 32
    }
  }

  private static func digit(_ bits: UInt64) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: bits & 15)
    return value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
  }

  /// A permutation of which each bit depends on all bits: the last step of SplitMix64.
  private static func mixed(_ bits: UInt64) -> UInt64 {
    var bits = bits
    bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    return bits ^ bits >> 31
  }
}
