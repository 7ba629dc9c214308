import MartletChat
import MartletJSON
import Testing

/// What servers do differently with tool calls, one test for each row.
@Suite struct CallQuirkTests {
  /// A call as one line.
  private func lines(_ assembled: Assembled) -> [String] {
    assembled.calls.map { "\($0.id) \($0.name) \($0.arguments)" }
  }

  @Test func ordinaryParallelCallsNeedNoTolerance() throws {
    let assembled = try assemble(deltas: [
      #"{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]}"#,
      call(#""index":0,"function":{"arguments":"{\"x\":"}"#),
      call(#""index":0,"function":{"arguments":"1}"}"#),
      call(#""index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{}"}"#),
    ])
    #expect(lines(assembled) == [#"a f {"x":1}"#, "b g {}"])
    #expect(assembled.reply.finishReason == .toolCalls)
    #expect(assembled.tolerances == ["B14"])
    #expect(
      assembled.deltas == [
        .call(index: 0, id: "a", name: "f", arguments: ""), .call(index: 0, id: nil, name: nil, arguments: #"{"x":"#),
        .call(index: 0, id: nil, name: nil, arguments: "1}"), .call(index: 1, id: "b", name: "g", arguments: "{}"),
      ])
  }

  @Test func a1_withoutIndexAnIdentifierFindsItsCall() throws {
    let assembled = try assemble(deltas: [
      call(#""id":"a","function":{"name":"f","arguments":"{\"x\":"}"#),
      call(#""id":"b","function":{"name":"g","arguments":"{\"y\":"}"#),
      call(#""id":"a","function":{"arguments":"1}"}"#),
      call(#""id":"b","function":{"arguments":"2}"}"#),
    ])
    #expect(lines(assembled) == [#"a f {"x":1}"#, #"b g {"y":2}"#])
    #expect(assembled.tolerances.contains("A1"))
  }

  @Test func a1_withoutIndexAndIdentifierANameBeginsACallAndPiecesGoToTheLast() throws {
    let assembled = try assemble(deltas: [
      call(#""function":{"name":"f","arguments":"{\"x\":"}"#), call(#""function":{"arguments":"1}"}"#),
      call(#""function":{"name":"g","arguments":""}"#), call(#""function":{"arguments":"{}"}"#),
    ])
    #expect(lines(assembled) == [#"call_1_1 f {"x":1}"#, "call_1_2 g {}"])
  }

  @Test func a1_twoNamedElementsOfOneDeltaAreTwoCalls() throws {
    let assembled = try assemble(deltas: [
      #"{"tool_calls":[{"function":{"name":"now","arguments":""}},{"function":{"name":"now","arguments":""}}]}"#
    ])
    #expect(lines(assembled) == ["call_1_1 now {}", "call_1_2 now {}"])
  }

  @Test func a2_sameIndexWithAnotherIdIsANewCall() throws {
    let assembled = try assemble(deltas: [
      call(#""index":0,"id":"a","function":{"name":"f","arguments":"{}"}"#),
      call(#""index":0,"id":"b","function":{"name":"f","arguments":"{\"x\":"}"#),
      call(#""index":0,"function":{"arguments":"1}"}"#),
    ])
    #expect(lines(assembled) == ["a f {}", #"b f {"x":1}"#])
    #expect(assembled.tolerances.contains("A2"))
  }

  @Test func a2_sameIndexWithANewNameAfterWholeArgumentsIsANewCall() throws {
    let assembled = try assemble(deltas: [
      call(#""index":0,"function":{"name":"f","arguments":"{\"x\":1}"}"#),
      call(#""index":0,"function":{"name":"g","arguments":"{\"y\":2}"}"#),
      call(#""index":0,"function":{"name":"g","arguments":"{\"y\":3}"}"#),
    ])
    #expect(lines(assembled) == [#"call_1_1 f {"x":1}"#, #"call_1_2 g {"y":2}"#, #"call_1_3 g {"y":3}"#])
  }

  @Test func a3_indexesAreKeysAndMayHaveGaps() throws {
    let assembled = try assemble(deltas: [
      call(#""index":7,"id":"a","function":{"name":"f","arguments":"{"}"#),
      call(#""index":2,"id":"b","function":{"name":"g","arguments":"{}"}"#),
      call(#""index":7,"function":{"arguments":"}"}"#),
    ])
    #expect(lines(assembled) == ["a f {}", "b g {}"])
    #expect(assembled.tolerances.contains("A3"))
  }

  @Test(arguments: [#""index":9223372036854775807"#, #""index":-1"#, #""index":1e99"#, #""index":"0""#])
  func a3_anIndexOfAnySizeIsOnlyAKey(index: String) throws {
    let assembled = try assemble(deltas: [call(index + #","id":"a","function":{"name":"f","arguments":"{}"}"#)])
    #expect(lines(assembled) == ["a f {}"])
  }

  @Test func a4_aRepeatedIdentifierIsNotAppended() throws {
    let assembled = try assemble(deltas: [
      call(#""index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":"}"#),
      call(#""index":0,"id":"a","function":{"arguments":"1}"}"#),
    ])
    #expect(lines(assembled) == [#"a f {"x":1}"#])
    #expect(assembled.tolerances.contains("A4"))
  }

  @Test func a5_aRepeatedNameIsNotAppended() throws {
    let assembled = try assemble(deltas: [
      call(#""index":0,"id":"a","type":"function","function":{"name":"get","arguments":"{\"x\":"}"#),
      call(#""index":0,"id":"a","type":"function","function":{"name":"get","arguments":"1"}"#),
      call(#""index":0,"id":"a","type":"function","function":{"name":"get","arguments":"}"}"#),
    ])
    #expect(lines(assembled) == [#"a get {"x":1}"#])
    #expect(assembled.tolerances.contains("A5"))
  }

  @Test func a5_aLongerNameReplacesItsBeginning() throws {
    let assembled = try assemble(deltas: [
      call(#""index":0,"id":"a","function":{"name":"get"}"#),
      call(#""index":0,"function":{"name":"get_weather","arguments":"{}"}"#),
    ])
    #expect(lines(assembled) == ["a get_weather {}"])
  }

  @Test func a5_aCutNameIsJoinedOnlyToAKnownOne() throws {
    let pieces = [
      call(#""index":0,"id":"a","function":{"name":"get_"}"#), call(#""index":0,"function":{"name":"time"}"#),
    ]
    #expect(lines(try assemble(deltas: pieces, .init(toolNames: ["get_time"]))) == ["a get_time {}"])
    #expect(try assemble(deltas: pieces).calls.map(\.name) == ["get_", "time"])
  }

  @Test(arguments: [#""index":0"#, #""index":0,"id":"""#, #""index":0,"id":null"#])
  func a6_aMissingIdentifierIsMadeOfTurnAndNumber(identity: String) throws {
    let assembled = try assemble(
      deltas: [call(identity + #","function":{"name":"f","arguments":"{}"}"#)], .init(turn: 3))
    #expect(assembled.calls.map(\.id) == ["call_3_1"])
    #expect(assembled.calls.map(\.rawID) == [""])
    #expect(assembled.tolerances.contains("A6"))
  }

  @Test func a6_aLaterIdentifierIsAccepted() throws {
    let assembled = try assemble(deltas: [
      call(#""index":0,"function":{"name":"f","arguments":"{"}"#),
      call(#""index":0,"id":"late","function":{"arguments":"}"}"#),
    ])
    #expect(lines(assembled) == ["late f {}"])
  }

  @Test func f30_aSynthesizedIdentifierNeverTakesOneThatCame() throws {
    let assembled = try assemble(deltas: [
      call(#""index":0,"function":{"name":"f","arguments":"{}"}"#),
      call(#""index":1,"id":"call_1_1","function":{"name":"g","arguments":"{}"}"#),
    ])
    #expect(lines(assembled) == ["call_1_1_2 f {}", "call_1_1 g {}"])
  }

  @Test func a7_F29_duplicateIdentifiersBecomeUniqueInCallsAndMessage() throws {
    let assembled = try assemble(deltas: [
      call(#""index":0,"id":"x","function":{"name":"f","arguments":"{}"}"#),
      call(#""index":1,"id":"x","function":{"name":"g","arguments":"{}"}"#),
      call(#""index":2,"id":"x_2","function":{"name":"h","arguments":"{}"}"#),
    ])
    #expect(assembled.calls.map(\.id) == ["x", "x_3", "x_2"])
    #expect(assembled.calls[1].rawID == "x")
    #expect(assembled.reply.message["tool_calls"]?[1]?["id"] == "x_3")
    #expect(assembled.tolerances.contains("A7"))
  }

  @Test func a8_identifiersAreKeptAsTheyCameWhateverTheyLookLike() throws {
    let assembled = try assemble(
      deltas: [call(#""index":0,"id":"functions.x:0","function":{"name":"x","arguments":"{}"}"#)], .init(turn: 9))
    #expect(assembled.calls.map(\.id) == ["functions.x:0"])
  }

  @Test(arguments: [#""index":0,"#, ""])
  func a9_argumentsMayComeBeforeTheName(index: String) throws {
    let assembled = try assemble(deltas: [
      call(index + #""function":{"arguments":"{\"x\":"}"#),
      call(index + #""id":"a","function":{"name":"f","arguments":"1}"}"#),
    ])
    #expect(lines(assembled) == [#"a f {"x":1}"#])
    #expect(assembled.tolerances.contains("A9"))
  }

  @Test func a9_aCallThatNeverGetsANameIsKeptForTheModelToBeTold() throws {
    let assembled = try assemble(deltas: [call(#""index":0,"id":"a","function":{"arguments":"{}"}"#)])
    #expect(lines(assembled) == ["a  {}"])
    #expect(assembled.reply.message["tool_calls"]?[0]?["function"]?["name"] == "unnamed")
  }

  @Test func a10_nullArgumentsAreNone() throws {
    let assembled = try assemble(deltas: [call(#""index":0,"id":"a","function":{"name":"f","arguments":null}"#)])
    #expect(lines(assembled) == ["a f {}"])
    #expect(assembled.tolerances.contains("A10"))
  }

  @Test(arguments: [#","arguments":"""#, "", #","arguments":" \n""#])
  func a11_F28_noArgumentsAreSentBackAsAnEmptyObject(arguments: String) throws {
    let assembled = try assemble(deltas: [call(#""index":0,"id":"a","function":{"name":"f""# + arguments + "}")])
    #expect(lines(assembled) == ["a f {}"])
    #expect(assembled.reply.message["tool_calls"]?[0]?["function"]?["arguments"] == "{}")
  }

  @Test func a12_argumentsMayBeAnObject() throws {
    let assembled = try assemble(deltas: [
      call(#""index":0,"id":"a","function":{"name":"f","arguments":{"x": 1.0}}"#)
    ])
    #expect(lines(assembled) == [#"a f {"x":1.0}"#])
    #expect(assembled.tolerances.contains("A12"))
  }

  @Test(arguments: [#"{\"x\":1}{\"x\":1}"#, #"{\"x\":1}\n{ \"x\": 1 }"#, #"{\"x\":1}{\"x\":1}{\"x\":1}"#])
  func a13_equalArgumentsOneAfterTheOtherAreKeptOnce(arguments: String) throws {
    let assembled = try assemble(deltas: [
      call(#""index":0,"id":"a","function":{"name":"f","arguments":""# + arguments + #""}"#)
    ])
    #expect(lines(assembled) == [#"a f {"x":1}"#])
    #expect(assembled.tolerances.contains("A13"))
  }

  @Test func a13_differentArgumentsOneAfterTheOtherHaveNoReading() throws {
    let assembled = try assemble(deltas: [
      call(#""index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}{\"x\":2}"}"#)
    ])
    #expect(assembled.calls[0].defect != nil)
    #expect(assembled.calls[0].arguments == #"{"x":1}{"x":2}"#)
  }

  @Test func a15_argumentsThatWereEncodedTwiceAreDecodedOnceMore() throws {
    let assembled = try assemble(deltas: [
      call(#""index":0,"id":"a","function":{"name":"f","arguments":"\"{\\\"x\\\":1}\""}"#)
    ])
    #expect(lines(assembled) == [#"a f {"x":1}"#])
    #expect(assembled.tolerances.contains("A15"))
  }

  @Test func a16_controlCharactersInStringsAreEscaped() throws {
    let assembled = try assemble(deltas: [
      call(#""index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":\"a\nb\t\u0001\"}"}"#)
    ])
    #expect(lines(assembled) == [#"a f {"x":"a\nb\t\u0001"}"#])
    #expect(assembled.tolerances.contains("A16"))
  }

  @Test(arguments: [#"{\"x\":"#, #"{\"x\":1"#, "{", #"[1]"#, #"1"#, #"\"text\""#, #"{\"x\":1,}"#, "nonsense"])
  func a17_argumentsThatAreNoObjectAreNeverMadeOne(arguments: String) throws {
    let assembled = try assemble(deltas: [
      call(#""index":0,"id":"a","function":{"name":"f","arguments":""# + arguments + #""}"#)
    ])
    let raw = try #require(JSONValue(parsing: "\"\(arguments)\"").stringValue)
    #expect(assembled.calls[0].defect != nil)
    #expect(assembled.calls[0].arguments == raw)
    let sent = assembled.reply.message["tool_calls"]?[0]?["function"]?["arguments"]?.stringValue
    #expect(try JSONValue(parsing: sent ?? "") == ["INVALID_JSON": .string(raw)])
    #expect(assembled.tolerances.contains("A17"))
  }

  @Test func a18_aDeltaInTheLastChunkCounts() throws {
    let assembled = try assemble([
      #"{"choices":[{"delta":{"content":"So","tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}"#
    ])
    #expect(lines(assembled) == ["a f {}"])
    #expect(assembled.reply.text == "So")
  }

  @Test(arguments: [
    ("get_weather<|channel|>commentary", "get_weather"), ("shelljson<|constrain|>", "shell"),
    ("ge<|end|>", "ge"), ("<|channel|>commentary", "<|channel|>commentary"), ("shelljson", "shelljson"),
  ])
  func a19_leakedTokensAreStrippedFromNames(raw: String, name: String) throws {
    let assembled = try assemble(
      deltas: [call(#""index":0,"id":"a","function":{"name":""# + raw + #"","arguments":"{}"}"#)],
      .init(toolNames: ["get_weather", "get_time", "shell"]))
    #expect(assembled.calls.map(\.name) == [name])
    #expect(assembled.calls[0].rawName == (raw == name ? nil : raw))
  }

  @Test func a22_theOldFunctionCallIsOneCall() throws {
    let assembled = try assemble(
      deltas: [
        #"{"function_call":{"name":"f","arguments":"{\"x\""}}"#, #"{"function_call":{"arguments":":1}"}}"#,
      ], finish: "function_call")
    #expect(lines(assembled) == [#"call_1_1 f {"x":1}"#])
    #expect(assembled.reply.finishReason == .toolCalls)
    #expect(assembled.tolerances.isSuperset(of: ["A22", "B5"]))
  }

  @Test func d6_unknownMembersOfACallGoBackByteForByte() throws {
    let assembled = try assemble(deltas: [
      call(
        #""index":0,"id":"a","function":{"name":"f","arguments":"{}","x":1e5},"extra_content":{"google":{"thought_signature":"s/+="}}"#
      ),
      #"{"tool_calls":[{"late":true}]}"#,
    ])
    #expect(
      assembled.reply.message.canonicalString()
        == #"{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}","x":1e5},"extra_content":{"google":{"thought_signature":"s/+="}},"late":true}]}"#
    )
  }

  @Test func anEmptyElementIsNoCall() throws {
    let assembled = try assemble(deltas: [#"{"content":"Hi","tool_calls":[{}]}"#], finish: "stop")
    #expect(assembled.calls.isEmpty)
    #expect(assembled.reply.finishReason == .stop)
  }

  @Test func f31_allCallsOfALongListAreKept() throws {
    let assembled = try assemble(
      deltas: (0..<300).map { call(#""index":\#($0),"id":"i\#($0)","function":{"name":"f","arguments":"{}"}"#) })
    #expect(assembled.calls.map(\.id) == (0..<300).map { "i\($0)" })
  }

  @Test func moreCallsThanTheBoundRefuseTheReply() throws {
    let deltas = (0..<1_025).map { call(#""index":\#($0),"function":{"name":"f"}"#) }
    #expect(try failure { () throws(APIError) in try assemble(deltas: deltas) }.code == .invalidReply)
  }

  @Test func argumentsBeyondTheBoundAreADefect() throws {
    let piece = String(repeating: "a", count: 1 << 18)
    let begin = call(#""index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":\""}"#)
    let assembled = try assemble(
      deltas: [begin]
        + Array(repeating: call(#""index":0,"function":{"arguments":"\#(piece)"}"#), count: 5))
    #expect(assembled.calls[0].defect?.contains("longer than 1048576 bytes") == true)
    #expect(assembled.calls[0].arguments.utf8.count <= 1 << 20)
  }
}
