import MartletJSON

/// A place in a JSON value, as the steps of its JSON Pointer (RFC 6901).
struct JSONPath: Hashable {
  let pointer: String
  let steps: [String]

  init(_ pointer: String) {
    self.pointer = pointer
    steps = pointer.isEmpty ? [] : PointerToken.keys(of: pointer) ?? []
  }

  /// Whether the place of a pointer is this one, or lies in it.
  func holds(_ place: String) -> Bool {
    guard place.utf8.count > pointer.utf8.count else { return place.hasSameCodePoints(as: pointer) }
    let end = place.utf8.index(place.startIndex, offsetBy: pointer.utf8.count)
    return place.utf8[end] == UInt8(ascii: "/") && String(place[..<end]).hasSameCodePoints(as: pointer)
  }
}

extension JSONValue {
  /// The value at a place; nil if there is none.
  subscript(path: JSONPath) -> JSONValue? {
    var value: JSONValue? = self
    for step in path.steps {
      switch value {
      case .object(let object): value = object[step]
      case .array(let items): value = Int(step).flatMap { items.indices.contains($0) ? items[$0] : nil }
      default: return nil
      }
    }
    return value
  }

  /// Puts a value in the place of another, or leaves a member out; nothing happens where there is no such place.
  mutating func replace(_ steps: ArraySlice<String>, with value: JSONValue?) {
    guard let step = steps.first else {
      if let value { self = value }
      return
    }
    let rest = steps.dropFirst()
    switch self {
    case .object(var object):
      guard var member = object[step] else { return }
      // What is changed belongs to nobody else meanwhile, so that nothing of it is copied.
      self = .null
      if rest.isEmpty {
        object[step] = value
      } else {
        object[step] = .null
        member.replace(rest, with: value)
        object[step] = member
      }
      self = .object(object)
    case .array(var items):
      guard let index = Int(step), items.indices.contains(index) else { return }
      self = .null
      items[index].replace(rest, with: value)
      self = .array(items)
    default: return
    }
  }
}
