/// The beginning of a text that came from outside, fit to be shown.
enum Excerpt {
  /// At most so many bytes of UTF-8, with `…` where it was cut; control characters become spaces.
  static func of(_ text: String, bytes limit: Int) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      let shown: Unicode.Scalar = isControl(scalar) ? " " : scalar
      if result.utf8.count + UTF8.width(shown) > limit { return result + "…" }
      result.unicodeScalars.append(shown)
    }
    return result
  }

  /// At most so many bytes of what may be no text at all.
  static func of(_ bytes: [UInt8], bytes limit: Int) -> String {
    of(String(decoding: bytes.prefix(limit + 4), as: UTF8.self), bytes: limit)
  }

  /// Control characters and those that turn the direction of writing.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A: false
    case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
