import MartletChat

/// The keys and tokens that a program holds: what its tools write is searched for them before anyone reads it.
package struct KnownSecrets: Sendable {
  /// The environment variables that hold them, and those that by their names hold some of others.
  package let variables: Set<String>
  let secrets: [Secret]

  /// None.
  package init() {
    variables = []
    secrets = []
  }

  /// Those of the providers that are known by name, those that a file declares, and those of proxies.
  ///
  /// A key file that cannot be read holds no secret of ours; whether that matters is for the model to say.
  init(of definition: AgentDefinition, environment: [String: String]) {
    var names = Set(ProviderCatalog.providers.compactMap(\.apiKeyVariable))
    for provider in definition.providers {
      if let name = provider.keyVariable { names.insert(name) }
      names.formUnion(provider.headers.flatMap(\.value.value.variables))
    }
    let proxies = environment.keys.filter { $0.lowercased().hasSuffix("_proxy") }
    let files = definition.providers.compactMap(\.keyFile).compactMap { file in
      try? SecretFile.text(of: FilePaths.resolve(file.value, in: definition.folder))
    }
    let values = names.compactMap { environment[$0] } + files + proxies.compactMap { environment[$0]?.password }
    variables = names.union(proxies).union(environment.keys.filter(\.namesASecret))
    secrets = Set(values).map { Secret($0) }.filter { !$0.isEmpty }
  }

  /// A tool's text without them.
  func redacting(_ text: String) -> String {
    secrets.reduce(text) { $1.redactingToolResult($0) }
  }
}

extension AgentError {
  /// The error without them.
  func redacting(_ secrets: KnownSecrets) -> AgentError {
    AgentError(code: code, message: secrets.redacting(message), status: status, retryAfter: retryAfter)
  }
}

extension String {
  /// Whether a variable of this name may be expected to hold a secret, such as `GITHUB_TOKEN`.
  fileprivate var namesASecret: Bool {
    var name = self
    return name.withUTF8 { bytes in
      var start = 0
      for end in 0...bytes.count where end == bytes.count || bytes[end] == UInt8(ascii: "_") {
        if Self.isSecretWord(UnsafeBufferPointer(rebasing: bytes[start..<end])) { return true }
        start = end + 1
      }
      return false
    }
  }

  /// Compares the lengths first: of most variables no word has that of a secret.
  private static func isSecretWord(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
    secretWords.contains { $0.utf8.count == word.count && $0.utf8.elementsEqual(word) { $0 == $1 & ~0x20 } }
  }

  /// In capitals, as most variables are written.
  private static let secretWords = ["KEY", "TOKEN", "SECRET", "PASSWORD", "PASS", "CREDENTIALS", "PAT"]

  /// The password within a URL.
  fileprivate var password: String? {
    let authority = firstRange(of: "://").map { self[$0.upperBound...] } ?? self[...]
    guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else { return nil }
    return String(authority[authority.index(after: colon)..<at])
  }
}
