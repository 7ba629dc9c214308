/// A number of few digits as mantissa · 10^-places: most numbers, compared without allocating.
struct SmallDecimal {
  let mantissa: Int64
  let places: Int

  /// Compares exactly.
  static func compare(_ lhs: SmallDecimal, _ rhs: SmallDecimal) -> JSONNumber.Order {
    // A zero is one with any number of places.
    if lhs.places == rhs.places || rhs.mantissa == 0 {
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
    case .lexeme(let lexeme):
      lexeme.utf8.withContiguousStorageIfAvailable { $0.count > 19 ? nil : Self.smallDecimal($0) } ?? nil
    }
  }

  /// Reads up to 19 bytes, which cannot make more digits than 64 bits take.
  private static func smallDecimal(_ lexeme: UnsafeBufferPointer<UInt8>) -> SmallDecimal? {
    let isNegative = lexeme.first == UInt8(ascii: "-")
    let start = isNegative ? 1 : 0
    var mantissa: UInt64 = 0
    var point: Int?
    for position in start..<lexeme.count {
      let digit = lexeme[position] &- UInt8(ascii: "0")
      if digit < 10 {
        mantissa = mantissa &* 10 &+ UInt64(digit)
      } else if lexeme[position] == UInt8(ascii: ".") {
        point = position
      } else {
        return nil
      }
    }
    guard lexeme.count - start - (point == nil ? 0 : 1) <= 17 else { return nil }
    let places = point.map { lexeme.count - 1 - $0 } ?? 0
    return SmallDecimal(mantissa: isNegative ? -Int64(mantissa) : Int64(mantissa), places: places)
  }
}
