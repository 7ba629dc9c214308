import Martlet
import MartletJSON
import MartletTesting
import Testing

/// The calls of one reply: as many at once as there may be, whatever their handlers do.
@Suite struct ParallelCallTests {
  private func run(
    _ count: Int, atOnce: Int, log: EventLog = EventLog(),
    _ body: @escaping @Sendable (ToolInvocation) async throws -> String
  ) async throws -> RunResult {
    var limits = RunLimits()
    (limits.maxParallelCalls, limits.maxToolCalls) = (atOnce, 1_000)
    let calls = (0..<count).map { (name: "t", arguments: "{\"n\":\($0)}") }
    let agent = Agent(
      name: "test", model: StubModel(.calls(calls), .text("done")), tools: try .tool("t", ClosureTool(body: body)),
      limits: limits)
    return await AgentSession(agent).perform("task", onEvent: log.handler)
  }

  @Test(arguments: [2, 64])
  func handlersThatWaitForEachOtherAllRunAtOnce(count: Int) async throws {
    let begun = Box(0)
    let result = try await run(count, atOnce: count) { _ in
      begun.update { $0 += 1 }
      while begun.value < count { await Task.yield() }
      return "ok"
    }
    #expect(result.outcome == .completed)
    #expect(result.toolCalls.map(\.result) == Array(repeating: "ok", count: count))
  }

  @Test(arguments: [1, 2, 64])
  func handlersThatReturnAtOnceEachGiveTheirOwnResult(atOnce: Int) async throws {
    let keys = Box<Set<String>>([])
    let log = EventLog()
    let result = try await run(128, atOnce: atOnce, log: log) { invocation in
      keys.update { $0.insert(invocation.context.idempotencyKey) }
      return invocation.arguments["n"]?.canonicalString() ?? ""
    }
    #expect(result.toolCalls.map(\.result) == (0..<128).map(String.init))
    #expect(keys.value.count == 128)
    #expect(log.words.count { $0.hasPrefix("tool.started") } == 128)
    #expect(log.words.count { $0.hasPrefix("tool.finished") } == 128)
  }

  @Test func aHandlerThatEndsTheRunCancelsTheOthersAndStartsNoneThatWait() async throws {
    struct Broken: Error {}
    let begun = Box(0)
    let result = try await run(10, atOnce: 2) { invocation in
      begun.update { $0 += 1 }
      if invocation.arguments["n"] == 0 { try await Task.sleep(for: .seconds(3600)) }
      while begun.value < 2 { await Task.yield() }
      throw Broken()
    }
    #expect(result.outcome == .failed)
    #expect(result.error?.message == "tool `t` ended the run: Broken()")
    #expect(begun.value == 2)
    #expect(result.toolCalls.map(\.result) == Array(repeating: nil, count: 10))
  }

  @Test func cancelingARunEndsTheCallsThatRunAndStartsNoneThatWait() async throws {
    let begun = Box(0)
    let task = Task {
      try await run(10, atOnce: 2) { _ in
        begun.update { $0 += 1 }
        try await Task.sleep(for: .seconds(3600))
        return "never"
      }
    }
    while begun.value < 2 { await Task.yield() }
    task.cancel()
    let result = try await task.value
    #expect(result.outcome == .interrupted)
    #expect(begun.value == 2)
    #expect(result.toolCalls.map(\.result) == Array(repeating: nil, count: 10))
  }
}

private struct ClosureTool: ToolExecutor {
  let body: @Sendable (ToolInvocation) async throws -> String

  func call(_ invocation: ToolInvocation) async throws -> ToolOutput {
    ToolOutput(try await body(invocation))
  }
}
