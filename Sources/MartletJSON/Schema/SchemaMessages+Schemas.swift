/// What is wrong with a schema: clauses whose subject is the place.
extension SchemaMessages {
  static func mustBe(_ expected: String, _ value: JSONValue) -> String { "must be \(expected); it is \(brief(value))" }

  static func notASchema(_ value: JSONValue) -> String {
    mustBe("a schema, which is an object, true or false", value)
  }

  static func unknownType(_ name: String) -> String {
    let message = "is \(quoted(name)), which is no type"
    let suggestion = typesOfOtherLanguages[name] ?? Suggestion.nearest(to: name, in: JSONTypes.named.map(\.name))
    if let suggestion { return message + hint(suggestion) }
    return message + "; there are \(list(JSONTypes.named.map { quoted($0.name) }, "and"))"
  }

  static func repeated(_ name: String) -> String { "names \(quoted(name)) twice" }

  static let namesRepeat = "names a property twice"

  static let notSupported = "is not supported yet"

  private static let keywords = SchemaKeyword.all.map(\.name.rawValue)

  /// A keyword that is ignored, if it looks like one that is not.
  static func unknownKeyword(_ keyword: String) -> String? {
    guard let near = Suggestion.nearest(to: keyword, in: keywords) else { return nil }
    return "is no keyword, and is ignored" + hint(near)
  }

  /// A format that asserts nothing, unless one of OpenAPI, which says what kind of number or text it is.
  static func unknownFormat(_ name: String) -> String? {
    guard SchemaFormat(rawValue: name) == nil, !formatsOfOpenAPI.contains(name) else { return nil }
    let near = Suggestion.nearest(to: name, in: SchemaFormat.allCases.map(\.rawValue))
    return "is \(quoted(name)), which is no format that is known, and asserts nothing" + hint(near)
  }

  private static let formatsOfOpenAPI: Set<String> = [
    "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float", "double", "decimal", "byte",
    "binary", "password",
  ]

  /// A property that has to be there, but is not described.
  static func undescribed(_ name: String, isRefused: Bool, known: some Collection<String>) -> String {
    let message = "names \(quoted(name)), which is no property"
    let consequence = isRefused ? " and none that is allowed: no value fits" : ""
    return message + consequence + hint(Suggestion.nearest(to: name, in: known))
  }

  /// What a schema in another draft is read as; nil for drafts whose own rules are applied.
  static func otherDraft(_ uri: String, isKnown: Bool) -> String? {
    let folders = ["http://json-schema.org/", "https://json-schema.org/"]
    switch folders.first(where: uri.hasPrefix).map({ uri.dropFirst($0.count) }) {
    case "draft-03/schema": return "names draft 3, which is not supported: the schema is read as draft 2020-12"
    case "draft-04/schema": return "names draft 4, which is not supported: the schema is read as draft 7"
    case "draft-06/schema": return "names draft 6, which is not supported: the schema is read as draft 7"
    case "draft/2019-09/schema":
      return "names draft 2019-09, of which \"$recursiveRef\" and \"$recursiveAnchor\" are not supported; "
        + "the rest is read as draft 2020-12, and \"items\" may be a list"
    default:
      return isKnown
        ? nil : "names the meta-schema \(place(uri)), which is not known: the schema is read as if it were not there"
    }
  }

  static func unknownVocabulary(_ uri: String) -> String {
    "names a meta-schema that requires the vocabulary \(quoted(uri)), which is not known"
  }

  static let itemsOfFormerDrafts =
    "must be a schema; a list of schemas is written \"prefixItems\" in draft 2020-12, and \"items\" holds for the rest"

  static let divisorTooLong = "has more than 18 significant digits, which is not supported"

  static func badPattern(_ error: PatternError) -> String { "is no valid pattern: \(error)" }

  static let identifierWithFragment = "must have no fragment; a name for a subschema is an \"$anchor\""

  static func secondIdentifier(_ uri: String) -> String { "is a second schema of the URI \(quoted(uri))" }

  static func secondAnchor(_ name: String) -> String { "is a second anchor named \(quoted(name))" }

  static func anchorName(_ name: String) -> String {
    "must be a letter or _, then letters, digits, -, _ and .; it is \(quoted(name))"
  }

  static func tooLong(_ limit: Int) -> String { "is longer than \(limit) bytes" }

  static func identifiersTooLong(_ limit: Int) -> String {
    "is too much: identifiers and references, each with its base URI, come to more than \(limit) bytes"
  }

  static func patternsTooLarge(_ limit: Int) -> String {
    "is too much: the patterns of the schema come to more than \(limit) steps"
  }

  static let fragmentEncoding = "has a fragment that is not percent-encoded UTF-8"

  static func remoteReference(_ text: String) -> String {
    "refers to another document, which is not at hand and is never fetched: \(place(text))"
  }

  static func noAnchor(_ name: String) -> String { "refers to the anchor \(quoted(name)), which is not there" }

  static func noTarget(_ text: String) -> String { "refers to \(place(text)), which is not there" }

  static let endlessReference = "refers to itself without end"

  static let tooManySubschemas = "has more than \(JSONSchema.maximumSubschemas) subschemas"

  private static let typesOfOtherLanguages = [
    "str": "string", "text": "string", "int": "integer", "long": "integer", "float": "number", "double": "number",
    "decimal": "number", "bool": "boolean", "list": "array", "tuple": "array", "dict": "object", "map": "object",
    "none": "null", "None": "null", "nil": "null",
  ]
}
