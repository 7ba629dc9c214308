/// Builds the tree of a document from its events, within the limits.
struct TreeBuilder: ~Copyable {
  private enum Anchor {
    /// The node is being read: an alias to it would be a part of itself.
    case open
    /// The node, how many nodes it consists of, and how many collections stand inside each other in it.
    case closed(YAMLTree.Node, size: Int, height: Int)
  }

  private var events: EventReader
  private let limits: YAMLLimits
  private var anchors: [String: Anchor] = [:]

  /// The nodes of all collections that have been read to their end.
  private var nodes: [YAMLTree.Node] = []
  /// The nodes of the collections that are being read, outermost first.
  private var open: [YAMLTree.Node] = []
  /// The bytes of all scalars, and zeros behind them.
  private var text: [UInt8]
  private var textCount = 0

  /// The nodes so far, those of aliases included.
  private var size = 0
  private var expandedSize = 0

  /// The greatest depth since the innermost anchor.
  private var deepest = 0

  /// - Parameter sourceSize: The bytes of the source, by which memory is reserved.
  init(events: consuming EventReader, limits: YAMLLimits, sourceSize: Int) {
    self.events = events
    self.limits = limits
    // As much as an agent file needs; a larger source may turn out to be no YAML.
    text = [UInt8](repeating: 0, count: min(sourceSize, 1 << 20) + YAMLTree.padding)
    nodes.reserveCapacity(min(sourceSize / 8, 1 << 16) + 16)
    open.reserveCapacity(64)
  }

  /// Reads the one document that the source has to consist of.
  mutating func document() throws(YAMLError) -> YAMLNode {
    _ = try events.next()
    guard try events.next() == .documentStart else { throw .emptySource }
    try node(try events.next(), depth: 0)
    _ = try events.next()
    guard try events.next() == .streamEnd else {
      throw YAMLError(
        at: events.start, "a second document begins here", hint: "put each document into its own file")
    }
    nodes += open
    return YAMLNode(tree: YAMLTree(nodes: nodes, text: text), index: nodes.count - 1)
  }

  /// Reads the node that an event begins, inside of `depth` collections, and puts it behind the open ones.
  private mutating func node(_ event: Event, depth: Int) throws(YAMLError) {
    guard let name = events.anchor else { return try content(event, depth: depth) }
    let sizeBefore = size
    let deepestBefore = deepest
    deepest = depth
    anchors[name] = .open
    try content(event, depth: depth)
    if let node = open.last { anchors[name] = .closed(node, size: size - sizeBefore, height: deepest - depth) }
    deepest = max(deepest, deepestBefore)
  }

  private mutating func content(_ event: Event, depth: Int) throws(YAMLError) {
    switch event {
    case .scalar:
      let scalar = try events.scalar(text: &text, count: &textCount)
      size += 1 + Int(scalar.count) / YAMLLimits.bytesPerNode
      open.append(scalar)
    case .sequenceStart, .mappingStart:
      try collection(isMapping: event == .mappingStart, depth: depth)
    case .alias:
      open.append(try expansion(of: events.alias, depth: depth))
    case .streamStart, .streamEnd, .documentStart, .documentEnd, .collectionEnd:
      throw YAMLError(at: events.start, "expected a value")
    }
  }

  private mutating func enter(isMapping: Bool, depth: Int) throws(YAMLError) {
    let tag = events.collectionTag
    do { try CoreSchema.checkCollection(tag: tag, isMapping: isMapping) } catch {
      throw YAMLError(error, tag: tag, at: events.start)
    }
    guard depth < limits.maxDepth else { throw tooDeep(at: events.start) }
    size += 1
    deepest = max(deepest, depth + 1)
  }

  private mutating func collection(isMapping: Bool, depth: Int) throws(YAMLError) {
    try enter(isMapping: isMapping, depth: depth)
    var node = YAMLTree.Node(
      start: events.start, end: events.end, first: 0, count: 0, kind: isMapping ? .mapping : .sequence)
    node.isFlow = events.isFlow
    let bottom = open.count
    while true {
      let event = try events.next()
      if event == .collectionEnd { break }
      try self.node(event, depth: depth + 1)
      guard isMapping else { continue }
      if let key = open.last, key.count == 2 { try checkNoMerge(key) }
      try self.node(try events.next(), depth: depth + 1)
    }
    if node.isFlow { node.end = events.end } else if open.count > bottom, let last = open.last { node.end = last.end }
    node.first = UInt32(clamping: nodes.count)
    node.count = UInt32(clamping: open.count - bottom)
    nodes.append(contentsOf: open[bottom...])
    open.removeLast(open.count - bottom)
    open.append(node)
  }

  /// Refuses a merge key, which the core schema does not have.
  private func checkNoMerge(_ key: YAMLTree.Node) throws(YAMLError) {
    guard key.kind == .string, key.style == .plain,
      text[Int(key.first)] == UInt8(ascii: "<"), text[Int(key.first) + 1] == UInt8(ascii: "<")
    else { return }
    let hint = "repeat the keys here; \"<<\" in quotes is an ordinary key"
    throw YAMLError(at: key.start, "merge keys are not supported", hint: hint)
  }

  /// Returns a copy of an anchored node; what it costs is counted before it is made.
  private mutating func expansion(of name: String, depth: Int) throws(YAMLError) -> YAMLTree.Node {
    let alias = "*" + YAMLError.excerpt(name)
    let start = events.start
    switch anchors[name] {
    case nil:
      let hint = "define &\(YAMLError.excerpt(name)) above, or quote a value that begins with \"*\""
      throw YAMLError(at: start, "the alias \(alias) has no anchor", hint: hint)
    case .open:
      throw YAMLError(at: start, "the alias \(alias) stands inside the value that it refers to")
    case .closed(var node, let addedSize, let height):
      guard addedSize <= limits.maxExpandedNodes - expandedSize else {
        let reason = "the aliases expand to more than \(limits.maxExpandedNodes) nodes"
        throw YAMLError(at: start, reason, hint: "write the values out")
      }
      guard depth + height <= limits.maxDepth else { throw tooDeep(at: start) }
      size += addedSize
      expandedSize += addedSize
      deepest = max(deepest, depth + height)
      (node.start, node.end) = (start, events.end)
      return node
    }
  }

  private func tooDeep(at mark: YAMLMark) -> YAMLError {
    YAMLError(at: mark, "nested deeper than \(limits.maxDepth) levels", hint: "flatten the structure")
  }
}
