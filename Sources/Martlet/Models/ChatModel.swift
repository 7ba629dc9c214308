package import MartletChat
import MartletJSON

/// A model behind an endpoint that speaks chat completions.
package struct ChatModel: Model {
  private let client: ChatClient
  private let spec: ModelSpec

  package init(client: ChatClient, spec: ModelSpec) {
    self.client = client
    self.spec = spec
  }

  package var identifier: String { spec.identifier }

  package var executor: (any TaskExecutor)? { client.executor }

  package var knowsCost: Bool { client.provider.prices[spec.name] != nil }

  package func conversation(tools: [ToolSpecification], output: OutputFormat?) -> any ModelConversation {
    ChatConversation(
      client: client, request: spec.request(tools: tools, strict: client.provider.quirks.prefersStrictSchemas),
      output: output, schemas: WireSchemas(tools: tools, output: output))
  }
}

/// A conversation with an endpoint: the history stays encoded, and a turn adds its bytes at the end.
struct ChatConversation: ModelConversation {
  let client: ChatClient
  // Apart, because it rarely changes, and a session and its run have it in common.
  @Boxed var request: ChatRequest
  var quirks: ProviderQuirks
  /// Everything of the body but the messages: the same from turn to turn, unless the tool choice changes.
  var head: RequestHead?
  var history = ChatHistory()
  var encoder: HistoryEncoder
  var encoded = EncodedHistory()
  /// The newest reply as its provider wants it back, which may be more than the transcript holds of it.
  private var newest = Newest.unknown
  let output: OutputFormat?
  private var schemas: WireSchemas
  /// Whether the newest answer had to be asked for again.
  private(set) var isCorrecting = false
  var options = ReplyAssembler.Options()
  var isLastResort = true
  /// Whether it has been tried once if arguments that are missing come without a stream.
  private var hasAskedWithoutStream = false
  /// Whether that is being tried.
  var isTryingWithoutStream = false
  /// How long the history was when the model was last told in words to call a tool.
  var entriesWhenSaid = 0
  var hasToldOfParameters = false
  var promptWatch = PromptWatch()
  /// What is worth knowing and was not told yet.
  var notices: [ModelNotice] = []
  private var requestID = SessionID.Series()[0]

  init(client: ChatClient, request: ChatRequest, output: OutputFormat?, schemas: WireSchemas) {
    self.client = client
    self.request = request
    self.output = output
    self.schemas = schemas
    quirks = client.quirks(for: request.model)
    encoder = HistoryEncoder(quirks)
    options.toolNames = Set(request.tools.map(\.name))
    options.price = client.provider.prices[request.model]
    options.readsWrittenCalls = quirks.readsWrittenCalls
    options.readsThinkingTags = quirks.readsThinkingTags
  }

  mutating func append(_ entry: Transcript.Entry) {
    isCorrecting = false
    // A reply that became no turn, because the run ended with it, is no part of the conversation.
    var reply: ChatMessage?
    switch entry {
    case .turn(let turn) where newest.isWhole(in: turn):
      options.turn += 1
      history.append(whole: turn, with: &encoder, into: &encoded)
      return endAppending()
    case .instructions: break
    case .user(_, let attachments): options.excessBytes += attachments.reduce(0) { $0 + $1.excessBytes }
    case .correction: isCorrecting = true
    case .turn:
      options.turn += 1
      if case .message(let message) = newest { reply = message }
    }
    encoder.encode(history.append(entry, reply: reply), into: &encoded)
    endAppending()
  }

  private mutating func endAppending() {
    newest = .unknown
    requestID = SessionID.Series()[0]
  }

  mutating func takeNotices() -> [ModelNotice] {
    defer { notices = [] }
    return notices
  }

  func nextRequest(toolChoice: ToolChoice) -> String? {
    var copy = self
    copy.prepare(toolChoice.onTheWire)
    return client.description(of: RequestHead(copy.request, quirks: copy.spelling), segments: copy.encoded.segments)
  }

  // What it does between waiting is apart: a request, a reply or an error on its way would be part of the frame of
  // every conversation that waits.
  nonisolated(nonsending) mutating func reply(
    toolChoice: ToolChoice, onDeltas: nonisolated(nonsending) (_ batch: [ModelDelta]) async throws -> Void
  ) async throws -> ModelReply {
    prepare(toolChoice.onTheWire)
    while true {
      do {
        let exchange = try await nextAttempt().open()
        let isStreamed = currentHead().isStreaming
        while let batch = try await exchange.nextBatch() {
          let deltas = isStreamed ? batch.compactMap(ModelDelta.init) : []
          if !deltas.isEmpty { try await onDeltas(deltas) }
        }
        return try check(exchange, isStreamed: isStreamed)
      } catch let error as APIError {
        if let reply = try recover(from: error) { return reply }
      }
    }
  }

  @inline(never)
  private mutating func nextAttempt() throws(APIError) -> ReadyRequest {
    try client.request(
      head: currentHead(), segments: encoded.segments, options: options, requestID: requestID.text,
      cachingWith: request.cache ? request.tools : nil)
  }

  @inline(never)
  private mutating func currentHead() -> RequestHead {
    if let head { return head }
    let made = RequestHead(request, quirks: spelling)
    head = made
    return made
  }

  @inline(never)
  private mutating func check(_ exchange: ReplyExchange, isStreamed: Bool) throws -> ModelReply {
    var reply = exchange.reply
    options.acceptsUnmarkedEnd = false
    checkPrompt(reply.usage)
    try checkToolChoice(of: reply)
    try checkArguments(of: &reply, isStreamed: isStreamed)
    return take(reply)
  }

  /// The reply that is in an error; nil if the request is to be sent again, spelled otherwise.
  @inline(never)
  private mutating func recover(from error: APIError) throws -> ModelReply? {
    if Task.isCancelled { throw CancellationError() }
    if let reply = AssembledReply(failedGenerationOf: error, options) { return take(reply) }
    options.acceptsUnmarkedEnd = isLastResort && (options.acceptsUnmarkedEnd || error.isUnmarkedEnd)
    // A server that names what it cannot read is asked again without it.
    guard learn(from: error) else { throw error }
    return nil
  }

  func rejectReply() {
    guard request.cache else { return }
    client.forget(head: head ?? RequestHead(request, quirks: spelling), segments: encoded.segments)
  }

  private mutating func take(_ reply: AssembledReply) -> ModelReply {
    let (restored, found, isAsItCame) = schemas.restored(ModelReply(reply), request: request, quirks)
    newest = isAsItCame && reply.isPlain ? .turn : .message(reply.chatMessage)
    notices += found
    return restored
  }

  private enum Newest {
    case unknown
    case message(ChatMessage)
    /// The turn that is made of it says it all, in the model's words, and the arguments of its calls are objects.
    case turn

    /// Whether a turn that is made of the reply says it all.
    func isWhole(in turn: Transcript.Turn) -> Bool {
      guard case .turn = self, turn.calls.count == turn.results.count else { return false }
      return turn.calls.indices.allSatisfy { turn.calls[$0].id == turn.results[$0].callID }
    }
  }

  /// Some servers lose the arguments of calls in streams: the first time that some are missing, the reply is asked for
  /// once more without a stream, and if that has them, all others are too.
  ///
  /// Throws an error that is answered with another attempt.
  private mutating func checkArguments(of reply: inout AssembledReply, isStreamed: Bool) throws(APIError) {
    let areMissing = reply.lacksArguments(of: request.tools)
    if isStreamed, areMissing, !hasAskedWithoutStream {
      hasAskedWithoutStream = true
      isTryingWithoutStream = true
      head = nil
      throw APIError.lostArguments(of: reply)
    }
    if !isStreamed, isTryingWithoutStream {
      isTryingWithoutStream = false
      head = nil
      if !areMissing {
        if client.learn(.noStreamedArguments, for: request.model) { notices.append(ModelNotice(.noStreamedArguments)) }
        reply.tolerances.append("A14")
      }
    }
  }
}

extension APIError {
  fileprivate static func lostArguments(of reply: AssembledReply) -> APIError {
    var error = APIError(
      code: .invalidReply, message: "the arguments of a call did not come whole; asking without a stream",
      isRetryable: true)
    error.retryAfter = .zero
    error.usage = reply.takenUsage
    return error
  }
}

extension ModelSpec {
  /// The request without its conversation.
  fileprivate func request(tools: [ToolSpecification], strict: Bool) -> ChatRequest {
    var request = ChatRequest(model: name)
    request.adaptsResponseFormat = true
    request.stream = streams
    request.cache = caches
    request.maxTokens = sampling["max_tokens"]?.intValue
    request.maxCompletionTokens = sampling["max_completion_tokens"]?.intValue
    request.parallelToolCalls = sampling["parallel_tool_calls"]?.boolValue
    request.tools = tools.map { $0.chatTool(strict: strict || $0.isStrict) }
    for member in sampling where !["max_tokens", "max_completion_tokens", "parallel_tool_calls"].contains(member.key) {
      request.extraBody[member.key] = member.value
    }
    for member in extraBody.objectValue ?? [:] { request.extraBody[member.key] = member.value }
    return request
  }
}

extension ToolChoice {
  /// `auto` is what a server does without being told.
  fileprivate var onTheWire: ChatRequest.ToolChoice? {
    switch self {
    case .auto: nil
    case .none: ChatRequest.ToolChoice.none
    case .required: .required
    case .tool(let name): .tool(name)
    }
  }
}

extension ModelDelta {
  fileprivate init?(_ delta: ChatDelta) {
    switch delta {
    case .text(let text), .refusal(let text): self = .text(text)
    case .call(let index, _, let name, let arguments): self = .call(index: index, name: name, arguments: arguments)
    case .reasoning, .logprobs: return nil
    }
  }
}

extension ModelReply {
  fileprivate init(_ reply: AssembledReply) {
    var usage = reply.usage
    if reply.isCached {
      // The model was not asked: no tokens, no cost.
      usage = Usage()
      usage.cost = 0
    }
    var tolerances = reply.tolerances
    if !tolerances.isEmpty {
      // What was put right in the arguments of a call is said of that call.
      let repaired = Set(reply.toolCalls.flatMap(\.repairs).map(\.tolerance))
      tolerances.removeAll { repaired.contains($0) }
    }
    var calls: [ToolCall] = []
    var objects: [JSONValue?] = []
    calls.reserveCapacity(reply.toolCalls.count)
    objects.reserveCapacity(reply.toolCalls.count)
    reply.forEachCall { id, name, arguments, value, defect, repairs in
      calls.append(ToolCall(id: id, name: name, arguments: arguments, defect: defect, repairs: repairs))
      objects.append(value)
    }
    self.init(
      text: reply.text ?? reply.refusal, calls: calls, objects: objects,
      finishReason: reply.refusal != nil && reply.toolCalls.isEmpty ? .refusal : reply.finishReason, usage: usage,
      tolerances: tolerances, isCached: reply.isCached, cacheProblem: reply.cacheProblem)
  }
}

extension ToolSpecification {
  /// The tool as it is sent; servers refuse an object without `properties`, even if it has none.
  package var chatTool: ChatTool { chatTool(strict: isStrict) }

  /// The tool as it is sent, in strict mode if it is asked for and can say what the schema says.
  func chatTool(strict: Bool) -> ChatTool {
    var schema = parameters.document
    if var object = schema.objectValue, object["properties"] == nil {
      object["properties"] = [:]
      schema = .object(object)
    }
    var tool = ChatTool(name: name, description: description.isEmpty ? nil : description, parameters: schema)
    if strict, let rewritten = StrictSchema.rewriting(schema, of: .parameters) {
      (tool.strict, tool.strictParameters) = (true, rewritten)
    }
    return tool
  }
}
