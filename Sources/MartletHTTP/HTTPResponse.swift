/// The head of a response, and its body as it comes in.
package struct HTTPResponse: Sendable {
  /// The status code, 200 to 599 (interim 1xx responses are passed over).
  package let status: Int
  package let headers: HTTPHeaders
  package let body: HTTPBody

  /// The whole body.
  ///
  /// Reads what is left of ``body``, whose bytes (white space apart) count as progress for the idle timeout.
  nonisolated(nonsending) package func collect() async throws(HTTPError) -> [UInt8] {
    guard var whole = try await body.next() else { return [] }
    body.markProgress(ifUseful: whole)
    while let more = try await body.next() {
      body.markProgress(ifUseful: more)
      whole += more
    }
    return whole
  }

  /// Restarts the idle timeout: the reader saw something useful, such as an event with data.
  package func markProgress() {
    body.markProgress()
  }

  /// Shortens the idle timeout: what was asked for is here, and only the end of the body is waited for.
  ///
  /// A body that ends within the time leaves its connection to the next request.
  package func expectEnd(within limit: Duration) {
    body.expectEnd(within: limit)
  }
}
