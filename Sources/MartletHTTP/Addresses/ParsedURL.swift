internal import CCurl

/// A URL as libcurl's parser has read it; nothing changes it afterwards.
final class ParsedURL: @unchecked Sendable {
  /// A `CURLU *`, which is only read.
  let pointer: OpaquePointer
  private let subject: String

  /// - Parameters:
  ///   - url: An absolute URL.
  ///   - subject: What the URL is called in messages.
  /// - Throws: ``HTTPError/Kind/invalidURL``, or ``HTTPError/Kind/other`` when libcurl or memory is not there.
  init(_ url: String, describedAs subject: String) throws(HTTPError) {
    try CurlLibrary.load()
    guard !url.utf8.contains(0) else { throw HTTPError(.invalidURL, "\(subject) holds a NUL character") }
    guard let pointer = ccurl_url() else { throw HTTPError(.other, "there is no memory to read \(subject)") }
    self.pointer = pointer
    self.subject = subject
    let code = ccurl_url_set(pointer, CURLUPART_URL, url, UInt32(CURLU_NON_SUPPORT_SCHEME))
    guard code == CURLUE_OK else {
      throw HTTPError(.invalidURL, "\(subject) cannot be read: \(String(cString: ccurl_url_strerror(code)))")
    }
  }

  deinit {
    ccurl_url_cleanup(pointer)
  }

  /// The parts that decide about the use of a URL.
  struct Parts {
    let scheme: String
    /// In small letters, without the brackets of an IPv6 address.
    let host: String
    let port: Int?
    let hasUserInfo: Bool
  }

  var parts: Parts {
    get throws(HTTPError) {
      guard let scheme = part(CURLUPART_SCHEME), var host = part(CURLUPART_HOST), !host.isEmpty else {
        throw HTTPError(.invalidURL, "\(subject) names no host")
      }
      if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
      return Parts(
        scheme: scheme.lowercased(), host: host.lowercased(), port: part(CURLUPART_PORT).flatMap { Int($0) },
        hasUserInfo: part(CURLUPART_USER) != nil || part(CURLUPART_PASSWORD) != nil)
    }
  }

  private func part(_ part: CURLUPart) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard ccurl_url_get(pointer, part, &text, 0) == CURLUE_OK, let text else { return nil }
    defer { ccurl_free(text) }
    return String(cString: text)
  }
}
