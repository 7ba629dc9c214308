import Dispatch
import Glibc
import Martlet
import MartletChat
import MartletJSON
import MartletTesting
import Testing

/// Runs that go on, with their handlers, on the thread of their client that got the response.
@Suite(.timeLimit(.minutes(10))) struct CarriedOnRunTests {
  private struct Nothing: Decodable, Sendable {}

  /// More than is sent before the run has to wait.
  private let task = String(repeating: "x", count: 8 << 20)

  /// A call of the tool, and the end of a run, each in one piece.
  private enum Reply: String {
    case call =
      #""content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]"#
    case done = #""content":"done""#
  }

  private func server(_ replies: Reply...) throws -> LoopbackServer {
    try LoopbackServer(
      replies: replies.map { reply in
        let body = #"{"id":"r","choices":[{"index":0,"message":{"role":"assistant",\#(reply.rawValue)}}]}"#
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        var response = ScriptedResponse.raw([.text(head + body)])
        response.keepsAlive = true
        return response
      })
  }

  private func agent(_ server: LoopbackServer, _ handler: @escaping @Sendable () async -> String) throws -> Agent {
    let client = ChatClient(
      provider: .custom(name: "local", baseURL: server.baseURL + "/v1"), apiKey: Secret("none"), variable: { _ in nil })
    var spec = try ModelSpec("local/m")
    spec.streams = false
    let tools = ToolRegistry([
      ToolRegistry.Tool(
        specification: ToolSpecification(
          name: "f", description: "Works", parameters: try JSONSchema(["type": "object"])),
        executor: ToolHandler { (_: Nothing) in await handler() }.executor)
    ])
    return Agent(name: "test", model: ChatModel(client: client, spec: spec), tools: tools)
  }

  @Test func handlersOfALoneRunAreCalledWhereTheRepliesCame() async throws {
    let server = try server(.call, .call, .call, .done)
    let agent = try agent(server) { threadName() }
    let result = try await AgentSession(agent).respond(to: task)
    #expect(result.output == "done")
    #expect(result.toolCalls.map(\.result) == Array(repeating: "martlet-http", count: 3))
  }

  @Test func aHandlerThatBlocksHoldsUpNoOtherRunOfTheAgent() async throws {
    let server = try server(.call, .call, .done, .done)
    let (isIn, isOver) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let first = try agent(server) {
      isIn.signal()
      isOver.wait()
      return "first"
    }
    let run = Task { try await AgentSession(first).respond(to: task) }
    await withUnsafeContinuation { isBlocked in
      DispatchQueue.global().async {
        isIn.wait()
        isBlocked.resume()
      }
    }
    // Of the same client, without the tool that blocks.
    let second = Agent(name: "test", model: first.languageModel)
    let result = try await AgentSession(second).respond(to: task)
    #expect(result.toolCalls.count == 1)
    isOver.signal()
    #expect(try await run.value.output == "done")
  }
}

private func threadName() -> String {
  var name = [UInt8](repeating: 0, count: 32)
  let file = open("/proc/thread-self/comm", O_RDONLY | O_CLOEXEC)
  let count = read(file, &name, name.count)
  close(file)
  return String(decoding: name.prefix(max(0, count - 1)), as: UTF8.self)
}
