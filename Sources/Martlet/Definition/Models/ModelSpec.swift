import MartletChat
package import MartletJSON
import MartletYAML

/// Which model answers, and with which sampling parameters.
package struct ModelSpec: Sendable, Hashable {
  package var provider = ""
  package var name = ""
  /// Sampling parameters under their wire names, in the order of the file.
  package var sampling = JSONObject()
  package var streams = true
  /// Whether a request that was answered before is answered from the response cache.
  package var caches = false
  package var extraBody: JSONValue = [:]

  /// Provider and name as one word, as `--model` takes it.
  package var identifier: String { name.isEmpty ? provider : provider + "/" + name }

  /// Splits `provider/model` at its first slash; only `scripted` and `replay` stand alone.
  package init(_ text: String) throws(ModelSpecError) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let provider = parts.first, !provider.isEmpty else { throw ModelSpecError(text: text, reason: .empty) }
    if parts.count == 1, !Self.standalone.contains(provider) {
      throw ModelSpecError(text: text, reason: .noProvider)
    }
    if parts.count == 2, parts[1].isEmpty { throw ModelSpecError(text: text, reason: .noName) }
    self.init()
    self.provider = provider
    self.name = parts.count == 2 ? parts[1] : ""
  }

  package init() {}

  /// This specification with another provider and name; the sampling parameters stay.
  package func replacing(_ text: String) throws(ModelSpecError) -> ModelSpec {
    let other = try ModelSpec(text)
    var copy = self
    copy.provider = other.provider
    copy.name = other.name
    return copy
  }

  /// Another model with these sampling parameters; what goes into the body as it is stays with its own provider.
  package func carried(to other: ModelSpec) -> ModelSpec {
    var copy = self
    copy.provider = other.provider
    copy.name = other.name
    if other.provider != provider { copy.extraBody = [:] }
    return copy
  }

  /// The models that need no network and no name.
  package static let standalone = ["scripted", "replay"]

  /// Every provider that the format knows.
  package static let providers = [
    "openai", "bud", "ollama", "llamacpp", "lmstudio", "vllm", "groq", "mistral", "openrouter", "deepseek", "together",
    "gemini", "anthropic", "scripted", "replay",
  ]

  package static let table = FieldTable<ModelSpec>(
    "a model",
    rules: [
      ["if": ["properties": ["provider": ["enum": words(standalone)]]], "else": ["required": ["name"]]],
      ["dependentSchemas": ["top_logprobs": ["required": ["logprobs"], "properties": ["logprobs": ["const": true]]]]],
    ]
  ) {
    Field(
      "provider", \.provider, .provider, required: true, "Who serves the model: a built-in provider, or one of the file"
    )
    Field("name", \.name, .string.describing(["minLength": 1]), "Name of the model at its provider")
    sampling("temperature", .number(ParameterRange.temperature), "Randomness, 0 to 2")
    sampling(
      "top_p", .number(ParameterRange.topP), "Nucleus sampling: share of probability considered, 0 to 1")
    sampling("max_tokens", .whole(ParameterRange.tokenBound), "Upper bound of the reply's tokens")
    sampling(
      "max_completion_tokens", .whole(ParameterRange.tokenBound),
      "Upper bound of the reply's tokens, reasoning included")
    sampling("presence_penalty", .number(ParameterRange.penalty), "Favors new topics, -2 to 2")
    sampling("frequency_penalty", .number(ParameterRange.penalty), "Disfavors repetition, -2 to 2")
    sampling("stop", .stop, "A text, or up to four, at which the reply ends")
    sampling("logit_bias", .logitBias, "Token ids and how they are favored, -100 to 100")
    sampling("seed", .whole(Int.min...Int.max), "Asks for repeatable sampling")
    sampling("logprobs", .flag, "Asks for the probabilities of tokens")
    sampling("top_logprobs", .whole(ParameterRange.topLogprobs), "How many alternatives per token, 0 to 20")
    sampling("reasoning_effort", .text, "How long a reasoning model thinks: none, minimal, low, medium, high")
    sampling("verbosity", .text, "How much the model writes: low, medium, high")
    sampling("parallel_tool_calls", .flag, "Whether one reply may call several tools")
    sampling("service_tier", .text, "The provider's processing tier")
    sampling("user", .text, "Your identifier of the end user")
    Field("stream", \.streams, .bool, default: true, "Whether the reply is streamed")
    Field(
      "cache", \.caches, .bool, default: false, "Whether repeated requests are answered from the local response cache")
    Field("extra_body", \.extraBody, .object, default: [:], "Members added to the request as they are")
  }

  fileprivate static func words(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

  private static func sampling(
    _ key: String, _ type: FieldType<JSONValue>, _ documentation: String
  ) -> Field<ModelSpec> {
    Field(key, memberOf: \.sampling, type, documentation)
  }
}

/// A model that cannot be read from its word.
package struct ModelSpecError: Error, CustomStringConvertible {
  package enum Reason: Sendable { case empty, noProvider, noName }
  package let text: String
  package let reason: Reason

  package var description: String {
    switch reason {
    case .empty: "a model is written as provider/model"
    case .noProvider: "`\(text)` names no provider: a model is written as provider/model"
    case .noName: "`\(text)` names no model after the slash"
    }
  }

  package var hint: String? {
    guard reason == .noProvider else { return nil }
    if let near = Suggestion.nearest(to: text, in: ModelSpec.standalone) { return "did you mean `\(near)`?" }
    if let near = Suggestion.nearest(to: text, in: ModelSpec.providers) { return "add the model: \(near)/…" }
    return "for example \(Self.likelyProvider(of: text))/\(text)"
  }

  /// The provider that makes models of such a name.
  private static func likelyProvider(of name: String) -> String {
    let families = [
      ("gemini", "gemini"), ("claude", "anthropic"), ("deepseek", "deepseek"), ("mistral", "mistral"),
      ("codestral", "mistral"), ("llama", "ollama"), ("qwen", "ollama"),
    ]
    return families.first { name.lowercased().hasPrefix($0.0) }?.1 ?? "openai"
  }
}

extension FieldType<ModelSpec> {
  /// `provider/model`, or a mapping.
  package static let model = FieldType(
    schema: ["anyOf": .array(nameSchemas + [ModelSpec.table.schema])]
  ) { node, reader in
    if node.isMapping {
      var spec = ModelSpec()
      reader.readFields(of: node, ModelSpec.table, into: &spec)
      if spec.sampling["top_logprobs"] != nil, spec.sampling["logprobs"] != true {
        reader.report(
          "`top_logprobs` needs `logprobs: true`", at: node.node(at: "/top_logprobs").start,
          hint: "add it, or leave it out")
      }
      return spec
    }
    return modelName.read(node, reader)
  }

  /// `provider/model`, or a model that stands alone.
  package static let modelName = FieldType(schema: ["anyOf": .array(nameSchemas)]) { node, reader in
    guard let text = FieldType<String>.string.read(node, reader) else { return nil }
    do throws(ModelSpecError) {
      return try ModelSpec(text)
    } catch {
      reader.report(error.description, at: node.start, hint: error.hint)
      return nil
    }
  }

  private static let nameSchemas: [JSONValue] = [
    ["type": "string", "enum": ModelSpec.words(ModelSpec.standalone)],
    ["type": "string", "pattern": #"^[A-Za-z0-9_-]{1,64}/[\s\S]"#],
  ]
}

extension FieldType<String> {
  /// A provider's name; editors offer the built-in ones.
  fileprivate static let provider = FieldType(
    schema: ["anyOf": [["enum": ModelSpec.words(ModelSpec.providers)], FieldType.name.schema]], read: string.read)
}

extension FieldType<JSONValue> {
  fileprivate static let text = FieldType<String>.string.map { text, _, _ in JSONValue.string(text) }
  fileprivate static let flag = FieldType<Bool>.bool.map { value, _, _ in JSONValue.bool(value) }

  fileprivate static func whole(_ range: ClosedRange<Int>) -> FieldType {
    FieldType<Int>.integer(range).map { value, _, _ in .number(JSONNumber(value)) }
  }

  fileprivate static let stop = FieldType(
    schema: [
      "anyOf": [
        stopText.schema,
        [
          "type": "array", "items": stopText.schema, "minItems": .number(JSONNumber(stopCount.lowerBound)),
          "maxItems": .number(JSONNumber(stopCount.upperBound)),
        ],
      ]
    ]
  ) { node, reader in
    guard let items = node.sequence else { return stopText.read(node, reader) }
    guard let texts = FieldType<[JSONValue]>.list(of: stopText).read(node, reader) else { return nil }
    if !stopCount.contains(items.count) {
      reader.report("expected \(ParameterRange.words(stopCount)) stop texts, found \(items.count)", at: node.start)
    }
    return .array(texts)
  }

  private static let stopCount = ParameterRange.stopCount

  private static let stopText: FieldType<JSONValue> = text.describing(["minLength": 1]).map { text, node, reader in
    if text == "" { reader.report("a stop text is empty: no reply could begin", at: node.start, hint: "leave it out") }
    return text
  }

  fileprivate static let logitBias = FieldType(
    schema: ["type": "object", "additionalProperties": bias.schema]
  ) { node, reader in
    guard let pairs = reader.mapping(node, expected: "token ids and their bias") else { return nil }
    for pair in pairs { _ = bias.read(pair.value, reader) }
    return reader.json(node)
  }

  private static let bias = FieldType<JSONValue>.number(
    Double(ParameterRange.logitBias.lowerBound)...Double(ParameterRange.logitBias.upperBound))
}
