import Glibc

/// One scenario of the benchmarks, for `Benchmarks/run` and `Benchmarks/instructions`, which say what goes with it.
///
/// Prints one line of numbers: those of a ``Measurement``, or what the scenario says.
@main
enum Scenarios {
  private static let usage = """
    usage: scenarios SCENARIO ARGUMENT…
      turns URL [COUNT]                  conversations one after the other, on one connection
      together URL COUNT [AT A TIME]     conversations, so many at once
      history URL                        one conversation whose tool gives 32,000 bytes a call
      chunks URL [COUNT]                 streamed replies of an agent, counted by text deltas
      stream URL [COUNT]                 streamed replies of the client, counted by chunks
      batch URL [COUNT] [AT A TIME]      prompts of a batch
      script TURNS                       turns of the loop alone, without an endpoint
      plugin FILE [COUNT]                calls of the tool `add` of an agent file: prints the median in microseconds
      load FILE [COUNT]                  readings of an agent file: prints the median in microseconds
      json [ROUNDS]                      prints MB/s of parsing and of writing, and those of FoundationEssentials

    """

  static func main() async {
    var arguments = Array(CommandLine.arguments.dropFirst())
    guard !arguments.isEmpty else { fail(usage, status: 2) }
    let scenario = arguments.removeFirst()
    do {
      try await run(scenario, arguments)
    } catch {
      fail("scenarios \(scenario): \(error)", status: 1)
    }
  }

  private static func run(_ scenario: String, _ arguments: [String]) async throws {
    func number(_ index: Int, _ fallback: Int) -> Int {
      arguments.indices.contains(index) ? Int(arguments[index]) ?? fallback : fallback
    }
    guard let first = arguments.first ?? (scenario == "json" ? "" : nil) else { fail(usage, status: 2) }
    switch scenario {
    case "turns": try await ConversationScenarios(url: first).oneAfterTheOther(number(1, 1))
    case "together": try await ConversationScenarios(url: first).together(number(1, 1), number(2, number(1, 1)))
    case "history": try await ConversationScenarios(url: first).history()
    case "chunks": try await StreamScenarios(url: first).agent(number(1, 1))
    case "stream": try await StreamScenarios(url: first).client(number(1, 1))
    case "batch": try await StreamScenarios(url: first).batch(number(1, 10_000), number(2, 64))
    case "script": try await ScriptScenario.run(turns: number(0, 100))
    case "plugin": try await PluginScenario.run(path: first, count: number(1, 100))
    case "load": try await LoadScenario.run(path: first, count: number(1, 200))
    case "json": try await JSONScenario.run(rounds: number(0, 50))
    default: fail(usage, status: 2)
    }
  }

  private static func fail(_ message: String, status: Int32) -> Never {
    print(message)
    exit(status)
  }
}
