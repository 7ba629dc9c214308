import MartletHTTP
import MartletTesting

extension LoopbackServer {
  /// A request to this server.
  func request(
    _ path: String = "/", method: String = "POST", headers: [HTTPHeader] = [], body: [[UInt8]] = [],
    timeouts: HTTPTimeouts = HTTPTimeouts()
  ) -> HTTPRequest {
    HTTPRequest(method: method, url: baseURL + path, headers: headers, body: body, timeouts: timeouts)
  }
}

extension HTTPClient {
  /// The whole body of the response.
  nonisolated(nonsending) func text(_ request: HTTPRequest) async throws(HTTPError) -> String {
    String(decoding: try await send(request).collect(), as: UTF8.self)
  }

  /// Why the exchange failed, before or in the body; nil when it did not.
  func failure(_ request: HTTPRequest) async -> HTTPError? {
    do throws(HTTPError) {
      _ = try await send(request).collect()
      return nil
    } catch {
      return error
    }
  }
}
