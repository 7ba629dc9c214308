package import MartletJSON

/// A whole reply, put together of what a server sent, whatever its peculiarities.
package struct AssembledReply: Sendable, Hashable {
  /// The text; nil if there is none.
  package var text: String?
  /// What the model refused to do, in its words.
  package var refusal: String?
  /// The model's thinking, where the provider shows it.
  package var reasoning: String?
  /// The calls, at most 1,024: a reply with more is refused as a whole.
  package var toolCalls: [AssembledToolCall] = []
  /// Why it ended, decided by what is in it where the server's word contradicts that.
  package var finishReason = FinishReason.stop
  /// The server's word; nil if it sent none.
  package var rawFinishReason: String?
  package var usage = Usage()
  package var id = ""
  package var model = ""
  /// Seconds since 1970; 0 if the server does not say.
  package var created = 0
  /// How likely each token was, if that was asked for: the lists of a stream's chunks joined.
  package var logprobs: JSONValue?
  /// Whether an earlier reply was given again instead of asking the model.
  package var isCached = false
  /// Why the reply could not be kept in the cache; nil if it was, or was not to be.
  package var cacheProblem: String?
  /// The identifiers of the tolerances that were used, such as `A1`, each once.
  package var tolerances: [String] = []
  package var reasoningForm = ReasoningForm.none
  /// Whether the body held more choices than the one that was followed.
  var hasOtherChoices = false
  /// Members of the message that only its provider understands and wants back.
  package var extra = JSONObject()

  package init() {}

  /// Whether there is nothing in it, though nothing says that it was cut or withheld.
  package var isEmpty: Bool {
    text == nil && refusal == nil && toolCalls.isEmpty && !finishReason.isIncomplete
  }

  /// What it took of the model; nil if the model was not asked.
  package var takenUsage: Usage? { isCached ? nil : usage }

  /// The message to append to the history.
  package var message: JSONValue { chatMessage.wire() }

  /// The reply as a message of the conversation.
  package var chatMessage: ChatMessage {
    var message = ChatMessage.assistant(
      text ?? (toolCalls.isEmpty && refusal == nil ? "" : nil), toolCalls: toolCalls.map(\.messageCall))
    message.refusal = refusal
    message.reasoning = reasoning
    message.reasoningForm = reasoningForm
    message.extra = extra
    return message
  }
}

/// A call of a reply.
package struct AssembledToolCall: Sendable, Hashable {
  /// Unique in its reply; what the result must name.
  package var id: String
  package var name: String
  /// A JSON object as text, in the model's bytes; or, with a defect, whatever the model wrote.
  package var arguments: String
  /// Why the arguments must not be used: the model has to be told. Nil if they are a JSON object.
  package var defect: String?
  /// Whether the arguments came to their end, although they cannot be used: another reply would not bring more of them.
  package var cameWhole = false
  /// What was changed of the arguments to read them.
  package var repairs: [ArgumentRepair] = []
  /// Whether no arguments came, so that the empty object stands for them.
  package var cameWithoutArguments = false
  /// The identifier as it came, if it had to be changed; empty if none came.
  package var rawID: String?
  /// The name as it came, if it had to be changed.
  package var rawName: String?
  /// Members that only the provider understands and wants back, byte for byte.
  package var extra = JSONObject()
  /// Such members within `function`.
  package var functionExtra = JSONObject()
  var note = ArgumentsNote()

  package init(id: String, name: String, arguments: String) {
    self.id = id
    self.name = name
    self.arguments = arguments
  }

  var messageCall: ChatMessage.ToolCall {
    var call = ChatMessage.ToolCall(id: id, name: name, arguments: arguments)
    call.extra = extra
    call.functionExtra = functionExtra
    call.note = note
    return call
  }
}
