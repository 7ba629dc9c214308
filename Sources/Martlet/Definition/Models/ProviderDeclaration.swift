package import MartletChat
import MartletJSON
import MartletYAML

/// An endpoint of the user's own, or other settings for a built-in one.
package struct ProviderDeclaration: Sendable {
  package var name = ""
  package var baseURL: Located<String>?
  package var keyVariable: String?
  package var keyFile: Located<String>?
  package var headers: [CommandDeclaration.EnvironmentEntry] = []
  package var allowsInsecureHTTP = false
  package var caFile: Located<String>?
  package var quirks = QuirksDeclaration()
  package var prices: [String: TokenPrice] = [:]
  /// Never set: a key in the file is refused.
  fileprivate var keyInFile: String?

  package static let table = FieldTable<ProviderDeclaration>("a provider") {
    Field(
      "base_url", \.baseURL, .located(.webAddress.describing(["pattern": "^https?://[^@]*$"])),
      "URL to which /chat/completions is added")
    Field("api_key_env", \.keyVariable, .keyVariable, "Environment variable that holds the key")
    Field("api_key_file", \.keyFile, .located(.string), "File that holds the key")
    Field("api_key", \.keyInFile, .keyInFile, "Not allowed: keys stay out of the file")
    Field("headers", \.headers, .headers, default: [:], "Headers that every request carries")
    Field(
      "allow_insecure_http", \.allowsInsecureHTTP, .bool, default: false,
      "Whether plain http is allowed for other than loopback addresses")
    Field("ca_file", \.caFile, .located(.string), "Certificates to trust instead of the system's")
    Field("prices", \.prices, .prices, default: [:], "US dollars per million tokens, by model")
    Field("quirks", \.quirks, .quirks, default: [:], "What the server does differently")
  }
}

extension String {
  /// Whether it is a URL with a user name or a password, which would stand wherever the URL is shown.
  ///
  /// A password may hold a slash that is not encoded, so that an `@` counts wherever it is.
  package var hasUserInfo: Bool { contains("://") && contains("@") }
}

extension FieldType<String> {
  /// A URL of the web, as far as its beginning tells.
  fileprivate static let webAddress = FieldType<String>.string.map { text, node, reader -> String? in
    if text.hasUserInfo {
      reader.reportSecret(
        "a URL holds no user name and no password", at: node.start, hint: "name a variable with api_key_env")
      return text
    }
    if text.hasPrefix("https://") || text.hasPrefix("http://") { return text }
    reader.report(
      "expected a URL that begins with https:// or http://, found `\(text)`", at: node.start,
      hint: text.isEmpty ? nil : "write https://\(text)")
    return nil
  }

  /// The name of a variable; what is no name may be the key itself and is not shown.
  fileprivate static let keyVariable = FieldType(schema: [
    "type": "string", "pattern": .string(EnvironmentText.namePattern),
  ]) {
    node, reader in
    if let name = node.text, EnvironmentText.isName(name) { return name }
    reader.reportSecret("expected the name of an environment variable", at: node.start, hint: "such as LOCAL_KEY")
    return nil
  }

  /// Refuses a key that stands in the file, without showing it.
  fileprivate static let keyInFile = FieldType(schema: false) { node, reader in
    reader.reportSecret(
      "a key does not belong into the file", at: node.start,
      hint: "name a variable with api_key_env, or a file with api_key_file")
    return nil
  }
}

extension FieldType<[ProviderDeclaration]> {
  /// The names of the providers whose URL is known.
  private static var builtIn: String {
    "^(" + ProviderCatalog.providers.map(\.name).joined(separator: "|") + ")$"
  }

  /// Providers by their names.
  package static let providers = FieldType(
    schema: [
      "type": "object", "propertyNames": FieldType<String>.name.schema,
      "patternProperties": [builtIn: ProviderDeclaration.table.schema],
      "additionalProperties": ["allOf": [ProviderDeclaration.table.schema, ["required": ["base_url"]]]],
    ]
  ) { node, reader in
    guard let pairs = reader.mapping(node, expected: "providers by their names") else { return nil }
    var providers: [ProviderDeclaration] = []
    var names: Set<String> = []
    for pair in pairs {
      guard let name = FieldType<String>.name.read(pair.key, reader) else { continue }
      if !names.insert(name).inserted {
        reader.report("duplicate key `\(name)`", at: pair.key.start, hint: "keep one of them")
      }
      var provider = ProviderDeclaration()
      provider.name = name
      reader.within(name) { reader.readFields(of: pair.value, ProviderDeclaration.table, into: &provider) }
      let namesURL = pair.value.mapping.map { $0.value(of: "base_url") != nil } ?? true
      if !namesURL, ProviderCatalog.provider(named: name) == nil {
        reader.report("provider `\(name)` needs `base_url`", at: pair.key.start)
      }
      providers.append(provider)
    }
    return providers
  }
}

extension FieldType<[CommandDeclaration.EnvironmentEntry]> {
  /// Headers, whose values may name environment variables.
  static let headers = FieldType(schema: [
    "type": "object", "additionalProperties": FieldType<EnvironmentText>.environmentText.schema,
  ]) {
    node, reader in
    guard let pairs = reader.mapping(node, expected: "headers") else { return nil }
    return pairs.compactMap { pair in
      guard let name = reader.key(of: pair.key) else { return nil }
      return FieldType<Located<EnvironmentText>>.located(.environmentText).read(pair.value, reader)
        .map { CommandDeclaration.EnvironmentEntry(name: name, value: $0) }
    }
  }
}
