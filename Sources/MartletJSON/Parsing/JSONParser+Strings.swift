extension JSONParser {
  /// Parses a string from its opening quotation mark, which is there.
  mutating func parseString() throws(JSONParseError) -> String {
    let start = position + 1
    let run = PlainRun(in: bytes, from: start)
    // Most strings have no escape: they are decoded where they lie.
    if run.end < bytes.count, bytes[run.end] == UInt8(ascii: "\"") {
      position = run.end + 1
      let content = UnsafeBufferPointer(rebasing: bytes[start..<run.end])
      return try run.isASCII ? decode(content) : decodeValidating(content, from: start, to: run.end)
    }
    return try parseEscapedString(from: start, firstRun: run)
  }

  private mutating func parseEscapedString(from start: Int, firstRun: PlainRun) throws(JSONParseError) -> String {
    scratch.removeAll()
    var runStart = start
    var isASCII = firstRun.isASCII
    position = firstRun.end
    while true {
      scratch.push(bytes, from: runStart, to: position)
      guard position < bytes.count else { throw expected("'\"' to end the string") }
      switch bytes[position] {
      case UInt8(ascii: "\""):
        let end = position
        position += 1
        let content = scratch.elements
        return try isASCII ? decode(content) : decodeValidating(content, from: start, to: end)
      case UInt8(ascii: "\\"):
        // What text within text is made of.
        if position + 1 < bytes.count,
          bytes[position + 1] == UInt8(ascii: "\"") || bytes[position + 1] == UInt8(ascii: "\\")
        {
          scratch.push(bytes[position + 1])
          position += 2
        } else {
          try parseEscape()
        }
      case let control:
        let name = JSONParseError.hexadecimal(control)
        throw JSONParseError(offset: position, reason: "the control character \(name) must be escaped in a string")
      }
      runStart = position
      let run = PlainRun(in: bytes, from: position)
      isASCII = isASCII && run.isASCII
      position = run.end
    }
  }

  /// Parses an escape sequence from its backslash and appends what it stands for to the scratch bytes.
  private mutating func parseEscape() throws(JSONParseError) {
    guard position + 1 < bytes.count else {
      position += 1
      throw expected("an escape")
    }
    switch bytes[position + 1] {
    case UInt8(ascii: "\""): scratch.push(0x22)
    case UInt8(ascii: "\\"): scratch.push(0x5C)
    case UInt8(ascii: "/"): scratch.push(0x2F)
    case UInt8(ascii: "b"): scratch.push(0x08)
    case UInt8(ascii: "f"): scratch.push(0x0C)
    case UInt8(ascii: "n"): scratch.push(0x0A)
    case UInt8(ascii: "r"): scratch.push(0x0D)
    case UInt8(ascii: "t"): scratch.push(0x09)
    case UInt8(ascii: "u"):
      try parseUnicodeEscape()
      return
    default:
      let error = JSONParseError.expected("one of \"\\/bfnrtu after '\\'", at: position + 1, in: bytes)
      throw JSONParseError(offset: position, reason: error.reason)
    }
    position += 2
  }

  private mutating func parseUnicodeEscape() throws(JSONParseError) {
    let offset = position
    var code = try parseHexadecimal()
    if code & 0xFC00 == 0xD800, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
      bytes[position + 1] == UInt8(ascii: "u")
    {
      let low = try parseHexadecimal()
      // Anything but a low surrogate leaves `code` a lone surrogate.
      if low & 0xFC00 == 0xDC00 { code = 0x10000 + ((code & 0x3FF) << 10) + (low & 0x3FF) }
    }
    guard let scalar = Unicode.Scalar(code) else {
      throw JSONParseError(offset: offset, reason: "a lone surrogate in a \\u escape is not a character")
    }
    for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { scratch.push(byte) }
  }

  /// Parses the four digits of a \u escape from its backslash.
  private mutating func parseHexadecimal() throws(JSONParseError) -> UInt32 {
    position += 2
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard position < bytes.count, let digit = Self.hexadecimalDigit(bytes[position]) else {
        throw expected("four hexadecimal digits after '\\u'")
      }
      value = value << 4 | digit
      position += 1
    }
    return value
  }

  private static func hexadecimalDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) - 0x30
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte) - 0x41 + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte) - 0x61 + 10
    default: nil
    }
  }

  /// Makes a string of bytes that are UTF-8.
  @inline(__always)
  private mutating func decode(_ content: UnsafeBufferPointer<UInt8>) -> String {
    let ends = content.isEmpty ? 0 : UInt64(content[0]) &* 3 &+ UInt64(content[content.count - 1])
    fingerprint = (ends &+ UInt64(content.count) &* 5) & 63
    return String(decoding: content, as: UTF8.self)
  }

  /// Makes a string of the content of one that lies between two offsets of the text.
  private mutating func decodeValidating(
    _ content: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int
  ) throws(JSONParseError) -> String {
    // Decoding repairs what is not UTF-8, and is faster than `String(validating:as:)` even with this comparison.
    var string = decode(content)
    if string.withUTF8({ $0.hasSameBytes(as: content) }) { return string }
    // Escapes are ASCII, so the text itself shows where its UTF-8 is broken.
    var iterator = bytes[start..<end].makeIterator()
    var decoder = UTF8()
    var offset = start
    while case .scalarValue(let scalar) = decoder.decode(&iterator) { offset += UTF8.width(scalar) }
    throw JSONParseError(offset: offset, reason: "the bytes of the string are not UTF-8")
  }
}
