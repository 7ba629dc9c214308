import MartletChat
import MartletJSON

/// What a conversation does where a server strays from the standard.
extension ChatConversation {
  /// How the request is spelled: what is known of the provider, what was learned, what is being tried.
  var spelling: ProviderQuirks {
    var quirks = quirks
    if isTryingWithoutStream { quirks.losesStreamedArguments = true }
    return quirks
  }

  /// Makes the request ask for a choice of tools, with what other conversations learned since.
  @inline(never)
  mutating func prepare(_ choice: ChatRequest.ToolChoice?) {
    if request.toolChoice != choice {
      request.toolChoice = choice
      head = nil
    }
    let format = responseFormat
    if request.responseFormat != format {
      request.responseFormat = format
      head = nil
    }
    let current = client.quirks(for: request.model)
    if current != quirks {
      quirks = current
      respell()
    }
    sayToolChoice()
    tellOfLostParameters()
  }

  /// Tells once of functions whose arguments the server has no words for.
  private mutating func tellOfLostParameters() {
    guard quirks.needsSimpleSchemas, !hasToldOfParameters else { return }
    hasToldOfParameters = true
    for tool in request.tools where tool.takesAnyNames { notices.append(.parametersLost(tool.name)) }
  }

  /// The format of the answer for the server to keep.
  ///
  /// Many servers call no tools any more when they are told it, so that it goes along where nothing is to be called: no
  /// tools, none allowed, or an answer that only has to be put right. The prompt says it in any case.
  private var responseFormat: ChatRequest.ResponseFormat? {
    guard let output, output.schema.document["type"] == "object" else { return nil }
    let callsNothing = request.tools.isEmpty || request.toolChoice == ChatRequest.ToolChoice.none || isCorrecting
    guard callsNothing || quirks.formatsAnswersBesideTools else { return nil }
    let schema = output.schema.document
    guard quirks.holdsAnswersStrictly, quirks.acceptsStrict, let strict = StrictSchema.rewriting(schema, of: .answer)
    else {
      return .jsonSchema(name: output.name, schema: schema)
    }
    return .jsonSchema(name: output.name, schema: strict, strict: true)
  }

  /// Says in the newest message what the server is not told, or does not heed.
  private mutating func sayToolChoice() {
    guard !request.tools.isEmpty, let words = request.toolChoice?.words(quirks), entriesWhenSaid != history.count
    else { return }
    entriesWhenSaid = history.count
    history.append(paragraph: words)
    respell()
  }

  /// Encodes the whole conversation again.
  mutating func respell() {
    head = nil
    encoder = HistoryEncoder(quirks)
    encoded = EncodedHistory()
    encoder.encode(history.messages, into: &encoded)
  }

  /// Learns from a refusal; false if the same request would be sent again.
  mutating func learn(from error: APIError) -> Bool {
    let (request, history, former) = (request, history, encoded)
    let formerHead = RequestHead(request, quirks: quirks)
    var learned: [Lesson] = []
    let hasLearned = client.learn(
      from: error, refusing: request, spelledWith: &quirks, onLesson: { learned.append($0) },
      changes: { quirks in
        if RequestHead(request, quirks: quirks) != formerHead { return true }
        if request.toolChoice?.words(quirks) != nil { return true }
        var encoder = HistoryEncoder(quirks)
        var spelled = EncodedHistory()
        encoder.encode(history.messages, into: &spelled)
        return spelled != former
      })
    notices += learned.map(ModelNotice.init)
    guard hasLearned else { return false }
    respell()
    sayToolChoice()
    return true
  }

  /// Some servers take `tool_choice` and do not heed it: then the model is asked in words, once.
  ///
  /// Throws an error that is answered with another attempt.
  mutating func checkToolChoice(of reply: AssembledReply) throws(APIError) {
    guard let choice = request.toolChoice, choice.isForced, !request.tools.isEmpty, !reply.finishReason.isIncomplete,
      !choice.isKept(by: reply.toolCalls.map(\.name))
    else { return }
    guard choice.words(quirks) == nil else {
      notices.append(.toolChoiceIgnored)
      return
    }
    var lessons: [Lesson] = [.noRequiredToolChoice]
    if case .tool = choice, quirks.acceptsNamedToolChoice { lessons.insert(.noNamedToolChoice, at: 0) }
    for lesson in lessons where client.learn(lesson, for: request.model) { notices.append(ModelNotice(lesson)) }
    throw APIError.ignoredToolChoice(by: reply)
  }

  /// Tells of a conversation that the server seems not to have read whole.
  mutating func checkPrompt(_ usage: Usage) {
    if let suspicion = promptWatch.suspicion(bytes: encoded.count - options.excessBytes, usage: usage) {
      notices.append(.contextCut(suspicion))
    }
  }
}

extension ModelNotice {
  init(_ lesson: Lesson) {
    self.init(code: "lesson", message: lesson.sentence)
  }

  fileprivate static func parametersLost(_ tool: String) -> ModelNotice {
    ModelNotice(
      code: "parameters_not_sent",
      message:
        "tool \(tool) takes arguments of any names, which the server has no words for: it is told of no arguments")
  }

  fileprivate static let toolChoiceIgnored = ModelNotice(
    code: "tool_choice_ignored", message: "the model was told to call a tool, and did not")
}

extension APIError {
  fileprivate static func ignoredToolChoice(by reply: AssembledReply) -> APIError {
    var error = APIError(
      code: .invalidReply, message: "the server did not heed tool_choice; asking in words", isRetryable: true)
    error.retryAfter = .zero
    error.usage = reply.takenUsage
    return error
  }
}
