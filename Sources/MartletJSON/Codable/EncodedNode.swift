/// One value that is being encoded; containers of it that the caller still holds write into it.
final class EncodedNode {
  private enum Content {
    case nothing
    case value(JSONValue)
    case array([JSONValue])
    case object(JSONObject)
    /// Two kinds of container were asked for.
    case conflict
  }

  let path: CodingPath
  private var content = Content.nothing
  /// Nodes whose values take a place in this one when it is finished.
  private var children: [(position: Int, node: EncodedNode)] = []

  init(path: CodingPath) {
    self.path = path
  }

  var elementCount: Int {
    if case .array(let elements) = content { elements.count } else { 0 }
  }

  func becomeArray() {
    switch content {
    case .nothing: content = .array([])
    case .array: break
    default: content = .conflict
    }
  }

  func becomeObject() {
    switch content {
    case .nothing: content = .object(JSONObject())
    case .object: break
    default: content = .conflict
    }
  }

  func set(_ value: JSONValue) {
    if case .nothing = content { content = .value(value) } else { content = .conflict }
  }

  func append(_ value: JSONValue) {
    guard case .array(var elements) = content else { return }
    content = .nothing  // gives up the second reference, so that the array grows in place
    elements.append(value)
    content = .array(elements)
  }

  func set(_ value: JSONValue, forKey key: String) {
    guard case .object(var object) = content else { return }
    content = .nothing
    object.updateValue(value, forKey: key)
    content = .object(object)
  }

  /// A node whose value becomes the next element.
  func appendChild() -> EncodedNode {
    let child = EncodedNode(path: path.appending(MemberKey(intValue: elementCount)))
    children.append((elementCount, child))
    append(.null)
    return child
  }

  /// A node whose value becomes that of a member.
  func setChild(forKey key: any CodingKey) -> EncodedNode {
    let child = EncodedNode(path: path.appending(key))
    set(.null, forKey: key.stringValue)
    if case .object(let object) = content, let position = object.position(of: key.stringValue) {
      children.append((position, child))
    }
    return child
  }

  /// The value with those of its children in their places; an empty object if nothing was encoded.
  func finish() throws -> JSONValue {
    guard !path.isTooDeep else { throw error("nested deeper than \(CodingPath.maximumDepth) levels") }
    switch content {
    case .nothing:
      return .object(JSONObject())
    case .value(let value):
      return value
    case .array(var elements):
      for (position, node) in children { elements[position] = try node.finish() }
      return .array(elements)
    case .object(var object):
      for (position, node) in children { object.replaceValue(at: position, with: try node.finish()) }
      return .object(object)
    case .conflict:
      throw error("encoded as values of two kinds")
    }
  }

  private func error(_ description: String) -> EncodingError {
    .invalidValue(self, EncodingError.Context(codingPath: path.keys, debugDescription: description))
  }
}
