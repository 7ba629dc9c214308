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

  /// An error in one of the forms in which servers write them.
  struct Form: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let response: ScriptedResponse
    let code: APIError.Code
    let statusCode: Int
    let message: String
    let isRetryable: Bool
    var retryAfter: Duration?

    init(
      _ name: String, _ response: ScriptedResponse, _ code: APIError.Code, _ statusCode: Int, _ message: String,
      isRetryable: Bool, retryAfter: Duration? = nil
    ) {
      testDescription = name
      var response = response
      response.headers.append(("X-Request-Id", "req-1"))
      self.response = response
      (self.code, self.statusCode, self.message) = (code, statusCode, message)
      (self.isRetryable, self.retryAfter) = (isRetryable, retryAfter)
    }
  }

  @Test(arguments: [
    Form(
      "C8", .eventStream([chunk(#"{"content":"a"}"#), #"{"error":{"message":"too busy","type":"overloaded_error"}}"#]),
      .server, 529, "too busy", isRetryable: true),
    Form(
      "C9", .json(#"{"error":{"message":"no such model","code":"model_not_found"}}"#), .notFound, 404, "no such model",
      isRetryable: false),
    Form(
      "C10 list", .json(#"[{"error":{"code":403,"message":"not for you","status":"PERMISSION_DENIED"}}]"#, status: 403),
      .permission, 403, "not for you", isRetryable: false),
    Form("C10 string", .json(#"{"error":"it broke"}"#, status: 500), .server, 500, "it broke", isRetryable: true),
    Form(
      "C10 HTML", .json("<html><h1>502 Bad Gateway</h1></html>", status: 502), .server, 502,
      "<html><h1>502 Bad Gateway</h1></html>", isRetryable: true),
    Form(
      "C12", .json(#"{"error":{"message":"Please try again in 1.5s."}}"#, status: 429), .rateLimited, 429,
      "Please try again in 1.5s.", isRetryable: true, retryAfter: .milliseconds(1_500)),
    Form(
      "C13",
      .json(
        #"{"error":{"message":"no call","code":"tool_use_failed","failed_generation":"<function=f>{}"}}"#, status: 400),
      .malformedToolCall, 400, "no call", isRetryable: true),
  ])
  func everyFormOfAnErrorCarriesTheSame(form: Form) async throws {
    let server = try LoopbackServer { _ in form.response }
    let completions = client(server, maxAttempts: 1).chat.completions
    let whole = await failure { () async throws(APIError) in
      _ = try await completions.create(model: "m", messages: [.user("U")])
    }
    let streamed = await failure { () async throws(APIError) in
      for try await _ in completions.stream(model: "m", messages: [.user("U")]) {}
    }
    for error in [whole, streamed] {
      #expect(error?.code == form.code)
      #expect(error?.statusCode == form.statusCode)
      #expect(error?.message == form.message)
      #expect(error?.requestID == "req-1")
      #expect(error?.isRetryable == form.isRetryable)
      #expect(error?.retryAfter == form.retryAfter)
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
