import MartletChat
import MartletJSON

extension Probe {
  /// Conversations that are refused by some servers.
  static let conversations: [Probe] = [
    Probe(name: "tool_result", title: "takes the result of a tool call") { examination async throws(APIError) in
      let reply = try await examination.ask(examination.afterCall())
      return examination.judge(reply)
    },
    Probe(name: "user_after_result", title: "takes a user's message after a result") {
      examination async throws(APIError) in
      let reply = try await examination.ask(examination.afterCall(then: .user("Reply with the word: ok")))
      return examination.judge(reply)
    },
    Probe(name: "system_messages", title: "takes a second system message") { examination async throws(APIError) in
      let messages: [ChatMessage] = [
        .system("You are terse."), .user("Hello"), .assistant("Hello."), .system("Be friendly."),
        .user("Reply with the word: ok"),
      ]
      return examination.judge(try await examination.ask(examination.conversation(messages)))
    },
    Probe(name: "developer_role", title: "takes the role developer") { examination async throws(APIError) in
      let messages: [ChatMessage] = [.developer("You are terse."), .user("Reply with the word: ok")]
      return examination.judge(try await examination.ask(examination.conversation(messages)))
    },
  ]

  /// The form of the answer.
  static let answers: [Probe] = [
    Probe(name: "json_object", title: "answers in JSON") { examination async throws(APIError) in
      var request = examination.question("Name a city and its temperature in JSON, as city and degrees.")
      request.responseFormat = .jsonObject
      return try await examination.askForJSON(request, orLearn: nil)
    },
    Probe(name: "json_schema", title: "answers by a JSON Schema") { examination async throws(APIError) in
      var request = examination.question("Name a city and its temperature.")
      request.responseFormat = .jsonSchema(
        name: "weather",
        schema: [
          "type": "object", "properties": ["city": ["type": "string"], "degrees": ["type": "number"]],
          "required": ["city", "degrees"], "additionalProperties": false,
        ])
      return try await examination.askForJSON(
        request, orLearn: examination.refusesJSON ? .noAnswerFormat : .noAnswerSchema)
    },
  ]
}

extension Examination {
  /// A conversation in which a tool was called, and has answered.
  fileprivate func afterCall(then last: ChatMessage? = nil) -> ChatRequest {
    var call = ChatMessage.assistant(
      nil, toolCalls: [.init(id: "call_doctor_1", name: Self.weather.name, arguments: #"{"city":"Oslo"}"#)])
    if let thinking {
      call.reasoning = thinking.reasoning
      call.reasoningForm = thinking.reasoningForm
    }
    let messages: [ChatMessage] = [
      .system("You are terse."), .user("What is the weather in Oslo? Use the tool."), call,
      .tool(callID: "call_doctor_1", #"{"degrees":7,"sky":"cloudy"}"#),
    ]
    var request = conversation(messages + [last].compactMap { $0 })
    request.tools = [Self.weather]
    return request
  }

  /// Asks for JSON; where other questions are answered, a refusal is that of the format, and teaches a lesson.
  fileprivate mutating func askForJSON(
    _ request: ChatRequest, orLearn lesson: Lesson?
  ) async throws(APIError) -> [Finding] {
    let reply: AssembledReply
    do throws(APIError) {
      reply = try await ask(request)
    } catch {
      guard error.code == .badRequest else { throw error }
      if hasAnswered {
        if let lesson { learn(lesson) } else { refusesJSON = true }
      }
      return [.missing("refused: \(error.message)")]
    }
    if reply.finishReason == .length { return [.note("the answer was cut at \(Probe.maxTokens) tokens")] }
    let value = reply.text.flatMap { try? JSONValue(parsing: $0) }
    guard let value else { return [.missing("the answer is not JSON: the format is ignored")] }
    return value["city"]?.stringValue != nil && value["degrees"]?.doubleValue != nil
      ? [] : [.missing("the answer is JSON, but not with the members that were asked for")]
  }
}
