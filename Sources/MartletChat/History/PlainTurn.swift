import MartletJSON

/// A reply of text and calls, with the result of each call: what most turns are, encoded without messages of it.
///
/// The arguments of its calls are known to be JSON objects.
package struct PlainTurn {
  let text: String?
  /// How many calls there are.
  let count: Int
  private let call: (Int) -> (id: String, name: String, arguments: String)
  private let result: (Int) -> String

  package init(
    text: String?, count: Int, call: @escaping (Int) -> (id: String, name: String, arguments: String),
    result: @escaping (Int) -> String
  ) {
    self.text = text
    self.count = count
    self.call = call
    self.result = result
  }

  /// The same as messages.
  var messages: [ChatMessage] {
    let calls = (0..<count).map(call)
    let toolCalls = calls.map { call in
      var toolCall = ChatMessage.ToolCall(id: call.id, name: call.name, arguments: call.arguments)
      toolCall.objectText = call.arguments
      return toolCall
    }
    return [.assistant(text, toolCalls: toolCalls)] + calls.indices.map { .tool(callID: calls[$0].id, result($0)) }
  }

  /// Writes what its messages are sent as, unless the style wants reasoning in them.
  func write(_ style: MessageStyle, to sink: inout ByteSink, afterEach: (inout ByteSink) -> Void) {
    writeReply(style, to: &sink)
    afterEach(&sink)
    for index in 0..<count {
      sink.append(#"{"role":"tool","content":"#)
      sink.appendJSONString(result(index))
      sink.append(#","tool_call_id":"#)
      sink.appendJSONString(call(index).id)
      sink.append(UInt8(ascii: "}"))
      afterEach(&sink)
    }
  }

  private func writeReply(_ style: MessageStyle, to sink: inout ByteSink) {
    sink.append(#"{"role":"assistant""#)
    if let text, !text.isEmpty {
      sink.append(#","content":"#)
      sink.appendJSONString(text)
    } else {
      switch count > 0 || text == nil ? style.emptyContent : .emptyString {
      case .null: sink.append(#","content":null"#)
      case .emptyString: sink.append(#","content":"""#)
      case .omitted: break
      }
    }
    if count > 0 { writeCalls(to: &sink) }
    sink.append(UInt8(ascii: "}"))
  }

  private func writeCalls(to sink: inout ByteSink) {
    // The calls of a reply are often of one function.
    var last = (name: "", acceptable: ChatMessage.ToolCall.acceptableName(""))
    for index in 0..<count {
      let (id, name, arguments) = call(index)
      if !name.hasSameCodePoints(as: last.name) { last = (name, ChatMessage.ToolCall.acceptableName(name)) }
      sink.append(index == 0 ? #","tool_calls":[{"id":"# : #",{"id":"#)
      sink.appendJSONString(id)
      sink.append(#","type":"function","function":{"name":"#)
      sink.appendJSONString(last.acceptable)
      sink.append(#","arguments":"#)
      sink.appendJSONString(arguments)
      sink.append("}}")
    }
    sink.append(UInt8(ascii: "]"))
  }
}
