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
  /// Whether replies are streamed, instead of what the file says.
  package var streams: Bool?
  package var maxTurns: Int?
  package var maxTotalTokens: Int?
  package var timeout: Duration?
  /// Handlers for the tools that the file binds to Swift code, by name.
  package var handlers: [String: any ToolHandler] = [:]
  package var environment: [String: String] = ProcessEnvironment.current
  package var supervisor: ProcessSupervisor?

  package init() {}
}
