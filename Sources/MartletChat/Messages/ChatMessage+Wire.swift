package import MartletJSON

/// How a provider wants what an assistant's message may lack.
package struct MessageStyle: Sendable, Hashable {
  package enum EmptyContent: Sendable, Hashable { case null, emptyString, omitted }

  /// What stands for the text of a message that only calls functions.
  package var emptyContent = EmptyContent.null
  /// Whether the model's thinking goes back to it.
  package var echoesReasoning = true

  package init(emptyContent: EmptyContent = .null, echoesReasoning: Bool = true) {
    self.emptyContent = emptyContent
    self.echoesReasoning = echoesReasoning
  }
}

extension ChatMessage {
  /// The message as it is sent: members in a fixed order, the same message always in the same bytes.
  package func wire(_ style: MessageStyle = MessageStyle()) -> JSONValue {
    var object: JSONObject = ["role": .string(role.rawValue)]
    if let content = wireContent(style) { object["content"] = content }
    if let toolCallID { object["tool_call_id"] = .string(toolCallID) }
    if let refusal { object["refusal"] = .string(refusal) }
    if style.echoesReasoning {
      if case .member(let name) = reasoningForm, let reasoning { object[name] = .string(reasoning) }
      object.merge(extra)
    }
    if let toolCalls, !toolCalls.isEmpty { object["tool_calls"] = .array(toolCalls.map(\.wire)) }
    return .object(object)
  }

  private func wireContent(_ style: MessageStyle) -> JSONValue? {
    if !parts.isEmpty { return .array(parts.map(\.json)) }
    if style.echoesReasoning, reasoningForm == .part, let reasoning {
      let thinking: JSONValue = ["type": "thinking", "thinking": [["type": "text", "text": .string(reasoning)]]]
      guard let content, !content.isEmpty else { return [thinking] }
      return [thinking, ["type": "text", "text": .string(content)]]
    }
    if let content, !content.isEmpty { return .string(content) }
    guard role == .assistant, toolCalls != nil || content == nil else { return "" }
    switch style.emptyContent {
    case .null: return .null
    case .emptyString: return ""
    case .omitted: return nil
    }
  }
}

extension ChatMessage.ToolCall {
  var wire: JSONValue {
    var inner: JSONObject = [
      "name": .string(Self.acceptableName(function.name)), "arguments": .string(acceptableArguments),
    ]
    inner.merge(functionExtra)
    var object: JSONObject = ["id": .string(id), "type": "function", "function": .object(inner)]
    object.merge(extra)
    return .object(object)
  }

  /// The arguments if they are a JSON object, else an object that holds them as a string.
  ///
  /// Servers parse the arguments of past calls, and one that cannot be parsed would fail every later request.
  private var acceptableArguments: String {
    if case .object? = try? JSONValue(parsing: function.arguments) { return function.arguments }
    let isBlank = function.arguments.utf8.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
    return isBlank ? "{}" : JSONValue.object(["INVALID_JSON": .string(function.arguments)]).canonicalString()
  }

  /// The name in the alphabet that servers accept, `[A-Za-z0-9_-]{1,64}`, also when the model made one up.
  private static func acceptableName(_ name: String) -> String {
    if name.isEmpty { return "unnamed" }
    let characters = name.unicodeScalars.prefix(64).map { scalar -> Character in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "_", "-": Character(scalar)
      default: "_"
      }
    }
    return String(characters)
  }
}
