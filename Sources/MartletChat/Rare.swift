/// A value that is empty in most of what has it, where it then takes no more than one word.
@propertyWrapper
package struct Rare<Value: RareValue> {
  // What is in a box never changes: that would have to be checked at each access.
  private final class Box: Sendable {
    let value: Value

    init(_ value: Value) {
      self.value = value
    }
  }

  private var box: Box?

  package init() {}

  /// Whether there is nothing in it.
  package var isEmpty: Bool { box == nil }

  /// The value; nil if it is empty, so that an empty one need not be made to look at it.
  package var value: Value? { box?.value }

  package var wrappedValue: Value {
    get { box?.value ?? Value() }
    set { box = newValue == Value() ? nil : Box(newValue) }
    _modify {
      var value = box?.value ?? Value()
      // What is changed is then in one place only, and need not be copied for each change.
      box = nil
      defer { box = value == Value() ? nil : Box(value) }
      yield &value
    }
  }

  package var projectedValue: Rare {
    get { self }
    set { self = newValue }
  }
}

/// What a ``Rare`` value is made of.
package protocol RareValue: Hashable, Sendable {
  /// Makes the empty value.
  init()
}

extension Rare: Sendable {}

extension Rare: Hashable {
  package static func == (lhs: Rare, rhs: Rare) -> Bool {
    lhs.box === rhs.box || lhs.wrappedValue == rhs.wrappedValue
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(wrappedValue) }
}

extension Rare: CustomReflectable {
  /// What is in it, as if it were a member of its own.
  package var customMirror: Mirror { Mirror(reflecting: wrappedValue) }
}
