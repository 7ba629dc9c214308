/// A node of a YAML document together with its place in the source.
public struct YAMLNode: Sendable {
  /// What a node holds.
  public enum Content: Sendable {
    /// A single value.
    case scalar(YAMLScalar)
    /// A list of nodes.
    case sequence([YAMLNode])
    /// Pairs of nodes in the order of the source, pairs of the same key included.
    case mapping([YAMLPair])
  }

  /// What the node holds.
  public let content: Content

  /// Where the node begins: at its anchor or tag if it has one, otherwise at its first character.
  ///
  /// A quoted scalar begins at the quote, a block scalar at its `|` or `>`, a block list at its first `-`. A value that
  /// is left out stands directly behind the `:` or `-` that it belongs to. A node that an alias stands for begins and
  /// ends where the alias does; the nodes inside it keep the marks of the anchored original.
  public let start: YAMLMark

  /// Where the node ends: the place behind its last character.
  ///
  /// A block scalar ends at the beginning of the line that follows it, a block collection where its last node ends.
  public let end: YAMLMark

  /// Whether the node is a collection in brackets or braces, `[a, b]` or `{a: b}`.
  public let isFlowCollection: Bool

  /// The scalar, if the node is one.
  public var scalar: YAMLScalar? {
    if case .scalar(let scalar) = content { scalar } else { nil }
  }

  /// The items, if the node is a list.
  public var sequence: [YAMLNode]? {
    if case .sequence(let items) = content { items } else { nil }
  }

  /// The pairs, if the node is a mapping.
  public var mapping: [YAMLPair]? {
    if case .mapping(let pairs) = content { pairs } else { nil }
  }

  /// What the node is, in words for a message: "a mapping", "a list", "a string", "a number", "true or false", "null".
  public var kindName: String {
    switch content {
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .scalar(let scalar):
      switch scalar.value {
      case .null: "null"
      case .bool: "true or false"
      case .number: "a number"
      case .nonFinite: "a number that is not finite"
      case .string: "a string"
      }
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
