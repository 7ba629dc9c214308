import MartletChat

/// Compares what a server counts of a conversation with what was sent, because some cut off its beginning silently.
struct PromptWatch: Sendable {
  /// The size of the last conversation, and what the server counted of it.
  private var last: (bytes: Int, tokens: Int)?

  /// The context windows that servers have by default; a count of exactly so many is no coincidence.
  private static let windows = [2_048, 4_096, 8_192, 16_384, 32_768]

  /// What speaks for a cut conversation; nil if nothing does.
  ///
  /// `bytes` is the size of the messages, without images. A token has some four bytes of text; no text of any length has
  /// ten.
  mutating func suspicion(bytes: Int, usage: Usage?) -> String? {
    guard let usage, !usage.isEstimated else { return nil }
    let tokens = max(usage.promptTokens, usage.cachedTokens)
    defer { last = (bytes, tokens) }
    if Self.windows.contains(tokens), bytes / 5 > tokens {
      return "the server counted exactly \(tokens) tokens of a conversation of about \(bytes / 4)"
    }
    if bytes >= 16 << 10, bytes / 10 > tokens {
      return "the server counted \(tokens) tokens of a conversation of about \(bytes / 4)"
    }
    if let last, tokens >= 1_024, tokens <= last.tokens, bytes - last.bytes >= 2 << 10 {
      return "the server counted \(tokens) tokens, as before, although the conversation grew by about "
        + "\((bytes - last.bytes) / 4)"
    }
    return nil
  }
}

extension ModelNotice {
  static func contextCut(_ suspicion: String) -> ModelNotice {
    ModelNotice(
      code: "context_cut",
      message: suspicion
        + ": it may cut off the beginning without a word; give it a larger context (for Ollama, OLLAMA_CONTEXT_LENGTH)")
  }
}
