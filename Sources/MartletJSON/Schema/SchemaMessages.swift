/// What is wrong with a value, for people and models; `SchemaMessages+Schemas.swift` has what is wrong with a schema.
enum SchemaMessages {
  static func type(_ subject: String, _ types: JSONTypes, _ value: JSONValue) -> String {
    let names = JSONTypes.named.filter { types.contains($0.type) }.map { withArticle($0.name) }
    // That a text was meant is plain only where nothing else can be.
    let isPlain = types.subtracting(.null) == .string
    let spelling = spellings(of: value).first { types.admits($0) && ($0.stringValue == nil || isPlain) }
    let correction = spelling.map(spelled) ?? ""
    return "\(subject) must be \(list(names, "or")); it is \(brief(value))\(correction)"
  }

  static func allowed(_ subject: String, _ allowed: [JSONValue], _ value: JSONValue) -> String {
    if allowed.isEmpty { return "\(subject) can have no value; it is \(brief(value))" }
    let expected = allowed.count == 1 ? whole(allowed[0]) : "one of \(some(allowed.lazy.map(whole)))"
    let message = "\(subject) must be \(expected); it is \(brief(value))"
    if let spelling = spellings(of: value).first(where: allowed.contains) { return message + spelled(spelling) }
    return allowed.count == 1 ? message : message + hint(nearest(to: value, among: allowed))
  }

  static func never(_ subject: String) -> String { "\(subject) is not allowed" }

  static func bound(_ subject: String, _ relation: String, _ bound: JSONNumber, _ value: JSONNumber) -> String {
    "\(subject) must be \(relation) \(brief(.number(bound))); it is \(brief(.number(value)))"
  }

  static func multiple(_ subject: String, _ divisor: String, _ value: JSONNumber) -> String {
    "\(subject) must be a multiple of \(shortened(divisor)); it is \(brief(.number(value)))"
  }

  static func count(_ subject: String, _ relation: String, _ bound: Int, _ unit: String, _ count: Int) -> String {
    "\(subject) must have \(relation) \(counted(bound, unit)); it has \(count)"
  }

  static func pattern(_ subject: String, _ pattern: String, _ value: String) -> String {
    "\(subject) must match the pattern \(shortened(pattern)); it is \(brief(.string(value)))"
  }

  static func patternSteps(_ subject: String, _ pattern: String) -> String {
    "\(subject) could not be checked: the pattern \(shortened(pattern)) takes too many steps on it; "
      + "write a shorter and plainer text"
  }

  static func format(_ subject: String, _ format: SchemaFormat, _ value: String) -> String {
    "\(subject) must be \(format.description); it is \(brief(.string(value)))"
  }

  /// `schema` is what the property has to fit, of which type and description are told.
  static func required(_ subject: String, _ key: String, _ schema: JSONValue?) -> String {
    let message = "\(subject) lacks the required property \(quoted(key))"
    let allowed = schema?["enum"]?.arrayValue.map { "one of \(some($0.lazy.map(brief)))" }
    let kind = schema?["const"].map(brief) ?? allowed ?? schema?["type"].flatMap(typeNames)
    let description = schema?["description"]?.stringValue.map { shortened($0) }
    let details = [kind, description].compactMap(\.self).joined(separator: ": ")
    return details.isEmpty ? message : message + " (\(details))"
  }

  private static func typeNames(_ value: JSONValue) -> String? {
    switch value {
    case .string(let name): shortened(name)
    case .array(let names): list(names.prefix(7).compactMap(\.stringValue).map { shortened($0) }, "or")
    default: nil
    }
  }

  static func dependent(_ subject: String, _ key: String, of other: String) -> String {
    "\(subject) lacks the property \(quoted(key)), which \(quoted(other)) requires"
  }

  static func additional(_ subject: String, _ key: String, known: some Collection<String>) -> String {
    let message = "\(subject) is not a known property"
    let word = plainName(key)
    let near = known.first { hasSameLetters(plainName($0), as: word) } ?? Suggestion.nearest(to: key, in: known)
    if let near { return message + hint(near) }
    return known.isEmpty ? message : message + "; known are \(some(known.lazy.map(quoted)))"
  }

  static func repeated(_ subject: String, _ first: Int, _ second: Int, _ value: JSONValue) -> String {
    "\(subject) must not repeat an item; items \(first) and \(second) are both \(brief(value))"
  }

  static func contains(_ subject: String, _ relation: String, _ bound: Int, _ count: Int) -> String {
    "\(subject) must have \(relation) \(counted(bound, "item")) of the kind that \"contains\" describes; it has \(count)"
  }

  static func excluded(_ subject: String, _ value: JSONValue) -> String {
    "\(subject) must not be what \"not\" describes; it is \(brief(value))"
  }

  static func noAlternative(_ subject: String, count: Int, nearest: Int, reasons: [String]) -> String {
    if reasons.isEmpty { return "\(subject) fits none of \(count) alternatives" }
    let reason = reasons.joined(separator: "; and ")
    if count == 1 { return reason }
    return "\(subject) fits none of \(count) alternatives; the nearest, number \(nearest + 1), fails: \(reason)"
  }

  static func severalAlternatives(_ subject: String, _ first: Int, _ second: Int) -> String {
    "\(subject) must fit exactly one alternative; it fits numbers \(first + 1) and \(second + 1)"
  }

  static func tooDeep(_ subject: String) -> String {
    "\(subject) could not be checked: more than \(JSONSchema.maximumDepth) schemas apply within one another; "
      + "nest it less deep"
  }

  static func tooManySteps(_ subject: String) -> String {
    "\(subject) could not be checked: to hold it against its schema takes more than \(JSONSchema.maximumSteps) steps; "
      + "write less, or if that is little, have the schema made simpler"
  }

  /// What messages call the place of a pointer, which may have the names in it from a model.
  static func subject(_ pointer: String) -> String {
    if pointer.isEmpty { return "the value" }
    let scalars = pointer.unicodeScalars
    if scalars.count <= longestPlace { return pointer }
    return String(scalars.prefix(longestPlace / 2)) + "…" + String(scalars.suffix(longestPlace / 2))
  }

  /// Places are told whole up to so many letters: of a part of one nobody finds it.
  private static let longestPlace = 400

  static func nameSubject(_ key: String, of subject: String) -> String {
    "the property name \(quoted(key)) in \(subject)"
  }
}

/// Values and words, kept short: a message goes to a model, and what it quotes may be hostile in length.
extension SchemaMessages {
  private static let listed = 10

  static func brief(_ value: JSONValue) -> String {
    switch value {
    case .null, .bool: value.canonicalString()
    case .number(let number): shortened(number.spelling)
    case .string(let string): quoted(string)
    case .array(let elements): "an array of \(counted(elements.count, "item"))"
    case .object(let object): "an object with \(counted(object.count, "property"))"
    }
  }

  static func quoted(_ string: String) -> String { JSONValue.string(shortened(string)).canonicalString() }

  /// A reference, which is told whole like a place.
  static func place(_ reference: String) -> String { JSONValue.string(subject(reference)).canonicalString() }

  /// The value itself, as JSON, shortened.
  private static func whole(_ value: JSONValue) -> String {
    switch value {
    case .array, .object: shortened(value.canonicalString())
    default: brief(value)
    }
  }

  static func shortened(_ string: String) -> String {
    let prefix = string.unicodeScalars.prefix(61)
    return prefix.count <= 60 ? string : String(prefix.dropLast()) + "…"
  }

  /// The other values that a value may be a misspelling of: a text in quotes that is none, or the other way round.
  private static func spellings(of value: JSONValue) -> [JSONValue] {
    switch value {
    case .string(let text):
      guard text.utf8.count <= 60, let meaning = try? JSONValue(parsing: text) else { return [] }
      return meaning.stringValue == nil ? [meaning] : []
    case .number(let number): return number.spelling.utf8.count <= 60 ? [.string(number.spelling)] : []
    case .bool(let bool): return [bool ? "true" : "false"]
    default: return []
    }
  }

  private static func spelled(_ value: JSONValue) -> String {
    switch value {
    case .string: "; write \(brief(value))"
    case .array, .object: "; write the \(value.typeName) itself, not a text that holds it"
    default: "; write \(brief(value)) without quotes"
    }
  }

  private static func some(_ words: some Collection<String>) -> String {
    let shown = words.prefix(listed).joined(separator: ", ")
    return words.count <= listed ? shown : "\(shown) … (\(words.count) in all)"
  }

  static func list(_ words: [String], _ conjunction: String) -> String {
    guard words.count > 1, let last = words.last else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " \(conjunction) \(last)"
  }

  private static func withArticle(_ type: String) -> String {
    switch type {
    case "null": type
    case "array", "integer", "object": "an \(type)"
    default: "a \(type)"
    }
  }

  private static func counted(_ count: Int, _ unit: String) -> String {
    if count == 1 { return "1 \(unit)" }
    return unit == "property" ? "\(count) properties" : "\(count) \(unit)s"
  }

  static func hint(_ near: String?) -> String {
    near.map { "; did you mean \(quoted($0))?" } ?? ""
  }

  /// The string among values that a string may have been meant for: another case first, then a slip or two.
  private static func nearest(to value: JSONValue, among allowed: [JSONValue]) -> String? {
    guard case .string(let word) = value, word.utf8.count <= 160 else { return nil }
    let other = allowed.lazy.compactMap(\.stringValue).first { hasSameLetters($0, as: word) }
    return other ?? Suggestion.nearest(to: word, in: allowed.lazy.compactMap(\.stringValue))
  }

  /// A name without what divides its words, which is written in several ways.
  private static func plainName(_ name: String) -> String {
    String(decoding: name.utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }, as: UTF8.self)
  }

  /// Whether two words differ by capital letters only; of letters beyond ASCII the length has to be the same.
  private static func hasSameLetters(_ one: String, as other: String) -> Bool {
    guard one.utf8.count == other.utf8.count else { return false }
    var isASCII = true
    for (a, b) in zip(one.utf8, other.utf8) {
      if a >= 0x80 || b >= 0x80 {
        isASCII = false
      } else if a != b, a | 0x20 != b | 0x20 || !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains(a | 0x20) {
        return false
      }
    }
    return isASCII || one.lowercased() == other.lowercased()
  }
}
