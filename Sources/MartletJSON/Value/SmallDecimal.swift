/// A number of few digits as mantissa · 10^-places: most numbers, compared without allocating.
struct SmallDecimal {
  let mantissa: Int64
  let places: Int

  /// Compares exactly.
  static func compare(_ lhs: SmallDecimal, _ rhs: SmallDecimal) -> JSONNumber.Order {
    if lhs.places == rhs.places {
      return lhs.mantissa < rhs.mantissa ? .less : lhs.mantissa == rhs.mantissa ? .equal : .greater
    }
    // 10^17 · 10^17 fits 128 bits.
    let left = Int128(lhs.mantissa) * Int128(power(rhs.places))
    let right = Int128(rhs.mantissa) * Int128(power(lhs.places))
    return left < right ? .less : left == right ? .equal : .greater
  }

  /// Whether the number has no fraction.
  var isInteger: Bool { mantissa % Self.power(places) == 0 }

  @inline(__always)
  private static func power(_ exponent: Int) -> Int64 {
    var power: Int64 = 1
    for _ in 0..<exponent { power *= 10 }
    return power
  }
}

extension JSONNumber {
  /// The integer, if the number is stored as one.
  var inlineInteger: Int64? {
    if case .integer(let value) = storage { value } else { nil }
  }

  /// The number without an exponent, if it is spelled so in up to 17 digits.
  var smallDecimal: SmallDecimal? {
    switch storage {
    case .integer(let value): SmallDecimal(mantissa: value, places: 0)
    case .lexeme(let lexeme): lexeme.utf8.count > 19 ? nil : Self.smallDecimal(lexeme)
    }
  }

  private static func smallDecimal(_ lexeme: String) -> SmallDecimal? {
    var mantissa: Int64 = 0
    var digits = 0
    var places = 0
    var hasPoint = false
    var isNegative = false
    for byte in lexeme.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits += 1
        guard digits <= 17 else { return nil }
        if hasPoint { places += 1 }
        mantissa = mantissa * 10 + Int64(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "."): hasPoint = true
      case UInt8(ascii: "-"): isNegative = true
      default: return nil
      }
    }
    return SmallDecimal(mantissa: isNegative ? -mantissa : mantissa, places: places)
  }
}
