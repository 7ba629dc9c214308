import Testing

@testable import MartletJSON

/// Whether a cursor gets through a text as its value.
private func isSkipped(_ text: String) -> Bool {
  Array(text.utf8).withUnsafeBufferPointer { bytes in
    var cursor = JSONCursor(bytes)
    cursor.skip()
    return cursor.isAtEnd
  }
}

@Suite struct CursorTests {
  @Test(arguments: [
    "{}", "[]", " [ [ ] , { } , [ { } ] ] ", #"{"a":1,"b":[true,false,null,-1.5e3,"\n ü"],"c":{"d":"e"}} "#, "null",
    "0",
    #""a\u00e9""#,
  ])
  func aWholeTextIsSkipped(text: String) {
    #expect(isSkipped(text))
  }

  @Test(arguments: [
    "", "{", "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{,}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{"a":1 "b":2}"#,
    #"{"a" 1}"#, "{a:1}", "nul", "01", "1 2", "[1]]", "{}}", #""a"#, "\"\u{1}\"", "[1}", #"{"a":1]"#, #""\ud800""#,
  ])
  func itStopsAtWhatIsNoJSON(text: String) {
    #expect(!isSkipped(text))
  }

  @Test func itStopsWhereTheSpellingIsUnusual() {
    #expect(!isSkipped(#"{"\u0061":1}"#))
    #expect(!isSkipped(#"{"ü":1}"#))
    #expect(isSkipped(String(repeating: "[", count: 15) + String(repeating: "]", count: 15)))
    #expect(!isSkipped(String(repeating: "[", count: 17) + String(repeating: "]", count: 17)))
  }

  @Test(arguments: 0..<64)
  func whatItSkipsIsJSON(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<200 {
      let signs = Array(#"[]{},,::"""ab1-.e0 tnfu\"#)
      let text = String((0..<Int.random(in: 0...12, using: &random)).map { _ in signs.randomElement(using: &random)! })
      if isSkipped(text) { #expect((try? JSONValue(parsing: text)) != nil, "\(text)") }
    }
  }

  @Test func membersAreTakenByTheirNames() {
    let text = #"{"id": "x\n", "skipped": [{}], "count": 7, "word": "plain", "none": null, "tree": [1]}"#
    Array(text.utf8).withUnsafeBufferPointer { bytes in
      var cursor = JSONCursor(bytes)
      var seen: [String] = []
      cursor.enterObject()
      while let key = cursor.nextKey() {
        switch key {
        case "id": seen.append(cursor.string())
        case "count": seen.append("\(cursor.integer())")
        case "word": if case "plain"? = cursor.word() { seen.append("word") }
        case "none": if cursor.takeNull() { seen.append("null") }
        case "tree": seen.append(cursor.takeValue()?.canonicalString() ?? "nothing")
        default: cursor.skip()
        }
      }
      seen.append(cursor.isAtEnd ? "end" : "stopped")
      #expect(seen == ["x\n", "7", "word", "null", "[1]", "end"])
    }
  }

  @Test func whatIsOfAnotherTypeStopsItForGood() {
    Array(#"{"a": "1", "b": 2}"#.utf8).withUnsafeBufferPointer { bytes in
      var cursor = JSONCursor(bytes)
      cursor.enterObject()
      _ = cursor.nextKey()
      let value = cursor.position
      let taken = cursor.integer()
      let next = cursor.nextKey()
      let (hasStopped, isWhole) = (cursor.hasStopped, cursor.isAtEnd)
      #expect(taken == 0 && next == nil && hasStopped && !isWhole)
      cursor.goBack(to: value)
      let text = cursor.string()
      _ = cursor.nextKey()
      let number = cursor.integer()
      let end = cursor.nextKey()
      let isAtEnd = cursor.isAtEnd
      #expect(text == "1" && number == 2 && end == nil && isAtEnd)
    }
  }
}
