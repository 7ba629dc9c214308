/// What can be known of an image's URL before anybody fetches it.
package enum ImageURL {
  /// Why no server could use it; nil if one might. Other schemes than these are the server's own matter.
  package static func problem(_ url: String) -> String? {
    switch url.firstIndex(of: ":").map({ url[..<$0].lowercased() }) {
    case "http", "https":
      URLHost.of(url) == nil ? "the URL of an image names no host; it begins like https://example.com/" : nil
    case "data": hasData(url) ? nil : "the data URL of an image holds no data; it goes on with ;base64, and the data"
    default: nil
    }
  }

  /// Whether something follows the comma (RFC 2397).
  private static func hasData(_ url: String) -> Bool {
    guard let comma = url.utf8.firstIndex(of: UInt8(ascii: ",")) else { return false }
    return url.utf8.index(after: comma) != url.utf8.endIndex
  }
}

/// The host in a URL.
enum URLHost {
  /// The host and its port, without user information; nil if there is none.
  static func of(_ url: String) -> String? {
    guard let range = url.firstRange(of: "://") else { return nil }
    let authority = url[range.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
    return host.isEmpty || host.first == ":" ? nil : String(host)
  }
}
