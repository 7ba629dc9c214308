/// Joins the halves of characters that a server cut between two deltas of one text.
struct TextJoiner: Sendable {
  private enum Half {
    case surrogate(UInt32)
    case bytes([UInt8])
  }

  private var half: Half?
  /// Whether the beginning of a character is held back.
  var isHoldingHalf: Bool { half != nil }
  /// Whether a character was lost for good.
  private(set) var hasReplaced = false

  /// The text so far that is sure; `isMarked` says whether it may hold markers of ``LenientJSON``.
  mutating func push(_ text: String, isMarked: Bool) -> String {
    if half == nil, !isMarked { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case LenientJSON.surrogateMarkers...0x10FFFF where isMarked:
        push(surrogate: scalar.value - LenientJSON.surrogateMarkers + 0xD800, to: &result)
      case LenientJSON.byteMarkers..<LenientJSON.surrogateMarkers where isMarked:
        push(byte: UInt8(truncatingIfNeeded: scalar.value - LenientJSON.byteMarkers), to: &result)
      default:
        result += flush()
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// What is left when the text has ended: U+FFFD for a half that was never completed.
  mutating func flush() -> String {
    guard half != nil else { return "" }
    half = nil
    hasReplaced = true
    return "\u{FFFD}"
  }

  /// A text that nothing will follow, without markers.
  static func whole(_ text: String, isMarked: Bool) -> String {
    if !isMarked { return text }
    var joiner = TextJoiner()
    return joiner.push(text, isMarked: isMarked) + joiner.flush()
  }

  private mutating func push(surrogate code: UInt32, to result: inout String) {
    if code >= 0xDC00, case .surrogate(let high)? = half {
      half = nil
      let value = 0x10000 + (high - 0xD800) << 10 + (code - 0xDC00)
      if let scalar = Unicode.Scalar(value) { result.unicodeScalars.append(scalar) }
      return
    }
    result += flush()
    half = .surrogate(code)
    if code >= 0xDC00 { result += flush() }
  }

  private mutating func push(byte: UInt8, to result: inout String) {
    var bytes: [UInt8] = []
    if case .bytes(let earlier)? = half, byte & 0xC0 == 0x80 {
      bytes = earlier
    } else {
      result += flush()
    }
    bytes.append(byte)
    let lead = bytes[0]
    let length = lead >= 0xF5 || lead < 0xC2 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
    half = .bytes(bytes)
    guard bytes.count >= length else { return }
    if let text = String(validating: bytes, as: UTF8.self) {
      half = nil
      result += text
    } else {
      result += flush()
    }
  }
}
