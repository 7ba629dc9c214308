/// A value that lies apart from what has it, which takes no more room for it than one word; copied when it is changed.
@propertyWrapper
package struct Boxed<Value> {
  private final class Box {
    var value: Value

    init(_ value: Value) {
      self.value = value
    }
  }

  private var box: Box

  package init(wrappedValue: Value) {
    box = Box(wrappedValue)
  }

  package var wrappedValue: Value {
    get { box.value }
    set {
      if isKnownUniquelyReferenced(&box) { box.value = newValue } else { box = Box(newValue) }
    }
  }
}

// A box that two values have is never changed.
extension Boxed: @unchecked Sendable where Value: Sendable {}

extension Boxed: Equatable where Value: Equatable {
  package static func == (lhs: Boxed, rhs: Boxed) -> Bool {
    lhs.box === rhs.box || lhs.wrappedValue == rhs.wrappedValue
  }
}

extension Boxed: Hashable where Value: Hashable {
  package func hash(into hasher: inout Hasher) { hasher.combine(wrappedValue) }
}

extension Boxed {
  /// What a debugger and `print` show of the value that has it: the members as if they were its own.
  package func mirror<Owner>(of owner: Owner) -> Mirror {
    Mirror(owner, children: Mirror(reflecting: wrappedValue).children, displayStyle: .struct)
  }
}
