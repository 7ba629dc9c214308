/// A JSON number that keeps its spelling byte for byte: `1.0`, `1e5`, `-0` and numbers of any length.
///
/// Two numbers are equal (`==`) when they are spelled alike, because a value is meant to be written as it was read.
/// Compare what they mean with ``isNumericallyEqual(_:_:)`` and ``compare(_:_:)``.
public struct JSONNumber: Sendable, Hashable {
  /// An integer is stored inline exactly when its spelling is the one Swift gives it, so that equality is by spelling.
  enum Storage: Sendable, Hashable {
    case integer(Int64)
    case lexeme(String)
  }

  let storage: Storage

  init(storage: Storage) {
    self.storage = storage
  }

  /// Makes the number of an integer of any width.
  public init(_ value: some FixedWidthInteger) {
    if let small = Int64(exactly: value) {
      storage = .integer(small)
    } else {
      storage = .lexeme(String(value))
    }
  }

  /// Makes the number of a double in its shortest spelling that reads back as the same double; nil unless finite.
  ///
  /// A whole number is written without a fraction, as Foundation's and JavaScript's encoders do: 3.0 becomes `3`, 1e300
  /// becomes `1e+300`, and negative zero `-0`.
  public init?(_ value: Double) {
    guard value.isFinite else { return nil }
    self.init(floatingPointDescription: value.description)
  }

  /// Makes the number of a float in the shortest spelling that reads back as the same float; nil unless finite.
  public init?(_ value: Float) {
    guard value.isFinite else { return nil }
    self.init(floatingPointDescription: value.description)
  }

  /// Makes the number of its spelling; nil unless that is a number in the grammar of RFC 8259, section 6.
  public init?(spelling: String) {
    var spelling = spelling
    let number: JSONNumber? = spelling.withUTF8 { bytes in
      var scanner = NumberScanner(bytes)
      guard let storage = try? scanner.scan(), scanner.position == bytes.count else { return nil }
      return JSONNumber(storage: storage)
    }
    guard let number else { return nil }
    self = number
  }

  private init(floatingPointDescription description: String) {
    let spelling = description.hasSuffix(".0") ? String(description.dropLast(2)) : description
    if spelling != "-0", let integer = Int64(spelling) {
      storage = .integer(integer)
    } else {
      storage = .lexeme(spelling)
    }
  }

  /// The number as it was spelled.
  public var spelling: String {
    switch storage {
    case .integer(let value): String(value)
    case .lexeme(let lexeme): lexeme
    }
  }

  /// The exact value, also of spellings such as `1.0` and `1e2`; nil if it is not integral or does not fit an `Int`.
  public var intValue: Int? { exactInteger() }

  /// The nearest double; nil if the number is beyond the finite doubles.
  ///
  /// A number nearer to zero than any double gives zero.
  public var doubleValue: Double? {
    switch storage {
    case .integer(let value): Double(value)
    case .lexeme(let lexeme): Double(lexeme).flatMap { $0.isFinite ? $0 : nil }
    }
  }

  /// The nearest float; nil if the number is beyond the finite floats.
  var floatValue: Float? {
    switch storage {
    case .integer(let value): Float(value)
    case .lexeme(let lexeme): Float(lexeme).flatMap { $0.isFinite ? $0 : nil }
    }
  }

  /// The exact value in an integer type of any width; nil if it is not integral or does not fit.
  package func exactInteger<Integer: FixedWidthInteger>(as type: Integer.Type = Integer.self) -> Integer? {
    switch storage {
    case .integer(let value): Integer(exactly: value)
    case .lexeme: decimalForm.exactInteger()
    }
  }
}

extension JSONNumber: CustomStringConvertible {
  /// The number as it was spelled.
  public var description: String { spelling }
}
