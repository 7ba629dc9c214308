/// What a provider is known to do differently, as data.
package struct ProviderQuirks: Sendable, Hashable {
  /// The name under which a bound of the reply's length is sent.
  package enum TokenBound: Sendable, Hashable { case asGiven, maxTokens, maxCompletionTokens }

  /// The form of the identifiers of calls.
  package enum CallIDs: String, Sendable, Hashable, CaseIterable {
    case any
    /// Exactly nine letters and digits.
    case nineAlphanumeric = "nine_alphanumeric"
  }

  /// What form of an answer a server can be held to.
  package enum AnswerFormat: String, Sendable, Hashable, CaseIterable {
    /// JSON that satisfies a schema.
    case schema = "json_schema"
    /// Some JSON object.
    case object = "json_object"
    case none
  }

  package var tokenBound = TokenBound.asGiven
  /// Whether `stream_options` is understood.
  package var acceptsStreamOptions = true
  /// Whether `parallel_tool_calls` is understood.
  package var acceptsParallelToolCalls = true
  /// Whether `tool_choice` may name a function.
  package var acceptsNamedToolChoice = true
  /// Whether `tool_choice: required` is kept; if not, it is not sent, and the model is asked in words.
  package var keepsRequiredToolChoice = true
  /// Whether `tool_choice: none` is kept; if not, no functions are sent.
  package var keepsNoneToolChoice = true
  /// Whether `strict` of a function is understood.
  package var acceptsStrict = true
  /// Whether schemas are sent strict wherever that mode can say what they say.
  package var prefersStrictSchemas = false
  /// Whether a user's message may follow directly after a call's result.
  package var acceptsUserAfterTool = true
  /// Whether system messages may be more than one, and stand elsewhere than at the beginning.
  package var acceptsSeveralSystemMessages = true
  /// Whether schemas need their lesser-known keywords removed.
  package var needsSimpleSchemas = false
  /// What `response_format` may ask for.
  package var answerFormat = AnswerFormat.schema
  /// Whether tools can still be called when `response_format` is there.
  package var formatsAnswersBesideTools = false
  /// Whether the schema of the answer is sent strict wherever that mode can say what it says.
  package var holdsAnswersStrictly = false
  package var callIDs = CallIDs.any
  /// Whether calls that a model writes into its text are read as calls.
  package var readsWrittenCalls = false
  /// Whether `<think>…</think>` at the beginning of a text is read as thinking.
  package var readsThinkingTags = true
  /// Whether the arguments of calls get lost in streams, so that replies are asked for whole.
  package var losesStreamedArguments = false
  /// How a message is spelled.
  package var messageStyle = MessageStyle()

  package init() {}
}
