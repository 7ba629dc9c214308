/// A failure of a tool, and who has to act on it: the model, or whoever runs the agent.
///
/// ```swift
/// guard b != 0 else { throw ToolError.tellModel("b must not be 0") }
/// guard let key = key else { throw ToolError.stopRun("the weather service needs a key: set WEATHER_KEY") }
/// ```
///
/// Not an error is an answer that disappoints, such as no match of a search: give it as the result.
public struct ToolError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Where a failure goes.
  public enum Exit: Sendable, Hashable {
    /// The model is told and the run goes on.
    case model
    /// The run ends.
    case run
  }

  /// Where the failure goes.
  public let exit: Exit
  /// What happened and what to do, in a sentence.
  public let message: String

  /// Tells the model, which can correct itself or do something else; the run goes on.
  public static func tellModel(_ message: String) -> ToolError { ToolError(exit: .model, message: message) }

  /// Ends the run with the outcome ``RunOutcome/failed``; the model learns nothing.
  public static func stopRun(_ message: String) -> ToolError { ToolError(exit: .run, message: message) }

  /// The message.
  public var description: String { message }
}

/// The call that the current task works on, besides its arguments.
///
/// A plugin finds the same in its environment. One that is kept keeps the calls of its reply, with their arguments.
public struct ToolContext: Sendable {
  /// The calls of a reply, and what tells them apart from all others.
  final class Calls: Sendable {
    let calls: [ToolCall]
    let turn: Int
    let sessionID: String
    private let keys: SessionID.Series

    init(_ calls: [ToolCall], turn: Int, sessionID: String, keys: SessionID.Series) {
      self.calls = calls
      self.turn = turn
      self.sessionID = sessionID
      self.keys = keys
    }

    fileprivate func key(of index: Int) -> SessionID.Series.Member {
      keys[turn &* ToolDispatcher.maxCallsPerReply &+ index]
    }
  }

  // A place among the calls of a reply: it goes through several hands, each of which would copy the texts.
  private let calls: Calls
  private let index: Int

  /// The name of the tool, as the model called it.
  public var tool: String { calls.calls[index].name }
  /// The model's identifier of the call.
  public var callID: String { calls.calls[index].id }
  /// The identifier of the session.
  public var sessionID: String { calls.sessionID }
  /// The same for every attempt at this call, and for no other call: what a service takes to do a thing only once.
  public var idempotencyKey: String { calls.key(of: index).text }

  /// The call that the current task works on; nil outside of a tool's call.
  @TaskLocal public static var current: ToolContext?

  init(of index: Int, among calls: Calls) {
    self.calls = calls
    self.index = index
  }
}

extension ToolContext: Hashable {
  /// Whether both are of the same call.
  public static func == (lhs: ToolContext, rhs: ToolContext) -> Bool {
    lhs.tool == rhs.tool && lhs.callID == rhs.callID && lhs.sessionID == rhs.sessionID
      && lhs.calls.key(of: lhs.index) == rhs.calls.key(of: rhs.index)
  }

  /// Feeds what tells the call from others to the hasher.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(callID)
    hasher.combine(calls.key(of: index))
  }
}

extension ToolContext: CustomReflectable {
  /// The properties, for `print` and debuggers.
  public var customMirror: Mirror {
    let properties: KeyValuePairs<String, Any> = [
      "tool": tool, "callID": callID, "sessionID": sessionID, "idempotencyKey": idempotencyKey,
    ]
    return Mirror(self, children: properties, displayStyle: .struct)
  }
}
