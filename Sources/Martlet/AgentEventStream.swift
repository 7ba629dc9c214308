import MartletChat

/// The events of a run as they happen: what `for try await` goes through.
///
/// ```swift
/// for try await event in session.streamResponse(to: "Umbrella in Oslo?") {
///   if case .textDelta(_, let text) = event {
///     print(text, terminator: "")
///     fflush(nil)  // a terminal shows a line at its end otherwise
///   }
/// }
/// ```
///
/// Iterating runs the agent, and each iteration runs it anew. The last event is ``AgentEvent/runFinished(_:)``, whatever
/// happened; then the iteration ends, or throws ``AgentError`` unless the run completed. The run waits while
/// 64 events are not read yet.
///
/// To end the run early, cancel the task that iterates: what is still to be read comes, and by the time the iteration
/// throws, the transfer and every plugin have ended. Leaving the loop cancels the run too, without waiting for its end:
/// ``AgentSession/cancel()`` does wait, and so does the session's next task.
public struct AgentEventStream: AsyncSequence, Sendable {
  let session: AgentSession
  let task: String
  let attachments: [ContentPart]

  /// Begins the run.
  public func makeAsyncIterator() -> Iterator {
    Iterator(run: StreamedRun(session: session, task: task, attachments: attachments))
  }

  /// Reads the events of one run, and cancels it when it is dropped.
  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let run: StreamedRun

    /// The next event, or nil after the last one of a run that completed.
    public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws(AgentError)
      -> AgentEvent?
    {
      if let event = await run.next() { return event }
      _ = try await run.result().completed()
      return nil
    }
  }
}

/// A run that goes on while its events are read.
private final class StreamedRun: Sendable {
  private let events: EventQueue
  private let work: Task<RunResult, Never>

  init(session: AgentSession, task: String, attachments: [ContentPart]) {
    let events = EventQueue()
    self.events = events
    work = Task {
      defer { events.finish() }
      return await session.perform(task, attachments: attachments) { await events.put($0) }
    }
  }

  deinit {
    work.cancel()
    events.release()
  }

  func next() async -> AgentEvent? {
    await withTaskCancellationHandler {
      await events.next()
    } onCancel: {
      work.cancel()
    }
  }

  /// What the run came to, once everything of it has ended.
  func result() async -> RunResult { await work.value }
}
