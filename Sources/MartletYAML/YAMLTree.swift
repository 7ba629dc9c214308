/// All nodes of a document in two pieces of memory: what is known of each node, and the text of all scalars.
///
/// The nodes of a collection stand side by side, those of a mapping in pairs of key and value. The root is the last one.
final class YAMLTree: Sendable {
  enum Kind: UInt8 {
    case null, no, yes, number, nonFinite, string, sequence, mapping
  }

  struct Node {
    var start: YAMLMark
    var end: YAMLMark
    /// Where the text of a scalar begins in the source, if its characters stand there one by one; otherwise `nowhere`.
    var textStart = nowhere
    /// The position of a scalar's first byte in the text, or of a collection's first node among the nodes.
    var first: UInt32
    /// The bytes of a scalar, or the nodes of a collection.
    var count: UInt32
    var kind: Kind
    var style = YAMLScalar.Style.plain
    var isFlow = false

    static let nowhere = YAMLMark(line: 0, column: 0)
  }

  /// The bytes that are read beyond the end of a text when that is compared word by word.
  static let padding = 16

  let nodes: [Node]
  /// The bytes of all scalars, with zeros behind them.
  let text: [UInt8]

  init(nodes: [Node], text: [UInt8]) {
    self.nodes = nodes
    self.text = text
  }

  /// What the text of a scalar is compared by; nil for a collection.
  func word(at index: Int) -> YAMLWord? {
    guard nodes[index].kind != .sequence, nodes[index].kind != .mapping else { return nil }
    let (first, count) = (Int(nodes[index].first), Int(nodes[index].count))
    return text.withUnsafeBytes { YAMLWord($0, from: first, count: count) }
  }

  /// Whether a node is a scalar of a text.
  func has(_ text: String, at index: Int) -> Bool {
    let node = nodes[index]
    guard node.kind != .sequence, node.kind != .mapping, Int(node.count) == text.utf8.count else { return false }
    return withText(of: index) { own in
      text.utf8.withContiguousStorageIfAvailable { zip(own, $0).allSatisfy { $0 == $1 } }
        ?? own.elementsEqual(text.utf8)
    }
  }

  /// The text of bytes; a short one is quicker written in its place than decoded.
  static func string(of bytes: UnsafeBufferPointer<UInt8>) -> String {
    guard bytes.count <= 15 else { return String(decoding: bytes, as: UTF8.self) }
    return String(unsafeUninitializedCapacity: bytes.count) { $0.initialize(fromContentsOf: bytes) }
  }

  /// The bytes of a scalar.
  func withText<Result>(of node: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    let (first, count) = (Int(nodes[node].first), Int(nodes[node].count))
    return text.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[first..<(first + count)])) }
  }
}
