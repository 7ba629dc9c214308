/// Why an exchange has no response, or a response no complete body.
///
/// A status is not an error: 3xx, 4xx and 5xx are responses. A redirect is never followed.
package struct HTTPError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Kind: Sendable, Hashable {
    /// The URL cannot be read, names no host, carries user-info, or has a scheme other than `https` and `http`.
    case invalidURL
    /// Plain `http` for a host that is not a loopback host.
    case insecureURL
    /// The host has no address; `temporary` when the resolver itself failed, so that asking again may help.
    case resolve(temporary: Bool)
    /// No connection: refused, unreachable.
    case connect
    /// The TLS handshake or the check of the certificate failed.
    case tls
    /// The proxy cannot be found or reached, or refused the tunnel.
    case proxy
    /// A part of the exchange took longer than ``HTTPTimeouts`` allows.
    case timeout(Phase)
    /// The connection was lost while the exchange was under way.
    case reset
    /// The body ended before its announced length or its last chunk.
    case truncated
    /// The head or the body is larger than the request allows; the limit in bytes (or lines, says the message).
    case tooLarge(limit: Int)
    /// The task was cancelled.
    case canceled
    /// Anything else: an answer that is not HTTP, a header that cannot be sent.
    case other
  }

  /// The part of an exchange that took too long.
  package enum Phase: String, Sendable, Hashable {
    case connect, firstByte, idle, total
  }

  package let kind: Kind
  /// One sentence that names host, port and reason, and never user-info, a header or a path.
  package let message: String

  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  package var description: String { message }

  /// Whether the same request may succeed a moment later.
  ///
  /// False for ``Phase/total``: a reply that did not end in the whole time will not on the next try.
  package var isRetryable: Bool {
    switch kind {
    case .resolve(let temporary): temporary
    case .timeout(let phase): phase != .total
    case .connect, .reset, .truncated: true
    case .invalidURL, .insecureURL, .tls, .proxy, .tooLarge, .canceled, .other: false
    }
  }
}
