public import Martlet

/// A tool that keeps what it was called with and answers what the test decides.
///
/// ```swift
/// let weather = RecordingTool { arguments in #"{"conditions":"rainy"}"# }
/// let agent = try Agent(contentsOf: "agents/weather.yaml", answering: model, recording: ["get_weather": weather])
/// try await agent.run("Umbrella in Oslo?")
/// #expect(weather.arguments.map { $0["location"] } == ["Oslo"])
/// ```
public struct RecordingTool: Sendable {
  private let handler: ToolHandler
  private let log = SharedLock<[JSONValue]>([])

  /// Makes a tool that answers with what the closure gives; what it throws means what it means in `Tool.call(arguments:)`.
  public init(_ answer: @escaping @Sendable (_ arguments: JSONValue) async throws -> String = { _ in "ok" }) {
    handler = ToolHandler(answer)
  }

  /// Makes a tool whose calls fail with this message to the model.
  public init(failing message: String) {
    self.init { _ in throw ToolError.tellModel(message) }
  }

  /// The arguments of all calls, in the order in which they came.
  public var arguments: [JSONValue] { log.withLock { $0 } }
}

extension RecordingTool: ToolExecutor {
  package func call(_ invocation: ToolInvocation) async throws -> ToolOutput {
    log.withLock { $0.append(invocation.arguments) }
    return try await handler.executor.call(invocation)
  }
}

extension Agent {
  /// Reads an agent file whose model, and whose tools where they are given, are the test's.
  ///
  /// A recording tool runs instead of the file's command, or of the program's own Swift code; the schema and the rest of
  /// its declaration stay. Throws `DefinitionError` with every mistake of the file.
  ///
  /// - Parameters:
  ///   - path: The YAML file.
  ///   - model: The model that answers.
  ///   - tools: Swift tools, as the program itself gives them.
  ///   - handlers: Swift code for tools of the file, as the program itself gives it.
  ///   - recording: Tools of the test by the names of the tools that they stand for.
  ///   - parameters: Values for the parameters that the file declares.
  public init(
    contentsOf path: String, answering model: StubModel, tools: [any Tool] = [], handlers: [String: ToolHandler] = [:],
    recording: [String: RecordingTool] = [:], parameters: [String: JSONValue] = [:]
  ) throws(DefinitionError) {
    var settings = AgentSettings()
    settings.parameters = parameters.map { (name: $0.key, value: .value($0.value)) }
    settings.languageModel = model
    settings.tools = tools
    settings.handlers = handlers.mapValues { $0.executor }
    settings.standIns = recording
    try self.init(contentsOf: path, settings: settings)
  }
}
