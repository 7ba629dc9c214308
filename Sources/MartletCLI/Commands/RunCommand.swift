import ArgumentParser

struct RunCommand: AsyncCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
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

  /// An option stands above, in `RunArguments` and there in `take`, and here.
  var arguments: RunArguments {
    RunArguments(
      agent: agent, task: task, model: model, baseURL: baseURL, parameters: parameters, images: image,
      maxTurns: maxTurns, maxTotalTokens: maxTotalTokens, timeout: timeout, output: output, json: json, events: events,
      explain: explain, quiet: quiet, verbose: verbose, streams: stream)
  }

  func validate() throws {
    if let problem = arguments.problem { throw ValidationError(problem) }
  }

  func begin() -> @Sendable () async throws -> Void { AgentRun(arguments).begin() }

  func run() async throws { try await begin()() }
}
