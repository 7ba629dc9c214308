/// What the headers of a response say about an error.
package struct ResponseFacts: Sendable, Hashable {
  /// The server's identifier of the request.
  package var requestID: String?
  /// How long it asks to wait.
  package var retryAfter: Duration?
  /// How the body is encoded, although nothing but plain text was asked for; nil if it is not.
  package var contentEncoding: String?

  package init() {}

  /// Reads headers; `header` finds one by its name in lower case, and `now` is the time in seconds since 1970.
  package init(now: Int64, header: (String) -> String?) {
    let names = ["x-request-id", "request-id", "apim-request-id", "x-kong-request-id", "cf-ray"]
    let found = names.lazy.compactMap(header).first { !$0.isEmpty }
    requestID = found.map { Excerpt.of($0, bytes: 200) }
    retryAfter = RetryAfter.delay(now: now, header: header)
    contentEncoding = header("content-encoding").flatMap { value in
      ["", "identity"].contains(value.lowercased()) ? nil : Excerpt.of(value, bytes: 40)
    }
  }
}
