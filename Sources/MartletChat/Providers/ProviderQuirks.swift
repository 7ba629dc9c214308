/// What a provider is known to do differently, as data.
package struct ProviderQuirks: Sendable, Hashable {
  /// The form of the identifiers of calls.
  package enum CallIDs: Sendable, Hashable {
    case any
    /// Exactly nine letters and digits.
    case nineAlphanumeric
  }

  /// Whether a bound of the reply's length is called `max_completion_tokens` only.
  package var renamesMaxTokens = false
  /// Whether `stream_options` is understood.
  package var acceptsStreamOptions = true
  /// Whether `parallel_tool_calls` is understood.
  package var acceptsParallelToolCalls = true
  /// Whether `tool_choice` may name a function.
  package var acceptsNamedToolChoice = true
  /// Whether `tool_choice: required` is kept.
  package var keepsRequiredToolChoice = true
  /// Whether `strict` of a function is understood.
  package var acceptsStrict = true
  /// Whether a user's message may follow directly after a call's result.
  package var acceptsUserAfterTool = true
  /// Whether schemas need their lesser-known keywords removed.
  package var needsSimpleSchemas = false
  package var callIDs = CallIDs.any
  /// Whether calls that a model writes into its text are read as calls.
  package var readsWrittenCalls = false
  /// Whether the arguments of calls get lost in streams, so that replies are asked for whole.
  package var losesStreamedArguments = false
  /// How an assistant's message is spelled.
  package var messageStyle = MessageStyle()

  package init() {}
}

extension ProviderQuirks {
  /// These quirks with what a refusal teaches; nil if it teaches nothing new.
  ///
  /// Servers name the member they refuse in the message of their status 400 or 422.
  package func learning(from error: APIError) -> ProviderQuirks? {
    guard error.statusCode == 400 || error.statusCode == 422 else { return nil }
    let text = error.message.lowercased() + " " + (error.param?.lowercased() ?? "")
    var learned = self
    if text.contains("stream_options") { learned.acceptsStreamOptions = false }
    if text.contains("parallel_tool_calls") { learned.acceptsParallelToolCalls = false }
    if text.contains("max_tokens"), text.contains("max_completion_tokens") { learned.renamesMaxTokens = true }
    if text.contains("tool_choice") { learned.acceptsNamedToolChoice = false }
    if text.contains("reasoning_content"), !text.contains("must be passed back") {
      learned.messageStyle.echoesReasoning = false
    }
    if text.contains("content"), text.contains("null"), messageStyle.emptyContent == .null {
      learned.messageStyle.emptyContent = .emptyString
    } else if text.contains("content"), text.contains("empty"), messageStyle.emptyContent == .emptyString {
      learned.messageStyle.emptyContent = .omitted
    }
    return learned == self ? nil : learned
  }
}
