import MartletTesting

@testable import MartletChat

extension ScriptedResponse {
  /// The answer "Hi", whole.
  static let answer = ScriptedResponse.json(
    #"{"id":"x","model":"m","created":1706554800,"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"#
      + #""finish_reason":"stop"}],"usage":{"prompt_tokens":15,"completion_tokens":45,"total_tokens":60}}"#)

  /// The answer "Hey" in two parts.
  static let streamedAnswer = ScriptedResponse.eventStream([
    chunk(#"{"role":"assistant","content":""}"#), chunk(#"{"content":"He"}"#), chunk(#"{"content":"y"}"#), end("stop"),
    #"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#, "[DONE]",
  ])
}

/// A client of a server, which notes how long it would have waited.
func client(_ server: LoopbackServer, waits: Waits = Waits(), maxAttempts: Int = 5) -> ChatClient {
  let clock = RetryClock(sleep: { duration in await waits.add(duration) }, random: { 0 })
  return ChatClient(
    provider: .custom(name: "test", baseURL: server.baseURL), apiKey: Secret("sk-canary"), maxAttempts: maxAttempts,
    clock: clock, variable: { _ in nil })
}

/// How long a client would have waited.
actor Waits {
  private(set) var durations: [Duration] = []

  func add(_ duration: Duration) { durations.append(duration) }
}

/// The error that the body throws; nil if it throws none.
func failure(
  isolation: isolated (any Actor)? = #isolation, _ body: () async throws(APIError) -> Void
) async -> APIError? {
  do throws(APIError) {
    try await body()
    return nil
  } catch {
    return error
  }
}
