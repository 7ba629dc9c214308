import ArgumentParser
import Martlet

struct RunCommand: AsyncCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    // Says that it is part of a program, so that parsed alone it is not searched for a request for completions.
    _superCommandName: "martlet",
    abstract: "Runs an agent on a task to the end.",
    discussion: """
      The words of TASK are joined by spaces; a word `-` stands for what standard input holds. Without TASK the \
      agent's `prompt` is the task. The answer goes to standard output, everything else to standard error.
      """)

  @Argument(help: ArgumentHelp("The agent's YAML file.", valueName: "agent"))
  var agent: String

  @Argument(help: ArgumentHelp("What the agent is to do.", valueName: "task"))
  var task: [String] = []

  @Option(help: ArgumentHelp("Answer with this model alone instead of the file's.", valueName: "provider/model"))
  var model: String?

  @Option(
    name: .customLong("base-url"),
    help: ArgumentHelp("Ask the server at this URL instead of the provider's own.", valueName: "url"))
  var baseURL: String?

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Give a parameter of the agent its value; can be repeated.", valueName: "name=value"))
  var parameters: [ParameterOption] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Show the model an image with the task: a PNG, JPEG, GIF or WebP file of at most 20 MB, or a URL; can be repeated.",
      valueName: "file-or-url"))
  var image: [ImageOption] = []

  @Option(help: ArgumentHelp("End the run after this many replies.", valueName: "count"))
  var maxTurns: PositiveCount?

  @Option(help: ArgumentHelp("End the run when this many tokens are used.", valueName: "count"))
  var maxTotalTokens: PositiveCount?

  @Option(help: ArgumentHelp("End the run after this time, such as 90s or 10m.", valueName: "time"))
  var timeout: TimeOption?

  @Option(
    name: [.short, .long], help: ArgumentHelp("Write the answer to a file, whole or not at all.", valueName: "file"))
  var output: String?

  @Flag(help: "Print one JSON object about the run.")
  var json = false

  @Flag(help: "Print what happens as JSON Lines while it happens.")
  var events = false

  @Flag(help: "Print the first request as it would be sent, and stop.")
  var explain = false

  @Flag(name: [.short, .long], help: "Show nothing but the answer and errors.")
  var quiet = false

  @Flag(name: [.short, .long], help: "Show notices and warnings as well.")
  var verbose = false

  @Flag(inversion: .prefixedNo, help: "Stream the answer as it comes. (default: on a terminal)")
  var stream: Bool?

  func validate() throws {
    if json, events { throw ValidationError("--json and --events exclude each other") }
    if quiet, verbose { throw ValidationError("--quiet and --verbose exclude each other") }
    if json || events, stream == true { throw ValidationError("--stream is for text: it excludes --json and --events") }
    if explain, json || events || output != nil { throw ValidationError("--explain stands alone: it prints a request") }
    if let baseURL, !baseURL.hasPrefix("https://"), !baseURL.hasPrefix("http://") {
      throw ValidationError("--base-url begins with https:// or http://")
    }
    if baseURL?.hasUserInfo ?? false { throw ValidationError("--base-url holds no user name and no password") }
    if output == "" { throw ValidationError("--output needs the name of a file") }
  }

  func run() async throws { try await begin()() }

  /// Reads the agent; gives what is left to do.
  func begin() -> @Sendable () async throws -> Void {
    let supervisor = ProcessSupervisor.adopting()
    let report = RunReport(outputOptions)
    let agent = Result { () throws(DefinitionError) in
      try Agent(contentsOf: self.agent, settings: settings(supervisor))
    }
    return {
      switch agent {
      case .success(let agent): try await run(agent, report, supervisor)
      case .failure(let error): throw await report.invalid(error)
      }
    }
  }

  private func run(_ agent: Agent, _ report: RunReport, _ supervisor: ProcessSupervisor) async throws {
    ProcessEnvironment.erase(agent.secrets.variables)
    await report.begin(agent)

    let state = RunState(agent: agent.name, model: agent.model)
    let work = Interrupts.shared.start(
      kill: { supervisor.killAll() }, describe: { state.lines }, { try await perform(agent, report, state) })
    await report.onBrokenOutput { work.cancel() }
    throw try await work.value
  }

  private func perform(_ agent: Agent, _ report: RunReport, _ state: RunState) async throws -> ExitStatus {
    let task: String?
    do {
      task = try await taskText() ?? agent.prompt
    } catch let error as FileError {
      return await report.end(.failed, code: "input", message: "\(error)", agent: agent.name)
    } catch {
      return await report.end(.interrupted, code: "interrupted", message: "the run was interrupted", agent: agent.name)
    }
    guard let task else {
      let message = "no task: give one after the file's name, or add `prompt:` to the file"
      return await report.end(.invalid, code: "invalid", message: message, agent: agent.name)
    }
    let attachments: [ContentPart]
    do throws(ImageError) {
      attachments = try ImageOption.parts(of: image)
    } catch {
      return await report.end(.invalid, code: "invalid", message: error.description, agent: agent.name)
    }
    if explain { return explain(agent, task, attachments) }
    let result = await AgentSession(agent).perform(task, attachments: attachments) { event in
      state.take(event)
      await report.take(event)
    }
    return await report.end(result)
  }

  /// Prints the request that the first turn would send; a key is shown as `•••`, and a terminal gets images shortened.
  private func explain(_ agent: Agent, _ task: String, _ attachments: [ContentPart]) -> ExitStatus {
    guard let request = agent.firstRequest(for: task, attachments: attachments) else {
      Console.standardError.write("martlet: the model `\(agent.model)` sends no requests\n")
      return .completed
    }
    let output = Console.standardOutput
    let failure = output.write((output.isTerminal ? request.withShortData : request) + "\n")
    return failure == nil ? .completed : .failed
  }

  private var outputOptions: OutputOptions {
    OutputOptions(
      format: json ? .json : events ? .events : .text, file: output, quiet: quiet, verbose: verbose, streams: stream)
  }

  private func settings(_ supervisor: ProcessSupervisor) -> AgentSettings {
    var settings = AgentSettings()
    settings.parameters = parameters.map { ($0.name, .text($0.value)) }
    settings.model = model
    settings.baseURL = baseURL
    settings.streams = stream
    settings.maxTurns = maxTurns?.value
    settings.maxTotalTokens = maxTotalTokens?.value
    settings.timeout = timeout?.value
    settings.supervisor = supervisor
    settings.thread = Main.thread
    return settings
  }

  /// The words of the task; nil when there are none. Throws `CancellationError` when it is not waited for any more.
  private func taskText() async throws -> String? {
    guard !task.isEmpty else { return nil }
    let input = task.contains("-") ? try await StandardInput.text() : ""
    return task.map { $0 == "-" ? input : $0 }.joined(separator: " ")
  }
}

extension ProcessSupervisor {
  /// A supervisor for the program, which adopts what its plugins leave behind, so that it can end it.
  static func adopting() -> ProcessSupervisor {
    ProcessSupervisor(orphans: ProcessSupervision.takeOrphans())
  }
}
