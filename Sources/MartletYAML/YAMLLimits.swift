/// What a YAML source may cost: its size, its depth, and what its aliases expand to.
public struct YAMLLimits: Sendable, Hashable {
  /// The largest source in bytes, by default 1 MiB and at most 1 GiB.
  public let maxBytes: Int

  /// The most collections that may stand inside each other, by default 64 and at most 256.
  ///
  /// Nodes that an alias expands to count at the place where they are used.
  public let maxDepth: Int

  /// The most nodes that the aliases of a document may expand to, by default 10,000 and at most 10,000,000.
  ///
  /// An alias counts as all nodes of the tree that it stands for, keys included, and a long scalar as one more for every
  /// 256 bytes of its text.
  public let maxExpandedNodes: Int

  /// The bytes of a scalar's text that cost as much as a node.
  static let bytesPerNode = 256

  /// Creates limits; negative numbers count as 0, numbers above the stated maximum as that maximum.
  public init(maxBytes: Int = 1 << 20, maxDepth: Int = 64, maxExpandedNodes: Int = 10_000) {
    // A tree counts bytes and nodes by 32 bits.
    self.maxBytes = min(max(maxBytes, 0), 1 << 30)
    // The tree is built by recursion, which a thread's stack has to hold.
    self.maxDepth = min(max(maxDepth, 0), 256)
    self.maxExpandedNodes = min(max(maxExpandedNodes, 0), 10_000_000)
  }
}
