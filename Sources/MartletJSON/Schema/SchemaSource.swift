internal import Synchronization

/// A document that is a schema, and what it compiles to, for all copies of a ``JSONSchema``.
///
/// An agent may have dozens of tools of which a run calls two: a document of which nothing is to be said is compiled when
/// a value is first checked.
final class SchemaSource: Sendable {
  let document: JSONValue
  let options: JSONSchema.Options
  let remarks: [JSONSchemaError.Problem]
  // Not `AtomicLazyReference`, which looks its type up each time that it is asked.
  private let storage = Atomic<Unmanaged<CompiledSchema>?>(nil)

  init(_ document: JSONValue, options: JSONSchema.Options) throws(JSONSchemaError) {
    self.document = document
    self.options = options
    if PlainSchema.isPlain(document) {
      remarks = []
    } else {
      let compiled = try SchemaCompiler.compile(document, options: options)
      remarks = compiled.remarks
      keep(compiled)
    }
  }

  deinit { storage.load(ordering: .acquiring)?.release() }

  /// The compiled schema; of several tasks that ask for it first, all get that of one.
  var compiled: CompiledSchema {
    if let known = storage.load(ordering: .acquiring) { return known.takeUnretainedValue() }
    return keep(compiledNow)
  }

  /// Keeps a compiled schema unless there is one already; gives the one that is kept.
  @discardableResult
  private func keep(_ compiled: CompiledSchema) -> CompiledSchema {
    let new = Unmanaged.passRetained(compiled)
    let (isNew, known) = storage.compareExchange(expected: nil, desired: new, ordering: .acquiringAndReleasing)
    if isNew { return compiled }
    new.release()
    return known?.takeUnretainedValue() ?? compiled
  }

  /// A plain schema compiles; if it did not, it would admit nothing.
  private var compiledNow: CompiledSchema {
    (try? SchemaCompiler.compile(document, options: options)) ?? SchemaCompiler.outline(false)
  }
}
