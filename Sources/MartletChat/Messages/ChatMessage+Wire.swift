package import MartletJSON

extension ChatMessage {
  /// The message as it is sent: members in a fixed order, the same message always in the same bytes.
  package func wire(_ style: MessageStyle = MessageStyle()) -> JSONValue {
    var object: JSONObject = ["role": .string(wireRole(style).rawValue)]
    if let content = wireContent(style) { object["content"] = content }
    if let toolCallID { object["tool_call_id"] = .string(toolCallID) }
    if let refusal { object["refusal"] = .string(refusal) }
    if style.reasoning != .omitted {
      if let member = reasoningMember(style) { object[member.name] = .string(member.text) }
      object.merge(extra)
    }
    if let toolCalls, !toolCalls.isEmpty { object["tool_calls"] = .array(toolCalls.map(\.wire)) }
    return .object(object)
  }

  func wireRole(_ style: MessageStyle) -> Role {
    role == .developer && !style.acceptsDeveloperRole ? .system : role
  }

  private func reasoningMember(_ style: MessageStyle) -> (name: String, text: String)? {
    if style.reasoning != .tags, case .member(let name) = reasoningForm, let reasoning { return (name, reasoning) }
    guard style.reasoning == .required, role == .assistant, toolCalls != nil else { return nil }
    return ("reasoning_content", "")
  }

  func wireContent(_ style: MessageStyle) -> JSONValue? {
    if !parts.isEmpty { return wireParts }
    if let list = thinkingPart(style) { return list }
    let (tags, said) = (thinkingTags(style), content ?? "")
    let text = tags.isEmpty ? said : tags + said
    if !text.isEmpty { return .string(text) }
    guard role == .assistant, toolCalls != nil || content == nil else { return "" }
    switch style.emptyContent {
    case .null: return .null
    case .emptyString: return ""
    case .omitted: return nil
    }
  }

  /// The parts as a list; those of a call's result, which has to be one string, as their texts.
  private var wireParts: JSONValue {
    if role != .tool { return .array(parts.map(\.json)) }
    return .string(parts.compactMap { $0.json["text"]?.stringValue }.joined(separator: "\n"))
  }

  /// The content of a provider that puts thinking among its parts.
  private func thinkingPart(_ style: MessageStyle) -> JSONValue? {
    guard style.reasoning == .asReceived || style.reasoning == .required, reasoningForm == .part, let reasoning else {
      return nil
    }
    let thinking: JSONValue = ["type": "thinking", "thinking": [["type": "text", "text": .string(reasoning)]]]
    guard let content, !content.isEmpty else { return [thinking] }
    return [thinking, ["type": "text", "text": .string(content)]]
  }

  /// The thinking that goes before the text, within it.
  private func thinkingTags(_ style: MessageStyle) -> String {
    if style.reasoning == .omitted { return "" }
    if case .tags(let raw) = reasoningForm { return raw }
    guard style.reasoning == .tags, let reasoning, !reasoning.isEmpty else { return "" }
    return "<think>" + reasoning + "</think>\n"
  }
}

extension ChatMessage.ToolCall {
  var wire: JSONValue {
    var inner: JSONObject = [
      "name": .string(Self.acceptableName(function.name)), "arguments": .string(acceptableArguments),
    ]
    inner.merge(foreign.function)
    var object: JSONObject = ["id": .string(id), "type": "function", "function": .object(inner)]
    object.merge(foreign.call)
    return .object(object)
  }

  /// The arguments if they are a JSON object, else an object that holds them as a string.
  ///
  /// Servers parse the arguments of past calls, and one that cannot be parsed would fail every later request.
  var acceptableArguments: String {
    if objectText == function.arguments { return function.arguments }
    if case .object? = try? JSONValue(parsing: function.arguments) { return function.arguments }
    let isBlank = function.arguments.utf8.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
    return isBlank ? "{}" : JSONValue.object(["INVALID_JSON": .string(function.arguments)]).canonicalString()
  }

  private static func isAcceptable(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
    default: false
    }
  }

  /// The name in the alphabet that servers accept, `[A-Za-z0-9_-]{1,64}`, also when the model made one up.
  static func acceptableName(_ name: String) -> String {
    if name.isEmpty { return "unnamed" }
    if name.utf8.count <= 64, name.utf8.allSatisfy(isAcceptable) { return name }
    let characters = name.unicodeScalars.prefix(64).map { scalar -> Character in
      scalar.isASCII && isAcceptable(UInt8(scalar.value)) ? Character(scalar) : "_"
    }
    return String(characters)
  }
}
