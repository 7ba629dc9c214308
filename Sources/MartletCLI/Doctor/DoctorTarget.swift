import Martlet
import MartletJSON

/// The endpoint that a command line names, ready to be asked.
struct DoctorTarget {
  let client: ChatClient
  /// The URL for an agent file; nil for a built-in provider at its own URL.
  private let baseURL: String?
  /// The variable for an agent file; nil for a built-in provider's own.
  private let keyVariable: String?
  private let allowsInsecureHTTP: Bool
  /// The variables that no child may see.
  let secretVariables: Set<String>

  /// Why there is no endpoint to ask.
  struct Problem: Error {
    let message: String
    let status: ExitStatus
  }

  init(
    _ endpoint: String?, keyVariable: String?, allowsInsecureHTTP: Bool, environment: [String: String]
  ) throws(Problem) {
    func value(_ name: String?) -> String? { name.flatMap { environment[$0] }.flatMap { $0.isEmpty ? nil : $0 } }
    var provider = try Self.provider(endpoint, value)
    if let url = value(provider.baseURLVariable), endpoint?.isURL != true { provider = provider.at(url) }
    provider.allowsInsecureHTTP = allowsInsecureHTTP
    if let keyVariable { provider = provider.withKey(in: keyVariable) }
    if let problem = provider.addressProblem {
      let advice = problem.isInsecure ? "; use https, or add --allow-insecure-http" : ""
      throw Problem(message: problem.message + advice, status: .invalid)
    }
    let key = value(provider.apiKeyVariable).map { Secret($0) } ?? Secret("")
    if key.isEmpty, provider.needsKey {
      let variable = provider.apiKeyVariable.map { ": set \($0)" } ?? ""
      throw Problem(message: "no API key for \(provider.name)\(variable)", status: .invalid)
    }
    if key.hasControlCharacter {
      throw Problem(message: "the key in \(provider.apiKeyVariable ?? "") holds a control character", status: .invalid)
    }
    let builtIn = ProviderCatalog.provider(named: provider.name)
    baseURL = builtIn?.baseURL == provider.baseURL ? nil : provider.shownURL
    self.keyVariable = key.isEmpty || builtIn?.apiKeyVariable == provider.apiKeyVariable ? nil : provider.apiKeyVariable
    self.allowsInsecureHTTP = allowsInsecureHTTP && provider.baseURL.hasPrefix("http:")
    secretVariables = Set([provider.apiKeyVariable].compactMap { $0 })
    // Proxies are found in the environment as for every request; the URL is settled.
    let variables = environment.filter { $0.key != provider.baseURLVariable }
    client = ChatClient(provider: provider, apiKey: key, maxAttempts: 1) { variables[$0] }
  }

  /// The part of an agent file that says what a report found.
  func yaml(of report: DoctorReport) -> String? {
    report.yaml(baseURL: baseURL, keyVariable: keyVariable, allowsInsecureHTTP: allowsInsecureHTTP)
  }

  func json(of report: DoctorReport) -> JSONValue {
    var json = report.json.objectValue ?? [:]
    json["yaml"] = yaml(of: report).map { .string($0) } ?? .null
    json["error"] = .null
    return .object(json)
  }

  /// The object for machines when there is no report.
  static func json(of error: AgentError, at target: DoctorTarget?) -> JSONValue {
    let provider = target?.client.provider
    return [
      "provider": provider.map { .string($0.name) } ?? .null, "url": provider.map { .string($0.shownURL) } ?? .null,
      "model": .null, "usable": .null, "requests": .null, "usage": .null, "probes": [], "quirks": [:], "yaml": .null,
      "error": error.json,
    ]
  }

  private static func provider(_ endpoint: String?, _ variable: (String?) -> String?) throws(Problem) -> Provider {
    let known = ProviderCatalog.providers
    guard let endpoint else {
      let set = known.filter { $0.needsKey && variable($0.apiKeyVariable) != nil }
      if set.count == 1, let only = set.first { return only }
      let message =
        set.isEmpty
        ? "which endpoint? Give a provider (\(known.map(\.name).joined(separator: ", "))) or a URL"
        : "keys of \(set.map(\.name).joined(separator: " and ")) are set: give one of them"
      throw Problem(message: message, status: .usage)
    }
    if endpoint.isURL {
      if let base = endpoint.withoutEndpoint {
        throw Problem(message: "the path /chat/completions is added to the URL: give \(base)", status: .usage)
      }
      let custom = Provider.custom(name: endpoint.nameOfHost, baseURL: endpoint)
      return known.first { $0.baseURL == custom.baseURL } ?? custom
    }
    if let provider = ProviderCatalog.provider(named: endpoint) { return provider }
    let near = Suggestion.nearest(to: endpoint, in: known.map(\.name)).map { "did you mean `\($0)`?" }
    let advice = near ?? "there are \(known.map(\.name).joined(separator: ", ")); a URL begins with https:// or http://"
    throw Problem(message: "unknown provider `\(endpoint)`: \(advice)", status: .usage)
  }
}

extension String {
  fileprivate var isURL: Bool { hasPrefix("https://") || hasPrefix("http://") }

  /// The URL without the path that requests add to it; nil if it does not end in that.
  fileprivate var withoutEndpoint: String? {
    var url = self
    while url.hasSuffix("/") { url.removeLast() }
    return url.hasSuffix("/chat/completions") ? String(url.dropLast("/chat/completions".count)) : nil
  }

  /// A name for the endpoint at a URL, in the alphabet of names: `local` for this machine.
  fileprivate var nameOfHost: String {
    let rest = firstRange(of: "://").map { self[$0.upperBound...] } ?? self[...]
    let host = rest.prefix { $0 != "/" && $0 != ":" && $0 != "?" && $0 != "#" }
    if ["127.0.0.1", "localhost", "["].contains(where: { host.hasPrefix($0) }) { return "local" }
    let name = String(host.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? String($0) : "-" }.joined().prefix(64))
    // What YAML reads as a number or as nothing is no name, nor is that of a model that needs no provider.
    let isName = (name.first?.isLetter ?? false) || name.contains("-")
    return isName && !["null", "true", "false"].contains(name.lowercased()) && !ModelSpec.standalone.contains(name)
      ? name : "local"
  }
}
