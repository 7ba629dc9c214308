import MartletJSON

extension ChatMessage {
  /// The bytes of the message as it is sent: those of ``wire(_:)``, for which most messages need no tree of values.
  package func encoded(_ style: MessageStyle) -> [UInt8] {
    isPlain(style) ? plainBytes(style) : wire(style).canonicalBytes()
  }

  /// Whether there are only text, calls and results in it, nothing that some providers spell in their own way.
  private func isPlain(_ style: MessageStyle) -> Bool {
    guard parts.isEmpty, refusal == nil, reasoning == nil, reasoningForm == .none, extra.isEmpty else { return false }
    guard let toolCalls else { return true }
    return style.reasoning != .required && toolCalls.allSatisfy { $0.extra.isEmpty && $0.functionExtra.isEmpty }
  }

  private func plainBytes(_ style: MessageStyle) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(96 + (content?.utf8.count ?? 0) + 160 * (toolCalls?.count ?? 0))
    bytes.append(literal: #"{"role":"#)
    writeJSONString(wireRole(style).rawValue, to: &bytes)
    switch wireContent(style) {
    case nil: break
    case .string(let text):
      bytes.append(literal: #","content":"#)
      writeJSONString(text, to: &bytes)
    case let other?:
      bytes.append(literal: #","content":"#)
      other.write(to: &bytes)
    }
    if let toolCallID {
      bytes.append(literal: #","tool_call_id":"#)
      writeJSONString(toolCallID, to: &bytes)
    }
    if let toolCalls, !toolCalls.isEmpty { Self.append(toolCalls, to: &bytes) }
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }

  private static func append(_ calls: [ToolCall], to bytes: inout [UInt8]) {
    bytes.append(literal: #","tool_calls":["#)
    for (position, call) in calls.enumerated() {
      bytes.append(literal: position == 0 ? #"{"id":"# : #",{"id":"#)
      writeJSONString(call.id, to: &bytes)
      bytes.append(literal: #","type":"function","function":{"name":"#)
      writeJSONString(ToolCall.acceptableName(call.function.name), to: &bytes)
      bytes.append(literal: #","arguments":"#)
      writeJSONString(call.acceptableArguments, to: &bytes)
      bytes.append(literal: "}}")
    }
    bytes.append(UInt8(ascii: "]"))
  }
}

extension [UInt8] {
  fileprivate mutating func append(literal: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
  }
}
