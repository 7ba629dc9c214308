import MartletChat
import MartletJSON

extension Probe {
  static let toolCalls: [Probe] = [
    Probe(name: "tool_call", title: "calls a tool, in a stream") { examination async throws(APIError) in
      var reply = try await examination.ask(examination.weatherQuestion("Oslo", streams: true))
      if try await examination.losesCall(of: &reply) { return [] }
      return examination.judgeCalls(of: reply)
    },
    Probe(name: "tool_call_whole", title: "calls a tool, without a stream") { examination async throws(APIError) in
      let reply = try await examination.ask(examination.weatherQuestion("Oslo", streams: false))
      return examination.judgeCalls(of: reply)
    },
    Probe(name: "parallel_calls", title: "calls two tools at once") { examination async throws(APIError) in
      var request = examination.weatherQuestion("Oslo and in Rome", streams: true)
      request.messages[1].append(paragraph: "Call the tool for both cities at once.")
      request.parallelToolCalls = true
      let reply = try await examination.ask(request)
      let findings = examination.judgeCalls(of: reply)
      if reply.toolCalls.count == 1 { return findings + [.note("one call at a time")] }
      return findings
    },
  ]

  static let toolChoices: [Probe] = [
    Probe(name: "tool_choice_required", title: "keeps tool_choice: required") { examination async throws(APIError) in
      try await examination.force(.required)
    },
    Probe(name: "tool_choice_named", title: "keeps a tool_choice that names a tool") {
      examination async throws(APIError) in
      try await examination.force(.tool(Examination.clock.name))
    },
    Probe(name: "tool_choice_none", title: "keeps tool_choice: none") { examination async throws(APIError) in
      var request = examination.weatherQuestion("Oslo", streams: false)
      request.toolChoice = ChatRequest.ToolChoice.none
      let reply = try await examination.ask(request)
      if !reply.toolCalls.isEmpty { examination.learn(.noNoneToolChoice) }
      return []
    },
  ]
}

extension Examination {
  func weatherQuestion(_ place: String, streams: Bool) -> ChatRequest {
    var request = question("What is the weather in \(place)? Use the tool.", streams: streams)
    request.tools = [Self.weather]
    return request
  }

  /// Whether what a stream did not bring, a call or its arguments, comes whole; this is learned then.
  ///
  /// Of a model that calls a tool only now and then, nothing is: a stream without a call is asked for once more, and is
  /// what counts if it has one.
  fileprivate mutating func losesCall(of reply: inout AssembledReply) async throws(APIError) -> Bool {
    let hasCall = !reply.toolCalls.isEmpty
    if reply.hasCalls || reply.finishReason.isIncomplete || reply.hasWrittenCalls(of: [Self.weather.name]) {
      return false
    }
    guard try await ask(weatherQuestion("Oslo", streams: false)).hasCalls else { return false }
    if !hasCall {
      reply = try await ask(weatherQuestion("Oslo", streams: true))
      if !reply.toolCalls.isEmpty { return false }
    }
    learn(.noStreamedArguments)
    return true
  }

  /// What a reply shows that should call the tool.
  mutating func judgeCalls(of reply: AssembledReply) -> [Finding] {
    if reply.toolCalls.isEmpty, reply.hasWrittenCalls(of: [Self.weather.name]) {
      learn(.writtenCalls)
      return []
    }
    guard let call = reply.toolCalls.first else {
      let isCut = reply.finishReason == .length
      return [.missing(isCut ? "the answer was cut before a tool call" : "the model called no tool")]
    }
    if call.name != Self.weather.name { return [.missing(Self.callsStranger(call.name))] }
    return reply.toolCalls.allSatisfy(\.hasCity)
      ? [] : [.stray("the arguments of the call are not as its schema wants")]
  }

  /// Makes the model call a tool; where that does not help, in words.
  mutating func force(_ choice: ChatRequest.ToolChoice) async throws(APIError) -> [Finding] {
    var request = question("Reply with the word: ok")
    request.tools = [Self.weather, Self.clock]
    request.toolChoice = choice
    let reply = try await ask(request)
    if let stranger = reply.call(ofNoneIn: request.tools) { return [.missing(Self.callsStranger(stranger))] }
    if choice.isKept(by: reply.toolCalls.map(\.name)) { return [] }
    if reply.finishReason.isIncomplete { return [.missing("the answer was cut before a tool call")] }
    guard choice.words(client.quirks(for: model)) == nil else { return [.missing(Self.callsNothing)] }
    var lessons: [Lesson] = [.noRequiredToolChoice]
    if case .tool = choice { lessons.insert(.noNamedToolChoice, at: 0) }
    let second = try await ask(request, trying: lessons)
    // Of a model that calls nothing at all, nothing is learned.
    if let stranger = second.call(ofNoneIn: request.tools) { return [.missing(Self.callsStranger(stranger))] }
    guard choice.isKept(by: second.toolCalls.map(\.name)) else { return [.missing(Self.callsNothing)] }
    for lesson in lessons { learn(lesson) }
    return []
  }

  private static func callsStranger(_ name: String) -> String {
    "the model called `\(name)`, which it was not offered"
  }

  private static let callsNothing = "the model makes no such call when it must, not even when asked in words"
}

extension AssembledReply {
  /// The name of the first call of a tool that was not offered.
  fileprivate func call(ofNoneIn tools: [ChatTool]) -> String? {
    toolCalls.map(\.name).first { name in !tools.contains { $0.name == name } }
  }

  /// Whether it calls the tool, each time as it should be called.
  fileprivate var hasCalls: Bool { !toolCalls.isEmpty && toolCalls.allSatisfy(\.hasCity) }
}

extension AssembledToolCall {
  /// Whether it has the argument that the tool needs.
  fileprivate var hasCity: Bool {
    guard defect == nil else { return false }
    return (try? JSONValue(parsing: arguments))?["city"]?.stringValue != nil
  }
}
