/// The providers that are known by name.
public enum ProviderCatalog {
  /// Every known provider.
  public static let providers: [Provider] = [
    .openAI, .bud, .ollama, .llamaCPP, .lmStudio, .vLLM, .groq, .mistral, .openRouter, .deepSeek, .together, .gemini,
    .anthropic,
  ]

  /// The provider of a name such as `groq`; nil if it is not known.
  public static func provider(named name: String) -> Provider? {
    providers.first { $0.name == name }
  }
}

extension Provider {
  /// OpenAI.
  public static let openAI = Provider(
    "openai", "https://api.openai.com/v1", key: "OPENAI_API_KEY", url: "OPENAI_BASE_URL"
  ) {
    $0.tokenBound = .maxCompletionTokens
    $0.formatsAnswersBesideTools = true
    $0.holdsAnswersStrictly = true
  }

  /// Bud.
  public static let bud = Provider("bud", "https://gateway.bud.studio/v1", key: "BUD_API_KEY", url: "BUD_BASE_URL")

  /// A local Ollama.
  public static let ollama = Provider(
    "ollama", "http://127.0.0.1:11434/v1", key: "OLLAMA_API_KEY", url: "OLLAMA_BASE_URL", needsKey: false
  ) {
    $0.acceptsStrict = false
    $0.keepsRequiredToolChoice = false
  }

  /// A local llama.cpp server.
  public static let llamaCPP = Provider(
    "llamacpp", "http://127.0.0.1:8080/v1", key: "LLAMACPP_API_KEY", url: "LLAMACPP_BASE_URL", needsKey: false
  ) { $0.messageStyle.emptyContent = .emptyString }

  /// A local LM Studio.
  public static let lmStudio = Provider(
    "lmstudio", "http://127.0.0.1:1234/v1", key: "LMSTUDIO_API_KEY", url: "LMSTUDIO_BASE_URL", needsKey: false
  ) {
    $0.acceptsNamedToolChoice = false
    $0.keepsRequiredToolChoice = false
  }

  /// A local vLLM server.
  public static let vLLM = Provider(
    "vllm", "http://127.0.0.1:8000/v1", key: "VLLM_API_KEY", url: "VLLM_BASE_URL", needsKey: false)

  /// Groq.
  public static let groq = Provider(
    "groq", "https://api.groq.com/openai/v1", key: "GROQ_API_KEY", url: "GROQ_BASE_URL")

  /// Mistral.
  public static let mistral = Provider(
    "mistral", "https://api.mistral.ai/v1", key: "MISTRAL_API_KEY", url: "MISTRAL_BASE_URL"
  ) {
    $0.callIDs = .nineAlphanumeric
    $0.acceptsUserAfterTool = false
  }

  /// OpenRouter.
  public static let openRouter = Provider(
    "openrouter", "https://openrouter.ai/api/v1", key: "OPENROUTER_API_KEY", url: "OPENROUTER_BASE_URL")

  /// DeepSeek.
  public static let deepSeek = Provider(
    "deepseek", "https://api.deepseek.com/v1", key: "DEEPSEEK_API_KEY", url: "DEEPSEEK_BASE_URL"
  ) {
    $0.messageStyle.acceptsDeveloperRole = false
    $0.answerFormat = .object
  }

  /// Together.
  public static let together = Provider(
    "together", "https://api.together.xyz/v1", key: "TOGETHER_API_KEY", url: "TOGETHER_BASE_URL")

  /// Gemini, at its OpenAI-compatible endpoint.
  public static let gemini = Provider(
    "gemini", "https://generativelanguage.googleapis.com/v1beta/openai", key: "GEMINI_API_KEY", url: "GEMINI_BASE_URL"
  ) { $0.needsSimpleSchemas = true }

  /// Anthropic, at its OpenAI-compatible endpoint.
  public static let anthropic = Provider(
    "anthropic", "https://api.anthropic.com/v1", key: "ANTHROPIC_API_KEY", url: "ANTHROPIC_BASE_URL"
  ) { $0.acceptsStrict = false }
}
