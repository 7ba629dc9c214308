import MartletJSON
import MartletYAML

/// A source is refused, or gives a tree within the limits whose marks lie in the source.
func checkYAML(_ input: [UInt8]) {
  var choices = Choices(input)
  let limits = choices.element(of: [YAMLLimits(), YAMLLimits(maxBytes: 1 << 20, maxDepth: 4, maxExpandedNodes: 50)])
  let lines = choices.content.count { $0 == 0x0A || $0 == 0x0D } + 1
  do throws(YAMLError) {
    let root = try timed("reading") { () throws(YAMLError) in
      try YAMLNode(parsing: choices.content, limits: limits)
    }
    check(root, lines: lines, depth: limits.maxDepth)
  } catch {
    promise((1...lines).contains(error.mark.line), "an error lies in the source")
    promise(error.description.utf8.count < 1000, "an error is short")
  }
}

private func check(_ node: YAMLNode, lines: Int, depth: Int) {
  promise(node.start <= node.end, "a node ends after its start")
  promise((1...lines + 1).contains(node.end.line), "a node lies in the source")
  switch node.content {
  case .scalar(let scalar): check(scalar)
  case .sequence(let nodes):
    promise(depth > 0, "depth is bounded")
    for node in nodes { check(node, lines: lines, depth: depth - 1) }
  case .mapping(let pairs):
    promise(depth > 0, "depth is bounded")
    for pair in pairs {
      check(pair.key, lines: lines, depth: depth - 1)
      check(pair.value, lines: lines, depth: depth - 1)
    }
  }
}

private func check(_ scalar: YAMLScalar) {
  if let mark = scalar.mark(at: scalar.text.startIndex) {
    promise(scalar.mark(at: scalar.text.endIndex) ?? mark >= mark, "marks go forward")
  }
  if case .number(let spelling) = scalar.value {
    promise(JSONNumber(spelling: spelling) != nil, "a number is spelled as JSON allows")
  }
}
