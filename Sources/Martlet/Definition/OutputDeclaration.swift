package import MartletJSON
import MartletYAML

/// What an agent file says about the form of the answer.
package struct OutputDeclaration: Sendable {
  /// What the answer has to satisfy; nil if any text will do.
  package var schema: JSONSchema?
  /// How often an answer that breaks the schema is asked for again.
  package var retries = Located(OutputFormat.defaultRetries)

  package init() {}

  package static let table = FieldTable<OutputDeclaration>("output") {
    Field("schema", \.schema, .anySchema, "JSON Schema 2020-12 of the answer, which is then JSON and nothing else")
    Field(
      "retries", \.retries, .located(.integer(0...100)), default: 2,
      "How often an answer that breaks the schema is asked for again")
  }
}
