import MartletJSON

/// Runs the calls of a reply: many at once, results in call order, nothing a model wrote is fatal.
package struct ToolDispatcher: Sendable {
  /// Calls of one reply beyond this many are answered with an error.
  package static let maxCallsPerReply = 128
  private let registry: ToolRegistry
  private let maxParallelCalls: Int
  private let sessionID: String
  private let secrets: KnownSecrets
  private let repairsArguments: Bool

  package init(
    registry: ToolRegistry, maxParallelCalls: Int, sessionID: String, secrets: KnownSecrets = KnownSecrets(),
    repairsArguments: Bool = true
  ) {
    self.registry = registry
    self.maxParallelCalls = max(1, maxParallelCalls)
    self.sessionID = sessionID
    self.secrets = secrets
    self.repairsArguments = repairsArguments
  }

  /// What came of one call.
  package struct Outcome: Sendable {
    package let record: ToolCallRecord
    /// The error of a handler that ends the run.
    let stopError: AgentError?

    /// The result as the transcript holds it.
    func result(to call: ToolCall, note: String?) -> ToolResult {
      let result = record.result ?? ""
      let content = note.map { result + "\n\n" + $0 } ?? result
      return ToolResult(callID: call.id, name: call.name, content: content, isError: record.isError)
    }
  }

  /// Runs the calls and gives one outcome for each, in their order.
  ///
  /// When the task is cancelled, or a handler ends the run, the calls that run are cancelled and those that wait are
  /// not started; all are over before this returns.
  package func run(
    _ calls: [ToolCall], turn: Int, clock: RunClock, recorder: any RunRecorder, emit: @escaping AgentEventHandler
  ) async -> [Outcome] {
    // A single call needs no task of its own.
    if calls.count == 1 { return [await run(calls[0], turn: turn, isExcess: false, clock, recorder, emit)] }
    return await withTaskGroup(of: (Int, Outcome).self) { group in
      var outcomes = [Outcome?](repeating: nil, count: calls.count)
      var waiting = calls.indices.makeIterator()
      func startNext() {
        guard let index = waiting.next() else { return }
        let call = calls[index]
        group.addTask {
          let isExcess = index >= Self.maxCallsPerReply
          return (index, await run(call, turn: turn, isExcess: isExcess, clock, recorder, emit))
        }
      }
      for _ in 0..<min(maxParallelCalls, calls.count) { startNext() }
      while let (index, outcome) = await group.next() {
        outcomes[index] = outcome
        if outcome.stopError != nil { group.cancelAll() }
        startNext()
      }
      return outcomes.compactMap { $0 }
    }
  }

  private func run(
    _ call: ToolCall, turn: Int, isExcess: Bool, _ clock: RunClock, _ recorder: any RunRecorder,
    _ emit: AgentEventHandler
  ) async -> Outcome {
    let started = clock.now()
    // Read for the record only where the call did not come to its handler.
    var checked: JSONValue?
    func record(_ output: ToolOutput?) -> ToolCallRecord {
      ToolCallRecord(
        turn: turn, id: call.id, name: call.name, arguments: checked ?? call.argumentsValue,
        result: (output?.content).map(secrets.redacting), isError: output?.isError ?? true,
        duration: clock.now() - started)
    }
    guard !Task.isCancelled else { return Outcome(record: record(nil), stopError: nil) }
    await emit(.toolStarted(turn: turn, call: call))
    var outcome: Outcome
    do {
      outcome = Outcome(record: record(try await answer(call, isExcess: isExcess, &checked, emit)), stopError: nil)
      try await recorder.finished(outcome.record)
    } catch _ where Task.isCancelled {
      // Whatever a canceled call throws, it is the cancellation's doing.
      outcome = Outcome(record: record(nil), stopError: nil)
    } catch {
      outcome = Outcome(record: record(nil), stopError: AgentError(stopping: call.name, error).redacting(secrets))
    }
    await emit(.toolFinished(outcome.record))
    return outcome
  }

  /// The handler's answer, of which `arguments` are those that it was called with, or what the model has to be told.
  private func answer(
    _ call: ToolCall, isExcess: Bool, _ arguments: inout JSONValue?, _ emit: AgentEventHandler
  ) async throws -> ToolOutput {
    if isExcess { return .error(ToolMessages.tooManyCalls(limit: Self.maxCallsPerReply)) }
    guard let tool = registry[call.name] else {
      return .error(ToolMessages.unknownTool(call.name, known: registry.specifications.map(\.name)))
    }
    let checked: CheckedArguments
    do throws(CheckedArguments.Failure) {
      checked = try check(call, tool.specification.parameters)
    } catch {
      return .error(ToolMessages.refusedArguments(error))
    }
    arguments = checked.value
    for repair in checked.repairs {
      await emit(.notice(code: "repair", message: "\(call.name) (\(call.id)): \(repair.description)"))
    }
    return try await tool.executor.call(
      ToolInvocation(
        tool: call.name, callID: call.id, sessionID: sessionID, idempotencyKey: SessionID.make(),
        arguments: checked.value))
  }

  private func check(_ call: ToolCall, _ schema: JSONSchema) throws(CheckedArguments.Failure) -> CheckedArguments {
    if let defect = call.defect { throw .unreadable(defect) }
    if let repair = call.repairs.first(where: { !$0.isExpected }), !repairsArguments {
      throw .unreadable(repair.refusal)
    }
    let checked = try CheckedArguments(reading: call.arguments, schema: schema, repairing: repairsArguments)
    return CheckedArguments(value: checked.value, repairs: call.repairs + checked.repairs)
  }
}

extension AgentError {
  fileprivate init(stopping tool: String, _ error: any Error) {
    self.init(code: "tool_failed", message: "tool `\(tool)` ended the run: \(error)")
  }
}
