extension Pattern {
  /// Whether a text is an expression of the kind that most schemas have, such as `^[A-Z]{2}-[0-9]+$`.
  ///
  /// It is one of characters, escapes of one letter and classes in a row, each perhaps repeated, of at most 256 bytes. A
  /// text that is not plain may be an expression still.
  static func isPlain(_ source: String) -> Bool {
    source.utf8.withContiguousStorageIfAvailable { bytes in
      var reader = PlainPatternReader(bytes)
      return bytes.count <= 256 && reader.reachesEnd()
    } ?? false
  }
}

/// Reads such an expression byte by byte, and takes nothing of it along.
private struct PlainPatternReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  mutating func reachesEnd() -> Bool {
    _ = take("^")
    while let byte = peek() {
      if byte == UInt8(ascii: "$") { return position == bytes.count - 1 }
      guard takeAtom(byte), takeQuantifier() else { return false }
    }
    return true
  }

  private mutating func takeAtom(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\\"): return takeEscape()
    case UInt8(ascii: "["): return takeClass()
    default:
      guard Self.isOrdinary(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") else { return false }
      position += 1
      return true
    }
  }

  /// Takes the escape of a set, or of a character that is a sign of the syntax.
  private mutating func takeEscape() -> Bool {
    guard position + 1 < bytes.count else { return false }
    switch bytes[position + 1] {
    case UInt8(ascii: "d"), UInt8(ascii: "D"), UInt8(ascii: "s"), UInt8(ascii: "S"), UInt8(ascii: "w"),
      UInt8(ascii: "W"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "+"),
      UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["),
      UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "|"), UInt8(ascii: "^"),
      UInt8(ascii: "$"):
      position += 2
      return true
    default: return false
    }
  }

  /// Takes a class of characters, ranges of them, and escapes; a `-` for itself stands at its end.
  private mutating func takeClass() -> Bool {
    position += 1
    _ = take("^")
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "]"):
        position += 1
        return true
      case UInt8(ascii: "-"):
        position += 1
        guard peek() == UInt8(ascii: "]") else { return false }
      case UInt8(ascii: "\\"):
        guard takeEscape() else { return false }
      default:
        guard Self.isOrdinary(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "+") else { return false }
        position += 1
        guard takeRangeEnd(from: byte) else { return false }
      }
    }
    return false
  }

  /// Takes the rest of a range, where one begins.
  private mutating func takeRangeEnd(from lower: UInt8) -> Bool {
    guard peek() == UInt8(ascii: "-"), position + 1 < bytes.count, bytes[position + 1] != UInt8(ascii: "]") else {
      return true
    }
    let upper = bytes[position + 1]
    guard Self.isOrdinary(upper), lower <= upper else { return false }
    position += 2
    return true
  }

  /// Takes what repeats an atom, where there is something; none that is lazy.
  private mutating func takeQuantifier() -> Bool {
    if take("*") || take("+") || take("?") { return peek() != UInt8(ascii: "?") }
    guard take("{") else { return true }
    guard let minimum = takeCount() else { return false }
    if take(",") {
      if peek() != UInt8(ascii: "}") {
        guard let maximum = takeCount(), minimum <= maximum else { return false }
      }
    }
    return take("}") && peek() != UInt8(ascii: "?")
  }

  /// Takes a number of up to four digits.
  private mutating func takeCount() -> Int? {
    let start = position
    var count = 0
    while position - start < 4, let byte = peek(), UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte {
      count = count * 10 + Int(byte - UInt8(ascii: "0"))
      position += 1
    }
    return position > start ? count : nil
  }

  private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ sign: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: sign) else { return false }
    position += 1
    return true
  }

  /// Whether a byte stands for itself, in a class and outside of one.
  private static func isOrdinary(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: " "), UInt8(ascii: "@"),
      UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: ","), UInt8(ascii: "#"), UInt8(ascii: "%"):
      true
    default: false
    }
  }
}
