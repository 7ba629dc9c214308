import MartletJSON
import MartletYAML

/// The words of a tool's `type`, and what the format says of each.
enum ToolKinds {
  /// Kinds whose shape is fixed and whose feature is not there yet.
  static let later = LaterTools.schemas.map(\.kind)

  private static let typeKeys = [YAMLWord("type"), YAMLWord("kind")]

  /// The word of a tool's `type`, where it names one.
  static func word(of node: YAMLNode) -> (text: String, mark: YAMLMark)? {
    let value = node.mapping?.value(ofAny: typeKeys)
    return value.flatMap { value in value.text.map { ($0, value.start) } }
  }

  /// The keys that only an agent has.
  private static func isAgentKey(_ key: YAMLNode) -> Bool {
    AgentDefinition.table.position(of: key) != nil && ToolFields.table.position(of: key) == nil && !key.has("path")
  }

  /// The keys that only a tool has.
  private static func isToolKey(_ key: YAMLNode) -> Bool {
    (ToolFields.table.position(of: key) != nil || key.has("path")) && AgentDefinition.table.position(of: key) == nil
  }

  /// Whether a document is an agent, judged by its keys: not by `name` and `description`, which a tool has too.
  static func isAgent(_ root: YAMLNode) -> Bool {
    guard let pairs = root.mapping else { return false }
    // For most agents that settles it, without the table of the tools' keys.
    if pairs.value(of: "model") != nil { return true }
    if pairs.contains(where: { isAgentKey($0.key) }) { return true }
    if pairs.contains(where: { isToolKey($0.key) }) { return false }
    // The parameters of an agent are a list, those of a tool a mapping; what has neither is an agent that lacks something.
    return !(pairs.value(of: "parameters")?.isMapping ?? false)
  }

  /// Whether a document is a tool file: a list of mappings, or a mapping with the keys of a tool.
  static func isToolFile(_ root: YAMLNode) -> Bool {
    if let items = root.sequence { return items.first.map { $0.isMapping } ?? true }
    return root.mapping?.isEmpty == false && !isAgent(root)
  }

  /// The JSON Schema of a tool of any kind: its `type` decides which one applies.
  static let schema: JSONValue = {
    let kinds = [("include", ToolInclude.table.schema)] + LaterTools.schemas.map { ($0.kind, $0.schema) }
    return kinds.reversed().reduce(ToolFields.table.schema) { other, kind in
      let named: [JSONValue] = ["type", "kind"].map { key in
        ["required": [.string(key)], "properties": [key: ["const": .string(kind.0)]]]
      }
      return ["if": ["anyOf": .array(named)], "then": kind.1, "else": other]
    }
  }()

  static func report(_ word: String, at mark: YAMLMark, to reader: DefinitionReader) {
    if later.contains(word) {
      reader.report("tools of type `\(word)` are not supported yet", at: mark, hint: "declare a command instead")
      return
    }
    let words = ["command", "include"] + later
    let near = Suggestion.nearest(to: word, in: words).map { "did you mean `\($0)`?" }
    reader.report("unknown type of tool `\(word)`", at: mark, hint: near ?? "types: \(words.joined(separator: ", "))")
  }
}
