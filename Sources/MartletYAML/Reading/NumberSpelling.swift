/// Turns the numbers of the core schema into the spelling that JSON allows.
enum NumberSpelling {
  /// The most digits of a hexadecimal or octal number: the conversion to decimal takes quadratic time.
  private static let maxRadixDigits = 64

  /// Returns a JSON spelling of a number of the core schema, or `nil` if the text is none.
  static func json(of text: String) throws(CoreSchema.Fault) -> String? {
    if text.utf8.starts(with: "0x".utf8) { return try decimal(of: text.utf8.dropFirst(2), radix: 16) }
    if text.utf8.starts(with: "0o".utf8) { return try decimal(of: text.utf8.dropFirst(2), radix: 8) }
    var text = text
    let shape = text.withUTF8 { DecimalShape($0) }
    guard let shape else { return nil }
    return shape.isJSON ? text : text.withUTF8 { shape.jsonSpelling(of: $0) }
  }

  private static func decimal(of digits: Substring.UTF8View, radix: UInt64) throws(CoreSchema.Fault) -> String? {
    guard !digits.isEmpty, digits.allSatisfy({ value(ofDigit: $0) < radix }) else { return nil }
    guard digits.count <= maxRadixDigits else { throw .longNumber }
    // Groups of nine decimal digits, the last one first.
    var groups: [UInt64] = [0]
    for digit in digits {
      var carry = value(ofDigit: digit)
      for index in groups.indices {
        let sum = groups[index] * radix + carry
        groups[index] = sum % 1_000_000_000
        carry = sum / 1_000_000_000
      }
      if carry > 0 { groups.append(carry) }
    }
    let rest = groups.dropLast().reversed().map { group in
      let digits = String(group)
      return String(repeating: "0", count: 9 - digits.utf8.count) + digits
    }
    return String(groups[groups.count - 1]) + rest.joined()
  }

  private static func value(ofDigit byte: UInt8) -> UInt64 {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
    default: .max
    }
  }
}

/// The parts of `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?` in a text.
private struct DecimalShape {
  private let sign: UInt8?
  private let whole: Range<Int>
  private let hasPoint: Bool
  private let fraction: Range<Int>
  private let exponent: Range<Int>
  private let hasLeadingZero: Bool

  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    func isSign(_ index: Int) -> Bool {
      index < bytes.count && (bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+"))
    }
    func digits(from start: Int) -> Range<Int> {
      var end = start
      while end < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[end] { end += 1 }
      return start..<end
    }
    sign = isSign(0) ? bytes[0] : nil
    whole = digits(from: sign == nil ? 0 : 1)
    hasLeadingZero = whole.count > 1 && bytes[whole.lowerBound] == UInt8(ascii: "0")
    var end = whole.upperBound
    hasPoint = end < bytes.count && bytes[end] == UInt8(ascii: ".")
    fraction = hasPoint ? digits(from: end + 1) : end..<end
    end = fraction.upperBound
    guard !(whole.isEmpty && fraction.isEmpty) else { return nil }
    if end < bytes.count, bytes[end] | 0x20 == UInt8(ascii: "e") {
      let power = digits(from: isSign(end + 1) ? end + 2 : end + 1)
      guard !power.isEmpty else { return nil }
      exponent = end..<power.upperBound
    } else {
      exponent = end..<end
    }
    guard exponent.upperBound == bytes.count else { return nil }
  }

  var isJSON: Bool {
    sign != UInt8(ascii: "+") && !whole.isEmpty && !hasLeadingZero && !(hasPoint && fraction.isEmpty)
  }

  func jsonSpelling(of bytes: UnsafeBufferPointer<UInt8>) -> String {
    let zero = UInt8(ascii: "0")
    var result: [UInt8] = sign == UInt8(ascii: "-") ? [UInt8(ascii: "-")] : []
    let significant = bytes[whole].drop { $0 == zero }
    if significant.isEmpty { result.append(zero) } else { result += significant }
    if hasPoint {
      result.append(UInt8(ascii: "."))
      if fraction.isEmpty { result.append(zero) } else { result += bytes[fraction] }
    }
    result += bytes[exponent]
    return String(decoding: result, as: UTF8.self)
  }
}
