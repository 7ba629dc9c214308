/// URIs and references (RFC 3986), the same with characters beyond ASCII (RFC 3987), and templates (RFC 6570).
extension FormatScanner {
  mutating func isURI(needsScheme: Bool, international: Bool) -> Bool {
    let hasScheme = takeScheme()
    guard hasScheme || !needsScheme else { return false }
    if rest.starts(with: "//".utf8) {
      self = FormatScanner(rest.dropFirst(2))
      guard takeAuthority(international: international) else { return false }
      guard isAtEnd || [UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")].contains(next) else { return false }
    } else if !hasScheme {
      // A colon in the first segment would make it a scheme.
      let segment = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
      guard !segment.contains(UInt8(ascii: ":")) else { return false }
    }
    guard takePart(":@/", international: international) else { return false }
    if take("?"), !takePart(":@/?", international: international, allowsPrivate: true) { return false }
    if take("#"), !takePart(":@/?", international: international) { return false }
    return isAtEnd
  }

  private mutating func takeScheme() -> Bool {
    guard let colon = rest.firstIndex(of: UInt8(ascii: ":")), let first = rest.first, first.isLetter,
      rest[..<colon].allSatisfy({ $0.isLetter || $0.isDigit || "+-.".utf8.contains($0) })
    else { return false }
    self = FormatScanner(rest[(colon + 1)...])
    return true
  }

  private mutating func takeAuthority(international: Bool) -> Bool {
    let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    self = FormatScanner(rest.dropFirst(authority.count))
    var scanner = FormatScanner(authority)
    if let at = authority.firstIndex(of: UInt8(ascii: "@")) {
      var user = FormatScanner(authority[..<at])
      guard user.takePart(":", international: international), user.isAtEnd else { return false }
      scanner = FormatScanner(authority[(at + 1)...])
    }
    if scanner.take("[") {
      let isFuture = scanner.next.map { $0 | 0x20 == UInt8(ascii: "v") } ?? false
      guard isFuture ? scanner.takeFutureAddress() : scanner.takeIPv6(), scanner.take("]") else { return false }
    } else {
      guard scanner.takePart("", international: international) else { return false }
    }
    if scanner.take(":") { scanner.take(while: \.isDigit) }
    return scanner.isAtEnd
  }

  private mutating func takeFutureAddress() -> Bool {
    take(letter: "v") && take(while: \.isHexDigit) > 0 && take(".")
      && take { $0.isPlainInURI || $0 == UInt8(ascii: ":") } > 0
  }

  /// Takes plain characters, escapes and these others; false at a broken escape or a character that is not allowed at all.
  private mutating func takePart(_ others: StaticString, international: Bool, allowsPrivate: Bool = false) -> Bool {
    while let byte = next {
      if byte == UInt8(ascii: "%") {
        guard takeEscape() else { return false }
      } else if byte >= 0x80 {
        guard international, let scalar = takeScalar(), scalar.isAllowedInIRI(private: allowsPrivate) else {
          return false
        }
      } else if byte.isPlainInURI || others.withUTF8Buffer({ $0.contains(byte) }) {
        _ = takeAny()
      } else {
        return true
      }
    }
    return true
  }

  /// Takes a character beyond ASCII; the string is valid UTF-8.
  private mutating func takeScalar() -> Unicode.Scalar? {
    guard let first = next else { return nil }
    let bytes = rest.prefix(first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4)
    self = FormatScanner(rest.dropFirst(bytes.count))
    return String(decoding: bytes, as: UTF8.self).unicodeScalars.first
  }

  // MARK: Templates

  mutating func takeURITemplate() -> Bool {
    while let byte = next {
      switch byte {
      case UInt8(ascii: "{"):
        _ = takeAny()
        guard takeExpression() else { return false }
      case UInt8(ascii: "%"): guard takeEscape() else { return false }
      case 0...0x20, 0x7F, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"),
        UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "}"):
        return false
      case 0x80...:
        guard let scalar = takeScalar(), scalar.isAllowedInIRI(private: true) else { return false }
      default: _ = takeAny()
      }
    }
    return true
  }

  private mutating func takeExpression() -> Bool {
    if let byte = next, "+#./;?&=,!@|".utf8.contains(byte) { _ = takeAny() }
    repeat {
      guard takeVariable() else { return false }
    } while take(",")
    return take("}")
  }

  private mutating func takeVariable() -> Bool {
    repeat {
      var count = 0
      while let byte = next {
        if byte == UInt8(ascii: "%") {
          guard takeEscape() else { return false }
        } else if byte.isLetter || byte.isDigit || byte == UInt8(ascii: "_") {
          _ = takeAny()
        } else {
          break
        }
        count += 1
      }
      guard count > 0 else { return false }
    } while take(".")
    if take(":") {
      guard next != UInt8(ascii: "0") else { return false }
      return (1...4).contains(take(while: \.isDigit))
    }
    _ = take("*")
    return true
  }
}

extension Unicode.Scalar {
  /// ucschar of RFC 3987, and iprivate where that may stand.
  fileprivate func isAllowedInIRI(private allowsPrivate: Bool) -> Bool {
    switch value {
    case 0xA0...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFEF: true
    case 0xE000...0xF8FF, 0xF0000...0xFFFFD, 0x100000...0x10FFFD: allowsPrivate
    case 0x10000...0xEFFFF: value & 0xFFFE != 0xFFFE && !(0xE0000...0xE0FFF).contains(value)
    default: false
    }
  }
}
