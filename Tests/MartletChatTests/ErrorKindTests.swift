import MartletHTTP
import MartletTesting
import Testing

@testable import MartletChat

/// Every kind of failure over real sockets: what it is called, whether to try again, and what it carries.
@Suite struct ErrorKindTests {
  struct Kind: Sendable, CustomTestStringConvertible {
    let status: Int
    let body: String
    let code: APIError.Code
    let isRetryable: Bool

    var testDescription: String { "\(status) \(code)" }

    init(_ status: Int, _ code: APIError.Code, _ isRetryable: Bool, _ members: String = "") {
      self.status = status
      self.code = code
      self.isRetryable = isRetryable
      body = #"{"error":{"message":"why"\#(members)}}"#
    }
  }

  @Test(arguments: [
    Kind(429, .rateLimited, true), Kind(401, .authentication, false), Kind(403, .permission, false),
    Kind(404, .notFound, false), Kind(400, .badRequest, false), Kind(422, .badRequest, false),
    Kind(409, .badRequest, true), Kind(400, .contextLengthExceeded, false, #","code":"context_length_exceeded""#),
    Kind(400, .contentFilter, false, #","code":"content_filter""#),
    Kind(429, .quotaExceeded, false, #","type":"insufficient_quota""#), Kind(402, .quotaExceeded, false),
    Kind(400, .malformedToolCall, true, #","code":"tool_use_failed""#), Kind(500, .server, true),
    Kind(503, .server, true), Kind(408, .timeout, true), Kind(504, .timeout, true),
  ])
  func aRefusalSaysWhatItIs(kind: Kind) async throws {
    let server = try LoopbackServer { _ in
      .json(kind.body, status: kind.status, headers: [("X-Request-Id", "req-1"), ("Retry-After", "3")])
    }
    let completions = client(server, maxAttempts: 1).chat.completions
    let whole = await failure { () async throws(APIError) in
      _ = try await completions.create(model: "m", messages: [.user("U")])
    }
    let streamed = await failure { () async throws(APIError) in
      for try await _ in completions.stream(model: "m", messages: [.user("U")]) {}
    }
    for error in [whole, streamed] {
      #expect(error?.code == kind.code)
      #expect(error?.isRetryable == kind.isRetryable)
      #expect(error?.statusCode == kind.status)
      #expect(error?.message == "why")
      #expect(error?.requestID == "req-1")
      #expect(error?.retryAfter == .seconds(3))
    }
  }

  @Test func whatIsRetryableIsTriedAgainAndNothingElse() async throws {
    for (status, requests) in [(429, 3), (401, 1), (404, 1), (400, 1), (500, 3)] {
      let server = try LoopbackServer { _ in .json(#"{"error":"why"}"#, status: status) }
      let error = await failure { () async throws(APIError) in
        _ = try await client(server, maxAttempts: 3).chat.completions.create(model: "m", messages: [.user("U")])
      }
      #expect(error?.statusCode == status)
      #expect(server.requests.count == requests)
    }
  }

  @Test func aLostConnectionIsTriedAgain() async throws {
    var lost = ScriptedResponse.answer
    lost.fault = .reset(.body(bytes: 10))
    let server = try LoopbackServer(replies: [lost])
    let error = await failure { () async throws(APIError) in
      _ = try await client(server, maxAttempts: 1).chat.completions.create(model: "m", messages: [.user("U")])
    }
    #expect(error?.code == .connection)
    #expect(error?.isRetryable == true)
    #expect(error?.statusCode == nil)
    #expect(error?.message.contains("127.0.0.1") == true)
  }

  @Test func aSilentServerIsATimeout() async throws {
    var silent = ScriptedResponse.answer
    silent.fault = .stall(.start)
    let server = try LoopbackServer(replies: [silent])
    var client = client(server, maxAttempts: 1)
    client.timeouts.firstByte = .milliseconds(50)
    let hasty = client
    let error = await failure { () async throws(APIError) in
      _ = try await hasty.chat.completions.create(model: "m", messages: [.user("U")])
    }
    #expect(error?.code == .timeout)
    #expect(error?.isRetryable == true)
    #expect(error?.statusCode == nil)
  }

  /// A reply that a filter withheld is a reply: it cost tokens, and its finish reason says why it is empty.
  @Test func aWithheldReplyIsNoError() async throws {
    let server = try LoopbackServer(replies: [
      .json(#"{"choices":[{"message":{"role":"assistant","content":null},"finish_reason":"content_filter"}]}"#)
    ])
    let response = try await client(server).chat.completions.create(model: "m", messages: [.user("U")])
    #expect(response.choices[0].finishReason == .contentFilter)
  }
}
