public import MartletChat
public import MartletJSON

/// An agent that is ready to run: its file checked, its model found, its tools bound.
///
/// ```swift
/// let agent = try Agent(contentsOf: "agents/weather.yaml")
/// let reply = try await agent.run("What's the weather in San Francisco?")
/// print(reply.output ?? "", reply.turns)
/// ```
public struct Agent: Sendable {
  // Apart, because every session and every function that begins one has a copy.
  @Boxed private var fields: Fields

  /// The name of the agent.
  public var name: String { fields.name }
  /// The name of the model that answers, such as `scripted`.
  public var model: String { languageModel.identifier }
  /// When a run ends early.
  public var limits: RunLimits {
    get { fields.limits }
    set { fields.limits = newValue }
  }
  /// The task of a run that is given none.
  public var prompt: String? { fields.prompt }

  package var instructions: String? { fields.instructions }
  package var languageModel: any Model { fields.languageModel }
  package var tools: ToolRegistry { fields.tools }
  package var toolChoice: ToolChoice { fields.toolChoice }
  /// What the answer has to be; nil if any text will do.
  package var output: OutputFormat? {
    get { fields.output }
    set { fields.output = newValue }
  }
  /// What no tool may tell.
  package var secrets: KnownSecrets { fields.secrets }
  /// Whether arguments are put right where they can be meant in one way only.
  package var repairsArguments: Bool { fields.repairsArguments }
  /// What is worth knowing about the file although it can be used.
  package var diagnostics: [Diagnostic] { fields.diagnostics }

  private struct Fields: Sendable {
    let name: String
    var limits: RunLimits
    let prompt: String?
    let instructions: String?
    let languageModel: any Model
    let tools: ToolRegistry
    let toolChoice: ToolChoice
    var output: OutputFormat?
    let secrets: KnownSecrets
    let repairsArguments: Bool
    let diagnostics: [Diagnostic]
  }

  /// Reads an agent file and makes everything ready that a run needs.
  ///
  /// All that can be wrong is wrong here: throws ``DefinitionError`` with every mistake of the file, a parameter that is
  /// missing or of the wrong type, a tool without code, code without a tool, a program that is not there.
  ///
  /// - Parameters:
  ///   - path: The YAML file.
  ///   - tools: Swift tools. One whose name the file declares too runs instead of the file's command, and the file's
  ///     description and parameters count; the others are added to the file's tools.
  ///   - handlers: Swift code for tools of the file, by their names.
  ///   - parameters: Values for the parameters that the file declares.
  ///   - model: `provider/model`, instead of the one in the file.
  ///   - baseURL: The URL of the model's server, instead of its provider's own; the provider may then have any name.
  public init(
    contentsOf path: String, tools: [any Tool] = [], handlers: [String: ToolHandler] = [:],
    parameters: [String: JSONValue] = [:], model: String? = nil, baseURL: String? = nil
  ) throws(DefinitionError) {
    var settings = AgentSettings()
    settings.tools = tools
    settings.handlers = handlers.mapValues(\.executor)
    settings.parameters = parameters.map { (name: $0.key, value: .value($0.value)) }
    settings.model = model
    settings.baseURL = baseURL
    try self.init(contentsOf: path, settings: settings)
  }

  package init(
    name: String, prompt: String? = nil, instructions: String? = nil, model: any Model,
    tools: ToolRegistry = ToolRegistry(), toolChoice: ToolChoice = .auto, limits: RunLimits = RunLimits(),
    output: OutputFormat? = nil, secrets: KnownSecrets = KnownSecrets(), repairsArguments: Bool = true,
    diagnostics: [Diagnostic] = []
  ) {
    fields = Fields(
      name: name, limits: limits, prompt: prompt, instructions: instructions, languageModel: model, tools: tools,
      toolChoice: toolChoice, output: output, secrets: secrets, repairsArguments: repairsArguments,
      diagnostics: diagnostics)
  }

  /// The request that the first turn of a run would send, secrets hidden; nil for a model that sends none.
  package func firstRequest(for task: String, attachments: [ContentPart] = []) -> String? {
    var conversation = newConversation()
    conversation.append(.user(task, attachments: attachments))
    return conversation.nextRequest(toolChoice: toolChoice)
  }

  /// The instructions, and what the answer has to be.
  package var systemPrompt: String? {
    guard let form = output.map(OutputMessages.instructions) else { return instructions }
    return instructions.map { $0 + "\n\n" + form } ?? form
  }

  /// A conversation in which the model has its system prompt.
  func newConversation() -> any ModelConversation {
    var conversation = languageModel.conversation(tools: tools.specifications, output: output)
    if let systemPrompt { conversation.append(.instructions(systemPrompt)) }
    return conversation
  }

  /// Runs the agent on a task to the end.
  ///
  /// ```swift
  /// let reply = try await agent.run("What's in this picture?", attachments: [.image(file: "photo.png")])
  /// ```
  ///
  /// - Parameters:
  ///   - task: What the user says; without it, the `prompt` of the file.
  ///   - attachments: Images, sounds and files that go to the model with the task, if it can take them.
  ///   - onEvent: Is told of everything that happens; the run waits for it.
  /// - Throws: ``AgentError`` unless the run completed; what was produced until then goes to `onEvent` with the last
  ///   event.
  @discardableResult
  public func run(
    _ task: String? = nil, attachments: [ContentPart] = [], onEvent: AgentEventHandler? = nil
  ) async throws(AgentError) -> RunResult {
    try await AgentSession(self).respond(to: self.task(task), attachments: attachments, onEvent: onEvent)
  }

  /// A task, or that of the file where there is none.
  func task(_ task: String?) throws(AgentError) -> String {
    if let task = task ?? prompt { return task }
    throw AgentError(code: .invalid, message: "no task: give one, or add `prompt:` to the agent's file")
  }
}

extension Agent: CustomReflectable {
  /// The properties, for `print` and debuggers.
  public var customMirror: Mirror { _fields.mirror(of: self) }
}
