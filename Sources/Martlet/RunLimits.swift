/// When a run ends before the model stops by itself; a count below the least that makes sense is raised to it.
public struct RunLimits: Sendable, Hashable {
  /// Replies of the model; 50 by default, at least 1.
  public var maxTurns = 50 { didSet { maxTurns = max(1, maxTurns) } }
  /// Tool calls in the whole run; 200 by default.
  public var maxToolCalls = 200 { didSet { maxToolCalls = max(0, maxToolCalls) } }
  /// Tool calls of one reply that run at the same time; 8 by default, at least 1.
  public var maxParallelCalls = 8 { didSet { maxParallelCalls = max(1, maxParallelCalls) } }
  /// How many times in a row the same call may give the same result; 5 by default, at least 2.
  public var maxRepeats = 5 { didSet { maxRepeats = max(2, maxRepeats) } }
  /// Prompt and completion tokens of the whole run; none by default.
  public var maxTotalTokens: Int?
  /// US dollars for the whole run; none by default.
  ///
  /// A run of a model whose prices are not known is refused then: see `providers.NAME.prices` of the agent's file.
  public var maxCost: Double?
  /// Wall time of the whole run; none by default.
  public var timeout: Duration?

  /// The default limits.
  public init() {}
}
