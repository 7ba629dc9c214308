/// A value that lies apart from what has it, which takes no more room for it than one word.
@propertyWrapper
@usableFromInline
package struct Boxed<Value> {
  // What is in a box never changes: that would have to be checked at each access.
  @usableFromInline
  final class Box {
    @usableFromInline let value: Value

    @inlinable
    init(_ value: Value) {
      self.value = value
    }
  }

  @usableFromInline var box: Box

  // All of it can be inlined: where it is not, every access copies the whole value.
  @inlinable
  package init(wrappedValue: Value) {
    box = Box(wrappedValue)
  }

  @inlinable package var wrappedValue: Value {
    get { box.value }
    set { box = Box(newValue) }
  }
}

extension Boxed: Sendable where Value: Sendable {}

extension Boxed.Box: Sendable where Value: Sendable {}

extension Boxed: Equatable where Value: Equatable {
  @usableFromInline package static func == (lhs: Boxed, rhs: Boxed) -> Bool {
    lhs.box === rhs.box || lhs.wrappedValue == rhs.wrappedValue
  }
}

extension Boxed: Hashable where Value: Hashable {
  @usableFromInline package func hash(into hasher: inout Hasher) { hasher.combine(wrappedValue) }
}

extension Boxed {
  /// What a debugger and `print` show of the value that has it: the members as if they were its own.
  package func mirror<Owner>(of owner: Owner) -> Mirror {
    Mirror(owner, children: Mirror(reflecting: wrappedValue).children, displayStyle: .struct)
  }
}
