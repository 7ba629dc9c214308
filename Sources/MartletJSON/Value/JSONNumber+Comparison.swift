extension JSONNumber {
  /// How one number lies to another on the number line.
  public enum Order: Sendable, Hashable {
    /// The first is less than the second.
    case less
    /// Both are the same number, however they are spelled.
    case equal
    /// The first is greater than the second.
    case greater
  }

  /// Compares two numbers mathematically and exactly; the work is bounded by the length of their spellings.
  public static func compare(_ lhs: JSONNumber, _ rhs: JSONNumber) -> Order {
    compare(lhs, rhs, form: rhs.decimalForm)
  }

  /// The same with the second number's decimal form, which is asked for only if it is needed.
  static func compare(_ lhs: JSONNumber, _ rhs: JSONNumber, form: @autoclosure () -> DecimalForm) -> Order {
    if case .integer(let left) = lhs.storage, case .integer(let right) = rhs.storage {
      return left < right ? .less : left == right ? .equal : .greater
    }
    return DecimalForm.compare(lhs.decimalForm, form())
  }

  /// Whether both are the same number, as JSON Schema compares: 1, 1.0 and 1e0 are, and digits never get lost.
  public static func isNumericallyEqual(_ lhs: JSONNumber, _ rhs: JSONNumber) -> Bool {
    compare(lhs, rhs) == .equal
  }

  /// Whether the number has no fraction, as JSON Schema's `integer` understands it: 1, 1.0 and 1e300 have none.
  public var isInteger: Bool {
    switch storage {
    case .integer: true
    case .lexeme: smallDecimal?.isInteger ?? decimalForm.isInteger
    }
  }

  /// Feeds the mathematical value to a hasher, consistently with ``isNumericallyEqual(_:_:)``.
  package func hashNumerically(into hasher: inout Hasher) {
    if let integer = exactInteger(as: Int64.self) {
      hasher.combine(integer)
    } else {
      hasher.combine(decimalForm)
    }
  }

  /// The number as digits and a power of ten.
  package var decimalForm: DecimalForm { DecimalForm(spelling: spelling) }
}
