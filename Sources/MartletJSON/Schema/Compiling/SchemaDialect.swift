/// The rules that a schema is read by: what its `$schema` says, or those of draft 2020-12.
struct SchemaDialect: Sendable, Hashable {
  enum Draft: Sendable {
    /// Draft 7, and by its rules drafts 6 and 4.
    case draft7
    case draft2019
    case draft2020
  }

  let draft: Draft
  let vocabularies: SchemaVocabularies

  static let draft7 = SchemaDialect(draft: .draft7, vocabularies: .standard)
  static let draft2019 = SchemaDialect(draft: .draft2019, vocabularies: .standard)
  static let draft2020 = SchemaDialect(draft: .draft2020, vocabularies: .standard)

  /// The dialect of a meta-schema's URI without its fragment; nil if it is not one of the standard.
  static func named(_ uri: String) -> SchemaDialect? {
    switch uri {
    case "https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/draft/2020-12/schema": draft2020
    case "https://json-schema.org/draft/2019-09/schema", "http://json-schema.org/draft/2019-09/schema": draft2019
    case "http://json-schema.org/draft-07/schema", "https://json-schema.org/draft-07/schema",
      "http://json-schema.org/draft-06/schema", "https://json-schema.org/draft-06/schema",
      "http://json-schema.org/draft-04/schema", "https://json-schema.org/draft-04/schema":
      draft7
    default: nil
    }
  }

  /// Whether a `$ref` is all that counts in its object.
  var ignoresSiblingsOfReferences: Bool { draft == .draft7 }

  /// Whether `items` may be a list, and `additionalItems` hold for the rest.
  var hasListsInItems: Bool { draft != .draft2020 }

  /// Whether a name for a subschema is the fragment of an `$id`.
  var hasAnchorsInIdentifiers: Bool { draft == .draft7 }

  func knows(_ keyword: SchemaKeyword) -> Bool {
    guard vocabularies.contains(keyword.vocabulary) else { return false }
    return switch draft {
    case .draft7: keyword.era == .always || keyword.era == .until2019
    case .draft2019: keyword.era != .since2020
    case .draft2020: keyword.era != .until2019 && keyword.era != .in2019
    }
  }
}

/// The vocabularies of draft 2020-12 (Core 8.1.2).
struct SchemaVocabularies: OptionSet, Sendable, Hashable {
  let rawValue: UInt8

  static let core = SchemaVocabularies(rawValue: 1)
  static let applicator = SchemaVocabularies(rawValue: 2)
  static let unevaluated = SchemaVocabularies(rawValue: 4)
  static let validation = SchemaVocabularies(rawValue: 8)
  static let formatAnnotation = SchemaVocabularies(rawValue: 16)
  static let formatAssertion = SchemaVocabularies(rawValue: 32)
  static let content = SchemaVocabularies(rawValue: 64)
  static let metaData = SchemaVocabularies(rawValue: 128)

  /// Those of the standard's own dialect.
  static let standard: SchemaVocabularies = [
    .core, .applicator, .unevaluated, .validation, .formatAnnotation, .content, .metaData,
  ]

  private static let folder = "https://json-schema.org/draft/2020-12/vocab/"
  private static let named: [(name: String, vocabulary: SchemaVocabularies)] = [
    ("core", .core), ("applicator", .applicator), ("unevaluated", .unevaluated), ("validation", .validation),
    ("format-annotation", .formatAnnotation), ("format-assertion", .formatAssertion), ("content", .content),
    ("meta-data", .metaData),
  ]

  /// The vocabulary of a URI; nil if it is not one of the standard.
  static func named(_ uri: String) -> SchemaVocabularies? {
    named.first { (folder + $0.name).hasSameCodePoints(as: uri) }?.vocabulary
  }
}
