import Martlet

/// What `martlet run` does.
struct AgentRun: Sendable {
  private let arguments: RunArguments

  init(_ arguments: RunArguments) { self.arguments = arguments }

  /// Reads the agent; gives what is left to do.
  func begin() -> @Sendable () async throws -> Void {
    let supervisor = ProcessSupervisor.adopting()
    let report = RunReport(outputOptions)
    let agent = Result { () throws(DefinitionError) in
      try Agent(contentsOf: arguments.agent, settings: settings(supervisor))
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
      attachments = try ImageOption.parts(of: arguments.images)
    } catch {
      return await report.end(.invalid, code: "invalid", message: error.description, agent: agent.name)
    }
    if arguments.explain { return explain(agent, task, attachments) }
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
      format: arguments.json ? .json : arguments.events ? .events : .text, file: arguments.output,
      quiet: arguments.quiet, verbose: arguments.verbose, streams: arguments.streams)
  }

  private func settings(_ supervisor: ProcessSupervisor) -> AgentSettings {
    var settings = AgentSettings()
    settings.parameters = arguments.parameters.map { ($0.name, .text($0.value)) }
    settings.model = arguments.model
    settings.baseURL = arguments.baseURL
    settings.streams = arguments.streams
    settings.maxTurns = arguments.maxTurns?.value
    settings.maxTotalTokens = arguments.maxTotalTokens?.value
    settings.timeout = arguments.timeout?.value
    settings.supervisor = supervisor
    settings.thread = Main.thread
    return settings
  }

  /// The words of the task; nil when there are none. Throws `CancellationError` when it is not waited for any more.
  private func taskText() async throws -> String? {
    guard !arguments.task.isEmpty else { return nil }
    let input = arguments.task.contains("-") ? try await StandardInput.text() : ""
    // Not `joined`: its first call asks the runtime what an array conforms to, which takes as long as to read the agent.
    var text = ""
    for (position, word) in arguments.task.enumerated() {
      if position > 0 { text += " " }
      text += word == "-" ? input : word
    }
    return text
  }
}

extension ProcessSupervisor {
  /// A supervisor for the program, which adopts what its plugins leave behind, so that it can end it.
  static func adopting() -> ProcessSupervisor {
    ProcessSupervisor(orphans: ProcessSupervision.takeOrphans())
  }
}
