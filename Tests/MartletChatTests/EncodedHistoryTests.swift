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
    #expect(history.count == 9)
  }

  @Test func aSegmentIsNeverJoinedWithALargeOne() {
    let large = [UInt8](repeating: UInt8(ascii: "x"), count: 64 << 10)
    var history = EncodedHistory()
    for message in [Array("{1}".utf8), large, Array("{2}".utf8), Array("{3}".utf8)] { history.append(message) }
    #expect(history.segments == [Array("{1}".utf8), large, Array("{2},{3}".utf8)])
    #expect(history.count == 9 + large.count)
  }

  @Test func whatIsAppendedLaterComesAtTheEndWhateverTheSizes() {
    let messages = (0..<500).map { [UInt8](repeating: UInt8(ascii: "a") + UInt8($0 % 26), count: $0 * 7 % 3_000 + 1) }
    var grown = EncodedHistory()
    for message in messages { grown.append(message) }
    #expect(Array(grown.segments.joined(separator: [0x2C])) == Array(messages.joined(separator: [0x2C])))
    #expect(grown.segments.count < 20)
  }
}
