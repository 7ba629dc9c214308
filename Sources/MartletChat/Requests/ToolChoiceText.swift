import MartletJSON

/// What a model is told where its server does not keep `tool_choice`.
package enum ToolChoiceText {
  static let anyTool = "Answer with a tool call: call one of your tools now."

  static func named(_ name: String) -> String { "Answer with a tool call: call the tool `\(name)` now." }
}

extension ChatRequest.ToolChoice {
  /// Whether the model must call something.
  package var isForced: Bool {
    switch self {
    case .required, .tool: true
    case .auto, .none: false
    }
  }

  /// Whether calls of these functions are what it asks for.
  package func isKept(by names: [String]) -> Bool {
    switch self {
    case .auto: true
    case .none: names.isEmpty
    case .required: !names.isEmpty
    case .tool(let name): names.contains(name)
    }
  }

  /// What to say to the model, because the server does not keep it; nil if the server is told.
  package func words(_ quirks: ProviderQuirks) -> String? {
    guard !quirks.keepsRequiredToolChoice else { return nil }
    switch self {
    case .required: return ToolChoiceText.anyTool
    case .tool(let name) where !quirks.acceptsNamedToolChoice: return ToolChoiceText.named(name)
    default: return nil
    }
  }

  /// What is sent; nil if nothing is.
  func wire(_ quirks: ProviderQuirks) -> JSONValue? {
    switch self {
    case .auto: "auto"
    case .none: "none"
    case .tool(let name) where quirks.acceptsNamedToolChoice:
      ["type": "function", "function": ["name": .string(name)]]
    case .required, .tool: quirks.keepsRequiredToolChoice ? "required" : nil
    }
  }

  /// The functions to offer: where a name cannot be chosen, the choice is between those that are offered.
  func offered(_ tools: [ChatTool], _ quirks: ProviderQuirks) -> [ChatTool] {
    switch self {
    case .tool(let name) where !quirks.acceptsNamedToolChoice: tools.filter { $0.name == name }
    case .none where !quirks.keepsNoneToolChoice: []
    default: tools
    }
  }
}
