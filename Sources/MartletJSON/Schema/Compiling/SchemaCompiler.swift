/// Turns a document into nodes: subschemas wait in a queue, so that a deep document costs no call depth.
struct SchemaCompiler {
  let document: JSONValue
  let options: JSONSchema.Options
  private(set) var nodes: [SchemaNode] = []
  private(set) var places: [SchemaPlace] = []
  private(set) var problems: [JSONSchemaError.Problem] = []
  private(set) var remarks: [JSONSchemaError.Problem] = []
  /// How many keywords have been looked at that nobody knows.
  var unknownKeywords = 0
  private var queue: [Pending] = []
  private var queued = 0
  /// The nodes by their places, for references; nil until one follows them.
  private var children: [SchemaPlace: Int]?
  /// The URIs of the resources, by the number that nodes call them by, and back.
  var resourceURIs: [String] = []
  var resourceNumbers: [String: Int] = [:]
  /// The nodes that have a URI of their own, by it.
  var resources: [String: Int] = [:]
  /// The nodes with an `$anchor` or a `$dynamicAnchor`, by URI and `#` and name.
  var anchors: [String: Int] = [:]
  /// The nodes with a `$dynamicAnchor`: by name and by resource.
  var dynamicAnchors: [String: [Int: Int]] = [:]
  var references: [PendingReference] = []
  /// The references that are dynamic: node, name, and what each leads to by itself.
  var dynamicReferences: [(index: Int, name: String, fallback: Int)] = []
  /// The dialects of meta-schemas that the caller knows, by URI.
  var dialects: [String: SchemaDialect] = [:]
  /// The bytes of identifiers and references so far, each together with its base URI.
  var identifierLength = 0
  /// The nodes that are a `$ref` alone, whatever stands beside it.
  private var loneReferences: Set<Int> = []
  /// The instructions of all patterns so far.
  var patternSize = 0
  private var hasDynamicScope = false

  /// A subschema that has its index, but is perhaps not read yet.
  private struct Pending {
    let value: JSONValue
    let dialect: SchemaDialect
    let isRoot: Bool
  }

  struct PendingReference {
    let index: Int
    let text: String
    let keyword: String
    /// The resource that it leads to.
    let uri: String
    let dialect: SchemaDialect
  }

  /// What a subschema is being read into, keyword by keyword.
  struct Draft {
    let index: Int
    let base: String
    let dialect: SchemaDialect
    var node: SchemaNode
    var values = ValueRules()
    var strings = StringRules()
    var numbers = NumberRules()
    var arrays = ArrayRules()
    var objects = ObjectRules()
    var combinations = CombinationRules()
    var names = JSONObject()
  }

  static func compile(
    _ document: JSONValue, options: JSONSchema.Options
  ) throws(JSONSchemaError) -> CompiledSchema {
    var compiler = SchemaCompiler(document: document, options: options)
    compiler.compileDocument()
    guard compiler.problems.isEmpty else {
      for node in compiler.nodes { node.release() }
      throw JSONSchemaError(problems: compiler.problems, remarks: compiler.remarks)
    }
    return compiler.compiled
  }

  /// A document as far as it is a schema; what is wrong with it is left out, so that no value can be checked by it.
  static func outline(_ document: JSONValue) -> CompiledSchema {
    var compiler = SchemaCompiler(document: document, options: JSONSchema.Options())
    compiler.compileDocument()
    return compiler.compiled
  }

  private var compiled: CompiledSchema {
    CompiledSchema(
      nodes: nodes, places: places, sources: queue.map(\.value), loneReferences: loneReferences,
      remarks: remarks, hasDynamicScope: hasDynamicScope)
  }

  private init(document: JSONValue, options: JSONSchema.Options) {
    self.document = document
    self.options = options
  }

  private mutating func compileDocument() {
    nodes.reserveCapacity(8)
    places.reserveCapacity(8)
    queue.reserveCapacity(8)
    let root = addDocument(document, uri: "", dialect: .draft2020)
    // A reference may lead to a place that no keyword has shown to be a schema, and so begin the work anew.
    while queued < queue.count, nodes.count <= JSONSchema.maximumSubschemas {
      while queued < queue.count, nodes.count <= JSONSchema.maximumSubschemas {
        queued += 1
        compile(queue[queued - 1], index: queued - 1)
      }
      resolveReferences()
    }
    if nodes.count > JSONSchema.maximumSubschemas {
      report(SchemaMessages.tooManySubschemas, at: root)
    }
    guard problems.isEmpty else { return }
    hasDynamicScope = resolveDynamicReferences()
    shortenReferences(aliasing: !hasDynamicScope)
    for index in nodes.indices { nodes[index].summarize() }
  }

  // MARK: Subschemas

  /// Puts a document on the list of what is to be read, and gives its root the URI that it is known by.
  mutating func addDocument(_ value: JSONValue, uri: String, dialect: SchemaDialect) -> Int {
    let root = append(
      value, place: SchemaPlace(parent: nil, suffix: uri.isEmpty ? "" : uri + "#"), resource: number(ofResource: uri),
      dialect: dialect)
    resources[uri] = root
    return root
  }

  /// Gives a subschema its index and puts it on the list of what is to be read.
  mutating func enqueue(
    _ value: JSONValue, parent: Int, suffix: String, resource: Int, dialect: SchemaDialect
  ) -> Int {
    let index = append(
      value, place: SchemaPlace(parent: parent, suffix: suffix), resource: resource, dialect: dialect)
    if index > 0, children != nil { children?[SchemaPlace(parent: parent, suffix: suffix)] = index }
    return index
  }

  private mutating func append(
    _ value: JSONValue, place: SchemaPlace, resource: Int, dialect: SchemaDialect
  ) -> Int {
    let index = nodes.count
    guard index <= JSONSchema.maximumSubschemas else { return 0 }
    var node = SchemaNode()
    node.resource = resource
    nodes.append(node)
    places.append(place)
    queue.append(Pending(value: value, dialect: dialect, isRoot: place.parent == nil))
    return index
  }

  mutating func number(ofResource uri: String) -> Int {
    if uri.isEmpty, resourceURIs.first?.isEmpty == true { return 0 }
    if let known = resourceNumbers[uri] { return known }
    resourceURIs.append(uri)
    resourceNumbers[uri] = resourceURIs.count - 1
    return resourceURIs.count - 1
  }

  mutating func child(of parent: Int, suffix: String) -> Int? {
    let children = self.children ?? Dictionary(zip(places, places.indices)) { _, last in last }
    self.children = children
    return children[SchemaPlace(parent: parent, suffix: suffix)]
  }

  private mutating func compile(_ pending: Pending, index: Int) {
    switch pending.value {
    case .bool(let verdict): nodes[index].verdict = verdict
    case .object(let object):
      let outer = resourceURIs[nodes[index].resource]
      let (base, dialect) = identify(
        object, index: index, base: outer, dialect: pending.dialect, isRoot: pending.isRoot)
      if !base.hasSameCodePoints(as: outer) { nodes[index].resource = number(ofResource: base) }
      var draft = Draft(index: index, base: base, dialect: dialect, node: nodes[index])
      if dialect.ignoresSiblingsOfReferences, let reference = object["$ref"] {
        loneReferences.insert(index)
        addReference("$ref", reference, in: draft)
      } else {
        for member in object { read(member.key, member.value, into: &draft) }
        remarkOnRequired(in: draft)
      }
      finish(draft)
    default: report(SchemaMessages.notASchema(pending.value), at: index)
    }
  }

  private mutating func read(_ keyword: String, _ value: JSONValue, into draft: inout Draft) {
    guard let known = SchemaKeyword.named(keyword) else {
      remarkOnKeyword(keyword, value, at: draft.index)
      return
    }
    let name = known.name
    guard draft.dialect.knows(known) || name == .format else { return }
    _ =
      readCore(name, value, into: &draft) || readScalarRule(name, value, into: &draft)
      || readArrayRule(name, value, into: &draft) || readObjectRule(name, value, into: &draft)
      || readCombination(name, value, into: &draft) || readAnnotation(name, value, into: &draft)
  }

  /// Stores the chapters that have a rule.
  private mutating func finish(_ draft: Draft) {
    var node = draft.node
    var values = draft.values
    if values.allowed != nil || values.constant != nil {
      values.prepare()
      node.values = Chapter(values)
    }
    let strings = draft.strings
    if strings.minimumLength > 0 || strings.maximumLength < .max || strings.pattern != nil || strings.format != nil {
      node.strings = Chapter(strings)
    }
    var numbers = draft.numbers
    if numbers.minimum != nil || numbers.maximum != nil || numbers.exclusiveMinimum != nil
      || numbers.exclusiveMaximum != nil || numbers.divisor != nil
    {
      numbers.prepare()
      node.numbers = Chapter(numbers)
    }
    let arrays = draft.arrays
    if !arrays.prefix.isEmpty || arrays.items != nil || arrays.contains != nil || arrays.minimumCount > 0
      || arrays.maximumCount < .max || arrays.mustBeUnique
    {
      node.arrays = Chapter(arrays)
    }
    var objects = draft.objects
    if objects.mentionsMembers || objects.mentionsWhole || !objects.required.isEmpty || objects.minimumCount > 0
      || objects.maximumCount < .max
    {
      objects.prepare()
      node.objects = Chapter(objects)
    }
    let combinations = draft.combinations
    if !combinations.all.isEmpty || !combinations.any.isEmpty || !combinations.one.isEmpty
      || combinations.excluded != nil || combinations.condition != nil
    {
      node.combinations = Chapter(combinations)
    }
    nodes[draft.index] = node
  }

  /// The part of the document that a node was made of; nodes and the queue grow together.
  func value(of index: Int) -> JSONValue { queue[index].value }

  /// The dialect that the schema around a node is read by.
  func dialect(of index: Int) -> SchemaDialect { queue[index].dialect }

  mutating func setReference(of index: Int, to target: Int) {
    nodes[index].reference = target
  }

  mutating func setAlias(of index: Int, to target: Int) { nodes[index].alias = target }

  mutating func setDynamic(of index: Int, to reference: DynamicReference) {
    nodes[index].dynamic = Chapter(reference)
  }

  // MARK: Problems

  /// Notes what is wrong with a subschema, or with a part of it that `suffix` leads to.
  mutating func report(_ message: String, at index: Int, _ suffix: String...) {
    guard problems.count < JSONSchemaError.maximumProblems else { return }
    problems.append(JSONSchemaError.Problem(pointer: pointer(to: index, suffix), message: message))
  }

  /// Notes what is allowed, but probably not meant.
  mutating func remark(_ message: String, at index: Int, _ suffix: String...) {
    guard remarks.count < JSONSchemaError.maximumProblems else { return }
    remarks.append(JSONSchemaError.Problem(pointer: pointer(to: index, suffix), message: message))
  }

  private func pointer(to index: Int, _ suffix: [String]) -> String {
    places.pointer(to: index) + suffix.map { "/" + PointerToken.escaping($0) }.joined()
  }
}
