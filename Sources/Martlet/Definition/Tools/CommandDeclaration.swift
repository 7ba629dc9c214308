import MartletJSON
import MartletYAML

/// A program that runs the calls of a tool.
package struct CommandDeclaration: Sendable {
  /// Where the arguments go besides templates.
  package enum Input: String, Sendable, CaseIterable {
    /// One JSON object on standard input.
    case arguments = "stdin"
    /// Nowhere: standard input is empty.
    case none
  }

  package struct Options: Sendable {
    package var input = Input.arguments
    package var environment: [EnvironmentEntry] = []
    package var inherited: [String] = []
    package var folder: Located<EnvironmentText>?
    package var timeout = Duration.seconds(60)
    package var maxOutput = ToolOutput.maxBytes
  }

  package struct EnvironmentEntry: Sendable {
    package var name: String
    package var value: Located<EnvironmentText>
  }

  /// The program as the file names it.
  package var program: Located<String>
  package var arguments: [LocatedTemplate]
  package var options: Options
}

/// A program and its arguments, which are one list in the file.
struct CommandElements: Sendable {
  let program: Located<String>
  let arguments: [LocatedTemplate]
}

extension FieldType<CommandElements> {
  /// A program and its arguments; templates stand after the first element only.
  static let command = FieldType(schema: [
    "type": "array", "items": ["type": ["string", "number", "boolean"]], "minItems": 1,
    "prefixItems": [["type": ["string", "number", "boolean"], "not": ["pattern": #"^$|^\{\{[^{]"#]]],
  ]) {
    node, reader in
    if node.sequence?.isEmpty == true {
      reader.report("the command is empty", at: node.start, hint: "name the program first: command: [git, status]")
      return nil
    }
    guard let nodes = node.sequence else {
      if let text = node.text {
        let words = text.split(separator: " ").map { "\($0)" }.joined(separator: ", ")
        reader.report(
          "expected a list, the program first: no shell reads it", at: node.start, hint: "command: [\(words)]")
      } else {
        reader.reportType(node, expected: "a list, the program first")
      }
      return nil
    }
    var elements: [LocatedTemplate] = []
    elements.reserveCapacity(nodes.count)
    var isProgramRead = false
    for (position, node) in nodes.enumerated() {
      guard let element = reader.commandElement(node) else { continue }
      if position == 0 { isProgramRead = true }
      elements.append(element)
    }
    guard isProgramRead else { return nil }
    let isWhole = elements.count == nodes.count
    let first = elements.removeFirst()
    let program = first.template
    if program.source.isEmpty {
      reader.report("the program has no name", at: nodes[0].start)
      return nil
    }
    if !program.references.isEmpty {
      reader.report(
        "the program itself cannot be a template", at: nodes[0].start, hint: "templates go into the arguments after it")
      return nil
    }
    return isWhole ? CommandElements(program: Located(program.source, at: first.mark), arguments: elements) : nil
  }
}

extension DefinitionReader {
  /// One element of a command; a number or a boolean counts as its text.
  fileprivate func commandElement(_ node: YAMLNode) -> LocatedTemplate? {
    guard let scalar = node.scalar, !scalar.isNull else {
      reportType(node, expected: "a string")
      return nil
    }
    let text = scalar.text
    if text.utf8.withContiguousStorageIfAvailable({ $0.contains(0) }) ?? text.utf8.contains(0) {
      report("an argument cannot contain NUL", at: node.start)
      return nil
    }
    return template(text, at: node)
  }
}

extension FieldType<CommandDeclaration.Input> {
  static let commandInput = FieldType<String>.choice(CommandDeclaration.Input.allCases.map(\.rawValue))
    .map { word, _, _ in CommandDeclaration.Input(rawValue: word) }
}

extension FieldType<[CommandDeclaration.EnvironmentEntry]> {
  static let environment = FieldType(schema: [
    "type": "object", "propertyNames": FieldType<String>.variableName.schema,
    "additionalProperties": FieldType<EnvironmentText>.environmentText.schema,
  ]) {
    node, reader in
    guard let pairs = reader.mapping(node, expected: "environment variables") else { return nil }
    var entries: [CommandDeclaration.EnvironmentEntry] = []
    var names: Set<String> = []
    for pair in pairs {
      guard let name = FieldType<String>.variableName.read(pair.key, reader) else { continue }
      if !names.insert(name).inserted {
        reader.report("duplicate key `\(name)`", at: pair.key.start, hint: "keep one of them")
      }
      if let value = FieldType<Located<EnvironmentText>>.located(.environmentText).read(pair.value, reader) {
        entries.append(.init(name: name, value: value))
      }
    }
    return entries
  }
}

extension FieldType<String> {
  /// The name of an environment variable that is not Martlet's own.
  static let variableName = FieldType(schema: [
    "type": "string", "pattern": .string("^(?!MARTLET_)" + EnvironmentText.namePattern.dropFirst()),
  ]) {
    node, reader in
    guard let name = node.text, EnvironmentText.isName(name) else {
      reader.report("expected the name of an environment variable", at: node.start)
      return nil
    }
    if name.hasPrefix("MARTLET_") {
      reader.report("`\(name)` is set by the runtime: names that begin with MARTLET_ are its own", at: node.start)
      return nil
    }
    return name
  }
}

extension FieldType<EnvironmentText> {
  /// A text in which `${NAME}` is an environment variable; numbers and booleans count as their text.
  static let environmentText = FieldType(schema: ["type": ["string", "number", "boolean"]]) { node, reader in
    guard let scalar = node.scalar, !scalar.isNull, !scalar.text.utf8.contains(0) else {
      reader.reportType(node, expected: "a string")
      return nil
    }
    if let text = EnvironmentText(scalar.text) { return text }
    reader.report("`${` is never closed by `}`, or names no variable", at: node.start, hint: "write ${NAME}")
    return nil
  }
}
