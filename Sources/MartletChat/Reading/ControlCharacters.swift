/// Control characters, which JSON wants escaped in strings.
enum ControlCharacters {
  /// The text with the control characters in its strings escaped; nil if there are none.
  static func escaped(_ text: String) -> String? {
    var result: [UInt8] = []
    var isInString = false
    var isEscaped = false
    var found = false
    for byte in text.utf8 {
      if isInString, byte < 0x20 {
        found = true
        // A backslash before a line break is a continued line of other languages; it has no reading here.
        if isEscaped { return nil }
        append(byte, to: &result)
        continue
      }
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = isInString
      } else if byte == UInt8(ascii: "\"") {
        isInString.toggle()
      }
      result.append(byte)
    }
    return found ? String(decoding: result, as: UTF8.self) : nil
  }

  /// Appends the escape of a control character.
  static func append(_ byte: UInt8, to bytes: inout [UInt8]) {
    switch byte {
    case 0x0A: bytes.append(contentsOf: Array("\\n".utf8))
    case 0x0D: bytes.append(contentsOf: Array("\\r".utf8))
    case 0x09: bytes.append(contentsOf: Array("\\t".utf8))
    default:
      let digits = String(byte, radix: 16)
      bytes.append(contentsOf: Array((byte < 0x10 ? "\\u000" : "\\u00").utf8) + Array(digits.utf8))
    }
  }
}
