/// What became of one request of a batch, and how far the batch is.
public struct BatchProgress: Sendable {
  /// The place of the request among those of the batch.
  public var index: Int
  /// Its answer, or why there is none.
  public var result: Result<ChatCompletion, APIError>
  /// How many requests the batch has.
  public var total: Int
  /// How many of them were answered so far.
  public var succeeded: Int
  /// How many of them failed so far.
  public var failed: Int

  /// How many of them came to their end so far.
  public var completed: Int { succeeded + failed }
}
