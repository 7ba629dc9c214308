import MartletHTTP

/// The events between a run and the one who reads them: few at a time, so that the run goes on no faster than it is read.
///
/// Several tasks put events in, one takes them out. A run that is over in any way is never held up.
final class EventQueue: Sendable {
  /// Events that wait to be read; of the tasks that put in more, each waits after its event.
  static let capacity = 64

  private struct State {
    var events: [AgentEvent] = []
    var reader: CheckedContinuation<AgentEvent?, Never>?
    var writers: [CheckedContinuation<Void, Never>] = []
    /// No event comes any more.
    var isFinished = false
    /// Nobody waits any more: the reader is gone, or the run is being canceled.
    var isReleased = false

    var hasRoom: Bool { isReleased || events.count <= EventQueue.capacity }

    /// The writers that may go on.
    mutating func takeWriters() -> [CheckedContinuation<Void, Never>] {
      guard hasRoom else { return [] }
      defer { writers = [] }
      return writers
    }
  }

  private let state = Lock(State())

  /// Puts an event in; returns when there is room for another one, or the run is canceled.
  func put(_ event: AgentEvent) async {
    let (reader, hasRoom) = state.withLock { state in
      if let reader = state.reader {
        state.reader = nil
        return (Optional(reader), true)
      }
      state.events.append(event)
      return (nil, state.hasRoom)
    }
    reader?.resume(returning: event)
    if !hasRoom { await room() }
  }

  private func room() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let hasRoom = state.withLock { state in
          if !state.hasRoom { state.writers.append(continuation) }
          return state.hasRoom
        }
        if hasRoom { continuation.resume() }
      }
    } onCancel: {
      release()
    }
  }

  /// Takes the next event out, waiting for it; nil when none will come.
  func next() async -> AgentEvent? {
    await withCheckedContinuation { continuation in
      let (event, isOver, writers) = state.withLock { state in
        if !state.events.isEmpty { return (Optional(state.events.removeFirst()), false, state.takeWriters()) }
        // There is one reader; of two the second gets nothing.
        let isOver = state.isFinished || state.reader != nil
        if !isOver { state.reader = continuation }
        return (nil, isOver, [])
      }
      for writer in writers { writer.resume() }
      if event != nil || isOver { continuation.resume(returning: event) }
    }
  }

  /// Lets every task that puts events in go on at once.
  func release() {
    let writers = state.withLock { state in
      state.isReleased = true
      return state.takeWriters()
    }
    for writer in writers { writer.resume() }
  }

  /// Says that no event comes any more.
  func finish() {
    let reader = state.withLock { state in
      state.isFinished = true
      defer { state.reader = nil }
      return state.reader
    }
    reader?.resume(returning: nil)
  }
}
