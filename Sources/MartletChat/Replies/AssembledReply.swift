package import MartletJSON

/// A whole reply, put together of what a server sent, whatever its peculiarities.
package struct AssembledReply: Sendable, Hashable {
  /// The text; nil if there is none.
  package var text: String?
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
  /// Whether an earlier reply was given again instead of asking the model.
  package var isCached = false
  /// The identifiers of the tolerances that were used, such as `A1`, each once.
  package var tolerances: [String] = []
  /// Whether the body held more choices than the one that was followed.
  var hasOtherChoices = false
  // Apart, because a reply goes through many hands, and most have nothing of it.
  @Rare private var rest: Rest

  /// What the model refused to do, in its words.
  package var refusal: String? {
    get { $rest.value?.refusal }
    set { rest.refusal = newValue }
  }
  /// The model's thinking, where the provider shows it.
  package var reasoning: String? {
    get { $rest.value?.reasoning }
    set { rest.reasoning = newValue }
  }
  /// How the provider spelled the reasoning.
  package var reasoningForm: ReasoningForm {
    get { $rest.value?.reasoningForm ?? .none }
    set { rest.reasoningForm = newValue }
  }
  /// Members of the message that only its provider understands and wants back.
  package var extra: JSONObject {
    get { $rest.value?.extra ?? JSONObject() }
    set { rest.extra = newValue }
  }
  /// How likely each token was, if that was asked for: the lists of a stream's chunks joined.
  package var logprobs: JSONValue? {
    get { $rest.value?.logprobs }
    set { rest.logprobs = newValue }
  }
  /// Why the reply could not be kept in the cache; nil if it was, or was not to be.
  package var cacheProblem: String? {
    get { $rest.value?.cacheProblem }
    set { rest.cacheProblem = newValue }
  }

  private struct Rest: RareValue {
    var refusal: String?
    var reasoning: String?
    var reasoningForm = ReasoningForm.none
    var extra = JSONObject()
    var logprobs: JSONValue?
    var cacheProblem: String?
  }

  package init() {}

  /// Whether there is nothing in it, though nothing says that it was cut or withheld.
  package var isEmpty: Bool {
    text == nil && refusal == nil && toolCalls.isEmpty && !finishReason.isIncomplete
  }

  /// Whether there are only text and calls in it, as the model wrote them, and all arguments are JSON objects.
  package var isPlain: Bool {
    $rest.isEmpty && (text != nil || !toolCalls.isEmpty)
      && toolCalls.indices.allSatisfy { toolCalls[$0].value != nil && toolCalls[$0].$foreign.isEmpty }
  }

  /// Gives of each call what it takes to carry it out.
  ///
  /// Another module would copy a call for each thing that it asks of it.
  package func forEachCall(
    _ body: (
      _ id: String, _ name: String, _ arguments: String, _ value: JSONValue?, _ defect: String?,
      _ repairs: [ArgumentRepair]
    ) -> Void
  ) {
    for index in toolCalls.indices {
      body(
        toolCalls[index].id, toolCalls[index].name, toolCalls[index].arguments, toolCalls[index].value,
        toolCalls[index].defect, toolCalls[index].repairs)
    }
  }

  /// What it took of the model; nil if the model was not asked.
  package var takenUsage: Usage? { isCached ? nil : usage }

  /// The message to append to the history.
  package var message: JSONValue { chatMessage.wire() }

  /// The reply as a message of the conversation.
  package var chatMessage: ChatMessage {
    var message = ChatMessage.assistant(
      text ?? (toolCalls.isEmpty && refusal == nil ? "" : nil), toolCalls: toolCalls.map(\.messageCall))
    guard let rest = $rest.value else { return message }
    if rest.refusal != nil { message.refusal = rest.refusal }
    if rest.reasoning != nil { message.reasoning = rest.reasoning }
    if rest.reasoningForm != .none { message.reasoningForm = rest.reasoningForm }
    if !rest.extra.isEmpty { message.extra = rest.extra }
    return message
  }
}

/// A call of a reply.
package struct AssembledToolCall: Sendable, Hashable {
  /// Unique in its reply; what the result must name.
  package var id: String
  package var name: String
  /// A JSON object as text, in the model's bytes; or, with a defect, whatever the model wrote.
  package var arguments: String {
    didSet { value = nil }
  }
  /// The object that ``arguments`` are, if they have been read as they stand.
  @Aside package var value: JSONValue? = nil
  @Rare var foreign: ForeignMembers
  // Apart, because most calls come as they should.
  @Rare private var oddities: Oddities

  /// Why the arguments must not be used: the model has to be told. Nil if they are a JSON object.
  package var defect: String? {
    get { $oddities.value?.defect }
    set { oddities.defect = newValue }
  }
  /// Whether the arguments came to their end, although they cannot be used: another reply would not bring more of them.
  package var cameWhole: Bool {
    get { $oddities.value?.cameWhole ?? false }
    set { oddities.cameWhole = newValue }
  }
  /// What was changed of the arguments to read them.
  package var repairs: [ArgumentRepair] {
    get { $oddities.value?.repairs ?? [] }
    set { oddities.repairs = newValue }
  }
  /// Whether no arguments came, so that the empty object stands for them.
  package var cameWithoutArguments: Bool {
    get { $oddities.value?.cameWithoutArguments ?? false }
    set { oddities.cameWithoutArguments = newValue }
  }
  /// The identifier as it came, if it had to be changed; empty if none came.
  package var rawID: String? {
    get { $oddities.value?.rawID }
    set { oddities.rawID = newValue }
  }
  /// The name as it came, if it had to be changed.
  package var rawName: String? {
    get { $oddities.value?.rawName }
    set { oddities.rawName = newValue }
  }

  /// How a call came otherwise than it should.
  struct Oddities: RareValue {
    var defect: String?
    var cameWhole = false
    var repairs: [ArgumentRepair] = []
    var cameWithoutArguments = false
    var rawID: String?
    var rawName: String?

    /// Whether there is anything to be said.
    var areAny: Bool {
      defect != nil || cameWhole || !repairs.isEmpty || cameWithoutArguments || rawID != nil || rawName != nil
    }
  }

  init(id: String, name: String, arguments: String, oddities: Oddities) {
    self.init(id: id, name: name, arguments: arguments)
    if oddities.areAny { self.oddities = oddities }
  }

  package init(id: String, name: String, arguments: String, value: JSONValue? = nil) {
    self.id = id
    self.name = name
    self.arguments = arguments
    self.value = value
  }

  var messageCall: ChatMessage.ToolCall {
    var call = ChatMessage.ToolCall(id: id, name: name, arguments: arguments)
    call.$foreign = $foreign
    if value != nil { call.objectText = arguments }
    return call
  }
}
