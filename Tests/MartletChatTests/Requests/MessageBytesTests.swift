import MartletJSON
import Testing

@testable import MartletChat

/// A message is written without a tree of values where that is possible, and the bytes are the same.
@Suite struct MessageBytesTests {
  private static let styles: [MessageStyle] = MessageStyle.EmptyContent.allCases.flatMap { empty in
    MessageStyle.Reasoning.allCases.flatMap { reasoning in
      [true, false].map { acceptsDeveloperRole in
        var style = MessageStyle(emptyContent: empty, reasoning: reasoning)
        style.acceptsDeveloperRole = acceptsDeveloperRole
        return style
      }
    }
  }

  private static let messages: [ChatMessage] = {
    let texts: [String?] = [nil, "", "Hello.", "say \"hi\"\\\n\u{1}", "日本 🐦 e\u{301}"]
    var messages: [ChatMessage] = texts.compactMap { $0 }.flatMap {
      [.system($0), .developer($0), .user($0), .tool(callID: "call \"1\"", $0)]
    }
    for text in texts {
      for calls in Self.calls {
        var message = ChatMessage.assistant(text, toolCalls: calls)
        messages.append(message)
        message.reasoning = "hm"
        for form in [ReasoningForm.none, .member("reasoning"), .part, .tags("<think>hm</think>\n")] {
          message.reasoningForm = form
          messages.append(message)
        }
        message.reasoning = nil
        message.extra = ["reasoning_details": [1]]
        messages.append(message)
        message.extra = ["content": "other"]
        messages.append(message)
        message.refusal = "no"
        messages.append(message)
      }
    }
    messages.append(.user([.text("Look:"), .image(url: "https://example.com/bird.png")]))
    var other = ChatMessage.user("text")
    other.role = ChatMessage.Role(rawValue: "critic")
    messages.append(other)
    return messages
  }()

  private static let calls: [[ChatMessage.ToolCall]] = {
    let plain = ChatMessage.ToolCall(id: "call_1", name: "get_weather", arguments: #"{"city": "Łódź \"x\""}"#)
    var provided = plain
    provided.foreign.call = ["extra_content": ["google": [:]]]
    var provider = plain
    provider.foreign.function = ["parsed": true]
    var noted = plain
    noted.objectText = noted.function.arguments
    return [
      [], [plain], [plain, .init(id: "", name: "", arguments: "")], [provided], [provider, plain], [noted],
      [.init(id: "\u{7f}", name: "a b/ü", arguments: "{broken"), .init(id: "2", name: "x", arguments: " [1] ")],
    ]
  }()

  @Test func theBytesOfAMessageAreThoseOfItsTreeInEveryStyle() {
    for style in Self.styles {
      for message in Self.messages {
        let bytes = String(decoding: message.encoded(style), as: UTF8.self)
        #expect(bytes == message.wire(style).canonicalString())
      }
    }
  }

  private static var turns: [PlainTurn] {
    let call = (id: "call \"1\"", name: "get_weather", arguments: #"{"city": "Łódź \"x\""}"#)
    let calls = [call, (id: "2", name: "a b/ü", arguments: "{}"), (id: "", name: "", arguments: " {} "), call]
    let results = ["61 °F", "", "say \"hi\"\n", "late"]
    return ([nil, "", "Hello.\n"] as [String?]).flatMap { text in
      [0, 1, 4].map { count in PlainTurn(text: text, count: count, call: { calls[$0] }, result: { results[$0] }) }
    }
  }

  @Test func aTurnIsEncodedAsItsMessagesAreInEveryStyle() {
    for style in Self.styles {
      for turn in Self.turns {
        var quirks = ProviderQuirks()
        quirks.messageStyle = style
        for (form, acceptsUserAfterTool) in [(ProviderQuirks.CallIDs.any, true), (.nineAlphanumeric, false)] {
          (quirks.callIDs, quirks.acceptsUserAfterTool) = (form, acceptsUserAfterTool)
          var (encoder, other) = (HistoryEncoder(quirks), HistoryEncoder(quirks))
          var (encoded, expected) = (EncodedHistory(), EncodedHistory())
          encoder.encode(turn, into: &encoded)
          encoder.encode([.user("Go on.")], into: &encoded)
          other.encode(turn.messages + [.user("Go on.")], into: &expected)
          #expect(encoded == expected)
        }
      }
    }
  }

  @Test func argumentsThatAreChangedAfterTheyWereReadAreReadAgain() {
    var call = ChatMessage.ToolCall(id: "1", name: "x", arguments: "{}")
    call.objectText = "{}"
    #expect(call == ChatMessage.ToolCall(id: "1", name: "x", arguments: "{}"))
    call.function.arguments = "{broken"
    let message = ChatMessage.assistant(nil, toolCalls: [call])
    let written = String(decoding: message.encoded(MessageStyle()), as: UTF8.self)
    #expect(written.contains(#"{\"INVALID_JSON\":\"{broken\"}"#))
  }
}
