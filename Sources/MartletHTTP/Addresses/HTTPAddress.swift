/// Looks at URLs before anything is sent.
package enum HTTPAddress {
  /// Why a URL can never be asked; nil if it can, and where there is no library that could read it.
  package static func problem(with url: String, allowsInsecureHTTP: Bool) -> HTTPError? {
    if isPlain(url, allowsInsecureHTTP: allowsInsecureHTTP) { return nil }
    do throws(HTTPError) {
      _ = try Endpoint(url, allowsInsecureHTTP: allowsInsecureHTTP)
      return nil
    } catch {
      return error.kind == .other ? nil : error
    }
  }

  /// Whether a URL is good beyond doubt: a name, perhaps a port, and a path, all of characters that mean nothing else.
  ///
  /// Most are, and libcurl, whose parser has the last word, takes longer to load than a command that asks no server takes.
  static func isPlain(_ url: String, allowsInsecureHTTP: Bool) -> Bool {
    let bytes = url.utf8
    let isSecure = bytes.starts(with: "https://".utf8)
    guard isSecure || bytes.starts(with: "http://".utf8), bytes.count <= 2_000 else { return false }
    let rest = bytes.dropFirst(isSecure ? 8 : 7)
    let host = rest.prefix { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    guard let first = host.first, isLetterOrDigit(first) else { return false }
    var path = rest.dropFirst(host.count)
    if path.first == UInt8(ascii: ":") {
      let port = path.dropFirst().prefix { isDigit($0) }
      guard port.first != UInt8(ascii: "0"), UInt16(Substring(port)) != nil else { return false }
      path = path.dropFirst(1 + port.count)
    }
    guard path.isEmpty || path.first == UInt8(ascii: "/") else { return false }
    guard path.allSatisfy({ isLetterOrDigit($0) || "/-._".utf8.contains($0) }) else { return false }
    return isSecure || allowsInsecureHTTP || host.elementsEqual("127.0.0.1".utf8)
      || host.elementsEqual("localhost".utf8)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
