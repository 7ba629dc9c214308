import MartletJSON

/// The arguments of a call as they came, read as the one JSON object that they can mean.
///
/// A reading is taken only where it is the only one; otherwise the text stays as it is, for the model to be told.
struct ArgumentsReading {
  /// The arguments, in the model's own bytes wherever they are a JSON object.
  private(set) var text: String
  /// The object that the text is, where it was read as it stands and names no member twice.
  private(set) var object: JSONValue?
  /// Whether there were none, which counts as an empty object.
  private(set) var isBlank = false
  /// Why they are no JSON object; nil if they are one.
  private(set) var defect: String?
  /// Whether they are one JSON value, though none that can be used: nested too deep, or no object.
  private(set) var isWhole = false
  /// What was changed to read them.
  private(set) var repairs: [ArgumentRepair] = []
  /// The tolerances that were needed.
  private(set) var tolerances: [String] = []

  init(_ raw: String, repairing: Bool = true) {
    text = raw
    if JSONExtent.isBlank(raw) {
      text = "{}"
      object = [:]
      isBlank = true
      if !raw.isEmpty { tolerances.append("A11") }
      return
    }
    do throws(JSONParseError) {
      if let value = try? JSONValue(parsing: raw, duplicates: .reject), case .object = value {
        object = value
        return
      }
      read(try JSONValue(parsing: raw), repairing: repairing)
    } catch {
      if repairing { repair(raw, error) } else { defect = error.description }
    }
  }

  private mutating func note(_ kind: ArgumentRepair.Kind) {
    let repair = ArgumentRepair(kind)
    repairs.append(repair)
    tolerances.append(repair.tolerance)
  }

  private mutating func read(_ value: JSONValue, repairing: Bool = true) {
    switch value {
    case .object:
      return
    case .null:
      text = "{}"
      isBlank = true
      tolerances.append("A10")
    case .string(let inner):
      // An object that was encoded twice is one string.
      if repairing, case .object? = try? JSONValue(parsing: inner) {
        text = inner
        note(.encodedTwice)
      } else {
        (defect, isWhole) = ("expected an object, found a string", true)
      }
    default:
      isWhole = true
      defect = "expected an object, found \(value.typeName == "array" ? "an array" : "a \(value.typeName)")"
    }
  }

  private mutating func repair(_ raw: String, _ error: JSONParseError) {
    var repaired = raw
    var used: [ArgumentRepair.Kind] = []
    if let escaped = ControlCharacters.escaped(raw) {
      repaired = escaped
      used.append(.controlCharacters)
    }
    if let once = Self.flushedOnce(repaired) {
      repaired = once
      used.append(.repeated)
    } else if (try? JSONValue(parsing: repaired)) == nil, let object = Self.withoutTextAround(repaired) {
      repaired = object
      used.append(.surroundingText)
    }
    if !used.isEmpty, let value = try? JSONValue(parsing: repaired) {
      text = repaired
      for kind in used { note(kind) }
      read(value)
    } else {
      defect = error.description
      isWhole = error.isTooDeep && JSONExtent(raw).end != nil
    }
  }

  /// The object that a text begins with, or that stands in a code fence, when nothing else in the text could be meant and
  /// nothing after it goes on with it; nil if the text is anything else.
  private static func withoutTextAround(_ text: String) -> String? {
    guard let start = text.utf8.firstIndex(of: UInt8(ascii: "{")), isFence(text[..<start]) else { return nil }
    guard let length = JSONExtent(text[start...]).end else { return nil }
    let end = text.utf8.index(start, offsetBy: length)
    let rest = text[end...]
    let isMore = rest.utf8.contains { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") }
    let first = rest.utf8.first { !" \t\r\n}]`".utf8.contains($0) }
    // What goes on with a comma, a colon or a text was meant to lie in the object; a quotation mark alone may close one.
    let isText = first == UInt8(ascii: "\"") && rest.utf8.count { $0 == UInt8(ascii: "\"") } > 1
    guard !isMore, !isText, first != UInt8(ascii: ","), first != UInt8(ascii: ":") else { return nil }
    return String(text[start..<end])
  }

  /// Whether a text is blank, or the first line of a code fence, or a quotation mark.
  private static func isFence(_ text: Substring) -> Bool {
    let bytes = text.utf8.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    return bytes.isEmpty
      || ["\"", "```", "```json", "json"].contains(String(decoding: bytes, as: UTF8.self).lowercased())
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
