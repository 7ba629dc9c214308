internal import Synchronization

/// A document that is a schema, and what it compiles to, for all copies of a ``JSONSchema``.
///
/// An agent may have dozens of tools of which a run calls two: a document of which nothing is to be said is compiled when
/// a value is first checked.
final class SchemaSource: Sendable {
  let document: JSONValue
  let options: JSONSchema.Options
  let remarks: [JSONSchemaError.Problem]
  private let storage = AtomicLazyReference<CompiledSchema>()

  init(_ document: JSONValue, options: JSONSchema.Options) throws(JSONSchemaError) {
    self.document = document
    self.options = options
    if PlainSchema.isPlain(document) {
      remarks = []
    } else {
      let compiled = try SchemaCompiler.compile(document, options: options)
      remarks = compiled.remarks
      _ = storage.storeIfNil(compiled)
    }
  }

  /// The compiled schema; of several tasks that ask for it first, all get that of one.
  var compiled: CompiledSchema { storage.load() ?? storage.storeIfNil(compiledNow) }

  /// A plain schema compiles; if it did not, it would admit nothing.
  private var compiledNow: CompiledSchema {
    (try? SchemaCompiler.compile(document, options: options)) ?? SchemaCompiler.outline(false)
  }
}
