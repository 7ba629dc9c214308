/// What stands after a backslash, and the small tokens.
extension PatternParser {
  /// What an escape stands for, inside and outside of a class.
  enum Escape {
    case scalar(UInt32)
    case set(ScalarSet.Builder)
  }

  mutating func parseAtomEscape() throws(PatternError) -> PatternNode {
    let start = offset
    switch peek(1) {
    case "b":
      offset += 2
      return .wordBoundary(negative: false)
    case "B":
      offset += 2
      return .wordBoundary(negative: true)
    case "k":
      offset += 2
      guard take("<") else { throw PatternError(offset: start, reason: "`\\k` without a <name>") }
      return addReference(.name(try parseGroupName()), at: start)
    case let digit? where ("1"..."9").contains(digit):
      offset += 1
      return addReference(.index(parseDecimal() ?? 0), at: start)
    default:
      switch try parseEscape() {
      case .scalar(let value): return literal(value)
      case .set(let builder): return add(builder)
      }
    }
  }

  /// Reads an escape that means a character or a set of them; stands on the backslash.
  mutating func parseEscape() throws(PatternError) -> Escape {
    let start = offset
    guard let letter = peek(1) else { throw error("a lone `\\` at the end") }
    offset += 2
    switch letter {
    case "d": return .set(.digits)
    case "D": return .set(ScalarSet.Builder.digits.complement)
    case "s": return .set(.whitespace)
    case "S": return .set(ScalarSet.Builder.whitespace.complement)
    case "w": return .set(.word(ignoringCase: ignoringCase))
    case "W": return .set(ScalarSet.Builder.word(ignoringCase: ignoringCase).complement)
    case "p", "P": return .set(try parseProperty(start: start, negated: letter == "P"))
    case "t": return .scalar(0x09)
    case "n": return .scalar(0x0A)
    case "v": return .scalar(0x0B)
    case "f": return .scalar(0x0C)
    case "r": return .scalar(0x0D)
    case "0":
      if let next = peek(), ("0"..."9").contains(next) {
        throw PatternError(offset: start, reason: "an octal escape; write \\xHH")
      }
      return .scalar(0)
    case "c":
      guard let control = peek(), ("a"..."z").contains(control) || ("A"..."Z").contains(control) else {
        throw PatternError(offset: start, reason: "`\\c` without a letter")
      }
      offset += 1
      return .scalar(control.value % 32)
    case "x":
      guard let value = parseHexadecimal(digits: 2) else {
        throw PatternError(offset: start, reason: "`\\x` without two hexadecimal digits")
      }
      return .scalar(value)
    case "u": return .scalar(try parseUnicodeEscape(start: start))
    case "^", "$", "\\", ".", "*", "+", "?", "(", ")", "[", "]", "{", "}", "|", "/": return .scalar(letter.value)
    default:
      throw PatternError(offset: start, reason: "an unknown escape `\\\(letter)`")
    }
  }

  /// Reads what follows `\u`: four digits, a surrogate pair in two escapes, or a code point in braces.
  private mutating func parseUnicodeEscape(start: Int) throws(PatternError) -> UInt32 {
    if take("{") {
      var value: UInt32 = 0
      let first = offset
      while let digit = peek()?.hexDigitValue, value <= 0x10FFFF {
        value = value * 16 + digit
        offset += 1
      }
      guard offset > first, value <= 0x10FFFF, take("}") else {
        throw PatternError(offset: start, reason: "`\\u{…}` takes a code point up to 10FFFF")
      }
      return value
    }
    guard let value = parseHexadecimal(digits: 4) else {
      throw PatternError(offset: start, reason: "`\\u` without four hexadecimal digits")
    }
    guard (0xD800...0xDBFF).contains(value) else { return value }
    let afterFirst = offset
    if take("\\u"), let low = parseHexadecimal(digits: 4), (0xDC00...0xDFFF).contains(low) {
      return 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
    }
    offset = afterFirst
    return value
  }

  private mutating func parseProperty(start: Int, negated: Bool) throws(PatternError) -> ScalarSet.Builder {
    guard take("{") else { throw PatternError(offset: start, reason: "`\\p` without a {property}") }
    var name = ""
    while let scalar = peek(), scalar != "}" {
      name.unicodeScalars.append(scalar)
      offset += 1
    }
    guard take("}") else { throw PatternError(offset: start, reason: "an unclosed `\\p{`") }
    guard var builder = ScalarSet.Builder(propertyNamed: name) else {
      let reason =
        name.hasPrefix("Script") || name.hasPrefix("sc")
        ? "properties of script are not supported" : "an unknown property \"\(name)\""
      throw PatternError(offset: start, reason: reason)
    }
    if negated { builder = builder.complement }
    return builder
  }

  /// Reads a name and the `>` behind it.
  mutating func parseGroupName() throws(PatternError) -> String {
    let start = offset
    var name = String.UnicodeScalarView()
    while let scalar = peek(), scalar != ">" {
      let isAllowed =
        scalar == "$" || scalar == "_"
        || (name.isEmpty ? scalar.properties.isIDStart : scalar.properties.isIDContinue)
      guard isAllowed else { throw error("a group's name is made of letters, digits, `_` and `$`") }
      name.append(scalar)
      offset += 1
    }
    guard !name.isEmpty, take(">") else { throw PatternError(offset: start, reason: "a group without a <name>") }
    return String(name)
  }

  /// Reads digits; a number that no text is long enough for stays at the largest.
  mutating func parseDecimal() -> Int? {
    let start = offset
    var value = 0
    while let digit = peek(), ("0"..."9").contains(digit) {
      value = min(value * 10 + Int(digit.value - 0x30), Int(Int32.max))
      offset += 1
    }
    return offset > start ? value : nil
  }

  private mutating func parseHexadecimal(digits: Int) -> UInt32? {
    var value: UInt32 = 0
    for index in 0..<digits {
      guard let digit = peek(index)?.hexDigitValue else { return nil }
      value = value * 16 + digit
    }
    offset += digits
    return value
  }

  func peek(_ distance: Int = 0) -> Unicode.Scalar? {
    let index = offset + distance
    return index < scalars.count ? Unicode.Scalar(scalars[index]) : nil
  }

  /// Steps over `token` if it stands here.
  mutating func take(_ token: String) -> Bool {
    let expected = token.unicodeScalars.map(\.value)
    guard scalars[offset...].starts(with: expected) else { return false }
    offset += expected.count
    return true
  }

  func error(_ reason: String) -> PatternError { PatternError(offset: offset, reason: reason) }
}

extension Unicode.Scalar {
  fileprivate var hexDigitValue: UInt32? {
    switch self {
    case "0"..."9": value - 0x30
    case "a"..."f": value - 0x61 + 10
    case "A"..."F": value - 0x41 + 10
    default: nil
    }
  }
}
