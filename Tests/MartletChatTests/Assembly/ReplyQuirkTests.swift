import MartletChat
import MartletJSON
import Testing

/// What servers do differently with finish reasons, choices, usage, content and reasoning.
@Suite struct ReplyQuirkTests {
  private let oneCall = call(#""index":0,"id":"a","function":{"name":"f","arguments":"{}"}"#)

  @Test func textArrivesAsDeltasAndWhole() throws {
    let assembled = try assemble([
      chunk(#"{"role":"assistant","content":""}"#), chunk(#"{"content":"Hel"}"#), chunk(#"{"content":"lo"}"#),
      end("stop"), #"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}"#, "[DONE]",
    ])
    #expect(assembled.deltas == [.text("Hel"), .text("lo")])
    #expect(assembled.reply.text == "Hello")
    #expect(assembled.reply.id == "c1")
    #expect(assembled.reply.model == "m")
    #expect(assembled.reply.created == 7)
    #expect(assembled.reply.usage.totalTokens == 5)
    #expect(assembled.reply.message.canonicalString() == #"{"role":"assistant","content":"Hello"}"#)
    #expect(assembled.tolerances.isEmpty)
  }

  @Test func b1_F36_callsDecideAndNotTheWordStop() throws {
    let assembled = try assemble(deltas: [oneCall], finish: "stop")
    #expect(assembled.reply.finishReason == .toolCalls)
    #expect(assembled.reply.rawFinishReason == "stop")
    #expect(assembled.tolerances.contains("B1"))
  }

  @Test func b2_theWordToolCallsWithoutCallsIsAnEndOrNothing() throws {
    let assembled = try assemble(deltas: [#"{"content":"Hi"}"#], finish: "tool_calls")
    #expect(assembled.reply.finishReason == .stop)
    #expect(assembled.tolerances.contains("B2"))
    #expect(try assemble(deltas: [], finish: "tool_calls").reply.isEmpty)
  }

  @Test func b9_aMessageBesideAnEmptyDeltaCountsInAWholeReplyAndNotInAStream() throws {
    let both = #"{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"message":{"content":"Hi"}}]}"#
    var whole = ReplyAssembler()
    #expect(try whole.assemble(anyBody: Array(both.utf8)).text == "Hi")
    #expect(try assemble([chunk(#"{"content":"Hi"}"#), both, end("stop")]).reply.text == "Hi")
  }

  @Test func b3_anEmptyWordIsNone() throws {
    let piece = #"{"choices":[{"delta":{"content":"Hi"},"finish_reason":""}]}"#
    let assembled = try assemble([piece, piece, end("stop")])
    #expect(assembled.reply.text == "HiHi")
    #expect(assembled.reply.rawFinishReason == "stop")
    #expect(assembled.tolerances.contains("B3"))
  }

  @Test func b4_withoutAWordTheMarkAtTheEndIsEnough() throws {
    #expect(try assemble(deltas: [#"{"content":"Hi"}"#], finish: nil).reply.finishReason == .stop)
    let assembled = try assemble(deltas: [oneCall], finish: nil)
    #expect(assembled.reply.finishReason == .toolCalls)
    #expect(assembled.tolerances.contains("B4"))
  }

  @Test func b4_withoutAWordAHalfMadeCallIsAnError() throws {
    let half = call(#""index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":"}"#)
    let error = try failure { () throws(APIError) in try assemble(deltas: [half], finish: nil) }
    #expect(error.code == .invalidReply)
    #expect(error.isRetryable)
  }

  @Test(arguments: [
    ("end_turn", FinishReason.stop), ("eos", .stop), ("STOP", .stop), ("other", .stop), ("unknown", .stop),
    ("model_length", .length), ("MAX_TOKENS", .length), ("SAFETY", .contentFilter), ("function_call", .stop),
  ])
  func b5_foreignWordsAreMapped(word: String, meaning: FinishReason) throws {
    let assembled = try assemble(deltas: [#"{"content":"Hi"}"#], finish: word)
    #expect(assembled.reply.finishReason == meaning)
    #expect(assembled.reply.rawFinishReason == word)
    #expect(assembled.tolerances.contains("B5"))
    #expect(try assemble(deltas: [oneCall], finish: "other").reply.finishReason == .toolCalls)
  }

  @Test func b5_theWordErrorIsAFailureOfTheProvider() throws {
    let error = try failure { () throws(APIError) in try assemble(deltas: [oneCall], finish: "error") }
    #expect(error.code == .server)
    #expect(error.isRetryable)
  }

  @Test(arguments: [("length", FinishReason.length, "B6"), ("content_filter", .contentFilter, "B14")])
  func b6_F33_F34_anIncompleteReplyStaysIncompleteWithItsCalls(
    word: String, reason: FinishReason, tolerance: String
  ) throws {
    let assembled = try assemble(deltas: [#"{"content":"Hi"}"#, oneCall], finish: word)
    #expect(assembled.reply.finishReason == reason)
    #expect(assembled.reply.finishReason.isIncomplete)
    #expect(assembled.reply.text == "Hi")
    #expect(assembled.tolerances.contains(tolerance))
  }

  @Test func b8_anEmptyFirstChunkLocksNothing() throws {
    let assembled = try assemble([
      #"{"id":"","model":"","created":0,"choices":[],"prompt_filter_results":[]}"#, chunk(#"{"content":"Hi"}"#),
      end("stop"),
    ])
    #expect(assembled.reply.id == "c1")
    #expect(assembled.reply.model == "m")
  }

  @Test(arguments: [
    #"{"choices":[{"index":0,"finish_reason":null}]}"#, #"{"id":"c1"}"#, #"{"choices":null}"#,
    #"{"choices":[{"delta":null}]}"#, #"{"choices":[null]}"#, #"{"choices":[{"delta":[]}]}"#, "[]", "7", "null",
  ])
  func b9_chunksWithoutWhatTheyShouldHaveArePassedOver(odd: String) throws {
    let assembled = try assemble([odd, chunk(#"{"content":"Hi"}"#), odd, end("stop")])
    #expect(assembled.reply.text == "Hi")
  }

  @Test func b7_B10_B11_usageIsReadFromAnyChunk() throws {
    let usage = #""usage":{"prompt_tokens":3,"completion_tokens":2}"#
    let content = #"{"choices":[{"delta":{"content":"Hi"}}],"# + usage + "}"
    #expect(try assemble([content, end("stop")]).reply.usage.promptTokens == 3)
    #expect(try assemble([#"{"choices":[],"# + usage + "}", chunk("{}"), end("stop")]).reply.usage.totalTokens == 5)
    #expect(try assemble([end("stop"), #"{"# + usage + "}"]).reply.usage.completionTokens == 2)
  }

  @Test func b12_runningTotalsAreNotSummed() throws {
    let assembled = try assemble([
      #"{"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}"#,
      #"{"choices":[{"delta":{"content":"b"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#,
    ])
    #expect(assembled.reply.usage.completionTokens == 2)
    #expect(assembled.tolerances == ["B12"])
  }

  @Test(arguments: [
    (#"{"x_groq":{"usage":{"prompt_tokens":3,"completion_tokens":2}}}"#, 3, 2, 0, 0),
    (#"{"usage":{"prompt_tokens":3,"completion_tokens":2,"prompt_cache_hit_tokens":1}}"#, 3, 2, 1, 0),
    (#"{"usage":{"prompt_tokens":3,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":2}}}"#, 3, 2, 2, 0),
    (#"{"usage":{"prompt_tokens":3,"completion_tokens":2,"num_cached_tokens":1}}"#, 3, 2, 1, 0),
    (#"{"usage":{"input_tokens":3,"output_tokens":2}}"#, 3, 2, 0, 0),
    (#"{"usage":{"prompt_tokens":307,"completion_tokens":26,"total_tokens":588}}"#, 307, 26, 0, 255),
    (#"{"usage":{"prompt_tokens":-5,"completion_tokens":2}}"#, 0, 2, 0, 0),
  ])
  func b13_usageIsReadUnderItsManyNames(chunk: String, prompt: Int, completion: Int, cached: Int, other: Int) throws {
    let usage = try assemble([end("stop"), chunk]).reply.usage
    #expect(usage.promptTokens == prompt)
    #expect(usage.completionTokens == completion)
    #expect(usage.cachedTokens == cached)
    #expect(usage.otherTokens == other)
    #expect(!usage.isEstimated)
  }

  @Test func b13_hostileCountsDoNotOverflow() throws {
    let huge =
      #"{"usage":{"prompt_tokens":9223372036854775807,"completion_tokens":9223372036854775807,"total_tokens":1}}"#
    var usage = try assemble([end("stop"), huge]).reply.usage
    usage.add(usage)
    #expect(usage.totalTokens == 1 << 42)
  }

  @Test(arguments: [[String](), [#"{"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}"#]])
  func b14_missingUsageIsEstimatedAndSaysSo(extra: [String]) throws {
    let assembled = try assemble(
      [chunk(#"{"content":"12345"}"#), end("stop")] + extra, .init(requestBytes: 401))
    #expect(assembled.reply.usage.isEstimated)
    #expect(assembled.reply.usage.promptTokens == 101)
    #expect(assembled.reply.usage.completionTokens == 2)
    #expect(assembled.tolerances.contains("B14"))
  }

  @Test func b15_aMissingIdentifierIsEmpty() throws {
    #expect(try assemble([#"{"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}"#]).reply.id == "")
  }

  @Test func b16_theFirstChoiceIsFollowedWhateverItsIndex() throws {
    let assembled = try assemble([
      #"{"choices":[{"index":1,"delta":{"content":"A"}}]}"#, #"{"choices":[{"index":0,"delta":{"content":"B"}}]}"#,
      #"{"choices":[{"index":0,"delta":{"content":"B"}},{"index":1,"delta":{"content":"A"},"finish_reason":"stop"}]}"#,
    ])
    #expect(assembled.reply.text == "AA")
    #expect(assembled.tolerances.contains("B16"))
  }

  @Test(arguments: [#"{"role":"assistant","content":""}"#, "{}", #"{"content":null,"reasoning":"Hm"}"#])
  func b17_F35_aReplyWithoutTextAndCallsIsEmpty(delta: String) throws {
    let assembled = try assemble(deltas: [delta], finish: "stop")
    #expect(assembled.reply.isEmpty)
    #expect(assembled.tolerances.contains("B17"))
    #expect(try !assemble(deltas: [delta], finish: "length").reply.isEmpty)
  }

  @Test func d1_contentMayBeAListOfPartsWithThinking() throws {
    let assembled = try assemble(
      deltas: [
        #"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}],"closed":true}]}"#,
        #"{"content":[{"type":"thinking","thinking":"…"},{"type":"text","text":"1"},{"type":"reference","reference_ids":[1]}]}"#,
        #"{"content":"44"}"#,
      ], finish: "stop")
    #expect(assembled.reply.text == "144")
    #expect(assembled.reply.reasoning == "Hm…")
    #expect(
      assembled.reply.message.canonicalString()
        == #"{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm…"}]},{"type":"text","text":"144"}]}"#
    )
  }

  @Test(arguments: ["reasoning", "reasoning_content"])
  func d2_D3_thinkingGoesBackUnderTheNameItCame(name: String) throws {
    let assembled = try assemble(
      deltas: [#"{"\#(name)":"Let "}"#, #"{"\#(name)":"me"}"#, #"{"content":"Hi"}"#], finish: "stop")
    #expect(assembled.deltas == [.reasoning("Let "), .reasoning("me"), .text("Hi")])
    #expect(assembled.reply.message[name] == "Let me")
    let message = assembled.reply.chatMessage.wire(MessageStyle(reasoning: .omitted))
    #expect(message.canonicalString() == #"{"role":"assistant","content":"Hi"}"#)
  }

  @Test func d2_thinkingUnderBothNamesCountsOnce() throws {
    let assembled = try assemble(deltas: [#"{"reasoning":"a","reasoning_content":"a"}"#], finish: "stop")
    #expect(assembled.reply.reasoning == "a")
  }

  @Test func reasoningDetailsAreJoinedAndGoBack() throws {
    let assembled = try assemble(
      deltas: [
        #"{"reasoning_details":[{"type":"reasoning.text","text":"","signature":"","index":0}]}"#,
        #"{"reasoning":"Hm","reasoning_details":[{"type":"reasoning.text","text":"Hm","index":0}]}"#,
        #"{"reasoning_details":[{"type":"reasoning.text","text":"!","signature":"s","index":0}]}"#,
        #"{"reasoning_details":[{"type":"reasoning.encrypted","data":"d","index":1}],"content":"Hi"}"#,
      ], finish: "stop")
    #expect(
      assembled.reply.message["reasoning_details"]?.canonicalString()
        == #"[{"type":"reasoning.text","text":"Hm!","signature":"s","index":0},{"type":"reasoning.encrypted","data":"d","index":1}]"#
    )
  }

  @Test func d8_aRefusalIsItsOwnOutcome() throws {
    let assembled = try assemble(deltas: [#"{"refusal":"I "}"#, #"{"refusal":"cannot"}"#], finish: "stop")
    #expect(assembled.reply.refusal == "I cannot")
    #expect(assembled.reply.finishReason == .refusal)
    #expect(try assemble(deltas: [#"{"content":"4","refusal":""}"#], finish: "stop").reply.refusal == nil)
  }

  @Test func wholeRepliesGoTheSameWay() throws {
    var assembler = ReplyAssembler(.init(turn: 2))
    let reply = try assembler.assemble(
      reply: [
        "id": "x",
        "choices": [
          [
            "finish_reason": "stop",
            "message": [
              "role": "assistant", "content": "", "tool_calls": [["function": ["name": "f", "arguments": ["a": 1]]]],
            ],
          ]
        ], "usage": ["prompt_tokens": 3, "completion_tokens": 4],
      ])
    #expect(reply.toolCalls.map(\.id) == ["call_2_1"])
    #expect(reply.toolCalls.map(\.arguments) == [#"{"a":1}"#])
    #expect(reply.finishReason == .toolCalls)
    #expect(Set(reply.tolerances) == ["A6", "A12", "B1"])
    #expect(assembler.takeDeltas() == [.call(index: 0, id: nil, name: "f", arguments: #"{"a":1}"#)])
  }
}
