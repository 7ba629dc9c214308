import Glibc
import Martlet
import MartletJSON

/// Many conversations at once in one process, each with one tool call a turn, against an endpoint on loopback.
///
///     conversations URL MODEL [COUNT]
///
/// Prints wall time, processor time per request and peak memory.
@main
enum Conversations {
  struct Add: ToolExecutor {
    func call(_ invocation: ToolInvocation) async throws -> ToolOutput {
      let sum = (invocation.arguments["a"]?.intValue ?? 0) &+ (invocation.arguments["b"]?.intValue ?? 0)
      return ToolOutput(String(sum))
    }
  }

  static func main() async {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3 else {
      print("usage: conversations URL MODEL [COUNT]")
      exit(2)
    }
    let count = arguments.count > 3 ? Int(arguments[3]) ?? 1000 : 1000
    do {
      try await measure(url: arguments[1], model: arguments[2], count: count)
    } catch {
      print(error)
      exit(1)
    }
  }

  private static func measure(url: String, model: String, count: Int) async throws {
    let provider = Provider.custom(name: "bench", baseURL: url)
    let client = ChatClient(provider: provider, apiKey: Secret("none"), maxConnections: count, variable: { _ in nil })
    let schema = try JSONSchema([
      "type": "object", "properties": ["a": ["type": "integer"], "b": ["type": "integer"]], "required": ["a", "b"],
    ])
    let tool = ToolRegistry.Tool(
      specification: ToolSpecification(name: "add", description: "Adds", parameters: schema), executor: Add())
    var limits = RunLimits()
    (limits.maxTurns, limits.maxToolCalls, limits.maxRepeats) = (100_000, 1_000_000, 1_000_000)
    let agent = Agent(
      name: "bench", instructions: "Add numbers.",
      model: ChatModel(client: client, spec: try ModelSpec("bench/" + model)),
      tools: ToolRegistry([tool]), limits: limits)

    let started = RunClock.continuous.now()
    let turns = await withTaskGroup(of: RunResult.self) { group in
      for _ in 0..<count { group.addTask { await AgentSession(agent).perform("Begin.") } }
      var turns = 0
      for await result in group {
        turns += result.turns
        if let error = result.error { print("a conversation failed: \(error)") }
      }
      return turns
    }
    let wall = RunClock.continuous.now() - started
    let processor = Double(clock()) / 1000
    print("conversations \(count), requests \(turns), wall \(wall.wholeMilliseconds) ms")
    print(
      "processor time per request \(processor / Double(max(1, turns))) ms, peak memory \(try peakMemory())")
  }

  private static func peakMemory() throws -> String {
    let status = String(decoding: try FileReading.bytes(of: "/proc/self/status", limit: 1 << 16), as: UTF8.self)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.dropFirst("VmHWM:".count).trimmed ?? "unknown"
  }
}
