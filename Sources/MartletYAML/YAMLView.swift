/// The nodes of a document as they lie in memory, for a walk that counts no references; valid inside of one closure.
package struct YAMLView {
  /// What a node holds.
  package enum Shape {
    case scalar
    /// The items, one behind the other.
    case sequence(Range<Int>)
    /// Keys, each with its value behind it.
    case mapping(Range<Int>)
  }

  private let tree: Unmanaged<YAMLTree>
  private let nodes: UnsafeBufferPointer<YAMLTree.Node>
  private let text: UnsafeBufferPointer<UInt8>

  fileprivate init(
    _ tree: Unmanaged<YAMLTree>, _ nodes: UnsafeBufferPointer<YAMLTree.Node>, _ text: UnsafeBufferPointer<UInt8>
  ) {
    self.tree = tree
    self.nodes = nodes
    self.text = text
  }

  /// What the node at a position holds.
  package func shape(of index: Int) -> Shape {
    let (first, count) = (Int(nodes[index].first), Int(nodes[index].count))
    return switch nodes[index].kind {
    case .sequence: .sequence(first..<(first + count))
    case .mapping: .mapping(first..<(first + count))
    default: .scalar
    }
  }

  /// The text of a scalar.
  package func text(of index: Int) -> String {
    let (first, count) = (Int(nodes[index].first), Int(nodes[index].count))
    return YAMLTree.string(of: UnsafeBufferPointer(rebasing: text[first..<(first + count)]))
  }

  /// What a scalar stands for.
  package func value(of index: Int) -> YAMLScalar.Value {
    nodes[index].kind == .string
      ? .string(text(of: index)) : YAMLScalar(tree: tree.takeUnretainedValue(), index: index).value
  }

  /// The node at a position, for what is to be said of it.
  package func node(_ index: Int) -> YAMLNode { YAMLNode(tree: tree.takeUnretainedValue(), index: index) }
}

extension YAMLNode {
  /// Calls a closure with the document and the position of this node in it.
  package func withView<Result>(_ body: (YAMLView, Int) -> Result) -> Result {
    withExtendedLifetime(tree) {
      tree.nodes.withUnsafeBufferPointer { nodes in
        tree.text.withUnsafeBufferPointer { text in body(YAMLView(Unmanaged.passUnretained(tree), nodes, text), index) }
      }
    }
  }
}
