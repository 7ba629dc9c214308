/// What is known of a value beside what it is, so that it makes no difference between two of them.
@propertyWrapper
package struct Aside<Value: Sendable>: Sendable, Hashable {
  package var wrappedValue: Value

  package init(wrappedValue: Value) {
    self.wrappedValue = wrappedValue
  }

  /// Always true.
  package static func == (lhs: Aside, rhs: Aside) -> Bool { true }

  /// Nothing.
  package func hash(into hasher: inout Hasher) {}
}
