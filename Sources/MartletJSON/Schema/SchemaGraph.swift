/// The subschemas of a document and what leads from one to another, for what rewrites schemas or follows a value along.
///
/// References lead where a check follows them: to pointers, anchors, identifiers and the meta-schemas. A part that is no
/// schema, and a reference to nothing, are left out.
package struct SchemaGraph: Sendable {
  private let compiled: CompiledSchema
  private let parts: [SchemaPlace: Int]

  /// The part that is the whole document.
  package static let root = 0

  /// The parts of a schema.
  package init(_ schema: JSONSchema) {
    self.init(schema.compiled)
  }

  /// The parts of a document that may have mistakes: then ``accepts(_:at:)`` says nothing of it.
  package init(outlining document: JSONValue) {
    self.init(SchemaCompiler.outline(document))
  }

  private init(_ compiled: CompiledSchema) {
    self.compiled = compiled
    parts = Dictionary(zip(compiled.places, compiled.places.indices)) { first, _ in first }
  }

  /// The subschema itself.
  package subscript(part: Int) -> JSONValue { compiled.sources[part] }

  /// What `$ref` or `$dynamicRef` of a part leads to; nil if that depends on the way to the part.
  package func target(of part: Int) -> Int? { compiled.nodes[part].reference }

  /// Whether a part is its `$ref` alone, because its draft lets nothing beside that count.
  package func isLoneReference(_ part: Int) -> Bool { compiled.loneReferences.contains(part) }

  /// The subschema of a keyword that has one.
  package func child(of part: Int, _ keyword: String) -> Int? {
    parts[SchemaPlace(parent: part, suffix: keyword)]
  }

  /// The subschema of a keyword that has them by name.
  package func child(of part: Int, _ keyword: String, named name: String) -> Int? {
    child(of: part, keyword + "/" + PointerToken.escaping(name))
  }

  /// The subschemas of a keyword that has a list of them, such as `anyOf`.
  package func children(of part: Int, _ keyword: String) -> [Int] {
    let count = self[part][keyword]?.arrayValue?.count ?? 0
    return (0..<count).compactMap { child(of: part, "\(keyword)/\($0)") }
  }

  /// Whether a value fits a part, seen for itself; takes the steps of the check from what several may take together.
  ///
  /// False as well when the steps do not suffice: then there are none left.
  package func accepts(_ value: JSONValue, at part: Int, spending steps: inout Int) -> Bool {
    SchemaValidator.isValid(value, by: compiled, at: part, spending: &steps)
  }
}
