/// Reads a string from its beginning, byte by byte.
struct FormatScanner {
  private(set) var rest: Slice<UnsafeBufferPointer<UInt8>>

  init(_ bytes: UnsafeBufferPointer<UInt8>) { rest = bytes[...] }

  init(_ rest: Slice<UnsafeBufferPointer<UInt8>>) { self.rest = rest }

  var isAtEnd: Bool { rest.isEmpty }

  var next: UInt8? { rest.first }

  @discardableResult
  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: scalar) else { return false }
    rest.removeFirst()
    return true
  }

  /// Takes a letter in either case, given in lower case.
  mutating func take(letter scalar: Unicode.Scalar) -> Bool {
    guard let byte = rest.first, byte | 0x20 == UInt8(ascii: scalar) else { return false }
    rest.removeFirst()
    return true
  }

  /// Takes the bytes that fit, and says how many.
  @discardableResult
  mutating func take(while fits: (UInt8) -> Bool) -> Int {
    let start = rest.startIndex
    rest = rest.drop(while: fits)
    return rest.startIndex - start
  }

  mutating func takeAny() -> UInt8? { rest.popFirst() }

  /// Takes exactly so many digits and gives their value; nil if there are fewer.
  mutating func takeNumber(digits: Int) -> Int? {
    guard rest.count >= digits else { return nil }
    var value = 0
    for _ in 0..<digits {
      guard let byte = rest.first, byte.isDigit else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
      rest.removeFirst()
    }
    return value
  }

  /// Takes `%` and two hexadecimal digits.
  mutating func takeEscape() -> Bool {
    guard take("%"), let high = takeAny(), let low = takeAny() else { return false }
    return high.isHexDigit && low.isHexDigit
  }
}

extension UInt8 {
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }

  var isLetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }

  var isHexDigit: Bool { isDigit || (self | 0x20) >= 0x61 && (self | 0x20) <= 0x66 }

  /// unreserved and sub-delims of RFC 3986.
  var isPlainInURI: Bool {
    if isLetter || isDigit { return true }
    return switch self {
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
    case UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("),
      UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="):
      true
    default: false
    }
  }
}
