import FoundationEssentials

/// Identifiers of 26 characters that sort by the time they were made (a ULID): 48 bits of milliseconds, 80 random bits.
package enum SessionID {
  package static func make() -> String {
    let milliseconds = UInt64(max(0, Date().timeIntervalSince1970) * 1000)
    return make(milliseconds: milliseconds, random: (.random(in: 0...UInt64.max), .random(in: 0...UInt64.max)))
  }

  static func make(milliseconds: UInt64, random: (UInt64, UInt64)) -> String {
    let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    func fives(_ bits: UInt64, _ count: Int) -> [Character] {
      (0..<count).reversed().map { digits[Int(bits >> (5 * UInt64($0)) & 31)] }
    }
    return String(fives(milliseconds & 0xFFFF_FFFF_FFFF, 10) + fives(random.0, 8) + fives(random.1, 8))
  }
}
