/// A proxy to go through.
struct Proxy: Sendable, Hashable {
  /// As libcurl takes it, with any user-info.
  let url: String
  /// Host and port, for messages.
  let name: String
}

/// Which requests go through which proxy, by the environment variables that curl and most programs honor.
struct ProxyRules: Sendable {
  private let secure: Setting
  private let plain: Setting
  private let exceptions: [Exception]

  private enum Setting: Sendable {
    case none, unreadable
    case proxy(Proxy)
  }

  /// One entry of `NO_PROXY`.
  private enum Exception: Sendable {
    case everything
    /// The host itself and every host below it.
    case domain(String)
    case network(IPAddress, bits: Int)
  }

  init(environment: [String: String]) {
    func value(_ names: String...) -> String? {
      for name in names {
        for spelling in [name, name.uppercased()] {
          if let value = environment[spelling], !value.isEmpty { return value }
        }
      }
      return nil
    }
    secure = ProxyRules.setting(value("https_proxy", "all_proxy"))
    plain = ProxyRules.setting(value("http_proxy", "all_proxy"))
    let list = value("no_proxy") ?? ""
    exceptions = list.split(whereSeparator: { $0 == "," || $0 == " " || $0 == "\t" }).map { ProxyRules.exception($0) }
  }

  /// The proxy for an endpoint; never one for a loopback host.
  func proxy(for endpoint: Endpoint) throws(HTTPError) -> Proxy? {
    if endpoint.isLoopback || isExcepted(endpoint.host) { return nil }
    switch endpoint.isSecure ? secure : plain {
    case .none: return nil
    case .proxy(let proxy): return proxy
    case .unreadable:
      throw HTTPError(.proxy, "the proxy setting for \(endpoint.isSecure ? "https" : "http") cannot be read as a URL")
    }
  }

  private static func setting(_ value: String?) -> Setting {
    guard let value else { return .none }
    let url = value.contains("://") ? value : "http://" + value
    let schemes = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]
    guard let parts = try? ParsedURL(url, describedAs: "the proxy").parts, schemes.contains(parts.scheme) else {
      return .unreadable
    }
    let port = parts.port ?? (parts.scheme == "https" ? 443 : 1080)
    return .proxy(Proxy(url: url, name: "\(parts.host.printable()):\(port)"))
  }

  private static func exception(_ entry: Substring) -> Exception {
    if entry == "*" { return .everything }
    let pieces = entry.split(separator: "/", maxSplits: 1)
    let bare = pieces.first.map { $0.hasPrefix("[") && $0.hasSuffix("]") ? $0.dropFirst().dropLast() : $0 } ?? ""
    if let address = IPAddress(String(bare)) {
      let width = address.bytes.count * 8
      guard pieces.count == 2 else { return .network(address, bits: width) }
      if let bits = Int(pieces[1]), (0...width).contains(bits) { return .network(address, bits: bits) }
    }
    return .domain(entry.drop(while: { $0 == "." }).lowercased())
  }

  private func isExcepted(_ host: String) -> Bool {
    let address = IPAddress(host)
    return exceptions.contains { exception in
      switch exception {
      case .everything: true
      case .domain(let domain): !domain.isEmpty && (host == domain || host.hasSuffix("." + domain))
      case .network(let network, let bits): address?.sharesPrefix(network, bits: bits) ?? false
      }
    }
  }
}
