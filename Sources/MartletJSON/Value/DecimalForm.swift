/// A number as ±0.d₁d₂…dₙ · 10ᵉ with no zero at either end of its digits: one form for each value.
///
/// The exponent is kept in digits as well, so that `1e99999999999999999999` is compared exactly, in work and memory
/// proportional to the spelling.
package struct DecimalForm: Sendable, Hashable {
  /// Whether the number is below zero; false for zero, however it is spelled.
  package private(set) var isNegative = false
  /// The significant digits, each 0 to 9, from the first to the last that is not zero; empty for zero.
  package private(set) var digits: [UInt8] = []
  /// The power of ten of the digit before the first one.
  package private(set) var exponent = DecimalExponent(0)

  /// Takes apart a spelling that satisfies the grammar of RFC 8259, section 6.
  init(spelling: String) {
    var isExponentNegative = false
    var exponentDigits: [UInt8] = []
    var integerDigits = 0
    var part = 0  // 0 the integer, 1 the fraction, 2 the exponent
    for byte in spelling.utf8 {
      switch byte {
      case UInt8(ascii: "-"):
        if part == 2 { isExponentNegative = true } else { isNegative = true }
      case UInt8(ascii: "."):
        part = 1
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        part = 2
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        let digit = byte - UInt8(ascii: "0")
        if part == 2 {
          if digit != 0 || !exponentDigits.isEmpty { exponentDigits.append(digit) }
        } else {
          // A zero before the first significant digit moves the point, nothing else.
          if digit != 0 || !digits.isEmpty { digits.append(digit) }
          if part == 0, !digits.isEmpty { integerDigits += 1 }
          if part == 1, digits.isEmpty { integerDigits -= 1 }
        }
      default:
        break
      }
    }
    while digits.last == 0 { digits.removeLast() }
    if digits.isEmpty {
      isNegative = false
    } else {
      exponent = DecimalExponent(isNegative: isExponentNegative, digits: exponentDigits, plus: integerDigits)
    }
  }

  /// Whether the number has no fraction.
  var isInteger: Bool { digits.isEmpty || exponent >= DecimalExponent(digits.count) }

  /// The value in an integer type; nil if it has a fraction or does not fit.
  func exactInteger<Integer: FixedWidthInteger>() -> Integer? {
    guard isInteger else { return nil }
    if digits.isEmpty { return 0 }
    // No type of w bits holds more than w decimal digits, and a huge exponent must not become a loop.
    guard let magnitude = exponent.small, magnitude <= Integer.bitWidth else { return nil }
    var value: Integer = 0
    for position in 0..<magnitude {
      let digit = Integer(position < digits.count ? digits[position] : 0)
      let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
      let (next, carry) =
        isNegative ? shifted.subtractingReportingOverflow(digit) : shifted.addingReportingOverflow(digit)
      if overflow || carry { return nil }
      value = next
    }
    return value
  }

  static func compare(_ lhs: DecimalForm, _ rhs: DecimalForm) -> JSONNumber.Order {
    if lhs == rhs { return .equal }
    if lhs.isNegative != rhs.isNegative { return lhs.isNegative ? .less : .greater }
    if lhs.digits.isEmpty { return rhs.isNegative ? .greater : .less }
    if rhs.digits.isEmpty { return lhs.isNegative ? .less : .greater }
    let isCloserToZero =
      lhs.exponent == rhs.exponent
      ? lhs.digits.lexicographicallyPrecedes(rhs.digits) : lhs.exponent < rhs.exponent
    return isCloserToZero == lhs.isNegative ? .greater : .less
  }
}

/// A power of ten of any size.
package struct DecimalExponent: Sendable, Hashable, Comparable {
  private let isNegative: Bool
  /// Its decimal digits without leading zeros; empty for zero.
  private let digits: [UInt8]

  /// Makes the exponent of an integer.
  init(_ value: Int) {
    let digits = value == 0 ? [] : String(value.magnitude).utf8.map { $0 - UInt8(ascii: "0") }
    self.init(isNegative: value < 0, digits: digits)
  }

  /// Makes the sum of the exponent that was spelled and the places by which the point moved.
  init(isNegative: Bool, digits: [UInt8], plus offset: Int) {
    // 17 digits and any offset (at most the length of a spelling) add up within an Int.
    guard digits.count > 17 else {
      let magnitude = digits.reduce(0) { $0 * 10 + Int($1) }
      self.init((isNegative ? -magnitude : magnitude) + offset)
      return
    }
    // Far from zero an offset cannot change the sign: add it to the magnitude, from the last digit on.
    var sum = digits
    var carry = isNegative ? -offset : offset
    for place in sum.indices.reversed() where carry != 0 {
      let total = Int(sum[place]) + carry
      let digit = ((total % 10) + 10) % 10
      sum[place] = UInt8(digit)
      carry = (total - digit) / 10
    }
    if carry > 0 { sum = String(carry).utf8.map { $0 - UInt8(ascii: "0") } + sum }
    self.init(isNegative: isNegative, digits: Array(sum.drop { $0 == 0 }))
  }

  private init(isNegative: Bool, digits: [UInt8]) {
    self.isNegative = isNegative
    self.digits = digits
  }

  /// The exponent as an `Int`; nil if it has more than 17 digits.
  package var small: Int? {
    guard digits.count <= 17 else { return nil }
    let magnitude = digits.reduce(0) { $0 * 10 + Int($1) }
    return isNegative ? -magnitude : magnitude
  }

  package static func < (lhs: DecimalExponent, rhs: DecimalExponent) -> Bool {
    if lhs.isNegative != rhs.isNegative { return lhs.isNegative }
    let isSmaller =
      lhs.digits.count == rhs.digits.count
      ? lhs.digits.lexicographicallyPrecedes(rhs.digits) : lhs.digits.count < rhs.digits.count
    return lhs.isNegative ? lhs != rhs && !isSmaller : isSmaller
  }
}
