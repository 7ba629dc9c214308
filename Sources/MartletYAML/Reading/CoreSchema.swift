/// The core schema of YAML 1.2 (section 10.3.2): what a plain scalar stands for, and what the core tags make of one.
enum CoreSchema {
  /// Why a scalar has no value.
  enum Fault: Error {
    case unknownTag
    case mismatch(expected: String)
    case longNumber
  }

  private static let prefix = "tag:yaml.org,2002:"

  /// Returns the value of a scalar, which for a string is its text itself.
  static func value(of text: String, style: YAMLScalar.Style, tag: String?) throws(Fault) -> YAMLScalar.Value {
    guard let tag else { return style == .plain ? try value(ofPlain: text) : .string(text) }
    if tag == "!" { return .string(text) }
    guard tag.hasPrefix(prefix) else { throw .unknownTag }
    switch tag.dropFirst(prefix.count) {
    case "str":
      return .string(text)
    case "int":
      if case .number(let spelling) = try value(ofPlain: text), spelling.utf8.allSatisfy(isDigitOrMinus) {
        return .number(spelling: spelling)
      }
      throw .mismatch(expected: "an integer")
    case "float":
      switch try value(ofPlain: text) {
      case .number(let spelling): return .number(spelling: spelling)
      case .nonFinite(let number): return .nonFinite(number)
      default: throw .mismatch(expected: "a number")
      }
    case "bool":
      if case .bool(let bool) = try value(ofPlain: text) { return .bool(bool) }
      throw .mismatch(expected: "true or false")
    case "null":
      if case .null = try value(ofPlain: text) { return .null }
      throw .mismatch(expected: "null")
    case "map": throw .mismatch(expected: "a mapping")
    case "seq": throw .mismatch(expected: "a list")
    default: throw .unknownTag
    }
  }

  /// Checks the tag of a collection.
  static func checkCollection(tag: String?, isMapping: Bool) throws(Fault) {
    guard let tag, tag != "!" else { return }
    switch tag.hasPrefix(prefix) ? tag.dropFirst(prefix.count) : "" {
    case isMapping ? "map" : "seq": return
    case "map": throw .mismatch(expected: "a mapping")
    case "seq": throw .mismatch(expected: "a list")
    case "str": throw .mismatch(expected: "a string")
    case "int": throw .mismatch(expected: "an integer")
    case "float": throw .mismatch(expected: "a number")
    case "bool": throw .mismatch(expected: "true or false")
    case "null": throw .mismatch(expected: "null")
    default: throw .unknownTag
    }
  }

  /// The tag as it is usually written: `!!str` for `tag:yaml.org,2002:str`.
  static func shorthand(of tag: String) -> String {
    YAMLError.excerpt(tag.hasPrefix(prefix) ? "!!" + tag.dropFirst(prefix.count) : tag)
  }

  /// Returns what a plain scalar is; the first byte alone decides for most strings.
  static func kind(ofPlain bytes: UnsafeBufferPointer<UInt8>) throws(Fault) -> YAMLTree.Kind {
    guard let first = bytes.first else { return .null }
    switch first {
    case UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"), UInt8(ascii: "T"):
      guard bytes.count == 4, bytes[1] | 0x20 == UInt8(ascii: "u") || bytes[1] | 0x20 == UInt8(ascii: "r") else {
        return .string
      }
    case UInt8(ascii: "f"), UInt8(ascii: "F"): guard bytes.count == 5 else { return .string }
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      if isWhole(bytes) { return .number }
      guard bytes.last.map(isLastOfNumber) ?? false else { return .string }
      return try NumberSpelling.json(of: String(decoding: bytes, as: UTF8.self)) == nil ? .string : .number
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      guard bytes.count > 1, isSecondOfNumber(bytes[1]) else { return .string }
    case UInt8(ascii: "~"): break
    default: return .string
    }
    return try value(ofPlain: String(decoding: bytes, as: UTF8.self)).kind
  }

  /// Whether a number, in hexadecimal as well, may end in a byte.
  private static func isLastOfNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."): true
    default: UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte | 0x20
    }
  }

  /// Whether a byte may stand behind the sign or the point that a number, an infinity or no number begins with.
  private static func isSecondOfNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."): true
    default: byte | 0x20 == UInt8(ascii: "i") || byte | 0x20 == UInt8(ascii: "n")
    }
  }

  /// Returns the value of a plain scalar.
  static func value(ofPlain text: String) throws(Fault) -> YAMLScalar.Value {
    switch text {
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    case "", "~", "null", "Null", "NULL": return .null
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .nonFinite(.infinity)
    case "-.inf", "-.Inf", "-.INF": return .nonFinite(-.infinity)
    case ".nan", ".NaN", ".NAN": return .nonFinite(.nan)
    default:
      let spelling = try NumberSpelling.json(of: text)
      return spelling.map { .number(spelling: $0) } ?? .string(text)
    }
  }

  /// Whether a text is a whole number as JSON spells most of them.
  static func isWhole(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = bytes.first, first != UInt8(ascii: "0") || bytes.count == 1 else { return false }
    return bytes.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
  }

  private static func isDigitOrMinus(_ byte: UInt8) -> Bool {
    UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "-")
  }
}

extension YAMLScalar.Value {
  /// The value without what the text says of it.
  var kind: YAMLTree.Kind {
    switch self {
    case .null: .null
    case .bool(let value): value ? .yes : .no
    case .number: .number
    case .nonFinite: .nonFinite
    case .string: .string
    }
  }
}
