/// The bytes of a source, known to be UTF-8 without characters that YAML forbids.
///
/// libyaml checks the same, but stops with a byte offset instead of a line, takes UTF-16 as well, and ends lines at
/// U+0085, U+2028 and U+2029, where YAML 1.2 (section 5.4), editors and compilers do not.
struct SourceText {
  let bytes: [UInt8]

  /// Where the text begins: behind the byte order mark, if there is one.
  let start: Int

  let isASCII: Bool

  init(checking bytes: [UInt8], limits: YAMLLimits) throws(YAMLError) {
    guard bytes.count <= limits.maxBytes else {
      let reason = "the source is longer than \(limits.maxBytes) bytes"
      throw YAMLError(at: .startOfSource, reason, hint: "split it into several files")
    }
    if let encoding = Self.foreignEncoding(of: bytes) {
      throw YAMLError(at: .startOfSource, "the source is in \(encoding)", hint: "save it as UTF-8")
    }
    self.bytes = bytes
    start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    isASCII = try Self.check(bytes, from: start)
  }

  /// The mark of a byte.
  func mark(atByte offset: Int) -> YAMLMark { Self.mark(atByte: offset, of: bytes, from: start) }

  private static func mark(atByte offset: Int, of bytes: [UInt8], from start: Int) -> YAMLMark {
    var line = 1
    var column = 1
    var previous: UInt8 = 0
    for byte in bytes[start..<max(start, min(offset, bytes.count))] {
      switch byte {
      case UInt8(ascii: "\n") where previous == UInt8(ascii: "\r"): break
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        line += 1
        column = 1
      case 0x80...0xBF: break
      default: column += 1
      }
      previous = byte
    }
    return YAMLMark(line: line, column: column)
  }

  private static func foreignEncoding(of bytes: [UInt8]) -> String? {
    if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return "UTF-32" }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
    return nil
  }
}

extension SourceText {
  /// Returns whether all bytes are ASCII; throws at the first one that is not part of a permitted character.
  private static func check(_ bytes: [UInt8], from start: Int) throws(YAMLError) -> Bool {
    var offset = start
    var isASCII = true
    var tagDirectives = 0
    while offset < bytes.count {
      offset = endOfPlainRun(in: bytes, from: offset)
      guard offset < bytes.count else { break }
      let byte = bytes[offset]
      if byte >= 0x80 {
        isASCII = false
        guard let (scalar, length) = multiByteScalar(in: bytes, at: offset) else {
          let reason = "the byte 0x\(hex(UInt32(byte), width: 2)) is not UTF-8"
          throw YAMLError(at: mark(atByte: offset, of: bytes, from: start), reason, hint: "save the source as UTF-8")
        }
        if let fault = fault(of: scalar) {
          throw YAMLError(at: mark(atByte: offset, of: bytes, from: start), fault.reason, hint: fault.hint)
        }
        offset += length
        continue
      }
      if byte < 0x20 || byte == 0x7F, let fault = fault(of: UInt32(byte)) {
        throw YAMLError(at: mark(atByte: offset, of: bytes, from: start), fault.reason, hint: fault.hint)
      }
      if byte == UInt8(ascii: "%"), isTagDirective(bytes, at: offset, from: start) {
        // libyaml compares each of them with all before it.
        tagDirectives += 1
        if tagDirectives > 16 {
          let mark = mark(atByte: offset, of: bytes, from: start)
          throw YAMLError(at: mark, "more than 16 %TAG directives", hint: "remove them")
        }
      }
      offset += 1
    }
    return isASCII
  }

  /// Skips groups of sixteen bytes that are line feeds or printable ASCII without `%`: there is nothing to say of them.
  private static func endOfPlainRun(in bytes: [UInt8], from start: Int) -> Int {
    // Compared with single numbers, or asked by `any`, vectors are gone through byte by byte.
    let (space, lineFeed) = (SIMD16(repeating: UInt8(ascii: " ")), SIMD16(repeating: UInt8(ascii: "\n")))
    let (percent, delete) = (SIMD16(repeating: UInt8(ascii: "%")), SIMD16(repeating: 0x7F as UInt8))
    return bytes.withUnsafeBytes { bytes in
      var offset = start
      while bytes.count - offset >= 16 {
        let group = bytes.loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self)
        let found = (group .< space .& group .!= lineFeed) .| group .== percent .| group .>= delete
        guard unsafeBitCast(found, to: SIMD2<UInt64>.self) == .zero else { break }
        offset += 16
      }
      return offset
    }
  }

  /// The scalar that begins at a byte above 0x7F and its length (Unicode 16, table 3-7), or `nil` if none does.
  private static func multiByteScalar(in bytes: [UInt8], at offset: Int) -> (scalar: UInt32, length: Int)? {
    let lead = bytes[offset]
    let (length, second): (Int, ClosedRange<UInt8>)
    switch lead {
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return nil
    }
    guard bytes.count - offset >= length, second.contains(bytes[offset + 1]) else { return nil }
    var scalar = UInt32(lead) & (0x7F >> UInt32(length))
    for byte in bytes[(offset + 1)..<(offset + length)] {
      guard byte & 0xC0 == 0x80 else { return nil }
      scalar = scalar << 6 | UInt32(byte & 0x3F)
    }
    return (scalar, length)
  }

  /// What is wrong with a character: the complement of `c-printable` (section 5.1), and what is read in different ways.
  private static func fault(of scalar: UInt32) -> (reason: String, hint: String)? {
    switch scalar {
    case 0x09, 0x0A, 0x0D: nil
    case 0: ("the source contains a NUL byte", "save it as UTF-8 text; in double quotes \\0 writes this character")
    case 0x85, 0x2028, 0x2029:
      (
        "the invisible line break U+\(hex(scalar, width: 4)) is read differently by YAML 1.1 and 1.2",
        "delete it, or write \\u\(hex(scalar, width: 4)) in double quotes"
      )
    case 0xFEFF: ("a byte order mark stands inside the text", "delete it, or write \\uFEFF in double quotes")
    case ..<0x20, 0x7F...0x9F, 0xFFFE, 0xFFFF:
      (
        "the character U+\(hex(scalar, width: 4)) is not allowed",
        "delete it, or write \\u\(hex(scalar, width: 4)) in double quotes"
      )
    default: nil
    }
  }

  private static func isTagDirective(_ bytes: [UInt8], at offset: Int, from start: Int) -> Bool {
    let isAtLineStart = offset == start || bytes[offset - 1] == UInt8(ascii: "\n") || bytes[offset - 1] == 0x0D
    return isAtLineStart && bytes[offset...].starts(with: "%TAG".utf8)
  }

  private static func hex(_ number: UInt32, width: Int) -> String {
    let digits = String(number, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(width - digits.utf8.count, 0)) + digits
  }
}
