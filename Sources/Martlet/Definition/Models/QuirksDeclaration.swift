package import MartletChat
package import MartletJSON
import MartletYAML

/// What an agent file says that a server does differently; what it does not say is as the provider is known.
package struct QuirksDeclaration: Sendable {
  private var settings = JSONObject()

  package init() {}

  /// The differences between two descriptions of a provider, by the keys of the agent file, in the table's order.
  package static func difference(from known: ProviderQuirks, to found: ProviderQuirks) -> [(
    key: String, value: JSONValue
  )] {
    rows.compactMap { row in
      let value = row.get(found)
      return value == row.get(known) ? nil : (row.key, value)
    }
  }

  package static let table = FieldTable<QuirksDeclaration>("quirks", rows.map(\.field))

  /// The quirks of a provider with what the file says.
  package func applied(to quirks: ProviderQuirks) -> ProviderQuirks {
    if settings.isEmpty { return quirks }
    var quirks = quirks
    for row in Self.rows { if let value = settings[row.key] { row.set(&quirks, value) } }
    return quirks
  }
}

extension QuirksDeclaration {
  /// One key: its field in the file, and what of a provider it stands for.
  private struct Row: Sendable {
    let key: String
    let field: Field<QuirksDeclaration>
    let get: @Sendable (ProviderQuirks) -> JSONValue
    let set: @Sendable (inout ProviderQuirks, JSONValue) -> Void

    init(
      _ key: String, _ property: @autoclosure @escaping Field<ProviderQuirks>.Property<Bool>, _ documentation: String
    ) {
      self.key = key
      field = Field(key, memberOf: \.settings, FieldType<Bool>.bool.map { value, _, _ in .bool(value) }, documentation)
      get = { .bool($0[keyPath: property()]) }
      set = { if let value = $1.boolValue { $0[keyPath: property()] = value } }
    }

    init(
      _ key: String, _ documentation: String, get: @escaping @Sendable (ProviderQuirks) -> JSONValue,
      set: @escaping @Sendable (inout ProviderQuirks, JSONValue) -> Void
    ) {
      self.key = key
      field = Field(key, memberOf: \.settings, FieldType<Bool>.bool.map { value, _, _ in .bool(value) }, documentation)
      self.get = get
      self.set = set
    }

    init<Form: RawRepresentable<String> & CaseIterable & Sendable>(
      _ key: String, _ property: @autoclosure @escaping Field<ProviderQuirks>.Property<Form>, _ documentation: String
    ) {
      self.key = key
      let words = FieldType<String>.choice(Form.allCases.map(\.rawValue)).map { word, _, _ in JSONValue.string(word) }
      field = Field(key, memberOf: \.settings, words, documentation)
      get = { .string($0[keyPath: property()].rawValue) }
      set = {
        if let form = $1.stringValue.flatMap({ Form(rawValue: $0) }) { $0[keyPath: property()] = form }
      }
    }
  }

  private static let rows: [Row] = [
    Row(
      "text_tool_calls", \.readsWrittenCalls,
      "Whether calls that the model writes into its text, such as <tool_call>{…}</tool_call>, are read as calls"),
    Row(
      "thinking_tags", \.readsThinkingTags,
      "Whether <think>…</think> at the beginning of a text is the model's thinking (default true)"),
    Row("stream_options", \.acceptsStreamOptions, "Whether `stream_options` is understood"),
    Row("parallel_tool_calls", \.acceptsParallelToolCalls, "Whether `parallel_tool_calls` is understood"),
    Row("named_tool_choice", \.acceptsNamedToolChoice, "Whether `tool_choice` may name a tool"),
    Row(
      "required_tool_choice", \.keepsRequiredToolChoice,
      "Whether `tool_choice: required` is kept; if not, the model is asked in words"),
    Row(
      "none_tool_choice", \.keepsNoneToolChoice, "Whether `tool_choice: none` is kept; if not, no tools are sent"),
    Row(
      "max_completion_tokens", "Whether a bound of the reply's length is called so (true), or `max_tokens` (false)",
      get: { quirks in
        switch quirks.tokenBound {
        case .asGiven: .null
        case .maxTokens: false
        case .maxCompletionTokens: true
        }
      }, set: { $0.tokenBound = $1 == true ? .maxCompletionTokens : .maxTokens }),
    Row(
      "loses_streamed_arguments", \.losesStreamedArguments,
      "Whether arguments of calls get lost in streams, so that replies are asked for whole"),
    Row(
      "simple_schemas", \.needsSimpleSchemas, "Whether schemas are rewritten in the few words that every server knows"),
    Row("strict", \.acceptsStrict, "Whether `strict` of a tool or an answer is understood"),
    Row(
      "strict_schemas", \.prefersStrictSchemas,
      "Whether schemas of tools are sent with `strict`, where that mode can say what they say"),
    Row(
      "response_format", \.answerFormat, "What `response_format` may ask for: json_schema, json_object or none"),
    Row(
      "call_ids", \.callIDs, "Form of the identifiers of calls: any, or nine_alphanumeric (nine letters and digits)"),
    Row("user_after_tool", \.acceptsUserAfterTool, "Whether a user's message may follow a tool's result"),
    Row(
      "several_system_messages", \.acceptsSeveralSystemMessages,
      "Whether system messages may be several, and stand elsewhere than at the beginning"),
    Row("developer_role", \.messageStyle.acceptsDeveloperRole, "Whether there is a role `developer`"),
    Row(
      "empty_content", \.messageStyle.emptyContent,
      "What stands for the text of a message that only calls tools: null, empty or omitted"),
    Row(
      "reasoning", \.messageStyle.reasoning,
      "How thinking goes back to its model: as_received, tags, omitted, or required with every tool call"),
  ]
}

extension FieldType<QuirksDeclaration> {
  static let quirks = FieldType.fields(QuirksDeclaration.table) { _ in QuirksDeclaration() }
}
