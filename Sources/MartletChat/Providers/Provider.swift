/// An endpoint that speaks chat completions: where it is, which variable holds its key, what it does differently.
///
/// ```swift
/// let local = Provider.custom(name: "local", baseURL: "http://127.0.0.1:8080/v1")
/// let client = ChatClient(provider: local)
/// ```
public struct Provider: Sendable, Hashable {
  /// Its name in `provider/model`.
  public let name: String
  /// The URL to which `/chat/completions` is added.
  public let baseURL: String
  /// The environment variable that holds its key; nil if it wants none.
  public let apiKeyVariable: String?
  /// The environment variable that replaces its URL.
  public let baseURLVariable: String?
  /// Headers that every request carries.
  public var headers: [String: String] = [:]
  /// Whether plain `http` is allowed for other than loopback addresses.
  public var allowsInsecureHTTP = false
  /// A file with the certificates to trust instead of the system's.
  public var caFile: String?
  /// What its models cost, by the names that requests have; none is built in, because prices change.
  ///
  /// ``Usage/cost`` is known for these models.
  public var prices: [String: TokenPrice] = [:]
  /// Whether a request without a key is not even tried.
  package let needsKey: Bool
  package var quirks: ProviderQuirks
  /// Values within the headers that must not be shown.
  package var headerSecrets: [String] = []

  init(
    _ name: String, _ baseURL: String, key: String? = nil, url: String? = nil, needsKey: Bool = true,
    quirks: (inout ProviderQuirks) -> Void = { _ in }
  ) {
    self.name = name
    self.baseURL = Self.normalized(baseURL)
    apiKeyVariable = key
    baseURLVariable = url
    self.needsKey = needsKey
    self.quirks = ProviderQuirks()
    quirks(&self.quirks)
  }

  /// Makes a provider of any endpoint that speaks chat completions.
  ///
  /// ```swift
  /// let gateway = Provider.custom(
  ///   name: "gateway", baseURL: "https://llm.example.com/v1", apiKeyVariable: "GATEWAY_API_KEY",
  ///   headers: ["X-Team": "search"])
  /// let client = ChatClient(provider: gateway)
  /// ```
  ///
  /// Nothing is known of what it does differently: what it refuses is learned from the words of its refusals. A request
  /// without a key is sent. Keys go over `https`, and over plain `http` to this machine only, unless that is allowed.
  ///
  /// - Parameters:
  ///   - name: A name for messages.
  ///   - baseURL: The URL to which `/chat/completions` is added; one without a path gets `/v1`.
  ///   - apiKeyVariable: The environment variable that holds its key.
  ///   - baseURLVariable: The environment variable that replaces its URL.
  ///   - headers: Headers that every request carries.
  ///   - allowsInsecureHTTP: Whether plain `http` is allowed for other than loopback addresses.
  ///   - caFile: A file with the certificates to trust instead of the system's.
  public static func custom(
    name: String, baseURL: String, apiKeyVariable: String? = nil, baseURLVariable: String? = nil,
    headers: [String: String] = [:], allowsInsecureHTTP: Bool = false, caFile: String? = nil
  ) -> Provider {
    var provider = Provider(name, baseURL, key: apiKeyVariable, url: baseURLVariable, needsKey: false)
    provider.headers = headers
    provider.allowsInsecureHTTP = allowsInsecureHTTP
    provider.caFile = caFile
    return provider
  }

  /// This provider at another URL.
  package func at(_ baseURL: String) -> Provider {
    var provider = Provider(name, baseURL, key: apiKeyVariable, url: baseURLVariable, needsKey: needsKey)
    provider.quirks = quirks
    provider.headers = headers
    provider.allowsInsecureHTTP = allowsInsecureHTTP
    provider.caFile = caFile
    provider.prices = prices
    return provider
  }

  /// The URL without user name and password, which it should not have, and without its query, which may hold a key.
  package var shownURL: String {
    let url = urlWithoutLogin
    return url.utf8.firstIndex(of: UInt8(ascii: "?")).map { url[...$0] + "•••" } ?? url
  }

  /// The URL without user name and password.
  var urlWithoutLogin: String {
    guard let scheme = baseURL.firstRange(of: "://"), let at = baseURL.lastIndex(of: "@"), at >= scheme.upperBound
    else { return baseURL }
    return baseURL[..<scheme.upperBound] + "•••" + baseURL[at...]
  }

  /// Drops slashes at the end, and adds the path `/v1` to a URL that has none.
  private static func normalized(_ url: String) -> String {
    var url = url
    while url.utf8.last == UInt8(ascii: "/") { url.removeLast() }
    let parts = url.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 3, omittingEmptySubsequences: false)
    let hasNoPath = parts.count == 3 && parts[0].last == UInt8(ascii: ":") && parts[1].isEmpty
    return hasNoPath ? url + "/v1" : url
  }
}

extension Provider: CustomStringConvertible, CustomReflectable {
  /// The name and the URL; headers may carry secrets and are never shown.
  public var description: String { "\(name) at \(shownURL)" }

  /// A mirror of the name and the URL alone.
  public var customMirror: Mirror { Mirror(self, children: ["name": name, "baseURL": shownURL]) }
}
