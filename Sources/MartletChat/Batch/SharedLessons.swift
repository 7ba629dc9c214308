import MartletHTTP

/// What refusals of a batch's requests taught, for each model, so that not every request is refused once.
final class SharedLessons: Sendable {
  private let quirks = Lock<[String: ProviderQuirks]>([:])

  /// What is known of a model; nil if nothing was learned.
  subscript(model: String) -> ProviderQuirks? { quirks.withLock { $0[model] } }

  /// Keeps what a request to a model learned.
  func keep(_ learned: ProviderQuirks, for model: String) {
    quirks.withLock { $0[model] = learned }
  }
}
