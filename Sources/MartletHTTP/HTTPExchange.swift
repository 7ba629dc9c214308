/// One request and, once it is sent, its response.
package struct HTTPExchange: Sendable {
  let body: HTTPBody

  /// Sends the request and returns when the head of the response is there; to be called once.
  ///
  /// Cancelling the task ends the exchange before the error ``HTTPError/Kind/canceled`` is thrown.
  nonisolated(nonsending) package func response() async throws(HTTPError) -> HTTPResponse {
    do throws(HTTPError) {
      let head = try await body.transfer.response()
      return HTTPResponse(status: head.status, headers: head.headers, body: body)
    } catch {
      throw await body.transfer.refined(error)
    }
  }
}
