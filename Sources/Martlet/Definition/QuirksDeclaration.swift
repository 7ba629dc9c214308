import MartletChat
import MartletJSON
import MartletYAML

/// What an agent file says that a server does differently; what it does not say is as the provider is known.
package struct QuirksDeclaration: Sendable {
  package var readsTextCalls: Bool?
  package var acceptsStreamOptions: Bool?
  package var acceptsParallelToolCalls: Bool?
  package var acceptsNamedToolChoice: Bool?
  package var renamesMaxTokens: Bool?
  package var losesStreamedArguments: Bool?

  package init() {}

  package static let table = FieldTable<QuirksDeclaration>("quirks") {
    Field(
      "text_tool_calls", \.readsTextCalls, .bool,
      "Whether calls that the model writes into its text, such as <tool_call>{…}</tool_call>, are read as calls")
    Field("stream_options", \.acceptsStreamOptions, .bool, "Whether `stream_options` is understood")
    Field("parallel_tool_calls", \.acceptsParallelToolCalls, .bool, "Whether `parallel_tool_calls` is understood")
    Field("named_tool_choice", \.acceptsNamedToolChoice, .bool, "Whether `tool_choice` may name a tool")
    Field("max_completion_tokens", \.renamesMaxTokens, .bool, "Whether `max_tokens` is called so instead")
    Field(
      "loses_streamed_arguments", \.losesStreamedArguments, .bool,
      "Whether arguments of calls get lost in streams, so that replies are asked for whole")
  }

  /// The quirks of a provider with what the file says.
  func applied(to quirks: ProviderQuirks) -> ProviderQuirks {
    var quirks = quirks
    quirks.readsWrittenCalls = readsTextCalls ?? quirks.readsWrittenCalls
    quirks.acceptsStreamOptions = acceptsStreamOptions ?? quirks.acceptsStreamOptions
    quirks.acceptsParallelToolCalls = acceptsParallelToolCalls ?? quirks.acceptsParallelToolCalls
    quirks.acceptsNamedToolChoice = acceptsNamedToolChoice ?? quirks.acceptsNamedToolChoice
    quirks.renamesMaxTokens = renamesMaxTokens ?? quirks.renamesMaxTokens
    quirks.losesStreamedArguments = losesStreamedArguments ?? quirks.losesStreamedArguments
    return quirks
  }
}

extension FieldType<QuirksDeclaration> {
  static let quirks = FieldType.fields(QuirksDeclaration.table) { _ in QuirksDeclaration() }
}
