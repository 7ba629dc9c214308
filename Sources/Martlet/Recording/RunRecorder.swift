package import MartletChat

/// Is told of the steps of a run before the next one is taken, so that they can be kept.
///
/// A recorder that throws ends the run: nothing goes on that could not be recorded.
package protocol RunRecorder: Sendable {
  /// The run begins with this task.
  nonisolated(nonsending) func started(session: String, task: String, attachments: [ContentPart]) async throws
  /// A reply is there, and these of its calls are about to start.
  nonisolated(nonsending) func replied(turn: Int, reply: ModelReply, starting calls: [ToolCall]) async throws
  /// A call has its result.
  nonisolated(nonsending) func finished(_ call: ToolCallRecord) async throws
  /// The run has ended.
  nonisolated(nonsending) func ended(_ result: RunResult) async throws
}

/// Keeps nothing.
package struct NoRecorder: RunRecorder {
  package init() {}
  package func started(session: String, task: String, attachments: [ContentPart]) {}
  package func replied(turn: Int, reply: ModelReply, starting calls: [ToolCall]) {}
  package func finished(_ call: ToolCallRecord) {}
  package func ended(_ result: RunResult) {}
}
