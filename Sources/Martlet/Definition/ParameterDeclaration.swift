package import MartletJSON
package import MartletYAML

/// A typed value of the agent that templates use and `--set` gives.
package struct ParameterDeclaration: Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case string, integer, number, boolean, array, object
  }

  package var name = ""
  package var kind = Kind.string
  package var isRequired = false
  package var defaultValue: JSONValue?
  package var description: String?
  package var mark: YAMLMark?

  package static let table = FieldTable<ParameterDeclaration>(
    "a parameter",
    rules: [["not": ["required": ["required", "default"], "properties": ["required": ["const": true]]]]]
      + Kind.allCases.map(\.defaultRule)
  ) {
    Field("name", \.name, .name, required: true, "Name that templates use")
    Field("type", \.kind, .parameterKind, aliases: ["kind"], default: "string", "JSON type of the value")
    Field("required", \.isRequired, .bool, default: false, "Whether a run must be given a value")
    Field("default", \.defaultValue, .json, "Value of a run that is given none")
    Field("description", \.description, .string, "What the value means")
  }

  /// Reads the text of `--set name=text` as the declared type; nil when it is not one.
  package func value(from text: String) -> JSONValue? {
    if kind == .string { return .string(text) }
    guard let value = try? JSONValue(parsing: text), accepts(value) else { return nil }
    return value
  }

  /// Whether a value has the declared type.
  package func accepts(_ value: JSONValue) -> Bool {
    switch kind {
    case .string: value.stringValue != nil
    case .integer: value.intValue != nil
    case .number: value.doubleValue != nil
    case .boolean: value.boolValue != nil
    case .array: value.arrayValue != nil
    case .object: value.objectValue != nil
    }
  }
}

extension ParameterDeclaration.Kind {
  /// The default has the declared type, which is `string` if none is declared.
  fileprivate var defaultRule: JSONValue {
    let word = JSONValue.string(rawValue)
    let declares: JSONValue = ["anyOf": [["required": ["type"]], ["required": ["kind"]]]]
    var condition: JSONObject = ["properties": ["type": ["const": word], "kind": ["const": word]]]
    if self != .string { condition["allOf"] = [declares] }
    return ["if": .object(condition), "then": ["properties": ["default": ["type": word]]]]
  }
}

extension FieldType<ParameterDeclaration> {
  package static let parameter = FieldType.fields(ParameterDeclaration.table) { node in
    var parameter = ParameterDeclaration()
    parameter.mark = node.start
    return parameter
  }.map { parameter, node, reader -> ParameterDeclaration? in
    if let value = parameter.defaultValue, !parameter.accepts(value) {
      reader.report(
        "the default of `\(parameter.name)` must be of type \(parameter.kind.rawValue), found \(value.typeName)",
        at: node.node(at: "/default").start)
    }
    if parameter.isRequired, parameter.defaultValue != nil {
      reader.report(
        "`\(parameter.name)` is required and has a default", at: node.node(at: "/default").start,
        hint: "keep one of them")
    }
    return parameter
  }
}

extension FieldType<ParameterDeclaration.Kind> {
  fileprivate static let parameterKind = FieldType<String>.choice(ParameterDeclaration.Kind.allCases.map(\.rawValue))
    .map { word, _, _ in ParameterDeclaration.Kind(rawValue: word) }
}
