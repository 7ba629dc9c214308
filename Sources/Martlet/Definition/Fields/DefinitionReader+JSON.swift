package import MartletJSON
package import MartletYAML

extension DefinitionReader {
  /// A YAML value as JSON, members in the order of the file and numbers in its spelling; nil after a report.
  package func json(_ node: YAMLNode) -> JSONValue? {
    switch node.content {
    case .scalar(let scalar):
      switch scalar.value {
      case .null: return .null
      case .bool(let value): return .bool(value)
      case .string(let text): return .string(text)
      case .number(let spelling): return JSONNumber(spelling: spelling).map { .number($0) }
      case .nonFinite:
        report("`\(scalar.text)` has no counterpart in JSON", at: node.start, hint: "quote it if it is meant as text")
        return nil
      }
    case .sequence(let nodes):
      var values: [JSONValue] = []
      values.reserveCapacity(nodes.count)
      for node in nodes { if let value = json(node) { values.append(value) } }
      return values.count == nodes.count ? .array(values) : nil
    case .mapping(let pairs):
      return jsonObject(pairs)
    }
  }

  /// A mapping as a JSON object; nil after a report.
  func jsonObject(_ pairs: YAMLPairs) -> JSONValue? {
    var object = JSONObject()
    object.reserveCapacity(pairs.count)
    var isWhole = true
    for pair in pairs {
      guard let key = key(of: pair.key) else {
        isWhole = false
        continue
      }
      let isSecond = object[key] != nil
      if isSecond { report("duplicate key `\(key)`", at: pair.key.start, hint: "keep one of them") }
      if let value = json(pair.value), !isSecond { object.append(value, forNewKey: key) } else { isWhole = false }
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
