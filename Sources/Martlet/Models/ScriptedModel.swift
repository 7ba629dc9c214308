import MartletChat
package import MartletHTTP
import MartletJSON

/// Plays the model's part from a script: no network, no key, the same reply for the same conversation.
package struct ScriptedModel: Model {
  private let rules: [ScriptRule]
  private let values: TemplateValues
  private let streams: Bool
  private let thread: TaskThread?
  package var executor: (any TaskExecutor)? { thread }

  package init(rules: [ScriptRule], values: TemplateValues = [:], streams: Bool = true, thread: TaskThread? = nil) {
    self.rules = rules
    self.values = values
    self.streams = streams
    self.thread = thread
  }

  package var identifier: String { "scripted" }

  /// It costs nothing.
  package var knowsCost: Bool { true }

  package func conversation(tools: [ToolSpecification], output: OutputFormat?) -> any ModelConversation {
    ScriptedConversation(rules: rules, values: values, streams: streams, tools: tools)
  }
}

/// A conversation with the script: it looks at the newest entry only, and of that at the text alone.
private struct ScriptedConversation: ModelConversation {
  private let rules: [ScriptRule]
  private let values: TemplateValues
  private let streams: Bool
  private let tools: [ToolSpecification]
  private var newest: Transcript.Entry?
  private var turns = 0
  private var bytes = 0
  /// How often each rule's fault was played.
  private var faultsPlayed: [Int: Int] = [:]

  init(rules: [ScriptRule], values: TemplateValues, streams: Bool, tools: [ToolSpecification]) {
    self.rules = rules
    self.values = values
    self.streams = streams
    self.tools = tools
  }

  mutating func append(_ entry: Transcript.Entry) {
    newest = entry
    bytes += entry.byteCount
    if case .turn = entry { turns += 1 }
  }

  nonisolated(nonsending) mutating func reply(
    toolChoice: ToolChoice, onDeltas: nonisolated(nonsending) (_ batch: [ModelDelta]) async throws -> Void
  ) async throws -> ModelReply {
    for (index, rule) in rules.enumerated() {
      guard let found = try match(rule, number: index + 1) else { continue }
      switch rule.answer {
      case .fault(let fault):
        guard faultsPlayed[index, default: 0] < fault.times else { continue }
        faultsPlayed[index, default: 0] += 1
        throw APIError(fault)
      case .reply(let text, let calls):
        let reply = reply(text: text?.template, calls: calls, values: values.merging(found))
        try check(reply, against: toolChoice, rule: index)
        if streams { try await ScriptedStream.play(reply, onDeltas) }
        return reply
      }
    }
    throw APIError(
      code: .init(rawValue: "no_rule_fits"),
      message: "none of the \(rules.count) rules of the script fits \(newest.inWords)")
  }

  /// The values that a rule finds in the newest entry; nil when it does not fit.
  private func match(_ rule: ScriptRule, number: Int) throws(APIError) -> [String: JSONValue]? {
    switch (rule.condition, newest) {
    case (.always, _):
      return [:]
    case (.userMessage(let pattern), .user(let text, _)?), (.userMessage(let pattern), .correction(let text)?):
      return try groups(of: pattern.value, in: text, rule: number)
    case (.result(let tool), .turn(let turn)?):
      let results = turn.results.filter { $0.name == tool.value }.map { $0.content.asJSON }
      return results.last.map { ["result": $0, "results": .array(results)] }
    default:
      return nil
    }
  }

  private func groups(of pattern: Pattern, in text: String, rule: Int) throws(APIError) -> [String: JSONValue]? {
    do throws(PatternStepLimitError) {
      guard let match = try pattern.firstMatch(in: text) else { return nil }
      return Dictionary(pattern.groupNames.map { ($0, match[$0].map { .string($0) } ?? .null) }) { first, _ in first }
    } catch {
      throw APIError(
        code: .init(rawValue: "script_error"),
        message:
          "`when` of rule \(rule) of the script takes too many steps on this message: \(pattern.source.prefix(80))")
    }
  }

  private func reply(text: Template?, calls: [ScriptRule.Call], values: TemplateValues) -> ModelReply {
    var reply = ModelReply(text: text?.expanded(with: values))
    for (index, call) in calls.enumerated() {
      let schema = tools.first { $0.name == call.tool.value }?.parameters.document
      let arguments = call.arguments.expanded(with: values, schema: schema) ?? [:]
      reply.calls.append(
        ToolCall(
          id: "call_\(turns + 1)_\(index + 1)", name: call.tool.value, arguments: arguments.canonicalString()))
    }
    reply.finishReason = calls.isEmpty ? .stop : .toolCalls
    reply.usage = usage(of: reply)
    return reply
  }

  /// A token is taken as four bytes, so that limits of tokens can be tried offline.
  private func usage(of reply: ModelReply) -> Usage {
    var usage = Usage(
      estimatedFrom: bytes, Transcript.Entry.turn(.init(text: reply.text, calls: reply.calls)).byteCount)
    usage.cost = 0
    return usage
  }

  /// A real model is held to `tool_choice` by its server; a script has to keep it by itself.
  private func check(_ reply: ModelReply, against choice: ToolChoice, rule: Int) throws(APIError) {
    let problem: String? =
      switch choice {
      case .auto: nil
      case .none: reply.calls.isEmpty ? nil : "calls tools, and tool_choice is none"
      case .required: reply.calls.isEmpty ? "calls no tool, and tool_choice is required" : nil
      case .tool(let name):
        reply.calls.contains { $0.name == name } ? nil : "does not call `\(name)`, and tool_choice says it must"
      }
    if let problem {
      throw APIError(code: .init(rawValue: "script_error"), message: "rule \(rule + 1) of the script \(problem)")
    }
  }
}

/// Plays a reply in pieces, as a stream would bring it.
private enum ScriptedStream {
  nonisolated(nonsending) static func play(
    _ reply: ModelReply, _ onDeltas: nonisolated(nonsending) ([ModelDelta]) async throws -> Void
  ) async throws {
    for piece in (reply.text ?? "").words {
      try Task.checkCancellation()
      try await onDeltas([.text(piece)])
    }
    let calls = reply.calls.enumerated().map { index, call in
      ModelDelta.call(index: index, name: call.name, arguments: call.arguments)
    }
    if !calls.isEmpty { try await onDeltas(calls) }
  }
}

extension String {
  /// The text in pieces that each end after a space; together they are the text.
  fileprivate var words: [String] {
    var pieces: [String] = []
    var piece = ""
    for character in self {
      piece.append(character)
      if character == " " || character == "\n" {
        pieces.append(piece)
        piece = ""
      }
    }
    return piece.isEmpty ? pieces : pieces + [piece]
  }

  /// A tool's result as a value: parsed when it is JSON, else its text.
  fileprivate var asJSON: JSONValue { (try? JSONValue(parsing: self)) ?? .string(self) }
}

extension APIError {
  /// The error that a client makes of such a reply.
  fileprivate init(_ fault: ScriptRule.Fault) {
    self.init(
      status: fault.status, body: Array("a fault played by the script".utf8),
      headers: ResponseFacts(now: 0) { name in
        name == "retry-after" ? fault.retryAfter.flatMap { JSONNumber($0)?.spelling } : nil
      })
  }
}

extension Transcript.Entry {
  fileprivate var byteCount: Int {
    switch self {
    case .instructions(let text), .user(let text, _), .correction(let text): text.utf8.count
    case .turn(let turn):
      (turn.text?.utf8.count ?? 0) + turn.calls.reduce(0) { $0 + $1.name.utf8.count + $1.arguments.utf8.count }
        + turn.results.reduce(0) { $0 + $1.content.utf8.count }
    }
  }
}

extension Transcript.Entry? {
  /// What the script was asked to answer.
  fileprivate var inWords: String {
    switch self {
    case .user(let text, _)?, .correction(let text)?: "the message \"\(text.prefix(80))\""
    case .turn(let turn)?: "the results of \(Set(turn.results.map(\.name)).sorted().joined(separator: ", "))"
    case .instructions?, nil: "an empty conversation"
    }
  }
}
