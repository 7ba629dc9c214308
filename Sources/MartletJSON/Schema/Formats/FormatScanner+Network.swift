/// Addresses: IPv4 and IPv6 (RFC 4291, section 2.2), and email (RFC 5321, section 4.1.2; RFC 6531).
extension FormatScanner {
  mutating func takeIPv4() -> Bool {
    for part in 0..<4 {
      if part > 0, !take(".") { return false }
      let digits = rest.prefix(4).prefix { $0.isDigit }
      guard (1...3).contains(digits.count), digits.count == 1 || digits.first != UInt8(ascii: "0") else { return false }
      guard digits.reduce(0, { $0 * 10 + Int($1 - UInt8(ascii: "0")) }) < 256 else { return false }
      self = FormatScanner(rest.dropFirst(digits.count))
    }
    return true
  }

  mutating func takeIPv6() -> Bool {
    var groups = 0
    var isShortened = false
    if rest.starts(with: "::".utf8) {
      self = FormatScanner(rest.dropFirst(2))
      isShortened = true
      if next?.isHexDigit != true { return true }
    }
    while groups < 8 {
      let digits = rest.prefix(5).prefix { $0.isHexDigit }
      if rest.dropFirst(digits.count).first == UInt8(ascii: ".") {
        guard takeIPv4() else { return false }
        groups += 2
        break
      }
      guard (1...4).contains(digits.count) else { return false }
      self = FormatScanner(rest.dropFirst(digits.count))
      groups += 1
      guard next == UInt8(ascii: ":") else { break }
      if rest.starts(with: "::".utf8) {
        guard !isShortened else { return false }
        isShortened = true
        self = FormatScanner(rest.dropFirst(2))
        if next?.isHexDigit != true { break }
      } else {
        take(":")
      }
    }
    return isShortened ? groups < 8 : groups == 8
  }

  mutating func isEmail(international: Bool) -> Bool {
    guard takeLocalPart(international: international), take("@") else { return false }
    guard take("[") else { return HostName.isValid(rest, international: international, inEmail: true) }
    guard rest.last == UInt8(ascii: "]") else { return false }
    var literal = FormatScanner(rest.dropLast())
    if literal.rest.starts(with: "IPv6:".utf8) {
      literal = FormatScanner(literal.rest.dropFirst(5))
      return literal.takeIPv6() && literal.isAtEnd
    }
    return literal.takeIPv4() && literal.isAtEnd
  }

  /// A dot-string or a quoted string.
  private mutating func takeLocalPart(international: Bool) -> Bool {
    if take("\"") {
      while let byte = takeAny() {
        switch byte {
        case UInt8(ascii: "\""): return true
        case UInt8(ascii: "\\"): guard let escaped = takeAny(), (0x20...0x7E).contains(escaped) else { return false }
        case 0x20...0x7E: continue
        default: guard international, byte >= 0x80 else { return false }
        }
      }
      return false
    }
    repeat {
      let count = take { byte in
        if byte >= 0x80 { return international }
        return byte.isLetter || byte.isDigit || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
      }
      guard count > 0 else { return false }
    } while take(".")
    return true
  }
}
