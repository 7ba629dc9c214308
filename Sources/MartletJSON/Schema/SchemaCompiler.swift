/// Turns a document into nodes: subschemas wait in a queue, so that a deep document costs no call depth.
struct SchemaCompiler {
  let document: JSONValue
  private(set) var nodes: [SchemaNode] = []
  private(set) var places: [SchemaPlace] = []
  private(set) var problems: [JSONSchemaError.Problem] = []
  private var queue: [Pending] = []
  private var queued = 0
  private var children: [Child: Int] = [:]
  /// The nodes that have a URI of their own, by it.
  var resources: [String: Int] = [:]
  /// The nodes with an `$anchor`, by URI and `#` and name.
  var anchors: [String: Int] = [:]
  var references: [PendingReference] = []
  /// The bytes of identifiers and references so far, each together with its base URI.
  var identifierLength = 0
  /// The instructions of all patterns so far.
  var patternSize = 0

  /// A subschema that has its index, but is perhaps not read yet.
  private struct Pending {
    let index: Int
    let value: JSONValue
    let base: String
  }

  private struct Child: Hashable {
    let parent: Int
    let suffix: String

    static func == (lhs: Child, rhs: Child) -> Bool {
      lhs.parent == rhs.parent && lhs.suffix.hasSameCodePoints(as: rhs.suffix)
    }

    func hash(into hasher: inout Hasher) {
      hasher.combine(parent)
      suffix.hashCodePoints(into: &hasher)
    }
  }

  struct PendingReference {
    let index: Int
    let text: String
    let base: String
  }

  /// What a subschema is being read into, keyword by keyword.
  struct Draft {
    let index: Int
    let base: String
    var node = SchemaNode()
    var values = ValueRules()
    var strings = StringRules()
    var numbers = NumberRules()
    var arrays = ArrayRules()
    var objects = ObjectRules()
    var combinations = CombinationRules()
  }

  static func compile(_ document: JSONValue) throws(JSONSchemaError) -> CompiledSchema {
    var compiler = SchemaCompiler(document: document)
    compiler.compileDocument()
    guard compiler.problems.isEmpty else { throw JSONSchemaError(problems: compiler.problems) }
    return CompiledSchema(document: document, nodes: compiler.nodes, places: compiler.places)
  }

  private init(document: JSONValue) { self.document = document }

  private mutating func compileDocument() {
    let root = enqueue(document, parent: nil, suffix: "", base: "")
    resources[""] = root
    // A reference may lead to a place that no keyword has shown to be a schema, and so begin the work anew.
    while queued < queue.count, nodes.count <= JSONSchema.maximumSubschemas {
      while queued < queue.count, nodes.count <= JSONSchema.maximumSubschemas {
        let pending = queue[queued]
        queued += 1
        compile(pending)
      }
      resolveReferences()
    }
    if nodes.count > JSONSchema.maximumSubschemas {
      report(SchemaMessages.tooManySubschemas, at: root)
    }
    if problems.isEmpty { shortenReferences() }
  }

  // MARK: Subschemas

  /// Gives a subschema its index and puts it on the list of what is to be read.
  mutating func enqueue(_ value: JSONValue, parent: Int?, suffix: String, base: String) -> Int {
    let index = nodes.count
    guard index <= JSONSchema.maximumSubschemas else { return 0 }
    nodes.append(SchemaNode())
    places.append(SchemaPlace(parent: parent, suffix: suffix))
    if let parent { children[Child(parent: parent, suffix: suffix)] = index }
    queue.append(Pending(index: index, value: value, base: base))
    return index
  }

  func child(of parent: Int, suffix: String) -> Int? { children[Child(parent: parent, suffix: suffix)] }

  private mutating func compile(_ pending: Pending) {
    switch pending.value {
    case .bool(let verdict): nodes[pending.index].verdict = verdict
    case .object(let object):
      var draft = Draft(index: pending.index, base: identify(object, index: pending.index, base: pending.base))
      for member in object { read(member.key, member.value, into: &draft) }
      finish(draft)
    default: report(SchemaMessages.notASchema(pending.value), at: pending.index)
    }
  }

  private mutating func read(_ keyword: String, _ value: JSONValue, into draft: inout Draft) {
    _ =
      readCore(keyword, value, into: &draft) || readScalarRule(keyword, value, into: &draft)
      || readArrayRule(keyword, value, into: &draft) || readObjectRule(keyword, value, into: &draft)
      || readCombination(keyword, value, into: &draft)
  }

  /// Stores the chapters that have a rule.
  private mutating func finish(_ draft: Draft) {
    var node = draft.node
    var values = draft.values
    if values.allowed != nil || values.constant != nil {
      values.measure()
      node.values = Boxed(values)
    }
    let strings = draft.strings
    if strings.minimumLength > 0 || strings.maximumLength < .max || strings.pattern != nil {
      node.strings = Boxed(strings)
    }
    let numbers = draft.numbers
    if numbers.minimum != nil || numbers.maximum != nil || numbers.exclusiveMinimum != nil
      || numbers.exclusiveMaximum != nil || numbers.divisor != nil
    {
      node.numbers = Boxed(numbers)
    }
    let arrays = draft.arrays
    if !arrays.prefix.isEmpty || arrays.items != nil || arrays.contains != nil || arrays.minimumCount > 0
      || arrays.maximumCount < .max || arrays.mustBeUnique
    {
      node.arrays = Boxed(arrays)
    }
    var objects = draft.objects
    if objects.mentionsMembers || objects.mentionsWhole || !objects.required.isEmpty || objects.minimumCount > 0
      || objects.maximumCount < .max
    {
      objects.measure()
      node.objects = Boxed(objects)
    }
    let combinations = draft.combinations
    if !combinations.all.isEmpty || !combinations.any.isEmpty || !combinations.one.isEmpty
      || combinations.excluded != nil || combinations.condition != nil
    {
      node.combinations = Boxed(combinations)
    }
    nodes[draft.index] = node
  }

  /// The part of the document that a node was made of; nodes and the queue grow together.
  func value(of index: Int) -> JSONValue { queue[index].value }

  mutating func setReference(of index: Int, to target: Int) { nodes[index].reference = target }

  mutating func setAlias(of index: Int, to target: Int) { nodes[index].alias = target }

  // MARK: Problems

  /// Notes what is wrong with a subschema, or with a part of it that `suffix` leads to.
  mutating func report(_ message: String, at index: Int, _ suffix: String...) {
    guard problems.count < JSONSchemaError.maximumProblems else { return }
    var pointer = places.pointer(to: index)
    for key in suffix { pointer += "/" + PointerToken.escaping(key) }
    problems.append(JSONSchemaError.Problem(pointer: pointer, message: message))
  }
}

extension [SchemaPlace] {
  /// The JSON Pointer of a node in its document.
  func pointer(to index: Int) -> String {
    var suffixes: [String] = []
    var place = self[index]
    while let parent = place.parent {
      suffixes.append(place.suffix)
      place = self[parent]
    }
    return suffixes.reversed().map { "/" + $0 }.joined()
  }
}
