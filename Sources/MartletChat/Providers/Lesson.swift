/// Something that a server's refusal teaches about it.
package enum Lesson: Sendable, Hashable {
  case noStreamOptions
  case noParallelToolCalls
  /// The bound of the reply's length has this name only.
  case tokenBound(ProviderQuirks.TokenBound)
  case noNamedToolChoice
  case noRequiredToolChoice
  case noNoneToolChoice
  case emptyContent(MessageStyle.EmptyContent)
  case reasoning(MessageStyle.Reasoning)
  case nineAlphanumericCallIDs
  case noUserAfterTool
  case oneSystemMessage
  case noDeveloperRole
  case noStreamedArguments
  case writtenCalls
  case noAnswerFormat
  /// An answer can be held to JSON, but not to a schema.
  case noAnswerSchema
  case noStrict
  case simpleSchemas

  /// Makes quirks heed it.
  func apply(to quirks: inout ProviderQuirks) {
    switch self {
    case .noStreamOptions: quirks.acceptsStreamOptions = false
    case .noParallelToolCalls: quirks.acceptsParallelToolCalls = false
    case .tokenBound(let bound): quirks.tokenBound = bound
    case .noNamedToolChoice: quirks.acceptsNamedToolChoice = false
    case .noRequiredToolChoice: quirks.keepsRequiredToolChoice = false
    case .noNoneToolChoice: quirks.keepsNoneToolChoice = false
    case .emptyContent(let form): quirks.messageStyle.emptyContent = form
    case .reasoning(let form): quirks.messageStyle.reasoning = form
    case .nineAlphanumericCallIDs: quirks.callIDs = .nineAlphanumeric
    case .noUserAfterTool: quirks.acceptsUserAfterTool = false
    case .oneSystemMessage: quirks.acceptsSeveralSystemMessages = false
    case .noDeveloperRole: quirks.messageStyle.acceptsDeveloperRole = false
    case .noStreamedArguments: quirks.losesStreamedArguments = true
    case .writtenCalls: quirks.readsWrittenCalls = true
    case .noAnswerFormat: quirks.answerFormat = .none
    case .noAnswerSchema: quirks.answerFormat = .object
    case .noStrict: quirks.acceptsStrict = false
    case .simpleSchemas: quirks.needsSimpleSchemas = true
    }
  }

  /// What the server does, and what is done about it from then on; no period.
  package var sentence: String {
    switch self {
    case .noStreamOptions: "the server refuses `stream_options`: it is left out, and tokens may be estimated"
    case .noParallelToolCalls: "the server refuses `parallel_tool_calls`: it is left out"
    case .tokenBound(.maxTokens): "the server does not know `max_completion_tokens`: it is sent as `max_tokens`"
    case .tokenBound: "the server refuses `max_tokens`: it is sent as `max_completion_tokens`"
    case .noNamedToolChoice:
      "the server does not keep a `tool_choice` that names a tool: that tool alone is offered, as `required`"
    case .noRequiredToolChoice: "the server does not keep `tool_choice: required`: the model is asked in words"
    case .noNoneToolChoice: "the server does not keep `tool_choice: none`: no tools are sent"
    case .emptyContent(let form): "the server refuses how a message without text was spelled: \(form.inWords)"
    case .reasoning(.required): "the server wants thinking back with every tool call: it is always sent"
    case .reasoning: "the server refuses thinking that is sent back: it is left out"
    case .nineAlphanumericCallIDs: "the server wants identifiers of nine letters and digits: calls get new ones"
    case .noUserAfterTool: "the server refuses a user's message after a tool's result: one of the model is put between"
    case .oneSystemMessage: "the server wants one system message, at the beginning: several become one"
    case .noDeveloperRole: "the server refuses the role `developer`: it is sent as `system`"
    case .writtenCalls: "tool calls are written into the text: they are read there"
    case .noStrict: "the server refuses `strict`: schemas are sent without it"
    case .simpleSchemas: "the server refuses a word of a schema: schemas are sent in few words"
    case .noAnswerFormat: "the server refuses this `response_format`: the format of the answer is said in words alone"
    case .noAnswerSchema: "the server refuses a schema in `response_format`: the schema is said in words alone"
    case .noStreamedArguments: "the server loses tool calls or their arguments in streams: replies are asked for whole"
    }
  }
}

extension MessageStyle.EmptyContent {
  fileprivate var inWords: String {
    switch self {
    case .null: "its content is sent as null"
    case .emptyString: "its content is sent as an empty string"
    case .omitted: "it is sent without content"
    }
  }
}
