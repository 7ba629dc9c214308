#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The environment of the process, of which a client reads the few variables that it names.
enum EnvironmentVariables {
  static func value(of name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// The variables that say which proxy to use.
  static func proxies(_ variable: (String) -> String?) -> [String: String] {
    var found: [String: String] = [:]
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"] {
      for name in [name, name.lowercased()] { found[name] = variable(name) }
    }
    return found
  }
}
