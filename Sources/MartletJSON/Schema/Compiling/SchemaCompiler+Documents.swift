/// Other documents: those that the caller gave and the meta-schemas. Nothing is ever fetched.
extension SchemaCompiler {
  /// Puts the document of a URI on the list of what is to be read; false if it is there already, or unknown.
  mutating func load(_ uri: String, dialect: SchemaDialect) -> Bool {
    guard resources[uri] == nil, let document = options.documents[uri] ?? MetaSchemas.document(uri) else {
      return false
    }
    _ = addDocument(document, uri: uri, dialect: dialect)
    return true
  }

  /// The dialect that `$schema` names; nil if it is none that is known, which is then read like the schema around it.
  mutating func dialect(_ value: JSONValue, index: Int) -> SchemaDialect? {
    guard case .string(let text) = value else {
      report(SchemaMessages.mustBe("a string", value), at: index, "$schema")
      return nil
    }
    let uri = SchemaReference(text).resource
    let isKnown = SchemaDialect.named(uri) != nil || options.documents[uri] != nil
    if let message = SchemaMessages.otherDraft(uri, isKnown: isKnown) { remark(message, at: index, "$schema") }
    if let known = SchemaDialect.named(uri) ?? dialects[uri] { return known }
    guard let document = options.documents[uri] else { return nil }
    let dialect = dialect(ofMetaSchema: document, index: index)
    dialects[uri] = dialect
    return dialect
  }

  /// The dialect of a meta-schema (Core 8.1.2): its vocabularies, and the draft that it is written in itself.
  private mutating func dialect(ofMetaSchema document: JSONValue, index: Int) -> SchemaDialect {
    let own = document["$schema"]?.stringValue.flatMap { SchemaDialect.named(SchemaReference($0).resource) }
    let draft = own?.draft ?? .draft2020
    guard case .object(let vocabularies) = document["$vocabulary"], draft == .draft2020 else {
      return SchemaDialect(draft: draft, vocabularies: .standard)
    }
    var known: SchemaVocabularies = [.core]
    for member in vocabularies {
      if let vocabulary = SchemaVocabularies.named(member.key) {
        known.insert(vocabulary)
      } else if member.value == true {
        report(SchemaMessages.unknownVocabulary(member.key), at: index, "$schema")
      }
    }
    return SchemaDialect(draft: draft, vocabularies: known)
  }
}
