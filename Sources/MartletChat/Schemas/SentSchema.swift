package import MartletJSON

/// A schema in the form in which a server was sent it, to read what a model writes for that.
package struct SentSchema: Sendable {
  /// How a schema was rewritten.
  package enum Form: Sendable, Hashable {
    /// For strict mode, see ``StrictSchema``: an answer, or the parameters of a function.
    case strict, strictParameters
    /// In few words, see ``SimpleSchema``.
    case simple, simpleParameters

    var isStrict: Bool { self == .strict || self == .strictParameters }
  }

  let schema: JSONSchema
  let form: Form
  let graph: SchemaGraph
  let reading: SchemaReading

  /// Rewrites a schema once more; what cannot be said in a form was sent as it is.
  package init(_ schema: JSONSchema, form: Form) {
    self.schema = schema
    self.form = form
    graph = SchemaGraph(schema)
    let rewritten =
      switch form {
      case .strict: StrictSchema.rewriting(graph, of: .answer)
      case .strictParameters: StrictSchema.rewriting(graph, of: .parameters)
      case .simple: SimpleSchema.answer(graph)
      case .simpleParameters: SimpleSchema.parameters(graph)
      }
    reading = rewritten?.reading ?? SchemaReading()
  }
}
