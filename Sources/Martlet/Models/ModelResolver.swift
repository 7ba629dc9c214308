import MartletChat
package import MartletHTTP
import MartletJSON

/// Finds the model that a specification names.
package struct ModelResolver {
  package var script: [ScriptRule]
  package var providers: [ProviderDeclaration]
  /// The folder that the file's relative paths are relative to.
  package var folder: String
  package var environment: [String: String]
  /// The URL to ask instead of the provider's own.
  package var baseURL: String?
  /// What no model's cache may keep.
  package var secrets = KnownSecrets()
  /// What runs the models' conversations instead of the pool's threads.
  package var thread: TaskThread?

  /// What speaks against a specification, and what to do about it.
  package struct Problem: Error {
    package let message: String
    package let hint: String?
    /// Whether the model's own declaration is not to blame, but ``ModelResolver/baseURL``.
    var isOfBaseURL = false

    init(message: String, hint: String?) {
      self.message = message
      self.hint = hint
    }
  }

  /// Why a specification cannot be used, as far as the file tells; a key may still be missing.
  package func problem(with spec: ModelSpec) -> Problem? {
    switch spec.provider {
    case "scripted" where baseURL != nil:
      return Problem(
        message: "a base URL needs a model behind it, and this one is `scripted`", hint: "add --model provider/name")
    case "scripted" where script.isEmpty:
      return Problem(message: "the model `scripted` needs a `script`", hint: "add `script:` with at least one rule")
    case "scripted" where !spec.name.isEmpty:
      return Problem(message: "the model `scripted` takes no name", hint: "write `scripted`")
    case "scripted":
      return nil
    case "replay":
      return Problem(message: "the model `replay` is not supported yet", hint: "use `scripted`")
    case _ where spec.name.isEmpty:
      return Problem(message: "the model has no `name`", hint: "add the name that \(spec.provider) knows it by")
    case _ where providers.contains { $0.name == spec.provider && $0.baseURL == nil }:
      return nil  // what is wrong with it is said where it is declared
    case _ where baseURL != nil || provider(of: spec) != nil:
      return nil
    default:
      let known = providers.map(\.name) + ModelSpec.providers
      let near = Suggestion.nearest(to: spec.provider, in: known).map { "did you mean `\($0)`?" }
      return Problem(
        message: "unknown provider `\(spec.provider)`",
        hint: near ?? "declare it under `providers:`, or use one of \(known.joined(separator: ", "))")
    }
  }

  /// The model of a specification.
  package func model(for spec: ModelSpec, values: TemplateValues) throws(Problem) -> any Model {
    if let problem = problem(with: spec) { throw problem }
    guard spec.provider != "scripted" else {
      return ScriptedModel(rules: script, values: values, streams: spec.streams, thread: thread)
    }
    let declaration = providers.first { $0.name == spec.provider }
    if let declaration { try checkOutside(declaration) }
    var provider = provider(of: spec) ?? Provider.custom(name: spec.provider, baseURL: baseURL ?? "")
    if let baseURL { provider = provider.anywhere(at: baseURL) }
    if let problem = provider.addressProblem { throw Self.problem(problem, isOfBaseURL: baseURL != nil) }
    let key = try key(in: declaration) ?? provider.apiKeyVariable.flatMap { environment[$0] }.map { Secret($0) }
    if provider.needsKey, key?.isEmpty ?? true {
      let variable = provider.apiKeyVariable.map { "set \($0)" }
      throw Problem(message: "no API key for \(spec.provider)", hint: variable)
    }
    if key?.hasControlCharacter ?? false {
      let source = provider.apiKeyVariable ?? "its file"
      throw Problem(message: "the API key of \(spec.provider) holds a control character", hint: "look at \(source)")
    }
    var client = ChatClient(provider: provider, apiKey: key ?? Secret(""), thread: thread) { environment[$0] }
    client.otherSecrets = secrets.secrets
    return ChatModel(client: client, spec: spec)
  }

  /// Why a run of the model cannot be bounded by what it costs.
  func costProblem(of spec: ModelSpec) -> Problem? {
    if ModelSpec.standalone.contains(spec.provider) { return nil }
    if providers.first(where: { $0.name == spec.provider })?.prices[spec.name] != nil { return nil }
    return Problem(
      message: Self.unknownPrice(of: spec.identifier),
      hint:
        "declare them, per million tokens: providers: {\(spec.provider): {prices: {\(spec.name): {input: …, output: …}}}}"
    )
  }

  static func unknownPrice(of model: String) -> String {
    "`max_cost` needs the prices of \(model), and they are not known"
  }

  /// What is known of the server of a model before it is asked; nil if the model has none.
  func quirks(of spec: ModelSpec) -> ProviderQuirks? {
    ModelSpec.standalone.contains(spec.provider) ? nil : provider(of: spec)?.quirks
  }

  /// What to do about a URL that can never be asked.
  private static func problem(_ problem: Provider.AddressProblem, isOfBaseURL: Bool) -> Problem {
    let hint =
      problem.isInsecure
      ? "use https, or set allow_insecure_http: true for the provider"
      : "a URL is such as https://llm.example.com/v1 or http://127.0.0.1:8080/v1"
    var found = Problem(message: isOfBaseURL ? "--base-url: \(problem.message)" : problem.message, hint: hint)
    found.isOfBaseURL = isOfBaseURL
    return found
  }

  /// Why the URL that a file declares can never be asked.
  package static func addressProblem(of declaration: ProviderDeclaration) -> Problem? {
    guard let url = declaration.baseURL?.value else { return nil }
    var provider = Provider.custom(name: declaration.name, baseURL: url)
    provider.allowsInsecureHTTP = declaration.allowsInsecureHTTP
    return provider.addressProblem.map { problem($0, isOfBaseURL: false) }
  }

  /// The endpoint of a specification: a built-in one, one of the file, or a built-in one with the file's settings.
  private func provider(of spec: ModelSpec) -> Provider? {
    let builtIn = ProviderCatalog.provider(named: spec.provider)
    guard let declaration = providers.first(where: { $0.name == spec.provider }) else { return builtIn }
    guard let url = declaration.baseURL?.value ?? builtIn?.baseURL else { return nil }
    var provider =
      builtIn.map { declaration.baseURL == nil ? $0 : $0.anywhere(at: url) }
      ?? Provider.custom(name: spec.provider, baseURL: url, apiKeyVariable: declaration.keyVariable)
    if let variable = declaration.keyVariable { provider = provider.withKey(in: variable) }
    for header in declaration.headers {
      provider.headers[header.name] = header.value.value.expanded(with: environment)
      provider.headerSecrets += header.value.value.variables.compactMap { environment[$0] }
    }
    provider.prices = declaration.prices
    provider.quirks = declaration.quirks.applied(to: provider.quirks)
    provider.allowsInsecureHTTP = declaration.allowsInsecureHTTP
    provider.caFile = declaration.caFile.map { FilePaths.resolve($0.value, in: folder) }
    return provider
  }

  /// Checks what a declaration names outside of the file.
  private func checkOutside(_ declaration: ProviderDeclaration) throws(Problem) {
    for name in declaration.headers.flatMap(\.value.value.variables) where environment[name] == nil {
      throw Problem(
        message: "a header of `\(declaration.name)` needs the environment variable \(name)", hint: "set \(name)")
    }
    if let file = declaration.caFile.map({ FilePaths.resolve($0.value, in: folder) }), !FilePaths.isRegularFile(file) {
      throw Problem(message: "`\(file)`, the ca_file of `\(declaration.name)`, is not a file", hint: nil)
    }
  }

  private func key(in declaration: ProviderDeclaration?) throws(Problem) -> Secret? {
    guard let file = declaration?.keyFile else { return nil }
    do throws(FileError) {
      return Secret(try SecretFile.text(of: FilePaths.resolve(file.value, in: folder)))
    } catch {
      throw Problem(message: "the key of `\(declaration?.name ?? "")`: \(error)", hint: nil)
    }
  }
}
