extension JSONValue: Hashable {
  /// Whether both write the same bytes: members in the same order, numbers by spelling, strings by code point.
  ///
  /// Swift's `String` equates canonically equivalent strings (é as one scalar or as two); JSON does not.
  public static func == (lhs: JSONValue, rhs: JSONValue) -> Bool {
    // A worklist instead of recursion: a value built in code may be deeper than a thread's stack.
    var pending: [(JSONValue, JSONValue)] = []
    guard equalShallowly(lhs, rhs, deferring: &pending) else { return false }
    while let (left, right) = pending.popLast() {
      guard equalShallowly(left, right, deferring: &pending) else { return false }
    }
    return true
  }

  /// Feeds the value to the hasher, consistently with `==`.
  public func hash(into hasher: inout Hasher) {
    var pending: [JSONValue] = []
    hashShallowly(into: &hasher, deferring: &pending)
    while let value = pending.popLast() {
      value.hashShallowly(into: &hasher, deferring: &pending)
    }
  }

  private var isContainer: Bool {
    switch self {
    case .array, .object: true
    default: false
    }
  }

  /// Compares scalars and the scalars in containers; puts containers in containers on the worklist.
  private static func equalShallowly(
    _ lhs: JSONValue, _ rhs: JSONValue, deferring pending: inout [(JSONValue, JSONValue)]
  ) -> Bool {
    switch (lhs, rhs) {
    case (.array(let left), .array(let right)):
      guard left.count == right.count else { return false }
      for (one, other) in zip(left, right) {
        if one.isContainer, other.isContainer {
          pending.append((one, other))
        } else if !equalScalars(one, other) {
          return false
        }
      }
      return true
    case (.object(let left), .object(let right)):
      guard left.count == right.count else { return false }
      for (one, other) in zip(left, right) {
        guard one.key.hasSameCodePoints(as: other.key) else { return false }
        if one.value.isContainer, other.value.isContainer {
          pending.append((one.value, other.value))
        } else if !equalScalars(one.value, other.value) {
          return false
        }
      }
      return true
    default:
      return equalScalars(lhs, rhs)
    }
  }

  private static func equalScalars(_ lhs: JSONValue, _ rhs: JSONValue) -> Bool {
    switch (lhs, rhs) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    case (.string(let left), .string(let right)): left.hasSameCodePoints(as: right)
    default: false
    }
  }

  private func hashShallowly(into hasher: inout Hasher, deferring pending: inout [JSONValue]) {
    switch self {
    case .null:
      hasher.combine(0 as UInt8)
    case .bool(let value):
      hasher.combine(1 as UInt8)
      hasher.combine(value)
    case .number(let number):
      hasher.combine(2 as UInt8)
      hasher.combine(number)
    case .string(let string):
      hasher.combine(3 as UInt8)
      string.hashCodePoints(into: &hasher)
    case .array(let elements):
      hasher.combine(4 as UInt8)
      hasher.combine(elements.count)
      for element in elements { element.hashOrDefer(into: &hasher, deferring: &pending) }
    case .object(let object):
      hasher.combine(5 as UInt8)
      hasher.combine(object.count)
      for member in object {
        member.key.hashCodePoints(into: &hasher)
        member.value.hashOrDefer(into: &hasher, deferring: &pending)
      }
    }
  }

  private func hashOrDefer(into hasher: inout Hasher, deferring pending: inout [JSONValue]) {
    if isContainer {
      pending.append(self)
    } else {
      hashShallowly(into: &hasher, deferring: &pending)
    }
  }
}
