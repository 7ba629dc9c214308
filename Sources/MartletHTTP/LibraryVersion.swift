internal import CCurl

/// The HTTP library that is linked.
package enum HTTPLibrary {
  /// Its version and that of its TLS library, such as `8.14.1 OpenSSL/3.5.1`.
  package static var version: String {
    let words = String(cString: curl_version()).split(separator: " ").prefix(2).joined(separator: " ")
    return words.hasPrefix("libcurl/") ? String(words.dropFirst("libcurl/".count)) : words
  }
}
