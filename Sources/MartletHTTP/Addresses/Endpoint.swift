import Glibc

/// Where a URL leads, read by the parser that libcurl itself connects by.
struct Endpoint: Sendable {
  /// The URL as it was given.
  let url: String
  /// The URL as libcurl's parser has read it, so that it does not do that again for every transfer.
  let parsed: ParsedURL
  let isSecure: Bool
  /// In small letters, without the brackets of an IPv6 address.
  let host: String
  let port: Int
  let isLoopback: Bool

  /// Host and port, for messages.
  var name: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  init(_ url: String, allowsInsecureHTTP: Bool) throws(HTTPError) {
    parsed = try ParsedURL(url, describedAs: "the URL")
    let parts = try parsed.parts
    guard parts.scheme == "https" || parts.scheme == "http" else {
      throw HTTPError(.invalidURL, "the URL has the scheme \(parts.scheme.printable()) and not https or http")
    }
    if parts.hasUserInfo {
      let host = parts.host.printable()
      throw HTTPError(.invalidURL, "the URL for \(host) carries a user name or password; keys go in a header")
    }
    self.url = url
    isSecure = parts.scheme == "https"
    host = parts.host
    port = parts.port ?? (isSecure ? 443 : 80)
    isLoopback = Endpoint.isLoopback(host)
    if !isSecure, !isLoopback, !allowsInsecureHTTP {
      throw HTTPError(.insecureURL, "\(name) would be asked over plain http, which is allowed for loopback hosts only")
    }
  }

  /// 127.0.0.0/8, ::1 and `localhost`, which libcurl maps to them without asking a resolver.
  private static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" { return true }
    guard let address = IPAddress(host) else { return false }
    switch address.bytes.count {
    case 4: return address.bytes[0] == 127
    default: return address.bytes.dropLast().allSatisfy { $0 == 0 } && address.bytes.last == 1
    }
  }
}

extension Endpoint: Equatable {
  /// Whether the two are of the same URL, which decides about everything else.
  static func == (left: Endpoint, right: Endpoint) -> Bool {
    left.parsed === right.parsed || left.url.hasSameBytes(as: right.url)
  }
}

/// An IPv4 (4 bytes) or IPv6 (16 bytes) address.
struct IPAddress: Hashable {
  let bytes: [UInt8]

  init?(_ text: String) {
    for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
      var bytes = [UInt8](repeating: 0, count: count)
      if inet_pton(family, text, &bytes) == 1 {
        self.bytes = bytes
        return
      }
    }
    return nil
  }

  /// Whether the first `bits` bits of the two are the same.
  func sharesPrefix(_ other: IPAddress, bits: Int) -> Bool {
    guard bytes.count == other.bytes.count, (0...bytes.count * 8).contains(bits) else { return false }
    let (whole, rest) = bits.quotientAndRemainder(dividingBy: 8)
    guard bytes.prefix(whole) == other.bytes.prefix(whole) else { return false }
    return rest == 0 || (bytes[whole] ^ other.bytes[whole]) >> (8 - rest) == 0
  }
}
