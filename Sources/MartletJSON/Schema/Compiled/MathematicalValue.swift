/// A value that is compared as JSON Schema compares (Core 4.2.2): numbers by value, members in any order.
struct MathematicalValue: Hashable, Sendable {
  let value: JSONValue

  static func == (lhs: Self, rhs: Self) -> Bool { areEqual(lhs.value, rhs.value) }

  /// Adds up the hashes of all parts, each taken together with its way there, since a sum knows no order of members.
  func hash(into hasher: inout Hasher) {
    var sum = 0
    var pending = [(value: value, way: 0)]
    while let (value, way) = pending.popLast() {
      var own = Hasher()
      own.combine(way)
      switch value {
      case .null: own.combine(0 as UInt8)
      case .bool(let bool): own.combine(bool ? 1 as UInt8 : 2)
      case .number(let number): number.hashNumerically(into: &own)
      case .string(let string): string.hashCodePoints(into: &own)
      case .array(let elements):
        own.combine(elements.count)
        for (position, element) in elements.enumerated() {
          var step = own
          step.combine(position)
          pending.append((element, step.finalize()))
        }
      case .object(let object):
        own.combine(~object.count)
        for member in object {
          var step = own
          member.key.hashCodePoints(into: &step)
          pending.append((member.value, step.finalize()))
        }
      }
      sum &+= own.finalize()
    }
    hasher.combine(sum)
  }

  /// Compares with a list of what is left instead of recursion, since values may be deeper than a stack.
  static func areEqual(_ lhs: JSONValue, _ rhs: JSONValue) -> Bool {
    switch (lhs, rhs) {
    case (.array, .array), (.object, .object): break
    default: return areEqualScalars(lhs, rhs)
    }
    var pending = [(lhs, rhs)]
    while let (left, right) = pending.popLast() {
      switch (left, right) {
      case (.array(let one), .array(let other)):
        guard one.count == other.count else { return false }
        pending.append(contentsOf: zip(one, other))
      case (.object(let one), .object(let other)):
        guard one.count == other.count else { return false }
        for member in one {
          guard let position = other.position(of: member.key) else { return false }
          pending.append((member.value, other[position].value))
        }
      default:
        guard areEqualScalars(left, right) else { return false }
      }
    }
    return true
  }

  private static func areEqualScalars(_ lhs: JSONValue, _ rhs: JSONValue) -> Bool {
    switch (lhs, rhs) {
    case (.null, .null): true
    case (.bool(let one), .bool(let other)): one == other
    case (.string(let one), .string(let other)): one.hasSameCodePoints(as: other)
    case (.number(let one), .number(let other)): JSONNumber.isNumericallyEqual(one, other)
    default: false
    }
  }

}

/// The divisor of `multipleOf`: digits · 10^exponent, whose digits do not end in zero.
struct DecimalDivisor: Sendable {
  let spelling: String
  private let digits: UInt64
  private let exponent: Int

  /// Makes the divisor of a number above zero; nil if it has more than 18 significant digits.
  init?(_ number: JSONNumber) {
    let form = number.decimalForm
    guard !form.isNegative, !form.digits.isEmpty, form.digits.count <= 18, let magnitude = form.exponent.small else {
      return nil
    }
    spelling = number.spelling
    digits = form.digits.reduce(0) { $0 * 10 + UInt64($1) }
    exponent = magnitude - form.digits.count
  }

  /// Whether the number is a multiple, exactly, in time proportional to its spelling.
  func divides(_ number: JSONNumber) -> Bool {
    if exponent == 0, case .integer(let value) = number.storage { return value.magnitude % digits == 0 }
    let form = number.decimalForm
    guard !form.digits.isEmpty else { return true }
    let shift: Int
    if let magnitude = form.exponent.small {
      shift = magnitude - form.digits.count - exponent
    } else {
      shift = form.exponent < DecimalExponent(0) ? -1 : .max
    }
    // The number's digits do not end in zero either, so that nothing can make up for places it has more.
    guard shift >= 0 else { return false }
    var remainder: UInt64 = 0
    for digit in form.digits { remainder = (remainder * 10 + UInt64(digit)) % digits }
    // Beyond 64 places every 2 and 5 of the divisor is accounted for.
    for _ in 0..<min(shift, 64) { remainder = remainder * 10 % digits }
    return remainder == 0
  }
}
