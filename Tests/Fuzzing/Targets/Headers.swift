import MartletJSON

@testable import MartletChat
@testable import MartletHTTP

/// The input is the head and the body of a response that says failure: what is made of it is short, and no server can ask
/// for more than a day.
func checkHeaders(_ input: [UInt8]) {
  var choices = Choices(input)
  var head = ResponseHead(maxBytes: 256 << 10)
  var rest = choices.content[...]
  lines: while !rest.isEmpty {
    let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
    let line = rest[..<end]
    rest = rest[end...]
    switch line.withUnsafeBytes({ head.take($0) }) {
    case .field: continue
    case .end, .refused: break lines
    }
  }
  let headers = HTTPHeaders(head.headers)
  for header in head.headers {
    promise(headers[header.name] != nil, "a header is found by its name")
    if let seconds = HTTPDate.seconds(header.value) { promise(seconds >= 0, "a date is not before 1970") }
    check(RetryAfter.delay(in: Excerpt.of(header.value, bytes: APIError.maximumMessageBytes)))
  }
  let now = Int64(choices.element(of: [0, 1_790_000_000, 253_402_300_799]))
  check(RetryAfter.delay(now: now) { headers[$0] })
  let facts = timed("reading the head") { ResponseFacts(now: now) { headers[$0] } }
  check(facts.retryAfter)
  let status = 100 + choices.number(below: 600)
  checkError(timed("reading the body") { APIError(status: status, body: Array(rest), headers: facts) })
}

private func check(_ delay: Duration?) {
  guard let delay else { return }
  promise(delay >= .zero && delay <= RetryAfter.maximum, "no server can ask for more than a day, or less than nothing")
}

private func checkError(_ error: APIError) {
  check(error.retryAfter)
  promise(error.message.utf8.count <= APIError.maximumMessageBytes + 3, "a message is at most 2 KiB")
  promise(!error.description.utf8.contains { $0 < 0x20 && $0 != 0x0A }, "a message has no control characters")
  var policy = RetryPolicy()
  var attempts = 1
  while case .retry(let attempt, let delay) = policy.decide(after: error, random: 0.99) {
    attempts += 1
    promise(attempt == attempts && delay >= .zero, "attempts are counted")
    promise(attempts <= RetryPolicy.maxAttempts, "attempts are bounded")
  }
}
