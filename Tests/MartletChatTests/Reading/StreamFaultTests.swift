import MartletJSON
import Testing

@testable import MartletChat

/// What happens to a reply that breaks off, is no reply, or is cut in the middle of a character.
@Suite struct StreamFaultTests {
  private let lost = APIError(code: .connection, message: "the connection was lost", isRetryable: true)

  private func assembler(_ events: [String], _ options: ReplyAssembler.Options = .init()) throws -> ReplyAssembler {
    var assembler = ReplyAssembler(options)
    for event in events { try assembler.push(Array(event.utf8)) }
    return assembler
  }

  @Test func f07_aResetBeforeTheEndIsTheErrorOfTheTransfer() throws {
    var assembler = try assembler([chunk(#"{"content":"Hi"}"#)])
    #expect(try failure { () throws(APIError) in try assembler.finish(after: lost) } == lost)
  }

  @Test(arguments: [[end("stop")], ["[DONE]"], [end("stop"), "[DONE]"]])
  func f08_aResetAfterTheMarkOfTheEndIsAWholeReply(marks: [String]) throws {
    var assembler = try assembler([chunk(#"{"content":"Hi"}"#)] + marks)
    let reply = try assembler.finish(after: lost)
    #expect(reply.text == "Hi")
    #expect(reply.tolerances.contains("F08"))
  }

  @Test func f08_whatComesAfterTheMarkOfTheEndCannotSpoilTheReply() throws {
    let late = [#"{"error":{"message":"too late"}}"#, "garbage", "[DONE]", "garbage"]
    #expect(try assemble([chunk(#"{"content":"Hi"}"#), end("stop")] + late).reply.text == "Hi")
  }

  @Test(arguments: [
    #"{"choices":[{"index":0,"error":{"message":"too late"}}]}"#,
    #"{"choices":[{"delta":{},"finish_reason":"error"}]}"#,
  ])
  func f08_aFailureOfTheChoiceAfterItsEndCannotSpoilItEither(late: String) throws {
    let assembled = try assemble([chunk(#"{"content":"Hi"}"#), end("stop"), late])
    #expect(assembled.reply.text == "Hi")
    #expect(assembled.tolerances.contains("F08"))
  }

  @Test func c6_F09_textWithoutAMarkOfItsEndIsAskedForAgainOnceAndThenAccepted() throws {
    let events = [chunk(#"{"content":"Hi"}"#)]
    let error = try failure { () throws(APIError) in try assemble(events) }
    #expect(error.code == .invalidReply)
    #expect(error.isRetryable)
    #expect(error.isUnmarkedEnd)
    var policy = RetryPolicy()
    #expect(policy.decide(after: error, random: 0) == .retry(attempt: 2, after: .zero))
    #expect(policy.decide(after: error, random: 0) == .giveUp)
    let assembled = try assemble(events, .init(acceptsUnmarkedEnd: true))
    #expect(assembled.reply.text == "Hi")
    #expect(assembled.tolerances.contains("C6"))
  }

  @Test(arguments: ["{}", #"{\"x\":"#])
  func c7_F09_callsOfACutStreamAreNeverGivenOut(arguments: String) throws {
    let event = chunk(call(#""index":0,"id":"a","function":{"name":"f","arguments":""# + arguments + #""}"#))
    let error = try failure { () throws(APIError) in try assemble([event], .init(acceptsUnmarkedEnd: true)) }
    #expect(error.code == .invalidReply)
    #expect(error.isRetryable)
    #expect(!error.isUnmarkedEnd)
  }

  @Test func c7_anEmptyStreamIsRetryable() throws {
    #expect(try failure { () throws(APIError) in try assemble([], .init(acceptsUnmarkedEnd: true)) }.isRetryable)
  }

  @Test(arguments: ["", " ", "\n"]) func c3_emptyDataIsPassedOver(data: String) throws {
    #expect(try assemble([data, chunk(#"{"content":"Hi"}"#), data, end("stop")]).reply.text == "Hi")
  }

  @Test func c8_F23_anErrorInTheStreamIsThatErrorWithItsStatus() throws {
    let events = [
      chunk(#"{"content":"Hi"}"#), #"{"error":{"message":"slow down","code":429,"type":"rate_limit_error"}}"#,
    ]
    let error = try failure { () throws(APIError) in try assemble(events) }
    #expect(error.code == .rateLimited)
    #expect(error.statusCode == 429)
    #expect(error.message == "slow down")
    #expect(error.isRetryable)
  }

  @Test func c8_anErrorWithinAChoiceIsAnError() throws {
    let event =
      #"{"choices":[{"delta":{"content":""},"error":{"code":502,"message":"upstream"},"finish_reason":"error"}]}"#
    let error = try failure { () throws(APIError) in try assemble([event]) }
    #expect(error.statusCode == 502)
    #expect(error.code == .server)
  }

  @Test(arguments: [#""error":null,"#, #""error":{},"#, #""error":"","#])
  func c8_anEmptyErrorIsNone(member: String) throws {
    let event = "{" + member + #""choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}"#
    #expect(try assemble([event]).reply.text == "Hi")
  }

  @Test func f22_aSurrogatePairCutBetweenDeltasIsJoined() throws {
    let assembled = try assemble(
      [chunk(#"{"content":"a\ud83d"}"#), chunk(#"{"content":"\ude00b"}"#), end("stop")])
    #expect(assembled.reply.text == "a😀b")
    #expect(assembled.deltas == [.text("a"), .text("😀b")])
    #expect(assembled.tolerances == ["F22", "B14"])
  }

  @Test func f22_aSurrogatePairCutInArgumentsIsJoined() throws {
    let assembled = try assemble(deltas: [
      call(#""index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":\"\ud83d"}"#),
      call(#""index":0,"function":{"arguments":"\ude00\"}"}"#),
    ])
    #expect(assembled.calls.map(\.arguments) == [#"{"x":"😀"}"#])
    #expect(assembled.calls[0].defect == nil)
  }

  @Test func f22_aCharacterCutBetweenDeltasIsJoined() throws {
    let bytes = Array("😀".utf8)
    let head = Array(#"{"choices":[{"delta":{"content":""#.utf8)
    let tail = Array(#""}}]}"#.utf8)
    for cut in 1...3 {
      var assembler = ReplyAssembler()
      try assembler.push(head + bytes[..<cut] + tail)
      try assembler.push(head + bytes[cut...] + tail)
      try assembler.push(Array(end("stop").utf8))
      #expect(try assembler.finish().text == "😀")
    }
  }

  @Test(arguments: [
    ([#"\ud83d"#, "x"], "\u{FFFD}x"), ([#"\ude00"#], "\u{FFFD}"), ([#"\ud83d"#], "\u{FFFD}"),
    ([#"\ud83d\ud83d"#, #"\ude00"#], "\u{FFFD}😀"), ([#"\ud83d\ude00"#], "😀"), ([#"x\\ud83d"#], #"x\ud83d"#),
  ])
  func f20_F22_aHalfWithoutItsOtherHalfIsReplaced(pieces: [String], text: String) throws {
    let assembled = try assemble(pieces.map { chunk(#"{"content":""# + $0 + #""}"#) } + [end("stop")])
    #expect(assembled.reply.text == text)
    #expect(MartletChatTests.text(of: assembled.deltas) == text)
  }

  @Test(arguments: ["content", "reasoning_content", "refusal"])
  func f20_F22_aHalfIsReplacedWhereItStoodAlsoAmongChunksThatAreAlike(member: String) throws {
    let pieces = ["a", "b", "c", #"\ud83d"#, "x", #"\ud83d"#, #"\ude00"#, "y"]
    let assembled = try assemble(pieces.map { chunk(#"{"\#(member)":""# + $0 + #""}"#) } + [end("stop")])
    let reply = assembled.reply
    #expect((reply.text ?? reply.reasoning ?? reply.refusal) == "abc\u{FFFD}x😀y")
  }

  @Test(arguments: [#"\udbff\udc00"#, "\u{10FC00}"])
  func f22_aCharacterThatLooksLikeAHalfOfOneIsNone(character: String) throws {
    // The lone half needs the lenient reading, which marks halves by characters for private use.
    let assembled = try assemble(
      deltas: [#"{"content":"\ud83d"}"#, #"{"content":"a\ud83d\#(character)b"}"#], finish: "stop")
    #expect(assembled.reply.text == "\u{FFFD}a\u{FFFD}\u{FFFD}b")
  }

  @Test func f20_bytesThatAreNotUTF8AreReplacedInTextAndADefectInArguments() throws {
    func bytes(_ before: String, _ after: String) -> [UInt8] { Array(before.utf8) + [0xFF, 0xC3] + Array(after.utf8) }
    var assembler = ReplyAssembler()
    try assembler.push(bytes(#"{"choices":[{"delta":{"content":"a"#, #"b"}}]}"#))
    try assembler.push(
      bytes(
        #"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"i","function":{"name":"f","arguments":"{\"x\":\""#,
        #"\"}"}}]},"finish_reason":"tool_calls"}]}"#))
    let reply = try assembler.finish()
    #expect(reply.text == "a\u{FFFD}\u{FFFD}b")
    #expect(reply.toolCalls[0].defect == "they hold bytes that are not UTF-8")
    #expect(reply.tolerances.contains("F20"))
  }

  @Test func f17_aChunkThatIsNoJSONIsAskedForAgainOnce() throws {
    let error = try failure { () throws(APIError) in try assemble([#"{"choices":["#]) }
    #expect(error.code == .invalidReply)
    #expect(error.isRetryable)
    #expect(error.retryLimit == 1)
  }

  @Test func chunksNestedBeyondTheBoundAreRefused() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(try failure { () throws(APIError) in try assemble([deep]) }.code == .invalidReply)
  }
}

/// Which of the two forms a body has, and errors in bodies that say success.
@Suite struct ReplyDecoderTests {
  private let whole =
    #"{"id":"x","choices":[{"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}"#
  private var stream: String { "data: \(chunk(#"{"content":"Hi"}"#))\n\ndata: \(end("stop"))\n\ndata: [DONE]\n\n" }

  @Test(arguments: ["application/json", "text/event-stream", nil])
  func c11_theFirstByteTellsTheForm(contentType: String?) throws {
    let bodies = [
      whole, " \r\n" + whole, "\u{FEFF}" + whole, stream, ": comment\n\n" + stream, "\n" + stream,
      "event: message\n" + stream, "\u{FEFF}" + stream,
    ]
    for body in bodies {
      #expect(try decode([Array(body.utf8)], contentType: contentType).reply.text == "Hi", "\(body)")
    }
  }

  @Test func everySplitOfAStreamGivesTheSameReply() throws {
    let bytes = Array((": ping\r\n\r\n" + stream).utf8)
    for cut in 0...bytes.count {
      let assembled = try decode([Array(bytes[..<cut]), Array(bytes[cut...])], contentType: "text/event-stream")
      #expect(assembled.reply.text == "Hi")
      #expect(text(of: assembled.deltas) == "Hi")
    }
  }

  @Test(arguments: [
    " data: x\n\n", "\n\n: ping\n\ndata: x\n\n", " \n\u{FEFF}{}", "\u{FEFF}\n \u{FEFF}data: [DONE]\n\n",
  ])
  func f21_whatABodyBeginsWithIsReadAlikeHoweverItIsCut(body: String) {
    let bytes = Array(body.utf8)
    func result(_ pieces: [[UInt8]]) -> String {
      do throws(APIError) {
        return "\(try decode(pieces, contentType: "text/event-stream").reply)"
      } catch {
        return error.message
      }
    }
    let whole = result([bytes])
    for cut in 0...bytes.count { #expect(result([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole) }
    #expect(result(bytes.map { [$0] }) == whole)
  }

  @Test(arguments: [false, true]) func f18_anEventTooLargeFailsTheReplyUnlessItIsWhole(isMarked: Bool) throws {
    let beginning = "data: \(chunk(#"{"content":"Hi"}"#))\n\n" + (isMarked ? "data: \(end("stop"))\n\n" : "")
    let large = [UInt8](repeating: UInt8(ascii: "x"), count: 9 << 20)
    for pieces in [
      [Array(beginning.utf8) + large], [Array(beginning.utf8), large], [Array(beginning.utf8), large, large],
    ] {
      if isMarked {
        #expect(try decode(pieces, contentType: nil).reply.text == "Hi")
      } else {
        #expect(try failure { () throws(APIError) in try decode(pieces, contentType: nil) }.code == .replyTooLarge)
      }
    }
  }

  @Test func aLastEventWithoutABlankLineCounts() throws {
    let body = "data: \(chunk(#"{"content":"Hi"}"#))\n\ndata: \(end("stop"))"
    #expect(try decode([Array(body.utf8)], contentType: nil).reply.text == "Hi")
  }

  @Test func f09_aLastEventThatIsCutIsNoEvent() throws {
    let body = "data: \(chunk(#"{"content":"Hi"}"#))\n\ndata: {\"choi"
    let error = try failure { () throws(APIError) in try decode([Array(body.utf8)], contentType: nil) }
    #expect(error.isUnmarkedEnd)
  }

  @Test(arguments: [
    #"{"error":{"message":"no","code":"invalid_api_key","type":"x"}}"#, #"[{"error":{"message":"no","code":401}}]"#,
    #"{"error":"no","status":401}"#, #"{"object":"error","message":"no","code":401}"#,
  ])
  func c9_C10_anErrorInASuccessfulBodyIsAnError(body: String) throws {
    let error = try failure { () throws(APIError) in try decode([Array(body.utf8)], contentType: "application/json") }
    #expect(error.code == .authentication)
    #expect(error.message == "no")
    #expect(error.statusCode == 401)
    #expect(!error.isRetryable)
  }

  @Test(arguments: [
    "<html>\u{1B}[31m<body>Sign in</body></html>", "{}", "", "null", "\"text\"", "[]", "upstream failed", "data",
    "internal error", #"{"choices":"#, "data: \n\n", ": ping\n\n",
  ])
  func f16_F17_aBodyThatIsNoReplyIsAskedForAgainOnce(body: String) throws {
    let error = try failure { () throws(APIError) in try decode([Array(body.utf8)], contentType: nil) }
    #expect(error.code == .invalidReply)
    #expect(error.retryLimit == 1)
    #expect(error.isRetryable)
    #expect(error.message.contains("not an OpenAI-compatible reply"))
    #expect(!error.message.contains("\u{1B}"))
  }

  @Test(arguments: ["application/json", "text/event-stream"])
  func f16_aBodyThatIsNoTextIsNotCalledEmpty(contentType: String) throws {
    let error = try failure { () throws(APIError) in
      try decode([[UInt8](repeating: 0, count: 1_000)], contentType: contentType)
    }
    #expect(error.message.hasSuffix("it begins with bytes that are no text: 00 00 00 00 00 00 00 00 …"))
    #expect(error.naming(encoding: nil) == error)
    #expect(error.naming(encoding: "br").message.hasSuffix("its body is encoded as br, which was not asked for"))
    #expect(APIError.cut("here").naming(encoding: "br") == APIError.cut("here"))
  }

  @Test func c8_anEventNamedErrorIsAnErrorWhateverItHolds() throws {
    let body = "event: error\ndata: it broke\n\n"
    let error = try failure { () throws(APIError) in try decode([Array(body.utf8)], contentType: nil) }
    #expect(error.message == "it broke")
    #expect(error.code == .server)
  }

  @Test func otherChoicesOfAWholeBodyAreReadToo() throws {
    let body =
      #"{"choices":[{"message":{"content":"A"},"finish_reason":"stop"},{"index":1,"message":{"content":"B"},"finish_reason":"length"}]}"#
    var decoder = ReplyDecoder(contentType: nil, options: .init())
    var isUseful = false
    _ = try decoder.push(Array(body.utf8), isUseful: &isUseful)
    #expect(try decoder.finish(after: nil).reply.text == "A")
    #expect(decoder.alternatives.map(\.text) == ["B"])
    #expect(decoder.alternatives.map(\.finishReason) == [.length])
  }
}
