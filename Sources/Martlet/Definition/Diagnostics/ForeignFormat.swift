import MartletYAML

/// An agent file of another runtime, recognized by keys that only its format has.
struct ForeignFormat {
  /// The runtime that reads it.
  let name: String
  /// What has to change for Martlet to read it.
  let advice: String
  private let isFormat: @Sendable (_ keys: [String: YAMLNode]) -> Bool

  /// The format of a document that is not Martlet's; nil for one that may be.
  static func of(_ root: YAMLNode) -> ForeignFormat? {
    var keys: [String: YAMLNode] = [:]
    for pair in root.mapping ?? [] { keys[pair.key.scalar?.text ?? ""] = pair.value }
    return all.first { $0.isFormat(keys) }
  }

  private static let all: [ForeignFormat] = [
    ForeignFormat(
      name: "docker-agent",
      advice: "write a file for each agent: what stands below agents.root goes to the top, with a `name`; write "
        + "`instruction` as `instructions`, and declare each tool of `toolsets` under `tools`"
    ) { $0["agents"]?.mapping != nil || ($0["agents"]?.sequence != nil && $0["models"] != nil) },
    ForeignFormat(
      name: "goose",
      advice:
        "write `title` as `name`, without spaces, and add `model: provider/model`; a parameter's `key` is `name`, "
        + "its `input_type` is `type`, and `requirement: required` is `required: true`; declare tools under `tools`"
    ) { keys in
      if keys["recipe"]?.mapping != nil { return true }
      return keys["title"] != nil && ["instructions", "prompt", "extensions"].contains { keys[$0] != nil }
    },
    ForeignFormat(
      name: "ADK",
      advice:
        "leave out `agent_class`, write the model as provider/model, such as gemini/gemini-2.5-flash, and declare "
        + "each tool with its `parameters`; agents of `sub_agents` are files of their own"
    ) { keys in
      ["agent_class", "sub_agents", "global_instruction", "generate_content_config"].contains { keys[$0] != nil }
    },
  ]
}
