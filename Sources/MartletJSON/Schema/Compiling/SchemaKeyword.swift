/// A keyword of the standard, the vocabulary that it is of and the drafts that have it.
struct SchemaKeyword: Sendable {
  enum Era: Sendable {
    case always
    case until2019
    case in2019
    case since2019
    case since2020
  }

  let name: Name
  let vocabulary: SchemaVocabularies
  let era: Era

  static let all: [SchemaKeyword] =
    list(.core, .always, [.id, .schema, .ref, .comment, .definitions])
    + list(.core, .since2019, [.defs, .anchor, .vocabulary])
    + list(.core, .in2019, [.recursiveRef, .recursiveAnchor])
    + list(.core, .since2020, [.dynamicRef, .dynamicAnchor])
    + list(
      .applicator, .always,
      [
        .allOf, .anyOf, .oneOf, .not, .if, .then, .else, .properties, .patternProperties, .additionalProperties,
        .propertyNames, .items, .contains, .dependencies,
      ])
    + list(.applicator, .since2019, [.dependentSchemas]) + list(.applicator, .since2020, [.prefixItems])
    + list(.applicator, .until2019, [.additionalItems])
    + list(.unevaluated, .since2019, [.unevaluatedItems, .unevaluatedProperties])
    + list(
      .validation, .always,
      [
        .type, .enum, .const, .multipleOf, .maximum, .exclusiveMaximum, .minimum, .exclusiveMinimum, .maxLength,
        .minLength, .pattern, .maxItems, .minItems, .uniqueItems, .maxProperties, .minProperties, .required,
      ])
    + list(.validation, .since2019, [.maxContains, .minContains, .dependentRequired])
    + list(.formatAnnotation, .always, [.format]) + list(.content, .always, [.contentEncoding, .contentMediaType])
    + list(.content, .since2019, [.contentSchema])
    + list(.metaData, .always, [.title, .description, .default, .examples, .readOnly, .writeOnly])
    + list(.metaData, .since2019, [.deprecated])

  /// The keyword of a name; nil if nobody knows it.
  static func named(_ name: String) -> SchemaKeyword? {
    let length = name.utf8.count
    guard length < byLength.count else { return nil }
    let words = StringWords(name)
    for known in byLength[length] where known.words == words { return known.keyword }
    // Strings of the same text may have other words, as all long ones have.
    return byLength[length].first { $0.text.hasSameCodePoints(as: name) }?.keyword
  }

  /// The keywords, each with its text, by the bytes of that.
  private static let byLength: [[(words: StringWords, text: String, keyword: SchemaKeyword)]] = {
    let longest = all.map { $0.name.rawValue.utf8.count }.max() ?? 0
    return (0...longest).map { length in
      all.filter { $0.name.rawValue.utf8.count == length }.map {
        (StringWords($0.name.rawValue), $0.name.rawValue, $0)
      }
    }
  }()

  private static func list(_ vocabulary: SchemaVocabularies, _ era: Era, _ names: [Name]) -> [SchemaKeyword] {
    names.map { SchemaKeyword(name: $0, vocabulary: vocabulary, era: era) }
  }
}

extension SchemaKeyword {
  /// What the keywords are called.
  enum Name: String {
    case id = "$id"
    case schema = "$schema"
    case ref = "$ref"
    case comment = "$comment"
    case defs = "$defs"
    case anchor = "$anchor"
    case vocabulary = "$vocabulary"
    case recursiveRef = "$recursiveRef"
    case recursiveAnchor = "$recursiveAnchor"
    case dynamicRef = "$dynamicRef"
    case dynamicAnchor = "$dynamicAnchor"
    case definitions, allOf, anyOf, oneOf, not, `if`, then, `else`, properties, patternProperties
    case additionalProperties, propertyNames, items, contains, dependencies, dependentSchemas, prefixItems
    case additionalItems, unevaluatedItems, unevaluatedProperties, type, `enum`, const, multipleOf, maximum
    case exclusiveMaximum, minimum, exclusiveMinimum, maxLength, minLength, pattern, maxItems, minItems, uniqueItems
    case maxProperties, minProperties, required, maxContains, minContains, dependentRequired, format
    case contentEncoding, contentMediaType, contentSchema, title, description, `default`, examples, readOnly
    case writeOnly, deprecated
  }
}
