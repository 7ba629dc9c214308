import MartletChat
import MartletJSON

/// Runs the calls of a reply: many at once, results in call order, nothing a model wrote is fatal.
package final class ToolDispatcher: Sendable {
  /// Calls of one reply beyond this many are answered with an error.
  package static let maxCallsPerReply = 128
  private let registry: ToolRegistry
  private let maxParallelCalls: Int
  private let sessionID: String
  private let secrets: KnownSecrets
  private let repairsArguments: Bool
  private let keys = SessionID.Series()

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

  /// What came of the calls of a reply.
  package struct Outcome: Sendable {
    /// One for each call, in their order; those that did not begin have no result.
    package let records: [ToolCallRecord]
    /// The error of a handler that ends the run.
    let stopError: AgentError?
  }

  /// Runs the calls and gives what came of them.
  ///
  /// When the task is cancelled, or a handler ends the run, the calls that run are cancelled and those that wait are
  /// not started; all are over before this returns.
  ///
  /// - Parameter objects: The objects that the arguments are, as far as they have been read; none, or one for each call.
  nonisolated(nonsending) package func run(
    _ calls: [ToolCall], knownAs objects: [JSONValue?] = [], turn: Int, clock: RunClock, recorder: any RunRecorder,
    emit: AgentEventHandler?
  ) async -> Outcome {
    let round = CallRound(
      ToolContext.Calls(calls, turn: turn, sessionID: sessionID, keys: keys), knownAs: objects, clock: clock,
      recorder: recorder, emit: AgentEventSink(emit))
    if calls.count == 1 {
      // A single call needs no task of its own.
      guard let (record, error) = await run(0, of: round) else {
        return Outcome(records: [round.record(0)], stopError: nil)
      }
      await round.emit(.toolFinished(record))
      return Outcome(records: [record], stopError: error)
    }
    return await runTogether(round)
  }

  /// Runs calls in several tasks; apart from the run of a single call, whose frame would have room for the tasks.
  @inline(never)
  nonisolated(nonsending) private func runTogether(_ round: CallRound) async -> Outcome {
    let lanes = CallLanes(count: round.calls.count, maxLanes: maxParallelCalls)
    await withTaskGroup(of: Bool.self) { group in
      while await lanes.needsLane() { group.addTask { await self.run(lanes, of: round) } }
      while let isStopped = await group.next() {
        if isStopped { group.cancelAll() }
      }
    }
    return lanes.outcome(of: round)
  }

  /// Carries out calls until none waits; says whether a handler ended the run.
  nonisolated(nonsending) private func run(_ lanes: CallLanes, of round: CallRound) async -> Bool {
    var next = lanes.takeCall(beginningLane: true)
    while let index = next {
      if let (record, error) = await run(index, of: round) {
        // Before anyone is told, so that no other call begins meanwhile.
        let isTold = round.emit.isHeard
        next = lanes.finish(index, record, stoppingFor: error, takingNext: !isTold)
        if isTold { await round.emit(.toolFinished(record)) }
        if error != nil { return true }
        if !isTold { continue }
      }
      next = lanes.takeCall()
    }
    return false
  }

  /// Carries out one call; gives what came of it, and the error of its handler that ends the run. Nil if it did not begin.
  nonisolated(nonsending) private func run(
    _ index: Int, of round: CallRound
  ) async -> (ToolCallRecord, stopping: AgentError?)? {
    guard !Task.isCancelled else { return nil }
    let started = round.clock.now()
    await round.emit(round.start(of: index))
    // Those that the handler is called with; for the record, the model's text counts where it does not come to that.
    var arguments: JSONValue?
    var error: AgentError?
    do {
      var answer: ToolOutput
      switch prepare(index, of: round) {
      case .refused(let refusal): answer = refusal
      case .ready(let tool, let checked):
        arguments = checked.value
        for repair in checked.repairs {
          await round.emit(round.notice(of: repair, in: index))
        }
        answer = try await tool.executor.call(invocation(index, of: round, checked.value))
      }
      answer.content = secrets.redacting(answer.content)
      let record = round.record(index, arguments: arguments, answer: answer, after: round.clock.now() - started)
      if let recorder = round.recorder { try await recorder.finished(record) }
      return (record, nil)
    } catch _ where Task.isCancelled {
      // Whatever a canceled call throws, it is the cancellation's doing.
    } catch let thrown {
      error = round.error(thrown, stoppingIn: index).redacting(secrets)
    }
    return (round.record(index, arguments: arguments, after: round.clock.now() - started), error)
  }

  // Apart, as what comes of it: the arguments on their way are no part of the frame that waits for a tool.
  @inline(never)
  private func invocation(_ index: Int, of round: CallRound, _ arguments: JSONValue) -> ToolInvocation {
    ToolInvocation(context: ToolContext(of: index, among: round.attributed), arguments: arguments)
  }

  /// What is to be done for a call, once its arguments have been looked at.
  private enum Preparation {
    case ready(ToolRegistry.Tool, CheckedArguments)
    case refused(ToolOutput)
  }

  @inline(never)
  private func prepare(_ index: Int, of round: CallRound) -> Preparation {
    if index >= Self.maxCallsPerReply {
      return .refused(.error(ToolMessages.tooManyCalls(limit: Self.maxCallsPerReply)))
    }
    let name = round.calls[index].name
    guard let tool = registry[name] else {
      return .refused(.error(ToolMessages.unknownTool(name, known: registry.specifications.map(\.name))))
    }
    do throws(CheckedArguments.Failure) {
      return .ready(tool, try check(index, of: round, tool.specification.parameters))
    } catch {
      return .refused(.error(ToolMessages.refusedArguments(error)))
    }
  }

  private func check(
    _ index: Int, of round: CallRound, _ schema: JSONSchema
  ) throws(CheckedArguments.Failure) -> CheckedArguments {
    if let defect = round.calls[index].defect { throw .unreadable(defect) }
    let repairs = round.calls[index].repairs
    if let repair = repairs.first(where: { !$0.isExpected }), !repairsArguments {
      throw .unreadable(repair.refusal)
    }
    let checked = try CheckedArguments(
      reading: round.calls[index].arguments, knownAs: round.object(of: index), schema: schema,
      repairing: repairsArguments)
    if repairs.isEmpty { return checked }
    return CheckedArguments(value: checked.value, repairs: repairs + checked.repairs)
  }
}

// What is said of a call is put together apart: the call would be part of the frame that waits for its tool.
extension CallRound {
  @inline(never)
  fileprivate func start(of index: Int) -> AgentEvent { .toolStarted(turn: turn, call: calls[index]) }

  @inline(never)
  fileprivate func notice(of repair: ArgumentRepair, in index: Int) -> AgentEvent {
    .notice(code: "repair", message: "\(calls[index].name) (\(calls[index].id)): \(repair.description)")
  }

  @inline(never)
  fileprivate func error(_ error: any Error, stoppingIn index: Int) -> AgentError {
    AgentError(code: "tool_failed", message: "tool `\(calls[index].name)` ended the run: \(error)")
  }
}
