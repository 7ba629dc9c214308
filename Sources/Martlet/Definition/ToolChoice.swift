import MartletJSON

/// Whether the first reply of a run must call tools.
public enum ToolChoice: Sendable, Hashable {
  /// The model decides.
  case auto
  /// No tool may be called.
  case none
  /// At least one tool must be called.
  case required
  /// This tool must be called.
  case tool(String)

  init(word: String) {
    switch word {
    case "auto": self = .auto
    case "none": self = .none
    case "required": self = .required
    default: self = .tool(word)
    }
  }
}

extension FieldType<ToolChoice> {
  static let toolChoice = FieldType<String>.string.describing([
    "anyOf": [["enum": ["auto", "none", "required"]], FieldType<String>.name.schema]
  ]).map { word, _, _ in ToolChoice(word: word) }
}
