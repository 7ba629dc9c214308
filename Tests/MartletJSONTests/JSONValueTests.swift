import MartletJSON
import Testing

@Suite struct JSONValueTests {
  private let value: JSONValue = [
    "null": nil, "bool": true, "int": 3, "double": 0.5, "string": "text", "array": [1, "two", [3]], "object": ["a": 1],
  ]

  @Test func literalsMakeEveryKind() {
    #expect(
      value.canonicalString()
        == #"{"null":null,"bool":true,"int":3,"double":0.5,"string":"text","array":[1,"two",[3]],"object":{"a":1}}"#)
    let name = "world"
    #expect("hello \(name)" as JSONValue == .string("hello world"))
  }

  @Test func accessorsGiveTheirTypeOnly() {
    #expect(value["bool"]?.boolValue == true)
    #expect(value["int"]?.intValue == 3)
    #expect(value["int"]?.doubleValue == 3)
    #expect(value["double"]?.doubleValue == 0.5)
    #expect(value["double"]?.intValue == nil)
    #expect(value["string"]?.stringValue == "text")
    #expect(value["array"]?.arrayValue?.count == 3)
    #expect(value["object"]?.objectValue?.count == 1)
    #expect(value["null"]?.isNull == true)
    for key in ["null", "bool", "int", "double", "array", "object"] { #expect(value[key]?.stringValue == nil) }
    for key in ["null", "string", "int", "double", "array", "object"] { #expect(value[key]?.boolValue == nil) }
    for key in ["null", "bool", "string", "array", "object"] { #expect(value[key]?.doubleValue == nil) }
    #expect(value["string"]?.arrayValue == nil)
    #expect(value["string"]?.objectValue == nil)
    #expect(value["string"]?.isNull == false)
  }

  @Test func subscriptsGiveNilForWhatIsNotThere() {
    #expect(value["array"]?[1] == "two")
    #expect(value["array"]?[2]?[0]?.intValue == 3)
    #expect(value["array"]?[3] == nil as JSONValue?)
    #expect(value["array"]?[-1] == nil as JSONValue?)
    #expect(value["missing"] == nil as JSONValue?)
    #expect(value[0] == nil as JSONValue?)
    #expect(value["array"]?["a"] == nil as JSONValue?)
  }

  @Test func anAbsentMemberIsNotNull() {
    #expect(value["null"] != nil as JSONValue?)
    #expect(value["null"] == JSONValue.null)
    #expect(value["missing"] != JSONValue.null)
    // A bare `nil` means absence, although it is also a literal of JSONValue.
    let isAbsent = (value["missing"] == nil, value["null"] == nil)
    #expect(isAbsent == (true, false))
  }

  @Test(arguments: [
    ("null", "null"), ("true", "boolean"), ("1.5", "number"), (#""a""#, "string"), ("[]", "array"), ("{}", "object"),
  ])
  func typeNamesAreThoseOfJSONSchema(text: String, name: String) throws {
    #expect(try JSONValue(parsing: text).typeName == name)
  }

  @Test(arguments: [
    ("1", "1.0"), ("0", "-0"), (#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#), ("[1,2]", "[2,1]"), ("[1]", "[1,1]"),
    ("null", "false"),
    ("\"\u{E9}\"", "\"e\u{301}\""), ("{\"\u{E9}\":1}", "{\"e\u{301}\":1}"), ("[[1]]", "[[2]]"),
    (#"{"a":[1]}"#, #"{"a":[2]}"#),
    ("[]", "{}"), ("[[]]", "[{}]"), (#""1""#, "1"),
  ])
  func valuesThatWriteDifferentBytesDiffer(one: String, other: String) throws {
    let one = try JSONValue(parsing: one)
    let other = try JSONValue(parsing: other)
    #expect(one != other)
    #expect(Set([one, other, one]).count == 2)
  }

  @Test func equalValuesHashAlike() throws {
    let text = #"{"a":[1,2.0,{"b":"é"}],"c":null}"#
    #expect(try Set([JSONValue(parsing: text), JSONValue(parsing: text)]).count == 1)
  }
}
