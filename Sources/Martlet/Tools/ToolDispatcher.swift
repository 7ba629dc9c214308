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
    let round = CallRound(
      calls, maxLanes: maxParallelCalls, turn: turn, clock: clock, recorder: recorder, emit: emit)
    // A single call needs no task of its own.
    if calls.count == 1 { _ = await run(0, of: round) } else { await runLanes(of: round) }
    return round.outcomes()
  }

  private func runLanes(of round: CallRound) async {
    await withTaskGroup(of: Bool.self) { group in
      while await round.needsLane() { group.addTask { await runLane(of: round) } }
      while let isStopped = await group.next() {
        if isStopped { group.cancelAll() }
      }
    }
  }

  /// Carries out calls until none waits; says whether a handler ended the run.
  private func runLane(of round: CallRound) async -> Bool {
    var next = round.takeCall(beginningLane: true)
    while let index = next {
      if await run(index, of: round) { return true }
      next = round.takeCall()
    }
    return false
  }

  /// Carries out one call; says whether its handler ended the run.
  private func run(_ index: Int, of round: CallRound) async -> Bool {
    guard !Task.isCancelled else {
      _ = round.finish(index, arguments: nil, answer: nil, error: nil, after: .zero)
      return false
    }
    let started = round.clock.now()
    await round.emit(.toolStarted(turn: round.turn, call: round.calls[index]))
    // Those that the handler was called with; for the record, the model's text where it did not come to that.
    var arguments: JSONValue?
    var error: AgentError?
    do {
      var answer = try await answer(index, of: round, &arguments)
      answer.content = secrets.redacting(answer.content)
      let record = round.finish(
        index, arguments: arguments, answer: answer, error: nil, after: round.clock.now() - started)
      try await round.recorder.finished(record)
      await round.emit(.toolFinished(record))
      return false
    } catch _ where Task.isCancelled {
      // Whatever a canceled call throws, it is the cancellation's doing.
    } catch let thrown {
      error = AgentError(stopping: round.calls[index].name, thrown).redacting(secrets)
    }
    let record = round.finish(
      index, arguments: arguments, answer: nil, error: error, after: round.clock.now() - started)
    await round.emit(.toolFinished(record))
    return error != nil
  }

  /// The handler's answer, of which `arguments` are those that it was called with, or what the model has to be told.
  private func answer(_ index: Int, of round: CallRound, _ arguments: inout JSONValue?) async throws -> ToolOutput {
    if index >= Self.maxCallsPerReply { return .error(ToolMessages.tooManyCalls(limit: Self.maxCallsPerReply)) }
    guard let tool = registry[round.calls[index].name] else {
      return .error(ToolMessages.unknownTool(round.calls[index].name, known: registry.specifications.map(\.name)))
    }
    let checked: CheckedArguments
    do throws(CheckedArguments.Failure) {
      checked = try check(round.calls[index], tool.specification.parameters)
    } catch {
      return .error(ToolMessages.refusedArguments(error))
    }
    arguments = checked.value
    for repair in checked.repairs {
      let call = round.calls[index]
      await round.emit(.notice(code: "repair", message: "\(call.name) (\(call.id)): \(repair.description)"))
    }
    return try await tool.executor.call(
      ToolInvocation(
        tool: round.calls[index].name, callID: round.calls[index].id, sessionID: sessionID,
        idempotencyKey: round.key(of: index), arguments: checked.value))
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
