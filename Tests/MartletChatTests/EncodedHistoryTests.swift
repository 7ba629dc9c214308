import Testing

@testable import MartletChat

extension EncodedHistory {
  fileprivate mutating func append(_ message: [UInt8]) { message.withUnsafeBufferPointer { append($0) } }
}

@Suite struct EncodedHistoryTests {
  private func body(_ history: EncodedHistory) -> [UInt8] { history.segments.reduce(into: []) { $0 += $1 + [0x7C] } }

  @Test func smallMessagesShareASegmentWithCommasBetween() {
    var history = EncodedHistory()
    for message in ["{1}", "{2}", "{3}"] { history.append(Array(message.utf8)) }
    #expect(String(decoding: body(history), as: UTF8.self) == "{1},{2},{3}|")
    #expect(history.count == 11)
  }

  @Test func aSegmentIsNeverJoinedWithALargeOne() {
    let large = [UInt8](repeating: UInt8(ascii: "x"), count: 64 << 10)
    var history = EncodedHistory()
    for message in [Array("{1}".utf8), large, Array("{2}".utf8), Array("{3}".utf8)] { history.append(message) }
    #expect(history.segments == [Array("{1}".utf8), large, Array("{2},{3}".utf8)])
    #expect(history.count == 12 + large.count)
  }

  @Test func whatIsMuchHasASegmentOfItsOwnSoThatNothingIsCopiedForIt() {
    let much = [UInt8](repeating: UInt8(ascii: "x"), count: 8 << 10)
    var history = EncodedHistory()
    for message in [Array("{1}".utf8), much, Array("{2}".utf8), much] { history.append(message) }
    #expect(history.segments == [Array("{1}".utf8), much + Array(",{2}".utf8), much])
  }

  @Test func messagesThatAreAppendedTogetherAreTheSame() {
    var (together, apart) = (EncodedHistory(), EncodedHistory())
    together.append(Array("{1},{2}".utf8))
    for message in ["{1}", "{2}"] { apart.append(Array(message.utf8)) }
    #expect(together == apart)
    let large = [UInt8](repeating: UInt8(ascii: "x"), count: 64 << 10)
    together.append(Array("{3},".utf8) + large)
    for message in [Array("{3}".utf8), large] { apart.append(message) }
    #expect(together == apart && together.segments != apart.segments)
    apart.append(Array("{4}".utf8))
    #expect(together != apart)
  }

  @Test func aConversationIsEncodedAlikeInOnePieceAndInMany() {
    let text = String(repeating: "x", count: 30_000)
    let messages = (0..<9).flatMap { number -> [ChatMessage] in
      let calls = (0..<number).map { ChatMessage.ToolCall(id: "\(number)_\($0)", name: "f", arguments: "{}") }
      return [.user(text), .assistant(nil, toolCalls: calls)] + calls.map { .tool(callID: $0.id, text) }
    }
    var encoder = HistoryEncoder()
    var whole = EncodedHistory()
    encoder.encode(messages, into: &whole)
    encoder = HistoryEncoder()
    let segments = encoder.encode(messages)
    #expect(Array(whole.segments.joined(separator: [0x2C])) == Array(segments.joined(separator: [0x2C])))
    #expect(whole.segments.allSatisfy { $0.count < 100_000 })
    var nothing = EncodedHistory()
    encoder.encode([], into: &nothing)
    #expect(nothing.segments.isEmpty && nothing.count == 0)
  }

  @Test func whatIsAppendedLaterComesAtTheEndWhateverTheSizes() {
    let messages = (0..<500).map { [UInt8](repeating: UInt8(ascii: "a") + UInt8($0 % 26), count: $0 * 7 % 3_000 + 1) }
    var grown = EncodedHistory()
    for message in messages { grown.append(message) }
    #expect(Array(grown.segments.joined(separator: [0x2C])) == Array(messages.joined(separator: [0x2C])))
    #expect(grown.segments.count < 20)
  }
}
