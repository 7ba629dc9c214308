import MartletChat
package import MartletJSON
import MartletYAML

/// A tool as the agent file declares it.
package struct ToolDeclaration: Sendable {
  /// Who runs the calls.
  package enum Kind: Sendable {
    /// A program, started for each call.
    case command(CommandDeclaration)
    /// Swift code that a program registers under the tool's name.
    case handler
  }

  /// What a call may change, by the author's word.
  package enum Effect: String, Sendable, CaseIterable {
    case read, write
  }

  package var name: Located<String>
  package var description: String
  package var parameters: JSONSchema
  package var kind: Kind
  package var effect: Effect
  package var isIdempotent: Bool
  /// Whether a provider is asked to hold the model to the schema.
  package var isStrict: Bool
  /// The file that declares the tool; its relative paths are relative to that.
  package var source: SourceFile
  /// False when something in the declaration could not be read: then nothing that depends on it is worth saying.
  package var isWhole: Bool

  /// The arguments that the schema names.
  package var argumentNames: [String] {
    parameters.document["properties"]?.objectValue?.map(\.key) ?? []
  }

  /// What the templates of the tool refer to, each with its place.
  var references: [(reference: Template.Reference, mark: YAMLMark)] {
    guard case .command(let command) = kind else { return [] }
    return command.arguments.flatMap(\.references)
  }
}

/// The keys of a tool, before it is known what they make together.
struct ToolFields: Sendable {
  var kind: String?
  var name: Located<String>?
  var description = ""
  var parameters: JSONSchema?
  var command: CommandElements?
  var options = CommandDeclaration.Options()
  var effect = ToolDeclaration.Effect.write
  var isIdempotent = false
  var isStrict = false

  /// The keys that make no sense without a command.
  private static let commandOptions = ["args_from", "env", "env_allow", "cwd", "timeout", "max_output"]

  static let table = FieldTable<ToolFields>(
    "a tool",
    rules: [
      ["dependentRequired": .object(JSONObject(commandOptions.map { ($0, ["command"]) }))],
      ["if": ["anyOf": [["required": ["type"]], ["required": ["kind"]]]], "then": ["required": ["command"]]],
    ]
  ) {
    Field("type", \.kind, .choice(["command"]), aliases: ["kind"], default: "command", "Kind of the tool")
    Field("name", \.name, .located(.name), required: true, "Name that the model calls, `[A-Za-z0-9_-]{1,64}`")
    Field("description", \.description, .string, "What the tool does, for the model")
    Field(
      "parameters", \.parameters, .schema, aliases: ["input_schema", "inputSchema"],
      default: ["type": "object", "properties": [:]], "JSON Schema 2020-12 of the arguments")
    Field("command", \.command, .command, "Program and arguments, never a shell line")
    Field(
      "args_from", \.options.input, .commandInput, default: "stdin",
      "Where the arguments go besides templates: stdin, or none")
    Field("env", \.options.environment, .environment, default: [:], "Environment variables that are set")
    Field(
      "env_allow", \.options.inherited, .list(of: .variableName), default: [],
      "Environment variables that pass through")
    Field(
      "cwd", \.options.folder, .located(.environmentText.describing(["minLength": 1])),
      "Folder that the program starts in")
    Field("timeout", \.options.timeout, .duration, default: "60s", "Time that a call may take")
    Field(
      "max_output", \.options.maxOutput, .integer(256...8_388_608), default: 32768,
      "Bytes of output shown to the model, head and tail")
    Field("effect", \.effect, .effect, default: "write", "Whether a call only reads, or may change something")
    Field(
      "strict", \.isStrict, .bool, default: false,
      "Whether a provider is asked to hold the model to the schema, where it can")
    Field("idempotent", \.isIdempotent, .bool, default: false, "Whether a call may be repeated without harm")
    Field.later(
      "untrusted", schema: ["type": "boolean"], default: false, "Whether results may carry strangers' instructions")
    Field.later("sandbox", schema: LaterFields.sandbox, default: ["mode": "off"], "What the program can reach")
  }
}

extension DefinitionReader {
  private static let nameKey = [YAMLWord("name")]

  /// A tool of any kind; the kinds that are not there yet are refused by name.
  func tool(_ node: YAMLNode, of kind: (text: String, mark: YAMLMark)?) -> ToolDeclaration? {
    let errors = errorCount
    var fields = ToolFields()
    let name = node.mapping?.value(ofAny: Self.nameKey)?.text
    if let kind, kind.text != "command" {
      ToolKinds.report(kind.text, at: kind.mark, to: self)
      fields.name = name.map { Located($0) }
    } else {
      about(tool: name) {
        readFields(of: node, ToolFields.table, into: &fields)
      }
    }
    return fields.declaration(node, self, errorsBefore: errors)
  }
}

extension ToolFields {
  /// The tool that the keys make; nil when it has no name.
  fileprivate func declaration(_ node: YAMLNode, _ reader: DefinitionReader, errorsBefore: Int) -> ToolDeclaration? {
    let isWhole = reader.errorCount == errorsBefore
    guard let name, let schema = parameters ?? (try? JSONSchema(["type": "object", "properties": [:]])) else {
      return nil
    }
    if isWhole, description.isEmpty {
      reader.warn(
        "tool `\(name.value)` has no description: the model sees only its name", at: name.mark,
        hint: "add `description:`")
    }
    if isWhole, command == nil { reportOptionsWithoutCommand(node, reader) }
    if isStrict { warnOfStrictMode(node, reader) }
    let kind: ToolDeclaration.Kind =
      if let command {
        .command(CommandDeclaration(program: command.program, arguments: command.arguments, options: options))
      } else {
        .handler
      }
    return ToolDeclaration(
      name: name, description: description, parameters: schema, kind: kind, effect: effect, isIdempotent: isIdempotent,
      isStrict: isStrict, source: reader.source, isWhole: reader.errorCount == errorsBefore)
  }

  /// Says which rule of strict mode a schema breaks, for then the tool is sent without it.
  private func warnOfStrictMode(_ node: YAMLNode, _ reader: DefinitionReader) {
    let schema = node.mapping?.first {
      Self.table.position(of: $0.key).map { Self.table.fields[$0.field].key } == "parameters"
    }
    // What is wrong with the JSON itself has been said.
    let document = parameters?.document ?? schema.flatMap { DefinitionReader(source: reader.source).json($0.value) }
    guard let document, let obstacle = StrictSchema.obstacle(in: document, of: .parameters) else { return }
    reader.warn(
      "the tool `\(name?.value ?? "")` cannot be strict, and is sent without it: \(obstacle)",
      at: schema?.value.key(at: obstacle.pointer).start ?? node.start,
      hint: "change the schema, or leave out `strict`")
  }

  private func reportOptionsWithoutCommand(_ node: YAMLNode, _ reader: DefinitionReader) {
    if let kind, kind == "command" {
      reader.report("a tool of type `command` needs `command`", at: node.start)
      return
    }
    guard let pairs = node.mapping else { return }
    for pair in pairs where Self.commandOptions.contains(where: { pair.key.has($0) }) {
      reader.report(
        "`\(pair.key.text ?? "")` belongs to a command, and this tool has none", at: pair.key.start,
        hint: "add `command:`, or leave it out")
    }
  }
}

extension JSONSchema.Options {
  /// Arguments are held to `format`: a handler relies on it, and a model mends in one turn what it is told.
  package static let toolArguments = JSONSchema.Options(checksFormats: true)
}

extension FieldType<JSONSchema> {
  /// A JSON Schema of arguments; each problem is reported at its place.
  static let schema = FieldType(schema: [
    "type": "object", "properties": ["type": ["const": "object"]], "required": ["type"],
  ]) { node, reader in
    guard let schema = anySchema.read(node, reader) else { return nil }
    guard case .string("object")? = schema.document["type"] else {
      reader.report(
        "the schema of \(reader.subject ?? "a tool") must have `type: object`", at: node.node(at: "/type").start,
        hint: "arguments are always one JSON object")
      return schema
    }
    return schema
  }

  /// A JSON Schema of any value; each problem is reported at its place.
  static let anySchema = FieldType(schema: ["type": "object"]) { node, reader in
    guard let document = FieldType<JSONValue>.object.read(node, reader) else { return nil }
    var subject: String { "the schema of \(reader.subject ?? "the answer")" }
    func warn(_ remarks: [JSONSchemaError.Problem]) {
      for remark in remarks { reader.warn("\(subject): \(remark)", at: node.key(at: remark.pointer).start) }
    }
    do throws(JSONSchemaError) {
      let schema = try JSONSchema(document, options: .toolArguments)
      warn(schema.remarks)
      return schema
    } catch {
      for problem in error.problems {
        let message = problem.pointer.isEmpty ? "\(subject) \(problem.message)" : "\(subject): \(problem)"
        reader.report(message, at: node.node(at: problem.pointer).start)
      }
      warn(error.remarks)
      return nil
    }
  }
}

extension FieldType<ToolDeclaration.Effect> {
  fileprivate static let effect = FieldType<String>.choice(ToolDeclaration.Effect.allCases.map(\.rawValue))
    .map { word, _, _ in ToolDeclaration.Effect(rawValue: word) }
}
