/// A node of a YAML document together with its place in the source.
///
/// A node keeps the whole document in memory.
public struct YAMLNode: Sendable {
  /// What a node holds.
  public enum Content: Sendable {
    /// A single value.
    case scalar(YAMLScalar)
    /// A list of nodes.
    case sequence(YAMLItems)
    /// Pairs of nodes in the order of the source, pairs of the same key included.
    case mapping(YAMLPairs)
  }

  let tree: YAMLTree
  let index: Int

  private var node: YAMLTree.Node { tree.nodes[index] }

  /// What the node holds.
  public var content: Content {
    switch node.kind {
    case .sequence: .sequence(YAMLItems(of: node, in: tree))
    case .mapping: .mapping(YAMLPairs(of: node, in: tree))
    default: .scalar(YAMLScalar(tree: tree, index: index))
    }
  }

  /// Where the node begins: at its anchor or tag if it has one, otherwise at its first character.
  ///
  /// A quoted scalar begins at the quote, a block scalar at its `|` or `>`, a block list at its first `-`. A value that
  /// is left out stands directly behind the `:` or `-` that it belongs to. A node that an alias stands for begins and
  /// ends where the alias does; the nodes inside it keep the marks of the anchored original.
  public var start: YAMLMark { node.start }

  /// Where the node ends: the place behind its last character.
  ///
  /// A block scalar ends at the beginning of the line that follows it, a block collection where its last node ends.
  public var end: YAMLMark { node.end }

  /// Whether the node is a collection in brackets or braces, `[a, b]` or `{a: b}`.
  public var isFlowCollection: Bool { node.isFlow }

  /// Whether the node is a single value.
  public var isScalar: Bool { node.kind != .sequence && node.kind != .mapping }

  /// Whether the node is a list.
  public var isSequence: Bool { node.kind == .sequence }

  /// Whether the node is a mapping.
  public var isMapping: Bool { node.kind == .mapping }

  /// The scalar, if the node is one.
  public var scalar: YAMLScalar? { isScalar ? YAMLScalar(tree: tree, index: index) : nil }

  /// The items, if the node is a list.
  public var sequence: YAMLItems? { isSequence ? YAMLItems(of: node, in: tree) : nil }

  /// The pairs, if the node is a mapping.
  public var mapping: YAMLPairs? { isMapping ? YAMLPairs(of: node, in: tree) : nil }

  /// The text, if the node is a scalar.
  public var text: String? { scalar?.text }

  /// The text, if the node is a string and no other scalar.
  public var string: String? { node.kind == .string ? YAMLScalar(tree: tree, index: index).text : nil }

  /// What the text is compared by, if the node is a scalar.
  public var word: YAMLWord? { tree.word(at: index) }

  /// Whether the node is a scalar of a text.
  public func has(_ text: String) -> Bool { tree.has(text, at: index) }

  /// What the node is, in words for a message: "a mapping", "a list", "a string", "a number", "true or false", "null".
  public var kindName: String {
    switch node.kind {
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .null: "null"
    case .no, .yes: "true or false"
    case .number: "a number"
    case .nonFinite: "a number that is not finite"
    case .string: "a string"
    }
  }
}

/// A key of a YAML mapping and its value.
public struct YAMLPair: Sendable {
  /// The key, which YAML allows to be any node.
  public let key: YAMLNode

  /// The value, null where the source leaves it out.
  public let value: YAMLNode
}

/// The items of a YAML list.
public struct YAMLItems: RandomAccessCollection, Sendable {
  fileprivate let tree: YAMLTree
  fileprivate let first: Int

  /// The position of the first item.
  public var startIndex: Int { 0 }

  /// The position after the last item.
  public let endIndex: Int

  fileprivate init(of node: YAMLTree.Node, in tree: YAMLTree) {
    self.tree = tree
    first = Int(node.first)
    endIndex = Int(node.count)
  }

  /// The item at a position, which must be valid.
  public subscript(position: Int) -> YAMLNode { YAMLNode(tree: tree, index: first + position) }
}

/// The pairs of a YAML mapping.
public struct YAMLPairs: RandomAccessCollection, Sendable {
  /// Each key, with its value behind it.
  private let items: YAMLItems

  /// The position of the first pair.
  public var startIndex: Int { 0 }

  /// The position after the last pair.
  public var endIndex: Int { items.endIndex / 2 }

  fileprivate init(of node: YAMLTree.Node, in tree: YAMLTree) {
    items = YAMLItems(of: node, in: tree)
  }

  /// The pair at a position, which must be valid.
  public subscript(position: Int) -> YAMLPair {
    YAMLPair(key: items[2 * position], value: items[2 * position + 1])
  }

  /// The value of the first pair whose key is one of a few texts, of at most 16 bytes each.
  package func value(ofAny keys: [YAMLWord]) -> YAMLNode? {
    value { position in items.tree.word(at: position).map(keys.contains) ?? false }
  }

  /// The value of the first pair whose key is a text.
  public func value(of key: String) -> YAMLNode? {
    value { items.tree.has(key, at: $0) }
  }

  private func value(where isMeant: (_ key: Int) -> Bool) -> YAMLNode? {
    indices.first { isMeant(items.first + 2 * $0) }.map { self[$0].value }
  }
}
