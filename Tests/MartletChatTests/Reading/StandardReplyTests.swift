import MartletJSON
import ProgramSupport
import Testing

@testable import MartletChat

/// What a body comes to when it is read with the shortcut, and when the assembler reads all of it.
struct Readings {
  let shortcut: Result<Assembled, APIError>
  let whole: Result<Assembled, APIError>

  init(_ body: [UInt8], _ options: ReplyAssembler.Options) {
    shortcut = Result { () throws(APIError) in
      var decoder = ReplyDecoder(contentType: "application/json", options: options)
      var isUseful = false
      let deltas = try decoder.push(body, isUseful: &isUseful)
      let (reply, rest) = try decoder.finish(after: nil)
      return Assembled(reply: reply, deltas: deltas + rest)
    }
    whole = Result { () throws(APIError) in
      var assembler = ReplyAssembler(options)
      let reply = try assembler.assemble(anyBody: body)
      return Assembled(reply: reply, deltas: assembler.takeDeltas())
    }
  }

  var areEqual: Bool {
    switch (shortcut, whole) {
    case (.success(let one), .success(let other)):
      one.reply == other.reply && one.deltas == other.deltas && one.calls.map(\.value) == other.calls.map(\.value)
    // The decoder, which has begun to look for events in a body that begins like some, quotes less of it.
    case (.failure(let one), .failure(let other)):
      one.code == other.code && one.message.prefix(60) == other.message.prefix(60)
    default: false
    }
  }
}

private func reading(_ body: String, _ options: ReplyAssembler.Options = .init()) -> AssembledReply? {
  StandardReply(Array(body.utf8), options)?.reply
}

@Suite struct StandardReplyTests {
  private static let answer = #"""
    {"id": "chatcmpl-7", "object": "chat.completion", "created": 1750000000, "model": "gpt-5", "choices": [{"index": 0,
    "message": {"role": "assistant", "content": "It’s \"61 °F\".", "refusal": null, "annotations": []},
    "logprobs": null, "finish_reason": "stop"}], "usage": {"prompt_tokens": 19, "completion_tokens": 10,
    "total_tokens": 29, "prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": 0}, "completion_tokens_details":
    {"reasoning_tokens": 2, "accepted_prediction_tokens": 0}}, "service_tier": "default", "system_fingerprint": null}
    """#
  private static let calls = #"""
    {"id":"c","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,"message":{"role":"assistant",
    "content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\": [1, 2]}"}},
    {"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{}"}}]},"finish_reason":"tool_calls"}],
    "usage":{"prompt_tokens":5,"completion_tokens":6,"total_tokens":11,"prompt_cache_hit_tokens":3}}
    """#

  @Test func anAnswerIsRead() throws {
    let reply = try #require(reading(Self.answer))
    #expect((reply.id, reply.model, reply.created) == ("chatcmpl-7", "gpt-5", 1_750_000_000))
    #expect(reply.text == "It’s \"61 °F\".")
    #expect((reply.finishReason, reply.rawFinishReason) == (.stop, "stop"))
    #expect((reply.usage.promptTokens, reply.usage.completionTokens) == (19, 10))
    #expect((reply.usage.cachedTokens, reply.usage.reasoningTokens, reply.usage.otherTokens) == (4, 2, 0))
    #expect(Readings(Array(Self.answer.utf8), .init()).areEqual)
  }

  @Test func callsAreRead() throws {
    let reply = try #require(reading(Self.calls))
    #expect(reply.toolCalls.map(\.id) == ["a", "b"])
    #expect(reply.toolCalls.map(\.name) == ["f", "g"])
    #expect(reply.toolCalls.map(\.arguments) == [#"{"x": [1, 2]}"#, "{}"])
    #expect(reply.toolCalls.map(\.value) == [["x": [1, 2]], [:]])
    #expect((reply.text, reply.finishReason, reply.usage.cachedTokens) == (nil, .toolCalls, 3))
    #expect(Readings(Array(Self.calls.utf8), .init()).areEqual)
  }

  /// A part of ``answer`` or ``calls``, and what stands there instead in a body that is for the assembler.
  static let oddities: [(String, String)] = [
    (#""stop""#, #""end_turn""#), (#""stop""#, "null"), (#""stop""#, #""length""#), (#""stop""#, #""tool_calls""#),
    (#""It"#, #"" <think>x</think>It"#), (#""It"#, #""<think>It"#), (#""It"#, #""\ud83dIt"#), (#""It"#, "\"\u{1}It"),
    (#""content": "It’s \"61 °F\".""#, #""content": """#), (#""refusal": null"#, #""refusal": "no""#),
    (#""refusal": null"#, #""reasoning": "hm""#), (#""index": 0"#, #""index": 1"#),
    (#""logprobs": null"#, #""logprobs": {"content": []}"#), (#""logprobs": null"#, #""error": {"message": "x"}"#),
    (#""finish_reason": "stop"}"#, #""finish_reason": "stop"}, {"index": 1}"#), (#""choices""#, #""choice\u0073""#),
    (#""prompt_tokens": 19"#, #""prompt_tokens": 0"#), (#""completion_tokens": 10,"#, ""),
    (#""service_tier": "default""#, #""error": {"message": "x"}"#),
    (#""service_tier": "default""#, #""service_tier": default"#), (#""chat.completion""#, #""error""#),
    (#""a""#, #""""#), (#""b""#, #""a""#), (#""f""#, #""""#), (#""f""#, #""f<|channel|>""#),
    (#""g""#, #""multi_tool_use.parallel""#), (#""{}""#, #""""#), (#""{}""#, "{}"), (#""{}""#, "null"),
    (#""{}""#, #""[]""#), (#""{}""#, #""{\"x\":1""#), (#""{}""#, #""{\"x\":1,\"x\":2}""#),
    (#""index":1"#, #""index":2"#), (#""index":1"#, #""signature":"s""#), (#""name":"g""#, #""name":"g","x":1"#),
    (#""content":null,"#, ""), (#"]},"finish"#, #"],"content":"late"},"finish"#),
  ]

  @Test(arguments: oddities)
  func whatIsOddIsLeftToTheAssembler(part: String, instead: String) {
    let body = Self.answer.contains(part) ? Self.answer : Self.calls
    let odd = body.replacing(part, with: instead, maxReplacements: 1)
    #expect(odd != body)
    // A member that may be absent is no oddity.
    #expect((reading(odd) == nil) == (part != #""content":null,"#))
    #expect(Readings(Array(odd.utf8), .init(turn: 3)).areEqual)
  }

  @Test func ofAMemberThatComesTwiceTheLastOneCounts() {
    for (part, twice) in [
      (#""id":"c""#, #""id":"first","id":"c""#), (#""name":"g""#, #""name":"first","name":"g""#),
      (#""content":null"#, #""content":"first","content":null"#), (#""index":1"#, #""id":"first","id":"b2","index":1"#),
      (#""choices":"#, #""choices":[{"message":{"content":"first"},"finish_reason":"stop"}],"choices":"#),
      (#""message":{"role""#, #""message":{"content":"first"},"message":{"role""#),
      (#""tool_calls":[{"#, #""tool_calls":[],"tool_calls":[{"#),
      (#""function":{"name":"g""#, #""function":{"name":"x","arguments":"{}"},"function":{"name":"g""#),
    ] {
      let body = Self.calls.replacing(part, with: twice, maxReplacements: 1)
      #expect(body != Self.calls)
      #expect(Readings(Array(body.utf8), .init()).areEqual, "\(twice)")
    }
  }

  @Test func textThatMayHoldCallsIsLeftToTheAssembler() {
    var options = ReplyAssembler.Options()
    options.readsWrittenCalls = true
    #expect(reading(Self.answer, options) == nil)
    #expect(reading(Self.calls, options) != nil)
  }

  @Test(arguments: 0..<8)
  func damageMakesNoDifference(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    var options = ReplyAssembler.Options(turn: 2, toolNames: ["f", "g"], requestBytes: 40)
    options.readsThinkingTags = seed % 2 == 0
    options.readsWrittenCalls = seed % 4 < 2
    let recorded = Recording.all.filter { !$0.isStream && $0.status == 200 && $0.body.count < 8192 }.map(\.body)
    let bodies = recorded + Array(repeating: [Array(Self.answer.utf8), Array(Self.calls.utf8)], count: 20).joined()
    for body in bodies {
      for _ in 0..<10 {
        let damaged = body.damaged(by: bodies, &random)
        let readings = Readings(damaged, options)
        #expect(readings.areEqual, "\(String(decoding: damaged, as: UTF8.self))")
      }
    }
  }
}

extension [UInt8] {
  /// The bytes with one to three parts cut out, said twice, or taken from elsewhere: members and elements, mostly.
  fileprivate func damaged(by others: [[UInt8]], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = self
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let range = bytes.part(&random)
      let other = others.randomElement(using: &random) ?? bytes
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes.removeSubrange(range)
      case 1: bytes.insert(contentsOf: Array(bytes[range]), at: range.lowerBound)
      case 2: bytes.replaceSubrange(range, with: other[other.part(&random)])
      case 3: bytes.replaceSubrange(range, with: bytes[bytes.part(&random)])
      case 4: bytes.insert(contentsOf: other[other.part(&random)], at: range.lowerBound)
      default:
        if !bytes.isEmpty { bytes[range.lowerBound % bytes.count] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
      }
    }
    return bytes
  }

  /// A range that begins at a comma, colon or bracket and ends before the next, or a few of them later.
  private func part(_ random: inout SeededGenerator) -> Range<Int> {
    let marks = indices.filter { [0x2C, 0x3A, 0x5B, 0x5D, 0x7B, 0x7D].contains(self[$0]) }
    guard marks.count > 1 else { return 0..<count }
    let start = Int.random(in: 0..<marks.count - 1, using: &random)
    let end = Swift.min(start + [1, 1, 2, 2, 3, 8].randomElement(using: &random)!, marks.count - 1)
    return marks[start]..<marks[end]
  }
}

@Suite(.enabled(if: Recording.folder != nil, "MARTLET_CONFORMANCE does not name the folder of recorded replies"))
struct StandardReplyTrafficTests {
  private static let replies = Recording.all.filter { $0.status == 200 && !$0.isStream }

  @Test(arguments: replies)
  func aRecordedReplyIsReadAlike(recording: Recording) {
    #expect(Readings(recording.body, .init()).areEqual)
  }

  @Test func mostRecordedRepliesAreRead() {
    let read = Self.replies.count { StandardReply($0.body, .init()) != nil }
    #expect(read * 2 > Self.replies.count, "\(read) of \(Self.replies.count)")
  }
}
