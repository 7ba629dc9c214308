package import MartletJSON
package import MartletYAML

extension DefinitionReader {
  /// A YAML value as JSON, members in the order of the file and numbers in its spelling; nil after a report.
  package func json(_ node: YAMLNode) -> JSONValue? {
    node.withView { json($0, $1) }
  }

  private func json(_ view: YAMLView, _ index: Int) -> JSONValue? {
    switch view.shape(of: index) {
    case .scalar:
      switch view.value(of: index) {
      case .null: return .null
      case .bool(let value): return .bool(value)
      case .string(let text): return .string(text)
      case .number(let spelling): return JSONNumber(spelling: spelling).map { .number($0) }
      case .nonFinite:
        report(
          "`\(view.text(of: index))` has no counterpart in JSON", at: view.node(index).start,
          hint: "quote it if it is meant as text")
        return nil
      }
    case .sequence(let items):
      var values: [JSONValue] = []
      values.reserveCapacity(items.count)
      for item in items { if let value = json(view, item) { values.append(value) } }
      return values.count == items.count ? .array(values) : nil
    case .mapping(let pairs): return object(view, pairs)
    }
  }

  private func object(_ view: YAMLView, _ pairs: Range<Int>) -> JSONValue? {
    var object = JSONObject()
    object.reserveCapacity(pairs.count / 2)
    var isWhole = true
    var place = pairs.lowerBound
    while place < pairs.upperBound {
      defer { place += 2 }
      guard case .scalar = view.shape(of: place) else {
        reportNotAKey(view.node(place))
        isWhole = false
        continue
      }
      let value = json(view, place + 1)
      if value == nil { isWhole = false }
      if !object.append(value ?? .null, unlessKnown: view.text(of: place)) {
        report("duplicate key `\(view.text(of: place))`", at: view.node(place).start, hint: "keep one of them")
        isWhole = false
      }
    }
    return isWhole ? .object(object) : nil
  }
}

extension YAMLNode {
  /// The node that a JSON Pointer (RFC 6901) of this node's JSON form leads to, or the last one on the way there.
  package func node(at pointer: String) -> YAMLNode {
    var node = self
    for escaped in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      let step = String(escaped).replacing("~1", with: "/").replacing("~0", with: "~")
      if let next = node.mapping?.value(of: step) {
        node = next
      } else if let nodes = node.sequence, let index = Int(step), nodes.indices.contains(index) {
        node = nodes[index]
      } else {
        break
      }
    }
    return node
  }

  /// The key of the member that a JSON Pointer leads to; the node itself if that is no member.
  package func key(at pointer: String) -> YAMLNode {
    let end = pointer.utf8.lastIndex(of: UInt8(ascii: "/")) ?? pointer.startIndex
    let step = String(pointer[end...].dropFirst()).replacing("~1", with: "/").replacing("~0", with: "~")
    let node = node(at: String(pointer[..<end]))
    return node.mapping?.first { $0.key.has(step) }?.key ?? node
  }
}
