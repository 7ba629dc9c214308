extension JSONValue {
  /// Writes the value for people: a line for every member and element, two spaces deeper than what holds it.
  ///
  /// Apart from white space the text is that of ``canonicalString()``.
  public func indentedString() -> String {
    var text: [UInt8] = []
    var depth = 0
    var isInString = false
    var isEscaped = false
    func breakLine() { text += [UInt8(ascii: "\n")] + Array(repeating: UInt8(ascii: " "), count: 2 * depth) }
    for byte in canonicalBytes() {
      if isInString {
        text.append(byte)
        isInString = isEscaped || byte != UInt8(ascii: "\"")
        isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
        continue
      }
      let isFirst = text.last == UInt8(ascii: "{") || text.last == UInt8(ascii: "[")
      switch byte {
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if !isFirst { breakLine() }
      default:
        if isFirst { breakLine() }
      }
      text.append(byte)
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ","): breakLine()
      case UInt8(ascii: ":"): text.append(UInt8(ascii: " "))
      case UInt8(ascii: "\""): isInString = true
      default: break
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
