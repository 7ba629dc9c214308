import MartletJSON
import Testing

@Suite struct ParsingTests {
  @Test(
    arguments: [
      ("null", JSONValue.null), ("true", true), ("false", false), ("0", 0), ("-1", -1), (#""""#, ""), ("[]", []),
      ("{}", [:]), (" \t\r\n[ 1 , 2 ]\n", [1, 2]), (#"{"a":{"b":[null]}}"#, ["a": ["b": [nil]]]),
      (#"[[],{},[{}]]"#, [[], [:], [[:]]]), (#"{"":0}"#, ["": 0]),
    ] as [(String, JSONValue)])
  func acceptsEveryKindOfValue(text: String, expected: JSONValue) throws {
    #expect(try JSONValue(parsing: text) == expected)
    #expect(try JSONValue(parsing: Array(text.utf8)) == expected)
  }

  @Test func keepsTheOrderOfMembers() throws {
    let object = try #require(try JSONValue(parsing: #"{"z":1,"a":2,"m":3}"#).objectValue)
    #expect(Array(object.keys) == ["z", "a", "m"])
  }

  @Test(arguments: [
    (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u20AC""#, "Aé€"),
    (#""\ud83d\ude00""#, "😀"), (#""\u0000""#, "\0"),
    (#""plain text, longer than eight bytes""#, "plain text, longer than eight bytes"),
    (#""a long beginning\nand a long end""#, "a long beginning\nand a long end"), ("\"\u{7F}é€😀\"", "\u{7F}é€😀"),
    (#""\\u0041""#, "\\u0041"), (#""\uFFFF""#, "\u{FFFF}"), (#""\uFEFF""#, "\u{FEFF}"),
  ])
  func decodesStrings(text: String, expected: String) throws {
    let string = try #require(try JSONValue(parsing: text).stringValue)
    #expect(Array(string.utf8) == Array(expected.utf8))
  }

  @Test(arguments: [
    ("", 0, "expected a value, found end of input"),
    ("  ", 2, "expected a value, found end of input"),
    ("nul", 3, "expected 'null', found end of input"),
    ("nulL", 3, "expected 'null', found 'L'"),
    ("True", 0, "expected a value, found 'T'"),
    ("1 2", 2, "expected end of input after the value, found '2'"),
    ("[1,]", 3, "expected a value, found ']'"),
    ("[1 2]", 3, "expected ',' or ']', found '2'"),
    ("[1", 2, "expected ',' or ']', found end of input"),
    ("[,1]", 1, "expected a value, found ','"),
    ("]", 0, "expected a value, found ']'"),
    ("{\"a\":1,}", 7, "expected a string, found '}'"),
    ("{a:1}", 1, "expected a string or '}', found 'a'"),
    ("{\"a\" 1}", 5, "expected ':', found '1'"),
    ("{\"a\":1 \"b\":2}", 7, "expected ',' or '}', found '\"'"),
    ("{\"a\":", 5, "expected a value, found end of input"),
    ("{'a':1}", 1, "expected a string or '}', found '''"),
    ("01", 0, "a number must not begin with a superfluous 0"),
    ("-", 1, "expected a digit, found end of input"),
    ("-a", 1, "expected a digit, found 'a'"),
    ("1.", 2, "expected a digit, found end of input"),
    ("1.e1", 2, "expected a digit, found 'e'"),
    ("1e", 2, "expected a digit, found end of input"),
    ("1e+ ", 3, "expected a digit, found a space"),
    ("+1", 0, "expected a value, found '+'"),
    (".5", 0, "expected a value, found '.'"),
    ("NaN", 0, "expected a value, found 'N'"),
    ("\"abc", 4, "expected '\"' to end the string, found end of input"),
    ("\"a\nb\"", 2, "the control character 0x0A must be escaped in a string"),
    ("\"a\\", 3, "expected an escape, found end of input"),
    ("\"a\\x\"", 2, "expected one of \"\\/bfnrtu after '\\', found 'x'"),
    ("\"\\u12g4\"", 5, "expected four hexadecimal digits after '\\u', found 'g'"),
    ("\"\\u12", 5, "expected four hexadecimal digits after '\\u', found end of input"),
    ("\u{FEFF}1", 0, "a byte order mark is not allowed"),
    ("[1]\u{FEFF}", 3, "expected end of input after the value, found byte 0xEF"),
    ("/**/1", 0, "expected a value, found '/'"),
  ])
  func refusesWithOffsetAndReason(text: String, offset: Int, reason: String) throws {
    let error = try #require(throws: JSONParseError.self) { try JSONValue(parsing: text) }
    #expect(error.offset == offset)
    #expect(error.reason == reason)
    #expect(error.description == "\(reason) at byte \(offset)")
  }

  @Test(arguments: [
    (#"["\ud800"]"#, 2), (#"["\udc00x"]"#, 2), (#"["a\ud800\u0041"]"#, 3), (#"["\ud83d\ud83d"]"#, 2),
    (#""\uD83Dx""#, 1),
    (#""ok\ud83d\"#, 3),
  ])
  func refusesALoneSurrogateAtItsEscape(text: String, offset: Int) throws {
    let error = try #require(throws: JSONParseError.self) { try JSONValue(parsing: text) }
    #expect(error.offset == offset)
    #expect(error.reason == "a lone surrogate in a \\u escape is not a character")
  }

  @Test(
    arguments: [
      ([0x22, 0xFF, 0x22], 1), ([0x22, 0x61, 0xC3, 0x22], 2), ([0x22, 0xC0, 0xAF, 0x22], 1),
      ([0x22, 0xED, 0xA0, 0x80, 0x22], 1), ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], 1),
      ([0x22, 0xC3, 0xA9, 0xF0, 0x9F, 0x98, 0x22], 3), ([0x22, 0x5C, 0x6E, 0xC3, 0xA9, 0x80, 0x22], 5),
      // The replacement character that a repair would insert here is as long as what it replaces.
      ([0x22, 0xF0, 0x9F, 0x98, 0x22], 1),
      (
        [
          0x22, 0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0x80, 0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0x61,
          0x22,
        ], 10
      ),
    ] as [([UInt8], Int)])
  func refusesInvalidUTF8AtItsFirstByte(bytes: [UInt8], offset: Int) throws {
    let error = try #require(throws: JSONParseError.self) { try JSONValue(parsing: bytes) }
    #expect(error.offset == offset)
    #expect(error.reason == "the bytes of the string are not UTF-8")
  }

  @Test func acceptsAWrittenReplacementCharacter() throws {
    #expect(try JSONValue(parsing: "\"\u{FFFD}\"") == "\u{FFFD}")
  }

  @Test func findsTheEndOfAStringAtEveryOffset() throws {
    for length in 0..<40 {
      for stop in 0...length {
        let text = String(repeating: "x", count: stop) + "\\n" + String(repeating: "é", count: length - stop)
        let expected = String(repeating: "x", count: stop) + "\n" + String(repeating: "é", count: length - stop)
        #expect(try JSONValue(parsing: "\"\(text)\"") == .string(expected))
      }
    }
  }

  @Test func theLastOfDuplicateMembersWinsInThePlaceOfTheFirst() throws {
    let value = try JSONValue(parsing: #"{"a":1,"b":2,"\u0061":{"c":[3]}}"#)
    #expect(value.canonicalString() == #"{"a":{"c":[3]},"b":2}"#)
  }

  @Test func duplicateMembersAreRefusedOnDemandWithTheirOffset() throws {
    let error = try #require(throws: JSONParseError.self) {
      try JSONValue(parsing: #"{"a":1,"b":{"a":2},"\u0061":3}"#, duplicates: .reject)
    }
    #expect(error.offset == 19)
    #expect(error.reason == #"the member "a" is a duplicate"#)
  }

  @Test func aLongDuplicateKeyIsCutInTheMessage() throws {
    let key = String(repeating: "k", count: 10_000)
    let error = try #require(throws: JSONParseError.self) {
      try JSONValue(parsing: "{\"\(key)\":1,\"\(key)\":2}", duplicates: .reject)
    }
    #expect(error.reason.utf8.count < 100)
  }

  @Test func canonicallyEquivalentKeysAreDifferentMembers() throws {
    let value = try JSONValue(parsing: "{\"\u{E9}\":1,\"e\u{301}\":2}", duplicates: .reject)
    #expect(value["\u{E9}"] == 1)
    #expect(value["e\u{301}"] == 2)
  }

  @Test(arguments: [16, 17, 18, 19, 5_000])
  func duplicatesAreFoundInObjectsOfAnySize(count: Int) throws {
    let members = (0..<count).map { "\"key\($0)\":\($0)" }
    let text = "{" + (members + ["\"key3\":-1", "\"key\(count - 1)\":-2"]).joined(separator: ",") + "}"
    let object = try #require(try JSONValue(parsing: text).objectValue)
    #expect(object.count == count)
    #expect(object[3] == JSONObject.Member(key: "key3", value: -1))
    #expect(object["key\(count - 1)"] == -2)
    #expect(object["key5"] == 5)
    #expect(throws: JSONParseError.self) { try JSONValue(parsing: text, duplicates: .reject) }
  }

  @Test func nestingIsLimitedAtTheBracketThatIsTooMany() throws {
    let allowed = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
    #expect(try JSONValue(parsing: allowed).canonicalString() == allowed)
    let error = try #require(throws: JSONParseError.self) { try JSONValue(parsing: "[\(allowed)]") }
    #expect(error.offset == 128)
    #expect(error.reason == "arrays and objects are nested deeper than 128 levels")
    #expect(throws: JSONParseError.self) { try JSONValue(parsing: "[]", maxDepth: 0) }
    #expect(throws: JSONParseError.self) { try JSONValue(parsing: "[]", maxDepth: -1) }
    #expect(try JSONValue(parsing: "1", maxDepth: 0) == 1)
  }

  @Test func noCallerRaisesTheDepthBeyondTheMaximum() throws {
    let deep = String(repeating: #"{"a":["#, count: 50_000)
    let error = try #require(throws: JSONParseError.self) { try JSONValue(parsing: deep, maxDepth: .max) }
    #expect(error.reason == "arrays and objects are nested deeper than 1000 levels")
    let deepest = String(repeating: "[", count: 1_000) + String(repeating: "]", count: 1_000)
    #expect(try JSONValue(parsing: deepest, maxDepth: .max).canonicalString() == deepest)
  }

  @Test func aSiblingDoesNotCountAsDepth() throws {
    let text = "[" + Array(repeating: "[{}]", count: 1_000).joined(separator: ",") + "]"
    #expect(try JSONValue(parsing: text, maxDepth: 3).arrayValue?.count == 1_000)
  }

  /// The keys of an object are looked for among those of the ones before it in a list.
  @Test func keysOfObjectsInARowAreReadAsWhatTheyAre() throws {
    let long = String(repeating: "k", count: 40)
    let objects = [
      #"{"id":1,"name":2,"é":3}"#, #"{"name":1,"id":2,"é":3}"#, #"{"nbme":1,"ie":2,"è":3,"":4}"#, #"{"id\"":1,"id":2}"#,
      #"{"":1,"\u0069d":2,"\\":3,"\\id":4}"#, #"{"\#(long)":1,"\#(long)l":2}"#,
      #"{"\#(long)":1,"id":[{"id":3},{"id":4}]}"#,
    ]
    for first in objects {
      for second in objects {
        let text = "[\(first),\(second),\(first),\(second)]"
        let expected = try [first, second, first, second].map { try JSONValue(parsing: $0) }
        #expect(try JSONValue(parsing: text) == .array(expected))
      }
    }
  }

  @Test(arguments: [#"{"a":1,"a":2}"#, #"{"b":1,"a":2,"\u0061":3}"#])
  func aDuplicateIsFoundInALaterObjectOfAList(object: String) throws {
    let text = #"[{"a":1,"b":2},{"a":1,"b":2},"# + object + "]"
    #expect(throws: JSONParseError.self) { try JSONValue(parsing: text, duplicates: .reject) }
    #expect(try JSONValue(parsing: text)[2]?["a"]?.intValue == (object.contains("b") ? 3 : 2))
  }

  @Test(arguments: [
    #"[{"ab":1},{"ab":2},{"ab"}]"#, #"[{"ab":1},{"ab":2},{"ab"#, "[{\"ab\":1},{\"ab\":2},{\"a\u{1}\":3}]",
  ])
  func aFaultyKeyAfterGoodOnesIsRefused(text: String) {
    #expect(throws: JSONParseError.self) { try JSONValue(parsing: text) }
  }

  @Test func parsesTheMemoryItIsLent() throws {
    let value = try Array("[1.50]".utf8).withUnsafeBytes { try JSONValue(parsing: $0) }
    #expect(value.canonicalString() == "[1.50]")
  }

  @Test func everyCutOfATextIsRefusedAtItsEnd() throws {
    let text = #"{"key":[true,false,null,{"a":"b\u00e9\n"}],"x":"\ud83d\ude00"}"#
    let bytes = Array(text.utf8)
    for length in 0..<bytes.count {
      let error = try #require(throws: JSONParseError.self) { try JSONValue(parsing: Array(bytes[..<length])) }
      // A surrogate whose other half is cut off is reported where it begins.
      #expect(error.offset == length || error.reason.contains("surrogate"))
    }
  }
}
