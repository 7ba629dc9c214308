import MartletJSON

/// The arguments of a call as they came, read as the one JSON object that they can mean.
///
/// A reading is taken only where it is the only one; otherwise the text stays as it is, for the model to be told.
struct ArgumentsReading {
  /// The arguments, in the model's own bytes wherever they are a JSON object.
  private(set) var text: String
  /// Whether there were none, which counts as an empty object.
  private(set) var isBlank = false
  /// Why they are no JSON object; nil if they are one.
  private(set) var defect: String?
  /// The tolerances that were needed.
  private(set) var tolerances: [String] = []

  init(_ raw: String) {
    text = raw
    if JSONExtent(raw).isBlank {
      text = "{}"
      isBlank = true
      if !raw.isEmpty { tolerances.append("A11") }
      return
    }
    do throws(JSONParseError) {
      read(try JSONValue(parsing: raw))
    } catch {
      repair(raw, error)
    }
  }

  private mutating func read(_ value: JSONValue) {
    switch value {
    case .object:
      return
    case .null:
      text = "{}"
      isBlank = true
      tolerances.append("A10")
    case .string(let inner):
      // An object that was encoded twice is one string.
      if case .object? = try? JSONValue(parsing: inner) {
        text = inner
        tolerances.append("A15")
      } else {
        defect = "expected an object, found a string"
      }
    default:
      defect = "expected an object, found \(value.typeName == "array" ? "an array" : "a \(value.typeName)")"
    }
  }

  private mutating func repair(_ raw: String, _ error: JSONParseError) {
    var repaired = raw
    var used: [String] = []
    if let escaped = ControlCharacters.escaped(raw) {
      repaired = escaped
      used.append("A16")
    }
    if let once = Self.flushedOnce(repaired) {
      repaired = once
      used.append("A13")
    }
    if !used.isEmpty, let value = try? JSONValue(parsing: repaired) {
      text = repaired
      tolerances += used
      read(value)
    } else {
      defect = error.description
    }
  }

  /// One of several equal JSON objects that stand one after the other; nil if the text is anything else.
  private static func flushedOnce(_ text: String) -> String? {
    guard let end = JSONExtent(text).end, end < text.utf8.count else { return nil }
    let first = String(decoding: text.utf8.prefix(end), as: UTF8.self)
    guard let value = try? JSONValue(parsing: first), case .object = value else { return nil }
    var rest = Substring(decoding: text.utf8.dropFirst(end), as: UTF8.self)
    while !JSONExtent(rest).isBlank {
      guard let end = JSONExtent(rest).end else { return nil }
      let copy = String(decoding: rest.utf8.prefix(end), as: UTF8.self)
      guard (try? JSONValue(parsing: copy)) == value else { return nil }
      rest = rest[rest.utf8.index(rest.startIndex, offsetBy: end)...]
    }
    return first
  }
}

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
