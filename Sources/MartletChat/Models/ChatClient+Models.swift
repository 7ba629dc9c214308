public import MartletJSON

/// A model that a provider offers.
public struct ModelDescription: Sendable, Hashable {
  /// The name that a request gives as its `model`.
  public var id: String
  /// When it was made, in seconds since 1970; nil if the provider does not say.
  public var created: Int?
  /// Who made it; nil if the provider does not say.
  public var ownedBy: String?
  /// Everything that the provider says of it.
  public var raw: JSONValue

  /// Reads an element of the list; nil if it has no name.
  init?(_ value: JSONValue) {
    guard let id = value["id"]?.stringValue ?? value["name"]?.stringValue, !id.isEmpty else { return nil }
    self.id = id
    created = value["created"]?.intValue
    ownedBy = value["owned_by"]?.stringValue
    raw = value
  }
}

extension ChatClient {
  /// What is at `/models`.
  public var models: Models { Models(client: self) }

  /// What is at `/models`: the models of the provider.
  public struct Models: Sendable {
    let client: ChatClient

    /// The models that the provider offers, in its order; a failure that may pass is tried again.
    ///
    /// ```swift
    /// for model in try await client.models.list() { print(model.id, model.ownedBy ?? "") }
    /// ```
    public func list() async throws(APIError) -> [ModelDescription] {
      let requestID = UniqueBits.nextDigits()
      var policy = RetryPolicy(maxAttempts: client.maxAttempts)
      while true {
        do throws(APIError) {
          return try Self.read(try await client.get("/models", requestID: requestID))
        } catch {
          guard case .retry(_, let delay) = policy.decide(after: error, random: client.clock.random()) else {
            throw error.redacting(client.key)
          }
          try await client.clock.wait(delay)
        }
      }
    }

    /// Reads `{"data": […]}`, or what some providers have instead: `{"models": […]}`, or the list alone.
    private static func read(_ body: [UInt8]) throws(APIError) -> [ModelDescription] {
      let value = LenientJSON.parse(body)?.value
      if let list = (value?["data"] ?? value?["models"] ?? value)?.arrayValue {
        let models = list.compactMap { ModelDescription($0) }
        if models.count == list.count { return models }
      }
      if let value, let error = APIError(reply: value) { throw error }
      var error = APIError(
        code: .invalidReply,
        message: "the server's answer is no list of models; it begins: \(Excerpt.of(body, bytes: 200))",
        isRetryable: true)
      error.retryLimit = 1
      error.isPage = APIError.isMarkup(body)
      throw error
    }
  }
}
