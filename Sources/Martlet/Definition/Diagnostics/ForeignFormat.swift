import MartletYAML

/// An agent file of another runtime, recognized by keys that only its format has.
struct ForeignFormat {
  /// The runtime that reads it.
  let name: String
  /// What has to change for Martlet to read it.
  let advice: String
  private let isFormat: @Sendable (_ root: YAMLPairs) -> Bool

  /// The format of a document that is not Martlet's; nil for one that may be.
  static func of(_ root: YAMLNode) -> ForeignFormat? {
    guard let pairs = root.mapping else { return nil }
    return all.first { $0.isFormat(pairs) }
  }

  private static let all: [ForeignFormat] = [
    ForeignFormat(
      name: "docker-agent",
      advice: "write a file for each agent: what stands below agents.root goes to the top, with a `name`; write "
        + "`instruction` as `instructions`, and declare each tool of `toolsets` under `tools`"
    ) { keys in
      guard let agents = keys.last(of: "agents") else { return false }
      return agents.isMapping || (agents.isSequence && keys.has("models"))
    },
    ForeignFormat(
      name: "goose",
      advice:
        "write `title` as `name`, without spaces, and add `model: provider/model`; a parameter's `key` is `name`, "
        + "its `input_type` is `type`, and `requirement: required` is `required: true`; declare tools under `tools`"
    ) { keys in
      if keys.last(of: "recipe")?.isMapping ?? false { return true }
      return keys.has("title") && ["instructions", "prompt", "extensions"].contains { keys.has($0) }
    },
    ForeignFormat(
      name: "ADK",
      advice:
        "leave out `agent_class`, write the model as provider/model, such as gemini/gemini-2.5-flash, and declare "
        + "each tool with its `parameters`; agents of `sub_agents` are files of their own"
    ) { keys in
      ["agent_class", "sub_agents", "global_instruction", "generate_content_config"].contains { keys.has($0) }
    },
  ]
}

extension YAMLPairs {
  fileprivate func has(_ key: String) -> Bool { value(of: key) != nil }

  /// The value of a key; of a key that stands there twice the last one.
  fileprivate func last(of key: String) -> YAMLNode? { has(key) ? last { $0.key.has(key) }?.value : nil }
}
