import MartletChat
import MartletJSON
import Testing

/// Arguments that break their schema, read where they can be meant in one way only.
@Suite struct ArgumentRepairTests {
  private func read(
    _ text: String, _ properties: JSONValue, required: [String] = [], repairing: Bool = true
  ) throws -> CheckedArguments {
    let schema = try JSONSchema([
      "type": "object", "properties": properties, "required": .array(required.map { .string($0) }),
    ])
    return try CheckedArguments(reading: text, schema: schema, repairing: repairing)
  }

  private func words(_ arguments: CheckedArguments) -> [String] {
    arguments.repairs.map { "\($0.kind) \($0.pointer)".trimmingSuffix }
  }

  private static let all: JSONValue = [
    "n": ["type": "number"], "i": ["type": "integer", "minimum": 0], "b": ["type": "boolean"], "s": ["type": "string"],
    "list": ["type": "array", "items": ["type": "integer"]], "names": ["type": "array", "items": ["type": "string"]],
    "o": ["type": "object", "properties": ["n": ["type": "number"]]],
    "maybe": ["anyOf": [["type": "integer"], ["type": "boolean"]]], "level": ["enum": [1, 2, 3]],
    "either": ["type": ["integer", "array"]], "nested": ["type": "array", "items": ["type": "array"]],
  ]

  @Test(arguments: [
    (#"{"n":"1.50"}"#, #"{"n":1.50}"#, ["quotedNumber /n"]), (#"{"i":"-0"}"#, #"{"i":-0}"#, ["quotedNumber /i"]),
    (#"{"b":"true"}"#, #"{"b":true}"#, ["quotedBoolean /b"]),
    (#"{"names":"Ada"}"#, #"{"names":["Ada"]}"#, ["loneValue /names"]),
    (#"{"list":7}"#, #"{"list":[7]}"#, ["loneValue /list"]),
    (#"{"list":"7"}"#, #"{"list":[7]}"#, ["loneValue /list", "quotedNumber /list/0"]),
    (#"{"list":["1",2,"3"]}"#, #"{"list":[1,2,3]}"#, ["quotedNumber /list/0", "quotedNumber /list/2"]),
    (#"{"list":"[1, 2]"}"#, #"{"list":[1,2]}"#, ["encodedTwice /list"]),
    (#"{"names":"[\"a\"]"}"#, #"{"names":["a"]}"#, ["encodedTwice /names"]),
    (#"{"o":"{\"n\": \"2\"}"}"#, #"{"o":{"n":2}}"#, ["encodedTwice /o", "quotedNumber /o/n"]),
    (#"{"maybe":"5"}"#, #"{"maybe":5}"#, ["quotedNumber /maybe"]),
    (#"{"level":"2"}"#, #"{"level":2}"#, ["quotedNumber /level"]),
    (#"{"s":null,"n":1}"#, #"{"n":1}"#, ["null /s"]),
    (
      #"{"n":"1","b":"false","i":"3"}"#, #"{"n":1,"b":false,"i":3}"#,
      ["quotedNumber /n", "quotedBoolean /b", "quotedNumber /i"]
    ),
  ]) func f26_aValueThatCanBeMeantInOneWayIsReadSo(text: String, value: String, repairs: [String]) throws {
    let arguments = try read(text, Self.all)
    #expect(arguments.value.canonicalString() == value)
    #expect(Set(words(arguments)) == Set(repairs))
  }

  @Test(arguments: [
    #"{"n":"five"}"#, #"{"n":"5 kg"}"#, #"{"n":"0x10"}"#, #"{"n":"05"}"#, #"{"n":"1,5"}"#, #"{"n":""}"#, #"{"i":"-1"}"#,
    #"{"i":"1.5"}"#, #"{"b":"yes"}"#, #"{"b":1}"#, #"{"s":5}"#, #"{"level":"4"}"#, #"{"list":"a"}"#, #"{"list":["a"]}"#,
    #"{"o":"text"}"#, #"{"o":"[1]"}"#, #"{"o":[]}"#, #"{"list":[null]}"#,
    // A number, or a list of it: both fit.
    #"{"either":"5"}"#,
  ]) func f26_whatHasNoOneReadingIsTold(text: String) throws {
    #expect(throws: CheckedArguments.Failure.self) { try read(text, Self.all) }
  }

  @Test(arguments: [#"["5","15"]"#, #"["15","5"]"#, #"["15","15","5"]"#])
  func f26_whatIsPlainForOneItemIsNotTakenForAnotherThatIsNot(list: String) throws {
    // 15 can only be a number, 5 also a list of a short text.
    let short: JSONValue = ["type": "array", "items": ["type": "string", "maxLength": 1]]
    let items: JSONValue = ["anyOf": [["type": "integer"], short]]
    #expect(throws: CheckedArguments.Failure.self) {
      try read(#"{"k":"# + list + "}", ["k": ["type": "array", "items": items]])
    }
    let plain = try read(#"{"k":["15","16"]}"#, ["k": ["type": "array", "items": items]])
    #expect(plain.value.canonicalString() == #"{"k":[15,16]}"#)
  }

  @Test func f26_whatIsMissingIsNeverMadeUp() throws {
    #expect(throws: CheckedArguments.Failure.self) { try read(#"{"s":null}"#, Self.all, required: ["s"]) }
    #expect(throws: CheckedArguments.Failure.self) { try read(#"{"n":"1"}"#, Self.all, required: ["s"]) }
  }

  @Test func whatFitsIsLeftAsItIs() throws {
    let text = #"{"s":"5","names":["true"],"n":1.0}"#
    let arguments = try read(text, Self.all)
    #expect(arguments.value.canonicalString() == text)
    #expect(arguments.repairs.isEmpty)
  }

  @Test(arguments: [
    ("{\"n\":1}{\"n\":1}", ["repeated"]), ("\"{\\\"n\\\":1}\"", ["encodedTwice"]),
    ("{\"n\":1,\"s\":\"a\nb\"}", ["controlCharacters"]),
    ("{\"n\":1}}", ["surroundingText"]), ("{\"n\":1}\n\nI will add now.", ["surroundingText"]),
    ("```json\n{\"n\":1}\n```", ["surroundingText"]), ("{\"n\":1}</tool_call>", ["surroundingText"]),
    ("{\"n\":1,\"s\":\"\t\"}]", ["controlCharacters", "surroundingText"]), ("\"{\"n\":1}\"", ["surroundingText"]),
  ]) func f26_aTextThatHoldsOneObjectIsReadAsIt(text: String, repairs: [String]) throws {
    let arguments = try read(text, ["n": ["type": "number"]])
    #expect(arguments.value["n"] == 1)
    #expect(words(arguments) == repairs)
  }

  @Test(arguments: [
    "{\"n\":1}{\"n\":2}", "{\"n\":1", "{\"n\":1} \"s\": 2}", "{\"n\":1}, \"s\": \"x\"}", "{\"n\":1}: 2",
    "{\"n\":1} {\"s\":",
    "{\"o\":{\"n\":1}, \"s\":\"cut",
    "[1]", "5", "text", "n: {\"n\":1}", "{\"n\":1} or [2]", "{\"n\":1,\"n\":2}", "\"[1]\"", "{'n': 1}",
  ]) func f26_aTextThatCouldMeanMoreOrWasCutIsTold(text: String) throws {
    #expect(throws: CheckedArguments.Failure.self) { try read(text, ["n": ["type": "number"]]) }
  }

  @Test(arguments: [
    #"{"n":"1"}"#, "{\"n\":1}}", "{\"n\":1}{\"n\":1}", "\"{\\\"n\\\":1}\"", "{\"s\":\"\n\"}", #"{"list":1}"#,
  ]) func theSwitchLeavesArgumentsAlone(text: String) throws {
    #expect(throws: CheckedArguments.Failure.self) { try read(text, Self.all, repairing: false) }
    #expect(try !read(text, Self.all).repairs.isEmpty)
  }

  @Test(arguments: ["", " ", "null"]) func noArgumentsAreAnEmptyObject(text: String) throws {
    #expect(try read(text, Self.all, repairing: false).value == [:])
  }

  @Test func aLongListIsPutRightWithoutCheckingItItemByItem() throws {
    let items = (0..<500).map { "\"\($0)\"" }.joined(separator: ",")
    let arguments = try read("{\"list\":[\(items)]}", Self.all)
    #expect(arguments.value["list"]?.arrayValue?.count == 500)
    #expect(arguments.repairs.count == 500)
  }

  @Test func theWorkIsBoundedWhateverTheModelWrites() throws {
    // Each of these places has to be looked at on its own.
    let names = (0..<4000).map { "p\($0)" }
    let properties = JSONValue.object(JSONObject(names.map { ($0, ["type": "integer"]) }))
    let text = "{" + names.map { "\"\($0)\":\"1\"" }.joined(separator: ",") + "}"
    #expect(throws: CheckedArguments.Failure.self) { try read(text, properties) }
  }

  @Test func theMessageIsAboutTheModelsOwnText() throws {
    let failure = #expect(throws: CheckedArguments.Failure.self) { try read(#"{"n":"1","b":"no"}"#, Self.all) }
    guard case .invalid(let violations)? = failure else { return #expect(Bool(false), "no violations") }
    #expect(violations.map(\.instancePointer) == ["/n", "/b"])
  }
}

extension String {
  fileprivate var trimmingSuffix: String { hasSuffix(" ") ? String(dropLast()) : self }
}
