import Glibc
import Martlet

/// Runs `agents/calculator.yaml`, whose tools are Swift code.
///
///     swift run calculator "What is 0.1 + 0.2?"
@main
enum Calculator {
  static func main() async {
    do {
      // Everything that can be wrong is wrong here: a mistake in the file, a tool without its code, code without a tool.
      let agent = try Agent(
        contentsOf: "agents/calculator.yaml",
        tools: [SquareRoot()],
        handlers: [
          "add": ToolHandler { (n: Operands) in try n.a + n.b },
          "subtract": ToolHandler { (n: Operands) in try n.a - n.b },
          "multiply": ToolHandler { (n: Operands) in try n.a * n.b },
          "divide": ToolHandler { (n: Operands) in try n.a.divided(by: n.b) },
        ])
      let words = CommandLine.arguments.dropFirst()
      let task = words.isEmpty ? agent.prompt ?? "" : words.joined(separator: " ")
      for try await event in AgentSession(agent).streamResponse(to: task) { show(event) }
    } catch {
      printToStandardError("calculator: \(error)")
      exit(1)
    }
  }

  /// The answer goes to standard output as it comes, the calls go to standard error.
  private static func show(_ event: AgentEvent) {
    switch event {
    case .textDelta(_, let text): print(text, terminator: "")
    case .toolFinished(let call):
      printToStandardError("\(call.name) \(call.arguments) gave \(call.result ?? "nothing")")
    case .runFinished: print()
    default: break
    }
  }

  private static func printToStandardError(_ line: String) {
    _ = (line + "\n").withCString { write(STDERR_FILENO, $0, strlen($0)) }
  }
}
