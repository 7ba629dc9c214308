package import MartletHTTP
package import MartletJSON

/// What the one who starts an agent decides about it, besides its file.
package struct AgentSettings: Sendable {
  /// The value of a parameter: as text of the command line, or as a value.
  package enum ParameterValue: Sendable {
    case text(String)
    case value(JSONValue)
  }

  package var parameters: [(name: String, value: ParameterValue)] = []
  /// `provider/model`, instead of the one in the file.
  package var model: String?
  /// A model that answers instead of any that is named.
  package var languageModel: (any Model)?
  /// The URL of the model's server, instead of its provider's own.
  package var baseURL: String?
  /// Whether replies are streamed, instead of what the file says.
  package var streams: Bool?
  package var maxTurns: Int?
  package var maxTotalTokens: Int?
  package var timeout: Duration?
  /// Swift tools: each runs instead of what the file declares under its name, or is added to the file's tools.
  package var tools: [any Tool] = []
  /// Swift code by the names of the tools that the file declares; it runs instead of the file's command.
  package var handlers: [String: any ToolExecutor] = [:]
  /// What runs instead of a tool's command or Swift code, by the names of the tools: for tests.
  package var standIns: [String: any ToolExecutor] = [:]
  /// The names of all tools that are Swift code.
  package var registeredTools: Set<String> { Set(tools.map(\.name) + handlers.keys + standIns.keys) }
  package var environment: [String: String] = ProcessEnvironment.current
  package var supervisor: ProcessSupervisor?
  /// What carries out the agent's runs instead of the pool's threads.
  package var thread: TaskThread?

  package init() {}
}
