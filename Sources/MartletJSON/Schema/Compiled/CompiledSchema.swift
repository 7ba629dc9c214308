/// A compiled schema: nodes that refer to one another by index.
///
/// They lie in memory that is the schema's own and never changes, so that a check reads them without counting references.
final class CompiledSchema: @unchecked Sendable {
  let nodes: UnsafeBufferPointer<SchemaNode>
  /// Where each node stands in its document.
  let places: [SchemaPlace]
  /// The subschema that each node was made of.
  let sources: [JSONValue]
  /// The nodes that are a `$ref` alone, because former drafts let nothing beside it count.
  let loneReferences: Set<Int>
  /// What is no problem of the document, but probably not meant.
  let remarks: [JSONSchemaError.Problem]
  /// Whether the schemas on the way to a node decide what some `$dynamicRef` leads to.
  let hasDynamicScope: Bool

  init(
    nodes: [SchemaNode], places: [SchemaPlace], sources: [JSONValue], loneReferences: Set<Int>,
    remarks: [JSONSchemaError.Problem], hasDynamicScope: Bool
  ) {
    let memory = UnsafeMutableBufferPointer<SchemaNode>.allocate(capacity: nodes.count)
    _ = memory.initialize(from: nodes)
    self.nodes = UnsafeBufferPointer(memory)
    self.places = places
    self.sources = sources
    self.loneReferences = loneReferences
    self.remarks = remarks
    self.hasDynamicScope = hasDynamicScope
  }

  deinit {
    for node in nodes { node.release() }
    nodes.deallocate()
  }
}

/// The rules of a chapter of the standard.
protocol SchemaRules: Sendable {
  /// Gives memory back that is not counted.
  func release()
}

extension SchemaRules {
  func release() {}
}

/// Rules in memory of their own, which the node that has them releases.
struct Chapter<Rules: SchemaRules>: @unchecked Sendable {
  let pointer: UnsafePointer<Rules>

  init(_ rules: Rules) {
    let memory = UnsafeMutablePointer<Rules>.allocate(capacity: 1)
    memory.initialize(to: rules)
    pointer = UnsafePointer(memory)
  }

  func release() {
    let memory = UnsafeMutablePointer(mutating: pointer)
    memory.pointee.release()
    memory.deinitialize(count: 1)
    memory.deallocate()
  }
}

/// Where a node stands in its document: the way there from the subschema around it.
struct SchemaPlace: Sendable, Hashable {
  let parent: Int?
  /// Escaped tokens of a JSON Pointer, such as `properties/city`; for a document of its own its URI and `#`.
  let suffix: String

  static func == (lhs: SchemaPlace, rhs: SchemaPlace) -> Bool {
    lhs.parent == rhs.parent && lhs.suffix.hasSameCodePoints(as: rhs.suffix)
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(parent)
    suffix.hashCodePoints(into: &hasher)
  }
}

extension [SchemaPlace] {
  /// The JSON Pointer of a node in its document, behind the document's URI and `#` if that is another one.
  func pointer(to index: Int) -> String {
    var suffixes: [String] = []
    var place = self[index]
    while let parent = place.parent {
      suffixes.append(place.suffix)
      place = self[parent]
    }
    return place.suffix + suffixes.reversed().map { "/" + $0 }.joined()
  }
}
