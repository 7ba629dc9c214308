/// One request: method, absolute URL, header fields, body, and the limits of its exchange.
package struct HTTPRequest: Sendable {
  /// The method, a token such as `POST` (RFC 9110, section 9.1).
  package var method: String
  /// An absolute `https` URL without user-info, or `http` for a loopback host.
  package var url: String
  /// Header fields in the order in which they are sent.
  ///
  /// `Content-Length`, `Transfer-Encoding` and `Expect` follow from the body and are refused here.
  package var headers: [HTTPHeader]
  /// The body in segments, which are sent one after the other and never joined.
  package var body: [[UInt8]]
  /// How long each part of the exchange may take.
  package var timeouts: HTTPTimeouts
  /// The most bytes of a response body, counted after any transfer decoding; 32 MiB.
  package var maxBodyBytes = 32 << 20
  /// The most bytes of a response head, interim responses included; 256 KiB.
  package var maxHeaderBytes = 256 << 10

  package init(
    method: String = "POST", url: String, headers: [HTTPHeader] = [], body: [[UInt8]] = [],
    timeouts: HTTPTimeouts = HTTPTimeouts()
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeouts = timeouts
  }
}

/// How long the parts of an exchange may take, on the monotonic clock.
///
/// All of them start when the request leaves the client's queue: waiting for one of the `maxConnections` places is
/// not counted.
package struct HTTPTimeouts: Sendable, Hashable {
  /// Name resolution, connection, proxy tunnel and TLS handshake together; 10 s.
  package var connect: Duration
  /// From the connection to the end of the response's head, the sending of the request included; 120 s.
  package var firstByte: Duration
  /// The time a reader waits for the server since the last ``HTTPResponse/markProgress()``; 120 s.
  ///
  /// Time in which the reader does something else is not counted, and bytes alone do not restart it.
  package var idle: Duration
  /// The whole exchange, body included; 900 s.
  package var total: Duration

  package init(
    connect: Duration = .seconds(10), firstByte: Duration = .seconds(120), idle: Duration = .seconds(120),
    total: Duration = .seconds(900)
  ) {
    self.connect = connect
    self.firstByte = firstByte
    self.idle = idle
    self.total = total
  }
}
