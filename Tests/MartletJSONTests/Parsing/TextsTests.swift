import Testing

@testable import MartletJSON

/// One short text after the other is read as each is by itself.
@Suite struct TextsTests {
  private func check(_ texts: [String], _ duplicates: DuplicateMembers = .reject) {
    var reader = JSONTexts(duplicates: duplicates)
    for text in texts {
      #expect(reader.value(of: text) == (try? JSONValue(parsing: text, duplicates: duplicates)), "\(text)")
    }
  }

  @Test func keysOfTheTextBeforeMakeNoDifference() {
    check([
      #"{"a":1,"b":2}"#, #"{"a":3,"b":4}"#, #"{"b":5,"a":6}"#, #"{"a":7}"#, #"{"a":8,"b":9,"c":10}"#, "{}", "",
      #"{"a":1,"a":2}"#, #"{"a":1,"b""#, #"{"a"#, #"{"a":[{"a":1},{"a":2}]}"#, #"{"a":1,"b":2}"#, #"{"ab":1,"b":2}"#,
      #"{"a":1 , "b" : 2 } "#, "[1,2", "3", #"{"a long key, more than 16 bytes":1}"#, #"{"a":1,"b":2}"#,
      #"{"fourteen bytes":1}"#, #"{"fourteen bytes":2}"#, #"{"fourteen bytez":2}"#, #"{"é":1}"#, #"{"é":2}"#,
      #"{"e\u0301":2}"#, "{\"a\0\":1}", #"{"a":1,"b":2}"#,
    ])
  }

  @Test func aTextWithoutAnyIsNone() {
    check(["", "{}", ""])
  }

  @Test func ofAMemberThatComesTwiceTheLastOneCountsIfThatIsAskedFor() {
    check([#"{"a":1,"b":2}"#, #"{"a":1,"b":2,"a":3}"#, #"{"a":1,"b":2}"#], .lastWins)
  }

  @Test func moreKeysThanAreRememberedAreReadToo() {
    let text = "{" + (0..<100).map { "\"k\($0)\":\($0)" }.joined(separator: ",") + "}"
    check([text, text, #"{"k1":0}"#, text])
  }

  @Test(arguments: 0..<32)
  func whateverCameBefore(seed: UInt64) {
    var values = RandomValues(seed: seed)
    let texts = (0..<20).map { _ in
      let bytes = JSONValue.object(["a": values.next(depth: 2), "b": values.next(depth: 1)]).canonicalBytes()
      return String(decoding: seed.isMultiple(of: 2) ? bytes : values.damaged(bytes), as: UTF8.self)
    }
    check(texts)
  }
}
