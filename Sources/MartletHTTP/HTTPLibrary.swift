internal import CCurl
internal import Dispatch

/// The HTTP library that the program runs with.
package enum HTTPLibrary {
  /// Its version and that of its TLS library, such as `8.14.1 OpenSSL/3.5.1`.
  package static var version: String {
    if ccurl_load() != nil { return "not there" }
    let words = String(cString: ccurl_version()).split(separator: " ").prefix(2).joined(separator: " ")
    return words.hasPrefix("libcurl/") ? String(words.dropFirst("libcurl/".count)) : words
  }

  /// Begins to load it, so that the first exchange need not wait for that; what fails is said by the exchange.
  ///
  /// The process may end meanwhile: its end waits for the dynamic linker. That of the TLS library's initialization would
  /// not be waited for, so that it is left to the first exchange.
  package static func beginLoading() {
    // Not a task: it would hold one of the few threads that tasks have.
    DispatchQueue.global(qos: .userInitiated).async { _ = ccurl_load() }
  }
}
