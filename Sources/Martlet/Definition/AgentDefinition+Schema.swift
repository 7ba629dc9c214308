package import MartletJSON

extension AgentDefinition {
  /// The JSON Schema of an agent file, made of the same tables that read it; fields to come are in it, marked.
  package static let schema = document("Martlet agent", table.schema)

  /// The JSON Schema of a tool file: a tool, or a list of tools.
  package static let toolFileSchema = document(
    "Martlet tool file",
    [
      "if": ["type": "array"], "then": ["items": ["$ref": "#/$defs/tool"]], "else": ["$ref": "#/$defs/tool"],
      "$defs": ["tool": ToolKinds.schema],
    ])

  private static func document(_ title: String, _ schema: JSONValue) -> JSONValue {
    var document: JSONObject = ["$schema": "https://json-schema.org/draft/2020-12/schema", "title": .string(title)]
    for member in schema.objectValue ?? [:] { document[member.key] = member.value }
    return .object(document)
  }
}
