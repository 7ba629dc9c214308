import MartletJSON

/// Runs the calls of a reply: many at once, results in call order, nothing a model wrote is fatal.
package struct ToolDispatcher: Sendable {
  /// Calls of one reply beyond this many are answered with an error.
  package static let maxCallsPerReply = 128
  /// Arguments of one call, in bytes.
  package static let maxArgumentBytes = 1 << 20

  private let registry: ToolRegistry
  private let maxParallelCalls: Int
  private let sessionID: String

  package init(registry: ToolRegistry, maxParallelCalls: Int, sessionID: String) {
    self.registry = registry
    self.maxParallelCalls = max(1, maxParallelCalls)
    self.sessionID = sessionID
  }

  /// What came of one call.
  package struct Outcome: Sendable {
    package let record: ToolCallRecord
    /// The error of a handler that ends the run.
    let stopError: AgentError?

    /// The result as the transcript holds it.
    func result(to call: ToolCall, note: String?) -> ToolResult {
      let content = [record.result ?? "", note].compactMap { $0 }.joined(separator: "\n\n")
      return ToolResult(callID: call.id, name: call.name, content: content, isError: record.isError)
    }
  }

  /// Runs the calls and gives one outcome for each, in their order.
  ///
  /// When the task is cancelled, or a handler ends the run, the calls that run are cancelled and those that wait are
  /// not started; all are over before this returns.
  package func run(
    _ calls: [ToolCall], turn: Int, clock: RunClock, emit: @escaping AgentEventHandler
  ) async -> [Outcome] {
    await withTaskGroup(of: (Int, Outcome).self) { group in
      var outcomes = [Outcome?](repeating: nil, count: calls.count)
      var waiting = calls.indices.makeIterator()
      func startNext() {
        guard let index = waiting.next() else { return }
        let call = calls[index]
        group.addTask {
          let isExcess = index >= Self.maxCallsPerReply
          return (index, await run(call, turn: turn, isExcess: isExcess, clock: clock, emit: emit))
        }
      }
      for _ in 0..<maxParallelCalls { startNext() }
      while let (index, outcome) = await group.next() {
        outcomes[index] = outcome
        if outcome.stopError != nil { group.cancelAll() }
        startNext()
      }
      return outcomes.compactMap { $0 }
    }
  }

  private func run(
    _ call: ToolCall, turn: Int, isExcess: Bool, clock: RunClock, emit: AgentEventHandler
  ) async -> Outcome {
    let started = clock.now()
    let isReadable = call.arguments.utf8.count <= Self.maxArgumentBytes
    let arguments = isReadable ? Result { () throws(JSONParseError) in try call.parsedArguments() } : .success(.null)
    func outcome(_ output: ToolOutput?, stopError: AgentError? = nil) -> Outcome {
      Outcome(
        record: ToolCallRecord(
          turn: turn, id: call.id, name: call.name,
          arguments: (isReadable ? try? arguments.get() : nil) ?? .string(call.arguments), result: output?.content,
          isError: output?.isError ?? true, duration: clock.now() - started),
        stopError: stopError)
    }
    guard !Task.isCancelled else { return outcome(nil) }
    await emit(.toolStarted(turn: turn, call: call))
    let finished: Outcome
    do {
      finished = outcome(try await answer(call, arguments, isExcess: isExcess))
    } catch {
      finished = outcome(nil, stopError: error is CancellationError ? nil : AgentError(stopping: call.name, error))
    }
    await emit(.toolFinished(finished.record))
    return finished
  }

  /// The handler's answer, or what the model has to be told instead.
  private func answer(
    _ call: ToolCall, _ arguments: Result<JSONValue, JSONParseError>, isExcess: Bool
  ) async throws -> ToolOutput {
    if isExcess { return .error(ToolMessages.tooManyCalls(limit: Self.maxCallsPerReply)) }
    guard let tool = registry[call.name] else {
      return .error(ToolMessages.unknownTool(call.name, known: registry.specifications.map(\.name)))
    }
    guard call.arguments.utf8.count <= Self.maxArgumentBytes else {
      return .error(ToolMessages.argumentsTooLong(limit: Self.maxArgumentBytes))
    }
    let value: JSONValue
    switch arguments {
    case .success(let parsed): value = parsed
    case .failure(let error): return .error(ToolMessages.malformedArguments(error))
    }
    guard value.objectValue != nil else { return .error(ToolMessages.argumentsNotAnObject(value)) }
    let violations = tool.specification.parameters.violations(in: value)
    guard violations.isEmpty else { return .error(ToolMessages.invalidArguments(violations)) }
    return try await tool.handler.call(
      ToolInvocation(
        tool: call.name, callID: call.id, sessionID: sessionID, idempotencyKey: SessionID.make(), arguments: value))
  }
}

extension AgentError {
  fileprivate init(stopping tool: String, _ error: any Error) {
    self.init(code: "tool_failed", message: "tool `\(tool)` ended the run: \(error)")
  }
}

extension ToolCall {
  /// The arguments, strictly read; nothing at all counts as no arguments.
  fileprivate func parsedArguments() throws(JSONParseError) -> JSONValue {
    arguments.trimmed.isEmpty ? [:] : try JSONValue(parsing: arguments, duplicates: .reject)
  }
}
