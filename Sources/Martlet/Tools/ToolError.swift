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
/// A plugin finds the same in its environment.
public struct ToolContext: Sendable, Hashable {
  /// The name of the tool, as the model called it.
  public let tool: String
  /// The model's identifier of the call.
  public let callID: String
  /// The identifier of the session.
  public let sessionID: String
  /// The same for every attempt at this call, and for no other call: what a service takes to do a thing only once.
  public var idempotencyKey: String { key.text }

  let key: SessionID.Series.Member

  /// The call that the current task works on; nil outside of a tool's call.
  @TaskLocal public static var current: ToolContext?
}
