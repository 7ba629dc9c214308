import ArgumentParser
import Martlet
import MartletJSON

struct DoctorCommand: AsyncCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Asks an endpoint a few small questions and says what it supports.",
    discussion: """
      PROVIDER is the name of a built-in provider or the URL of any endpoint; without it the provider whose key is set \
      is asked. It says where the endpoint strays from the standard, what Martlet does about it, and what to write \
      into an agent file. It ends with status 0 when the endpoint is fit for agents, as far as it was asked, and with 1 \
      when it is not.
      """)

  @Argument(help: ArgumentHelp("A built-in provider, or the URL of an endpoint.", valueName: "provider or url"))
  var endpoint: String?

  @Option(help: ArgumentHelp("The model to ask. (default: the first that the server lists)", valueName: "name"))
  var model: String?

  @Option(help: ArgumentHelp("The environment variable that holds the key.", valueName: "variable"))
  var apiKeyEnv: String?

  @Option(
    help: ArgumentHelp(
      "Leave a question out; can be repeated: \(Doctor.probeNames.joined(separator: ", ")).",
      valueName: "question"))
  var skip: [String] = []

  @Option(help: ArgumentHelp("End after this time. (default: 5m)", valueName: "time"))
  var timeout: TimeOption?

  @Flag(help: "Allow plain http for other than loopback addresses.")
  var allowInsecureHTTP = false

  @Option(help: "Print the report as text or as json.")
  var format: CheckCommand.Format = .text

  func validate() throws {
    if let unknown = skip.first(where: { !Doctor.probeNames.contains($0) }) {
      throw ValidationError(
        "--skip: there is no question `\(unknown)`; there are \(Doctor.probeNames.joined(separator: ", "))")
    }
    if endpoint?.hasUserInfo ?? false { throw ValidationError("the URL holds no user name and no password") }
  }

  func run() async throws {
    let target: DoctorTarget
    do throws(DoctorTarget.Problem) {
      target = try DoctorTarget(
        endpoint, keyVariable: apiKeyEnv, allowsInsecureHTTP: allowInsecureHTTP,
        environment: ProcessEnvironment.current)
    } catch {
      Console.standardError.write("martlet: \(error.message.escapedForTerminal)\n")
      if error.status != .usage { print(failure: AgentError(code: .invalid, message: error.message)) }
      throw error.status
    }
    ProcessEnvironment.erase(target.secretVariables)
    let work = Interrupts.shared.start(
      kill: {}, describe: { ["\(target.client.provider.name) is being examined"] }, { try await examine(target) })
    throw try await work.value
  }

  private func examine(_ target: DoctorTarget) async throws -> ExitStatus {
    let doctor = Doctor(target.client, model: model, skipping: Set(skip))
    let start = ContinuousClock.now
    let limit = timeout?.value ?? Doctor.usualTime
    let timeLeft: @Sendable () -> Duration = { limit - (ContinuousClock.now - start) }
    var table = DoctorTable(console: .standardOutput, isShown: format == .text)
    do throws(APIError) {
      let chosen = try await doctor.chooseModel(timeLeft: timeLeft)
      announce(chosen, target, doctor, limit)
      let report = try await doctor.examine(chosen, timeLeft: timeLeft, onResult: { table.print($0) })
      return end(report, target, table)
    } catch {
      return failed(error, target)
    }
  }

  /// Says what is asked of whom, and what it takes at most, before it is taken.
  private func announce(_ chosen: ChosenModel, _ target: DoctorTarget, _ doctor: Doctor, _ limit: Duration) {
    let own = model == nil ? ", the first that it lists" : ""
    Console.standardError.write(
      """
      martlet: asking \(target.client.provider.shownURL.escapedForTerminal), model \
      \(chosen.name.escapedForTerminal)\(own): about \(doctor.requests) requests, \(doctor.promptTokens) tokens to it, \
      at most \(doctor.completionTokens) from it, \(limit.inWords)

      """)
  }

  private func end(_ report: DoctorReport, _ target: DoctorTarget, _ table: DoctorTable) -> ExitStatus {
    let console = Console.standardOutput
    let text: String
    switch format {
    case .json:
      text = target.json(of: report).indentedString() + "\n"
    case .text:
      text = table.summary(of: report) + (target.yaml(of: report).map { "\nIn an agent file:\n\n\($0)" } ?? "")
    }
    if console.write(text) != nil { return .failed }
    return report.isUsable ? .completed : status(of: report.gaps)
  }

  /// How an examination ends that leaves open whether the endpoint is fit, or says that it is not.
  private func status(of gaps: Set<ProbeResult.Gap>) -> ExitStatus {
    if gaps.isEmpty { return .failed }
    let failures = gaps.compactMap { gap -> APIError.Code? in if case .failure(let code) = gap { code } else { nil } }
    if let code = failures.first(where: { $0.isOfRate }) ?? failures.first { return status(of: code) }
    return gaps.contains(.timeUp) ? .limit : .completed
  }

  private func status(of code: APIError.Code) -> ExitStatus {
    if code.isOfRate { return .rateLimited }
    return code == .configuration ? .invalid : .modelError
  }

  private func failed(_ error: APIError, _ target: DoctorTarget) -> ExitStatus {
    if error.code == .canceled || Task.isCancelled {
      return Interrupts.shared.signal.map { .interrupted(by: $0) } ?? .failed
    }
    let url = target.client.provider.shownURL.escapedForTerminal
    Console.standardError.write("martlet: \(url): \(error.description.escapedForTerminal)\n")
    print(failure: AgentError(error), of: target)
    return status(of: error.code)
  }

  /// With `--format json` a failure is an object too, with the same members.
  private func print(failure error: AgentError, of target: DoctorTarget? = nil) {
    if format == .json {
      _ = Console.standardOutput.write(DoctorTarget.json(of: error, at: target).indentedString() + "\n")
    }
  }
}

extension APIError.Code {
  /// Whether it says that there were too many requests, or nothing is left to spend.
  fileprivate var isOfRate: Bool { self == .rateLimited || self == .quotaExceeded }
}
