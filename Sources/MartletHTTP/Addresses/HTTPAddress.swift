/// Looks at URLs before anything is sent.
package enum HTTPAddress {
  /// Why a URL can never be asked; nil if it can, and where there is no library that could read it.
  package static func problem(with url: String, allowsInsecureHTTP: Bool) -> HTTPError? {
    do throws(HTTPError) {
      _ = try Endpoint(url, allowsInsecureHTTP: allowsInsecureHTTP)
      return nil
    } catch {
      return error.kind == .other ? nil : error
    }
  }
}
