internal import CCurl

/// The HTTP library that the program runs with.
package enum HTTPLibrary {
  /// Its version and that of its TLS library, such as `8.14.1 OpenSSL/3.5.1`.
  package static var version: String {
    if ccurl_load() != nil { return "not there" }
    let words = String(cString: ccurl_version()).split(separator: " ").prefix(2).joined(separator: " ")
    return words.hasPrefix("libcurl/") ? String(words.dropFirst("libcurl/".count)) : words
  }

  /// Loads and initializes it for a program of ours, so that the first exchange need not; what fails is said by the exchange.
  ///
  /// Until it is loaded, no thread can begin, and no task. The process may end meanwhile with `_exit`, but not with
  /// `exit`, which would take away what is being initialized.
  package static func prepare() { try? CurlLibrary.initialize(forProgram: true) }
}
