import MartletJSON
import Testing

@testable import MartletChat

@Suite struct APIErrorTests {
  @Test func aCopyThatIsChangedLeavesTheErrorAsItWas() {
    let error = APIError(code: .server, statusCode: 500, message: "why")
    var copy = error
    #expect(copy == error && copy.hashValue == error.hashValue)
    copy.requestID = "r1"
    copy.message += "?"
    #expect((error.requestID, error.message) == (nil, "why"))
    #expect((copy.requestID, copy.message) == ("r1", "why?"))
    #expect(copy != error)
    #expect(MemoryLayout<APIError>.size == MemoryLayout<Int>.size)
  }

  @Test func aDebuggerIsShownWhatIsKnownOfAnError() {
    var dumped = ""
    dump(APIError(code: .server, statusCode: 500, message: "why"), to: &dumped)
    #expect(dumped.contains("statusCode: Optional(500)"))
  }

  private func error(_ status: Int, _ body: String) -> APIError {
    APIError(status: status, body: Array(body.utf8))
  }

  @Test(arguments: [
    (400, APIError.Code.badRequest, false), (401, .authentication, false), (402, .quotaExceeded, false),
    (403, .permission, false), (404, .notFound, false), (408, .timeout, true), (409, .badRequest, true),
    (413, .badRequest, false), (422, .badRequest, false), (425, .badRequest, true), (429, .rateLimited, true),
    (599, .server, true), (600, .server, false), (999, .server, false),
    (500, .server, true), (502, .server, true), (503, .server, true), (504, .timeout, true), (529, .server, true),
  ])
  func f04_F05_F06_theStatusDecidesWhetherToTryAgain(status: Int, code: APIError.Code, isRetryable: Bool) {
    let error = error(status, #"{"error":{"message":"why"}}"#)
    #expect(error.code == code)
    #expect(error.isRetryable == isRetryable)
    #expect(error.statusCode == status)
    #expect(error.message == "why")
  }

  @Test func f03_aUsedUpQuotaIsNotTriedAgain() {
    let error = error(
      429,
      #"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}"#
    )
    #expect(error.code == .quotaExceeded)
    #expect(!error.isRetryable)
    var policy = RetryPolicy()
    #expect(policy.decide(after: error) == .giveUp)
  }

  @Test(arguments: [
    #"{"error":{"code":"context_length_exceeded","message":"m"}}"#,
    #"{"error":{"message":"This endpoint's maximum context length is 200000 tokens.","code":400}}"#,
    #"{"error":{"message":"prompt is too long: 210000 tokens > 200000 maximum"}}"#,
  ])
  func f38_aContextThatIsTooLongIsItsOwnKind(body: String) {
    #expect(error(400, body).code == .contextLengthExceeded)
    #expect(!error(400, body).isRetryable)
  }

  @Test func c13_aCallThatTheProviderCouldNotReadMayBeTriedAgain() {
    let error = error(
      400,
      #"{"error":{"message":"Failed to call a function","code":"tool_use_failed","failed_generation":"{\"name\":1}"}}"#)
    #expect(error.code == .malformedToolCall)
    #expect(error.isRetryable)
    #expect(error.failedGeneration == #"{"name":1}"#)
  }

  @Test(arguments: [
    (#"{"error":{"message":"m","type":"t","param":"p","code":"c"}}"#, "m"), (#"{"error":"m"}"#, "m"),
    (#"[{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}}]"#, "m"),
    (#"{"object":"error","message":"m"}"#, "m"), (#"{"detail":"m"}"#, "m"), (#"{"message":"m"}"#, "m"),
    (#"{"detail":[{"loc":["body"],"msg":"field required"}]}"#, #"[{"loc":["body"],"msg":"field required"}]"#),
    (#"{"error":{"code":5}}"#, #"{"code":5}"#), (#""m""#, #""m""#), ("m", "m"),
    ("", "the server answered with status 429 and an empty body"),
    (" \r\n", "the server answered with status 429 and an empty body"),
    (#"{"error":{"message":5}}"#, #"{"message":5}"#),
    (#"{"error":{"message":null}}"#, "an error without a message"), (#"{"message":null,"x":1}"#, #"{"x":1}"#),
    ("\u{0}\u{0}\u{1}", "it begins with bytes that are no text: 00 00 01"), ("\u{FEFF}{\"error\":\"m\"}", "m"),
    (#"{"error":{}}"#, #"{"error":{}}"#),
  ])
  func c10_bodiesOfAllShapesGiveTheirMessage(body: String, message: String) {
    let error = error(429, body)
    #expect(error.message == message)
    #expect(error.code == .rateLimited)
  }

  @Test func f18_anEncodedBodyIsNamedByItsEncoding() {
    let facts = ResponseFacts(now: 0) { $0 == "content-encoding" ? "gzip" : nil }
    let error = APIError(status: 400, body: [0x1F, 0x8B, 8, 0], headers: facts)
    #expect(error.message == "its body is encoded as gzip, which was not asked for")
    #expect(ResponseFacts(now: 0) { $0 == "content-encoding" ? "identity" : nil }.contentEncoding == nil)
  }

  @Test func theStatusIsSaidOnce() {
    #expect(error(400, "").messageWithStatus == "the server answered with status 400 and an empty body")
    #expect(error(400, "no").messageWithStatus == "the server answered with status 400: no")
  }

  @Test func f02_aWaitThatIsTooLongIsSaid() {
    var error = error(429, #"{"error":{"message":"x"}}"#)
    error.retryAfter = .seconds(600)
    var policy = RetryPolicy()
    #expect(policy.decide(after: error) == .giveUp)
    #expect(policy.isWaitTooLong)
    #expect(
      error.withWaitThatIsTooLong.message == "x; it asks to wait 10 min, and all waits together take at most 5 min")
    error.retryAfter = .seconds(90)
    #expect(policy.decide(after: error, random: 0) == .retry(attempt: 3, after: .seconds(90)))
  }

  @Test func theServersWordsAreKept() {
    let error = error(400, #"{"error":{"message":"m","type":"t","param":"p","code":"c"},"request_id":"r"}"#)
    #expect(error.type == "t")
    #expect(error.param == "p")
    #expect(error.serverCode == "c")
    #expect(error.requestID == "r")
  }

  @Test func messagesAreCutAndHaveNoControlCharacters() {
    let long = error(500, #"{"error":"\u001b[31m"# + String(repeating: "é", count: 5_000) + #""}"#)
    #expect(long.message.utf8.count <= 2_048 + 3)
    #expect(long.message.hasSuffix("é…"))
    #expect(!long.message.contains("\u{1B}"))
    let page = error(502, "<html>" + String(repeating: "x", count: 1_000))
    #expect(page.message.utf8.count <= 203)
  }

  @Test func theKeyNeverStandsInAnError() {
    let secret = Secret("sk-canary-123")
    let text =
      #"{"error":{"message":"Incorrect API key provided: sk-canary-123 (sk-canary-123).","param":"sk-canary-123"}}"#
    let error = error(401, text).redacting(secret)
    #expect(error.message == "Incorrect API key provided: ••• (•••).")
    #expect(!String(reflecting: error).contains("canary"))
  }

  @Test(arguments: [
    (#"{"error":{"message":"m","code":"rate_limit_exceeded"}}"#, 429),
    (#"{"error":{"message":"m","type":"overloaded_error"}}"#, 529), (#"{"error":{"message":"m","code":"503"}}"#, 503),
    (#"{"error":{"message":"m","status_code":400}}"#, 400),
    (#"{"error":{"message":"m","type":"invalid_request_error"}}"#, 400),
    (#"{"error":{"message":"m","code":418000}}"#, nil as Int?),
  ])
  func f23_anErrorWithinAReplyStandsForItsStatus(body: String, status: Int?) throws {
    let error = try #require(APIError(reply: try JSONValue(parsing: body)))
    #expect(error.statusCode == status)
    #expect(error.isRetryable == (status != 400))
  }

  @Test func f15_aRedirectNamesTheHostAndNothingElse() {
    let error = APIError(redirect: 307, location: "https://user:pass@other.example:8443/v1?key=1")
    #expect(error.message.contains("other.example:8443"))
    #expect(!error.message.contains("pass"))
    #expect(!error.message.contains("key"))
    #expect(!error.isRetryable)
  }
}

@Suite struct RetryTests {
  /// Monday, 23 November 2026, 06:00:00 GMT.
  private let now: Int64 = 1_795_413_600

  private func delay(_ headers: [String: String]) -> Duration? {
    RetryAfter.delay(now: now) { headers[$0] }
  }

  @Test func f01_secondsAreRead() {
    #expect(delay(["retry-after": "3"]) == .seconds(3))
    #expect(delay(["retry-after": "0.5"]) == .milliseconds(500))
    #expect(delay(["retry-after-ms": "1500", "retry-after": "9"]) == .milliseconds(1_500))
  }

  @Test func f02_datesCountFromTheResponsesOwnDate() {
    let later = "Mon, 23 Nov 2026 06:00:30 GMT"
    #expect(delay(["retry-after": later]) == .seconds(30))
    #expect(delay(["retry-after": later, "date": "Mon, 23 Nov 2026 06:00:10 GMT"]) == .seconds(20))
    #expect(delay(["retry-after": later, "date": "Mon, 23 Nov 2026 07:00:00 GMT"]) == nil)
    #expect(delay(["retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"]) == RetryAfter.maximum)
  }

  @Test(arguments: [
    "", "soon", "-5", "nan", "inf", "1e999", "0x10", "Mon, 32 Nov 2026 06:00:30 GMT", "Mon, 23 Foo 2026 06:00:30 GMT",
    "Mon, 23 Nov 2026 06:00:30 PST", "Mon, 23 Nov 99999999999999999999 06:00:30 GMT", "Mon, 23 Nov 2026 06-00-30 GMT",
  ])
  func f02_garbageIsIgnored(text: String) {
    #expect(delay(["retry-after": text]) == nil)
  }

  @Test(
    arguments: [
      ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
      ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600), ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
    ] as [(String, Int64)])
  func datesAreSecondsSince1970(text: String, seconds: Int64) {
    #expect(HTTPDate.seconds(text) == seconds)
  }

  @Test func c12_hugeAnswersAreBounded() {
    #expect(delay(["retry-after": "99999999999999999999"]) == RetryAfter.maximum)
    #expect(delay(["retry-after-ms": "9999999999999999999999999"]) == RetryAfter.maximum)
  }

  @Test(arguments: [
    ("1s", Duration.seconds(1)), ("6m0s", .seconds(360)), ("8.64s", .milliseconds(8_640)), ("20ms", .milliseconds(20)),
    ("1h2m3s", .seconds(3_723)), ("12", .seconds(12)), ("1795413605", .seconds(5)), ("1795413605000", .seconds(5)),
  ])
  func c12_theResetOfAUsedUpLimitIsRead(reset: String, expected: Duration) {
    for kind in ["-requests", "-tokens", ""] {
      #expect(delay(["x-ratelimit-remaining\(kind)": "0", "x-ratelimit-reset\(kind)": reset]) == expected)
      #expect(delay(["x-ratelimit-remaining\(kind)": "3", "x-ratelimit-reset\(kind)": reset]) == nil)
    }
  }

  @Test(arguments: [
    ("Rate limit reached. Please try again in 1.2s. Visit …", Duration.milliseconds(1_200)),
    ("Please try again in 6m0s.", .seconds(360)), ("please retry in 39.1s", .milliseconds(39_100)),
    ("Try again in 350ms", .milliseconds(350)), ("try again in 2 minutes", .seconds(120)),
    ("retry after 20.", .seconds(20)),
    ("try again in 20 seconds.", .seconds(20)),
  ])
  func c12_theMessageMayNameTheDelay(message: String, expected: Duration) {
    #expect(RetryAfter.delay(in: message) == expected)
  }

  @Test(arguments: [
    "try again in a while", "try again later", "", "try again in 5 fortnights", "in 5s", "try again in ...s",
  ])
  func c12_aMessageWithoutADelayHasNone(message: String) {
    #expect(RetryAfter.delay(in: message) == nil)
  }

  @Test func c12_theHeaderGoesBeforeTheTextAndDetailsAreRead() throws {
    let body = #"{"error":{"message":"try again in 9s","details":[{"@type":"x","retryDelay":"39s"}]}}"#
    #expect(try #require(APIError(reply: try JSONValue(parsing: body))).retryAfter == .seconds(39))
    var facts = ResponseFacts()
    facts.retryAfter = .seconds(2)
    #expect(APIError(status: 429, body: Array(body.utf8), headers: facts).retryAfter == .seconds(2))
  }

  @Test func f01_theServersDelayIsKeptAndUpToAFifthMore() {
    var error = APIError(code: .rateLimited, message: "m", isRetryable: true)
    error.retryAfter = .seconds(3)
    var policy = RetryPolicy()
    #expect(policy.decide(after: error, random: 0) == .retry(attempt: 2, after: .seconds(3)))
    #expect(policy.decide(after: error, random: 1) == .retry(attempt: 3, after: .milliseconds(3_600)))
  }

  @Test func theBackoffDoublesAndEndsAfterFiveAttempts() {
    let error = APIError(code: .server, message: "m", isRetryable: true)
    var policy = RetryPolicy()
    let delays = (0..<5).map { _ in policy.decide(after: error, random: 1) }
    #expect(
      delays == [
        .retry(attempt: 2, after: .milliseconds(500)), .retry(attempt: 3, after: .seconds(1)),
        .retry(attempt: 4, after: .seconds(2)), .retry(attempt: 5, after: .seconds(4)), .giveUp,
      ])
  }

  @Test func waitsTogetherTakeFiveMinutesAtMost() {
    var error = APIError(code: .rateLimited, message: "m", isRetryable: true)
    error.retryAfter = .seconds(200)
    var policy = RetryPolicy()
    #expect(policy.decide(after: error, random: 0) == .retry(attempt: 2, after: .seconds(200)))
    #expect(policy.decide(after: error, random: 0) == .giveUp)
  }

  @Test func anyNumberOfAttemptsKeepsTheBackoffBounded() {
    let error = APIError(code: .server, message: "m", isRetryable: true)
    var policy = RetryPolicy(maxAttempts: .max)
    for _ in 0..<100 {
      if case .retry(_, let delay) = policy.decide(after: error, random: 1) { #expect(delay <= .seconds(30)) }
    }
    #expect(policy.decide(after: error, random: 0) == .giveUp)
  }
}
