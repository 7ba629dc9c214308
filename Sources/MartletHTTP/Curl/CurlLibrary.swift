internal import CCurl

/// libcurl, which is loaded when something first needs it: a command that asks no server starts in half the time.
enum CurlLibrary {
  /// Has libcurl there: everything but this wants it to have been called once.
  static func load() throws(HTTPError) { try check(ccurl_load()) }

  private static func check(_ problem: UnsafePointer<CChar>?) throws(HTTPError) {
    guard let problem else { return }
    throw HTTPError(.other, "\(String(cString: problem)) (Debian's package is libcurl4)")
  }

  private static let isInitialized = ccurl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  /// Has libcurl ready for exchanges, with its TLS library.
  ///
  /// - Parameter isForProgram: Whether the process is a program of ours, which has nothing that libcurl could use.
  static func initialize(forProgram isForProgram: Bool = false) throws(HTTPError) {
    try check(isForProgram ? ccurl_load_for_program() : ccurl_load())
    guard isInitialized else { throw HTTPError(.other, "libcurl cannot be initialized") }
  }
}
