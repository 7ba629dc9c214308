package import MartletJSON

/// What the answer of a run has to be: JSON that satisfies a schema.
package struct OutputFormat: Sendable {
  /// A name for servers that are told the schema, `[A-Za-z0-9_-]{1,64}`.
  package var name: String
  package var schema: JSONSchema
  /// How often an answer that breaks the schema is asked for again.
  package var retries: Int
  /// What speaks against a value that satisfies the schema, such as that a Swift type cannot be made of it.
  var objection: @Sendable (JSONValue) -> String? = { _ in nil }

  package static let defaultRetries = 2

  package init(name: String, schema: JSONSchema, retries: Int = defaultRetries) {
    self.name = name
    self.schema = schema
    self.retries = retries
  }

  /// What is wrong with a value, as one line or several that a model can act on; nil if it will do.
  func problem(with value: JSONValue) -> String? {
    let violations = schema.violations(in: value)
    if violations.isEmpty { return objection(value) }
    return ToolMessages.list(violations)
  }
}
