/// Builds the tree of a document from its events, within the limits.
struct TreeBuilder: ~Copyable {
  private enum Anchor {
    /// The node is being read: an alias to it would be a part of itself.
    case open
    /// The node, how many nodes it consists of, and how many collections stand inside each other in it.
    case closed(YAMLNode, size: Int, height: Int)
  }

  private var events: EventReader
  private let limits: YAMLLimits
  private var anchors: [String: Anchor] = [:]

  /// The nodes so far, those of aliases included.
  private var size = 0
  private var expandedSize = 0

  /// The greatest depth since the innermost anchor.
  private var deepest = 0

  init(events: consuming EventReader, limits: YAMLLimits) {
    self.events = events
    self.limits = limits
  }

  /// Reads the one document that the source has to consist of.
  mutating func document() throws(YAMLError) -> YAMLNode {
    _ = try events.next()
    guard case .documentStart = try events.next().kind else { throw .emptySource }
    let root = try node(try events.next(), depth: 0)
    _ = try events.next()
    let rest = try events.next()
    guard case .streamEnd = rest.kind else {
      throw YAMLError(at: rest.start, "a second document begins here", hint: "put each document into its own file")
    }
    return root
  }

  /// Reads the node that an event begins, inside of `depth` collections.
  private mutating func node(_ event: Event, depth: Int) throws(YAMLError) -> YAMLNode {
    guard let name = event.anchor else { return try content(event, depth: depth) }
    let sizeBefore = size
    let deepestBefore = deepest
    deepest = depth
    anchors[name] = .open
    let node = try content(event, depth: depth)
    anchors[name] = .closed(node, size: size - sizeBefore, height: deepest - depth)
    deepest = max(deepest, deepestBefore)
    return node
  }

  private mutating func content(_ event: Event, depth: Int) throws(YAMLError) -> YAMLNode {
    switch event.kind {
    case .scalar(let scalar):
      size += 1 + scalar.text.utf8.count / YAMLLimits.bytesPerNode
      return YAMLNode(content: .scalar(scalar), start: event.start, end: event.end, isFlowCollection: false)
    case .sequenceStart(let isFlow):
      try enter(event, isMapping: false, depth: depth)
      return try sequence(event, isFlow: isFlow, depth: depth + 1)
    case .mappingStart(let isFlow):
      try enter(event, isMapping: true, depth: depth)
      return try mapping(event, isFlow: isFlow, depth: depth + 1)
    case .alias(let name):
      return try expansion(of: name, event, depth: depth)
    case .streamStart, .streamEnd, .documentStart, .documentEnd, .collectionEnd:
      throw YAMLError(at: event.start, "expected a value")
    }
  }

  private mutating func enter(_ event: Event, isMapping: Bool, depth: Int) throws(YAMLError) {
    do { try CoreSchema.checkCollection(tag: event.tag, isMapping: isMapping) } catch {
      throw YAMLError(error, tag: event.tag, at: event.start)
    }
    guard depth < limits.maxDepth else { throw tooDeep(at: event.start) }
    size += 1
    deepest = max(deepest, depth + 1)
  }

  private mutating func sequence(_ opening: Event, isFlow: Bool, depth: Int) throws(YAMLError) -> YAMLNode {
    var items: [YAMLNode] = []
    while true {
      let event = try events.next()
      if case .collectionEnd = event.kind {
        let end = isFlow ? event.end : items.last?.end ?? opening.end
        return YAMLNode(content: .sequence(items), start: opening.start, end: end, isFlowCollection: isFlow)
      }
      items.append(try node(event, depth: depth))
    }
  }

  private mutating func mapping(_ opening: Event, isFlow: Bool, depth: Int) throws(YAMLError) -> YAMLNode {
    var pairs: [YAMLPair] = []
    while true {
      let event = try events.next()
      if case .collectionEnd = event.kind {
        let end = isFlow ? event.end : pairs.last?.value.end ?? opening.end
        return YAMLNode(content: .mapping(pairs), start: opening.start, end: end, isFlowCollection: isFlow)
      }
      let key = try node(event, depth: depth)
      if case .scalar(let scalar) = key.content, scalar.style == .plain, scalar.text == "<<" {
        let hint = "repeat the keys here; \"<<\" in quotes is an ordinary key"
        throw YAMLError(at: key.start, "merge keys are not supported", hint: hint)
      }
      pairs.append(YAMLPair(key: key, value: try node(try events.next(), depth: depth)))
    }
  }

  /// Returns a copy of an anchored node; what it costs is counted before it is made.
  private mutating func expansion(of name: String, _ event: Event, depth: Int) throws(YAMLError) -> YAMLNode {
    let alias = "*" + YAMLError.excerpt(name)
    switch anchors[name] {
    case nil:
      let hint = "define &\(YAMLError.excerpt(name)) above, or quote a value that begins with \"*\""
      throw YAMLError(at: event.start, "the alias \(alias) has no anchor", hint: hint)
    case .open:
      throw YAMLError(at: event.start, "the alias \(alias) stands inside the value that it refers to")
    case .closed(let node, let addedSize, let height):
      guard addedSize <= limits.maxExpandedNodes - expandedSize else {
        let reason = "the aliases expand to more than \(limits.maxExpandedNodes) nodes"
        throw YAMLError(at: event.start, reason, hint: "write the values out")
      }
      guard depth + height <= limits.maxDepth else { throw tooDeep(at: event.start) }
      size += addedSize
      expandedSize += addedSize
      deepest = max(deepest, depth + height)
      return YAMLNode(
        content: node.content, start: event.start, end: event.end, isFlowCollection: node.isFlowCollection)
    }
  }

  private func tooDeep(at mark: YAMLMark) -> YAMLError {
    YAMLError(at: mark, "nested deeper than \(limits.maxDepth) levels", hint: "flatten the structure")
  }
}
