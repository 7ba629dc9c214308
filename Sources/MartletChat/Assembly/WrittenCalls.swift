import MartletJSON

/// Calls that a model wrote into its text, in one of the notations that models are trained on.
///
/// Only functions that the model was offered are ever called, and only with a JSON object: text in which anything else
/// stands where a call should be is no call at all.
struct WrittenCalls {
  /// Name and arguments of at least one call.
  private(set) var calls: [(name: String, arguments: String)] = []
  /// What stands before the first call; nil if nothing does.
  private(set) var textBefore: String?

  private let toolNames: Set<String>

  /// Finds the calls of a text; nil if it holds none.
  init?(in text: String, toolNames: Set<String>) {
    self.toolNames = toolNames
    guard !toolNames.isEmpty, text.utf8.count <= CallSlot.maximumArgumentBytes else { return nil }
    guard readTagged(text) || readFunctionTags(text) || readMarked(text) || readBare(text) else { return nil }
  }

  /// `<tool_call>{"name": …, "arguments": {…}}</tool_call>`, once or several times.
  private mutating func readTagged(_ text: String) -> Bool {
    guard let first = text.firstRange(of: "<tool_call>") else { return false }
    var rest = text[first.lowerBound...].trimmedWhitespace
    while rest.hasPrefix("<tool_call>") {
      rest = rest.dropFirst("<tool_call>".count)
      let end = rest.firstRange(of: "</tool_call>")
      guard let value = try? JSONValue(parsing: String(rest[..<(end?.lowerBound ?? rest.endIndex)])), take(value) else {
        return fail()
      }
      rest = rest[(end?.upperBound ?? rest.endIndex)...].trimmedWhitespace
    }
    return rest.isEmpty ? finish(before: text[..<first.lowerBound]) : fail()
  }

  /// `<function=NAME>{…}</function>`, also without the `>`.
  private mutating func readFunctionTags(_ text: String) -> Bool {
    guard let first = text.firstRange(of: "<function=") else { return false }
    var rest = text[first.lowerBound...].trimmedWhitespace
    while rest.hasPrefix("<function=") {
      rest = rest.dropFirst("<function=".count)
      guard let brace = rest.firstIndex(of: "{") else { return fail() }
      var name = rest[..<brace].trimmedWhitespace
      if name.hasSuffix(">") { name = name.dropLast() }
      rest = rest[brace...]
      guard let end = JSONExtent(rest).end else { return fail() }
      let arguments = String(decoding: rest.utf8.prefix(end), as: UTF8.self)
      guard let value = try? JSONValue(parsing: arguments), take(String(name), value) else { return fail() }
      rest = rest[rest.utf8.index(rest.startIndex, offsetBy: end)...].trimmedWhitespace
      if rest.hasPrefix(">") { rest = rest.dropFirst().trimmedWhitespace }
      if rest.hasPrefix("</function>") { rest = rest.dropFirst("</function>".count).trimmedWhitespace }
    }
    return rest.isEmpty ? finish(before: text[..<first.lowerBound]) : fail()
  }

  /// `[TOOL_CALLS] […]` and `<|python_tag|>{…}`: a mark, and JSON to the end.
  private mutating func readMarked(_ text: String) -> Bool {
    for mark in ["[TOOL_CALLS]", "<|python_tag|>"] {
      guard let range = text.firstRange(of: mark) else { continue }
      guard let value = try? JSONValue(parsing: String(text[range.upperBound...])), take(value) else { return fail() }
      return finish(before: text[..<range.lowerBound])
    }
    return false
  }

  /// JSON and nothing else, in a fence or not.
  private mutating func readBare(_ text: String) -> Bool {
    var body = text.trimmedWhitespace
    for fence in ["```json", "```"] where body.hasPrefix(fence) && body.hasSuffix("```") && body.count > 2 * fence.count
    {
      body = body.dropFirst(fence.count).dropLast(3)
      break
    }
    guard let value = try? JSONValue(parsing: String(body)), take(value) else { return fail() }
    return finish(before: "")
  }

  /// Takes `{"name": …, "arguments" or "parameters": {…}}`, or a list of them.
  private mutating func take(_ value: JSONValue) -> Bool {
    if let list = value.arrayValue { return !list.isEmpty && list.allSatisfy { $0.arrayValue == nil && take($0) } }
    let call = value["function"]?.objectValue.map { JSONValue.object($0) } ?? value
    guard let name = call["name"]?.stringValue, let arguments = call["arguments"] ?? call["parameters"] else {
      return false
    }
    // Arguments that were encoded twice are one string.
    let inner = arguments.stringValue.flatMap { try? JSONValue(parsing: $0) }
    return take(name, inner ?? arguments)
  }

  private mutating func take(_ name: String, _ arguments: JSONValue) -> Bool {
    guard toolNames.contains(name), arguments.objectValue != nil, calls.count < CallSlots.maximumCalls else {
      return false
    }
    calls.append((name, arguments.canonicalString()))
    return true
  }

  private mutating func fail() -> Bool {
    calls = []
    return false
  }

  private mutating func finish(before text: Substring) -> Bool {
    let text = text.trimmedWhitespace
    textBefore = text.isEmpty ? nil : String(text)
    return !calls.isEmpty
  }
}

extension StringProtocol where SubSequence == Substring {
  /// The text without white space at both ends; each of its characters is looked at once.
  fileprivate var trimmedWhitespace: Substring {
    guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else {
      return self[endIndex...]
    }
    return self[first...last]
  }
}

extension AssembledReply {
  /// Whether its text holds calls of these functions.
  package func hasWrittenCalls(of toolNames: Set<String>) -> Bool {
    text.map { WrittenCalls(in: $0, toolNames: toolNames) != nil } ?? false
  }

  /// Makes the calls of a text those of the reply; false if the text holds none.
  mutating func takeCalls(writtenIn text: String, _ options: ReplyAssembler.Options, as tolerance: String) -> Bool {
    guard let written = WrittenCalls(in: text, toolNames: options.toolNames) else { return false }
    self.text = written.textBefore
    toolCalls = written.calls.enumerated().map { index, call in
      AssembledToolCall(id: "call_\(options.turn)_\(index + 1)", name: call.name, arguments: call.arguments)
    }
    finishReason = .toolCalls
    tolerances.append(tolerance)
    return true
  }

  /// The reply that a provider refused to make of the call that its model wrote; nil if the call cannot be read.
  package init?(failedGenerationOf error: APIError, _ options: ReplyAssembler.Options) {
    self.init()
    guard let text = error.failedGeneration, takeCalls(writtenIn: text, options, as: "C13") else { return nil }
    usage = Usage(estimatedFrom: options.requestBytes, text.utf8.count)
  }
}
