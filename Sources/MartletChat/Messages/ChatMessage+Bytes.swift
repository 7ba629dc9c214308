import MartletJSON

extension ChatMessage {
  /// The bytes of the message as it is sent: those of ``wire(_:)``.
  package func encoded(_ style: MessageStyle) -> [UInt8] {
    var sink = ByteSink()
    write(style, to: &sink)
    return sink.withBytes { Array($0) }
  }

  /// Writes the message as it is sent, for which most messages need no tree of values.
  func write(_ style: MessageStyle, to sink: inout ByteSink) {
    if isPlain(style) { writePlain(style, to: &sink) } else { wire(style).write(to: &sink) }
  }

  /// Whether there are only text, calls and results in it, nothing that some providers spell in their own way.
  private func isPlain(_ style: MessageStyle) -> Bool {
    guard isPlain else { return false }
    guard let toolCalls else { return true }
    return style.reasoning != .required && toolCalls.allSatisfy { $0.$foreign.isEmpty }
  }

  private func writePlain(_ style: MessageStyle, to sink: inout ByteSink) {
    sink.append(#"{"role":"#)
    sink.appendJSONString(wireRole(style).rawValue)
    if let content, !content.isEmpty {
      sink.append(#","content":"#)
      sink.appendJSONString(content)
    } else {
      switch wireContent(style) {
      case nil: break
      case .null: sink.append(#","content":null"#)
      default: sink.append(#","content":"""#)
      }
    }
    if let toolCallID {
      sink.append(#","tool_call_id":"#)
      sink.appendJSONString(toolCallID)
    }
    if let toolCalls, !toolCalls.isEmpty { Self.write(toolCalls, to: &sink) }
    sink.append(UInt8(ascii: "}"))
  }

  private static func write(_ calls: [ToolCall], to sink: inout ByteSink) {
    sink.append(#","tool_calls":["#)
    for position in calls.indices {
      sink.append(position == 0 ? #"{"id":"# : #",{"id":"#)
      sink.appendJSONString(calls[position].id)
      sink.append(#","type":"function","function":{"name":"#)
      sink.appendJSONString(ToolCall.acceptableName(calls[position].function.name))
      sink.append(#","arguments":"#)
      sink.appendJSONString(calls[position].acceptableArguments)
      sink.append("}}")
    }
    sink.append(UInt8(ascii: "]"))
  }
}
