/// A JSON Schema (draft 2020-12), checked once and then asked of any number of values.
///
/// ```swift
/// let schema = try JSONSchema(["type": "object", "required": ["city"]])
/// schema.violations(in: ["town": "Oslo"]).first?.message   // the value lacks the required property "city"
/// ```
///
/// All of the standard is applied, and draft 7 to schemas that say so by `$schema`; by its rules also those of drafts 4
/// and 6. `format` asserts nothing (Validation 7.2.1) unless ``Options/checksFormats`` or the meta-schema's vocabularies
/// say so; unknown keywords are ignored (Core 6.5). References may lead to the meta-schemas of both drafts and to
/// ``Options/documents``; nothing is ever fetched. Patterns are regular expressions of ECMA-262 with its `u` flag.
///
/// The work of a check is bounded by ``maximumDepth``, ``maximumSteps`` and ``maximumViolations``. Two schemas are equal
/// when their documents are.
public struct JSONSchema: Sendable, Hashable {
  /// The number of subschemas that a document may have.
  public static let maximumSubschemas = 10_000

  /// The number of subschemas that may apply within one another while a value is checked.
  public static let maximumDepth = 128

  /// The number of steps that a check may take, in each of which one subschema or value is looked at.
  public static let maximumSteps = 1_000_000

  /// The number of violations that are reported of one value; fewer, when their pointers come to more than 64 KiB.
  public static let maximumViolations = 64

  /// What a document does not say about how it is to be read.
  public struct Options: Sendable, Hashable {
    /// Whether `format` is asserted; if not, it only describes. Formats that are not of the standard assert nothing.
    public var checksFormats: Bool

    /// Other documents that references and `$schema` may lead to, by their URI without a fragment.
    public var documents: [String: JSONValue]

    /// Makes options; by default, those of the standard.
    public init(checksFormats: Bool = false, documents: [String: JSONValue] = [:]) {
      self.checksFormats = checksFormats
      self.documents = documents
    }
  }

  private let source: SchemaSource

  var compiled: CompiledSchema { source.compiled }

  /// How the document was read.
  public var options: Options { source.options }

  /// Checks and compiles a schema; one that is known to be right at a glance is compiled when it is first used.
  ///
  /// - Throws: ``JSONSchemaError`` with all that is wrong with the document.
  public init(_ document: JSONValue, options: Options = Options()) throws(JSONSchemaError) {
    source = try SchemaSource(document, options: options)
  }

  /// What is allowed but probably not meant, such as the keyword `propertes`: each with its pointer and what to do.
  public var remarks: [JSONSchemaError.Problem] { source.remarks }

  /// The schema as it was given.
  public var document: JSONValue { source.document }

  /// What is wrong with a value, at most ``maximumViolations`` things; empty if it is valid.
  ///
  /// A check that reaches one of its bounds is a violation, whatever the value is.
  public func violations(in value: JSONValue) -> [SchemaViolation] {
    if isValid(value) { return [] }
    var steps = JSONSchema.maximumSteps
    return SchemaValidator.violations(in: value, by: compiled, spending: &steps)
  }

  /// The same, which takes its steps from what several checks may take together; nil when they do not suffice.
  package func violations(in value: JSONValue, spending steps: inout Int) -> [SchemaViolation]? {
    if SchemaValidator.isValid(value, by: compiled, at: 0, spending: &steps) { return [] }
    guard steps > 0 else { return nil }
    let violations = SchemaValidator.violations(in: value, by: compiled, spending: &steps)
    return steps > 0 ? violations : nil
  }

  /// Whether a value is valid, without saying why it is not.
  public func isValid(_ value: JSONValue) -> Bool {
    SchemaValidator.isValid(value, by: compiled)
  }

  /// Whether both were made of the same document in the same way.
  public static func == (lhs: JSONSchema, rhs: JSONSchema) -> Bool {
    lhs.source === rhs.source || lhs.document == rhs.document && lhs.options == rhs.options
  }

  /// Feeds the document to the hasher.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(document)
  }
}

/// One way in which a value fails its schema.
public struct SchemaViolation: Sendable, Hashable, CustomStringConvertible {
  /// The place in the value as a JSON Pointer (RFC 6901); empty for the value itself.
  public let instancePointer: String

  /// The place of the keyword in the schema as a JSON Pointer, at the end of any references on the way.
  public let schemaPointer: String

  /// The keyword that failed; `false` for the schema of that name, `depth` or `steps` for a bound that was reached.
  public let keyword: String

  /// What was expected and what was given, such as `/unit must be one of "celsius", "fahrenheit"; it is "kelvin"`.
  public let message: String

  /// The message.
  public var description: String { message }
}

/// What is wrong with a document that was to be a schema.
public struct JSONSchemaError: Error, Sendable, CustomStringConvertible {
  /// One thing that is wrong, and where.
  public struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// The place in the document as a JSON Pointer (RFC 6901); empty for the document itself.
    public let pointer: String

    /// What is wrong, as a clause whose subject is the place, such as `must be a number; it is "3"`.
    public let message: String

    /// The place and what is wrong there, in one sentence without a period.
    public var description: String { "\(pointer.isEmpty ? "the schema" : pointer) \(message)" }
  }

  /// The number of problems that are reported of one document.
  public static let maximumProblems = 100

  /// What is wrong, at least one thing and at most ``maximumProblems``.
  public let problems: [Problem]

  /// What else is allowed but probably not meant, as in ``JSONSchema/remarks``.
  public let remarks: [Problem]

  init(problems: [Problem], remarks: [Problem] = []) {
    self.problems = problems
    self.remarks = remarks
  }

  /// The problems, one a line.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
