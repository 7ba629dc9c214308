/// What is known of a call's arguments beside their text; it makes no difference between two calls.
package struct ArgumentsNote: Sendable, Hashable {
  /// The text in which a JSON object was found, so that it need not be read again to be sent.
  var object: String?

  /// Always true.
  package static func == (lhs: ArgumentsNote, rhs: ArgumentsNote) -> Bool { true }

  /// Nothing.
  package func hash(into hasher: inout Hasher) {}
}
