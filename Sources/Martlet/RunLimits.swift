/// When a run ends before the model stops by itself.
public struct RunLimits: Sendable, Hashable {
  /// Replies of the model; 50 by default.
  public var maxTurns = 50
  /// Tool calls in the whole run; 200 by default.
  public var maxToolCalls = 200
  /// Tool calls of one reply that run at the same time; 8 by default.
  public var maxParallelCalls = 8
  /// How many times in a row the same call may give the same result; 5 by default.
  public var maxRepeats = 5
  /// Prompt and completion tokens of the whole run; none by default.
  public var maxTotalTokens: Int?
  /// Wall time of the whole run; none by default.
  public var timeout: Duration?

  /// The default limits.
  public init() {}
}
