import MartletChat
import MartletJSON

/// The calls of one reply, and what they are carried out with.
final class CallRound: Sendable {
  let attributed: ToolContext.Calls
  let clock: RunClock
  /// Nil where nothing is kept.
  let recorder: (any RunRecorder)?
  let emit: AgentEventSink
  /// The objects that the arguments are, as far as they have been read; none, or one for each call.
  private let objects: [JSONValue?]

  var calls: [ToolCall] { attributed.calls }
  var turn: Int { attributed.turn }

  init(
    _ calls: ToolContext.Calls, knownAs objects: [JSONValue?], clock: RunClock, recorder: any RunRecorder,
    emit: AgentEventSink
  ) {
    attributed = calls
    self.objects = objects
    self.clock = clock
    self.recorder = recorder is NoRecorder ? nil : recorder
    self.emit = emit
  }

  /// The object that a call's arguments are, if they have been read.
  func object(of index: Int) -> JSONValue? { objects.count == calls.count ? objects[index] : nil }

  /// What came of a call: its handler's answer, or none if it was canceled, did not begin, or ended the run.
  ///
  /// Not inlined: the call would be part of the frame that waits for its tool.
  @inline(never)
  func record(
    _ index: Int, arguments: JSONValue? = nil, answer: ToolOutput? = nil, after duration: Duration = .zero
  ) -> ToolCallRecord {
    ToolCallRecord(
      .init(
        turn: turn, id: calls[index].id, name: calls[index].name,
        arguments: arguments ?? object(of: index) ?? calls[index].argumentsValue, result: answer?.content,
        isError: answer?.isError ?? true, duration: duration))
  }
}
