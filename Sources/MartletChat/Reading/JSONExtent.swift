/// Follows a JSON text as it arrives in pieces and knows where its first value ends, at the cost of one look per byte.
///
/// Only an object, an array or a string shows by itself where it ends.
struct JSONExtent: Sendable {
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  private var hasBegun = false
  private var length = 0

  /// The offset after the first value; nil while it is open.
  private(set) var end: Int?

  /// Whether nothing but white space came so far.
  var isBlank: Bool { !hasBegun }

  /// Whether a text is nothing but white space.
  static func isBlank(_ text: String) -> Bool { isBlank(text.utf8[...]) }

  /// Whether bytes are nothing but white space.
  static func isBlank(_ bytes: Substring.UTF8View) -> Bool {
    bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
  }

  init() {}

  /// Follows a whole text.
  init(_ text: some StringProtocol) {
    append(text.utf8)
  }

  mutating func append(_ bytes: some Sequence<UInt8>) {
    // Past the end nothing is of interest but that there is more.
    if end != nil { return }
    for byte in bytes {
      length += 1
      step(byte)
      if end != nil { return }
    }
  }

  private mutating func step(_ byte: UInt8) {
    if isInString {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
        if depth == 0 { end = length }
      }
      return
    }
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D: return
    case UInt8(ascii: "\""): isInString = true
    case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
      if depth == 0 { end = length }
    default: break
    }
    hasBegun = true
  }
}
