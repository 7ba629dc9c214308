/// Reads one number by the grammar of RFC 8259, section 6.
struct NumberScanner {
  private let bytes: UnsafeBufferPointer<UInt8>
  /// The offset of the next byte.
  private(set) var position: Int

  init(_ bytes: UnsafeBufferPointer<UInt8>, position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  /// Reads a number and stops after its last byte.
  mutating func scan() throws(JSONParseError) -> JSONNumber.Storage {
    let start = position
    let isNegative = consume(UInt8(ascii: "-"))
    let integerStart = position
    var magnitude: UInt64 = 0
    while let digit = nextDigit {
      // Wraps after 19 digits; such numbers take the slow way below.
      magnitude = magnitude &* 10 &+ UInt64(digit)
      position += 1
    }
    let digitCount = position - integerStart
    guard digitCount > 0 else { throw expectedDigit() }
    if digitCount > 1, bytes[integerStart] == UInt8(ascii: "0") {
      throw JSONParseError(offset: integerStart, reason: "a number must not begin with a superfluous 0")
    }

    var isIntegral = true
    if consume(UInt8(ascii: ".")) {
      isIntegral = false
      try skipDigits()
    }
    if consume(UInt8(ascii: "e")) || consume(UInt8(ascii: "E")) {
      isIntegral = false
      if !consume(UInt8(ascii: "+")) { _ = consume(UInt8(ascii: "-")) }
      try skipDigits()
    }

    let isNegativeZero = isNegative && magnitude == 0
    if isIntegral, digitCount <= 18, !isNegativeZero {
      return .integer(isNegative ? -Int64(magnitude) : Int64(magnitude))
    }
    let lexeme = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
    if isIntegral, digitCount == 19, let integer = Int64(lexeme) { return .integer(integer) }
    return .lexeme(lexeme)
  }

  private var nextDigit: UInt8? {
    @inline(__always) get {
      guard position < bytes.count else { return nil }
      let digit = bytes[position] &- UInt8(ascii: "0")
      return digit < 10 ? digit : nil
    }
  }

  private mutating func skipDigits() throws(JSONParseError) {
    guard nextDigit != nil else { throw expectedDigit() }
    while nextDigit != nil { position += 1 }
  }

  @inline(__always)
  private mutating func consume(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private func expectedDigit() -> JSONParseError {
    .expected("a digit", at: position, in: bytes)
  }
}
