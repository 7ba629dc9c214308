import MartletJSON
import Testing

@testable import MartletChat

/// What a model writes for a schema in another form, as the schema itself wants it.
@Suite struct RestoredJSONTests {
  private func restored(_ text: String, _ schema: String, _ form: SentSchema.Form) throws -> RestoredJSON {
    RestoredJSON(text, writtenFor: SentSchema(try JSONSchema(JSONValue(parsing: schema)), form: form))
  }

  private func object(_ properties: String) -> String {
    let required = properties.contains(#""r""#) ? #","required":["r"]"# : ""
    return #"{"type":"object","properties":{\#(properties)}\#(required)}"#
  }

  @Test(arguments: [
    (#""a":{"type":"string"}"#, #"{"a":null}"#, #"{}"#, ["/a"]),
    (#""a/b":{"type":"string"}"#, #"{"a/b":null,"c":1}"#, #"{"c":1}"#, ["/a~1b"]),
    (#""a":{"type":["string","null"]}"#, #"{"a":null}"#, #"{"a":null}"#, []),
    (#""a":{}"#, #"{"a":null}"#, #"{"a":null}"#, []), (#""r":{"type":"string"}"#, #"{"r":null}"#, #"{"r":null}"#, []),
    (
      #""a":{"type":"array","items":{"type":"object","properties":{"b":{"type":"integer"}}}}"#,
      #"{"a":[{"b":null},{"b":1}]}"#, #"{"a":[{},{"b":1}]}"#, ["/a/0/b"]
    ),
    (
      #""a":{"anyOf":[{"type":"object","properties":{"b":{"type":"integer"}}},{"type":"string"}]}"#,
      #"{"a":{"b":null}}"#, #"{"a":{}}"#, ["/a/b"]
    ),
    (##""a":{"$ref":"#"}"##, #"{"a":{"a":null}}"#, #"{"a":{}}"#, ["/a/a"]),
    (##""a":{"type":"string"},"b":{"$ref":"#/$defs/null"}"##, #"{"x":null}"#, #"{"x":null}"#, []),
  ]) func nullsThatStrictModeAskedForAreLeftOut(
    properties: String, value: String, expected: String, places: [String]
  ) throws {
    let schema = object(properties).dropLast() + #","$defs":{"null":{"type":"null"}}}"#
    let restored = try restored(value, String(schema), .strict)
    #expect(restored.text == expected)
    #expect(restored.changes == places.map { ArgumentRepair(.absent, at: $0) })
  }

  @Test func theWorkOfAllChecksIsBounded() throws {
    // Each part asks the next twice: 2³⁰ ways, of which a check of any part takes a million steps.
    var parts = ##""d0":{"type":"string"}"##
    for level in 1...30 {
      let next = ##"{"$ref":"#/$defs/d\##(level - 1)"}"##
      parts += ##","d\##(level)":{"anyOf":[\##(next),\##(next)]}"##
    }
    let schema = ##"{"type":"object","properties":{"r":{"$ref":"#/$defs/d30"}},"$defs":{\##(parts)}}"##
    for form in [SentSchema.Form.simple, .strict] {
      let restored = try restored(#"{"r":5}"#, schema, form)
      #expect(restored.text == #"{"r":5}"#)
      #expect(restored.changes.isEmpty)
    }
  }

  @Test func aLongTextHasMoreSteps() throws {
    let numbers = (0..<25_000).map(String.init).joined(separator: ",")
    let schema = object(#""any":{},"n":{"type":"array","items":{"type":"integer"}}"#)
    let restored = try restored(#"{"any":"[1,2]","n":[\#(numbers)]}"#, schema, .simple)
    #expect(restored.text == #"{"any":[1,2],"n":[\#(numbers)]}"#)
  }

  @Test(arguments: [
    // Nothing is said of the items.
    (#""a":{"type":"array"}"#, #"{"a":["5","\"x\"","y"]}"#, #"{"a":[5,"x","y"]}"#),
    // Another schema for the same value says what it is.
    (#""a":{"type":["string","integer"],"allOf":[{"minLength":1}]}"#, #"{"a":"5"}"#, #"{"a":"5"}"#),
    (##""a":{"$ref":"#/$defs/some","type":["string","number"]}"##, #"{"a":"5"}"#, #"{"a":"5"}"#),
    (##""a":{"$ref":"#/$defs/some","description":"d"}"##, #"{"a":"5"}"#, #"{"a":5}"#),
    (#""a":{"type":"array","allOf":[{"items":{"type":"string"}}]}"#, #"{"a":["5"]}"#, #"{"a":["5"]}"#),
  ]) func whatWasAskedForAsTextIsDecodedAndNothingElse(properties: String, value: String, expected: String) throws {
    let schema = object(properties).dropLast() + #","$defs":{"some":{"minLength":1}}}"#
    #expect(try restored(value, String(schema), .simple).text == expected)
  }

  @Test func whatFitsTheSchemaStaysAsItIs() throws {
    // An alternative that takes the null stands behind one that does not, whose property it would leave out.
    let schema = object(
      #""a":{"anyOf":[{"type":"object","properties":{"b":{"type":"string"}}},{"type":"object","properties":{"b":{"type":"null"}},"required":["b"]}]}"#
    )
    let text = #"{ "a": {"b": null} }"#
    #expect(try restored(text, schema, .strict).text == text)
    #expect(try restored(text, schema, .simple).text == text)
    #expect(try restored(text, schema, .strict).changes.isEmpty)
    // In this form the value as a whole does not fit, but the part does.
    let broken = #"{"a":{"b":null},"c":null}"#
    let both = schema.dropLast(2) + #","c":{"type":"string"}}}"#
    #expect(try restored(broken, String(both), .strict).text == #"{"a":{"b":null}}"#)
  }

  @Test(arguments: [
    (#""a":{"type":"object"}"#, #"{"a":"{\"x\": 1}"}"#, #"{"a":{"x":1}}"#, ["/a"]),
    (#""a":{"type":"object"}"#, #"{"a":"text"}"#, #"{"a":"text"}"#, []),
    (#""a":{"type":"string"}"#, #"{"a":"{}"}"#, #"{"a":"{}"}"#, []),
    // Any value was asked for as JSON text.
    (#""a":{}"#, #"{"a":"5"}"#, #"{"a":5}"#, ["/a"]), (#""a":true"#, #"{"a":"[1, \"b\"]"}"#, #"{"a":[1,"b"]}"#, ["/a"]),
    (#""a":{"description":"d"}"#, #"{"a":"\"5\""}"#, #"{"a":"5"}"#, ["/a"]),
    (#""a":{}"#, #"{"a":"plain text"}"#, #"{"a":"plain text"}"#, []),
    (#""a":{}"#, #"{"a":"{\"x\": "}"#, #"{"a":"{\"x\": "}"#, []),
    (#""a":{"type":"array"}"#, #"{"a":["1","x"]}"#, #"{"a":[1,"x"]}"#, ["/a/0"]),
    (#""a":{"type":"array","uniqueItems":true}"#, #"{"a":["1",1]}"#, #"{"a":["1",1]}"#, []),
    (#""a":{"type":"array","items":{}}"#, #"{"a":["1","x"]}"#, #"{"a":[1,"x"]}"#, ["/a/0"]),
    (#""a":{"not":{"type":"integer"}}"#, #"{"a":"5"}"#, #"{"a":"5"}"#, []),
    (##""a":{"allOf":[{"type":"string"},{}]}"##, #"{"a":"5"}"#, #"{"a":"5"}"#, []),
    (##""a":{"allOf":[{"$ref":"#/$defs/any"}]}"##, #"{"a":"5"}"#, #"{"a":5}"#, ["/a"]),
    (#""a":{"type":["string","object"]}"#, #"{"a":"{}"}"#, #"{"a":"{}"}"#, []),
    (#""a":{"type":["integer","object"]}"#, #"{"a":"{}"}"#, #"{"a":{}}"#, ["/a"]),
    (#""a":{"anyOf":[{"type":"string"},{"type":"object"}]}"#, #"{"a":"{}"}"#, #"{"a":"{}"}"#, []),
    (#""a":{"anyOf":[{"type":"integer"},{"type":"object"}]}"#, #"{"a":"{}"}"#, #"{"a":{}}"#, ["/a"]),
    // A part that contains itself ends in text; where it has no type, in any value.
    (
      ##""a":{"$ref":"#/$defs/j"}"##, #"{"a":["[\"x\"]","y"]}"#, #"{"a":[["x"],"y"]}"#, ["/a/0"]
    ),
    (
      ##""a":{"$ref":"#/$defs/n"}"##, #"{"a":{"v":1,"next":"{\"v\": 2, \"next\": {\"v\": 3}}"}}"#,
      #"{"a":{"v":1,"next":{"v":2,"next":{"v":3}}}}"#, ["/a/next"]
    ),
    // Null has no word of its own beside a text.
    (#""a":{"type":["object","null"]}"#, #"{"a":"null"}"#, #"{"a":null}"#, ["/a"]),
    (#""a":{"type":["object","null"]}"#, #"{"a":null}"#, #"{"a":null}"#, []),
    (#""a":{"type":["object","null"]}"#, #"{"a":"{\"x\":null}"}"#, #"{"a":{"x":null}}"#, ["/a"]),
    (#""a":{"type":"object"}"#, #"{"a":"null"}"#, #"{"a":"null"}"#, []),
    (#""a":{"type":"null"}"#, #"{"a":"null"}"#, #"{"a":null}"#, ["/a"]),
    (#""a":{"type":"null"}"#, #"{"a":"5"}"#, #"{"a":"5"}"#, []),
    (#""a":{"type":["string","null"]}"#, #"{"a":"null"}"#, #"{"a":"null"}"#, []),
    // Values of an enumeration that are objects.
    (#""a":{"enum":[{"x":1},{"x":2}]}"#, #"{"a":"{\"x\": 2}"}"#, #"{"a":{"x":2}}"#, ["/a"]),
    (#""a":{"enum":[{"x":1},{"x":2}]}"#, #"{"a":"{\"x\": 3}"}"#, #"{"a":"{\"x\": 3}"}"#, []),
    // Each item of a list as its place was asked for.
    (
      #""a":{"type":"array","prefixItems":[{"type":"string"},{},{"type":"object"}],"items":{"type":"integer"}}"#,
      #"{"a":["5","5","{}",5]}"#, #"{"a":["5",5,{},5]}"#, ["/a/1", "/a/2"]
    ),
    // What the object's other rules refuse is not decoded.
    (
      #""a":{"type":"object","properties":{"b":{}},"patternProperties":{"^b":{"type":"string"}}}"#,
      #"{"a":{"b":"5"}}"#, #"{"a":{"b":"5"}}"#, []
    ),
    // Alternatives are told apart by their types, and then by what they take.
    (
      #""a":{"anyOf":[{"type":"array"},{"type":"object","properties":{"b":{}},"required":["b"]}]}"#,
      #"{"a":{"b":"[1]"}}"#, #"{"a":{"b":[1]}}"#, ["/a/b"]
    ),
    (
      #""a":{"oneOf":[{"properties":{"k":{"const":"s"},"v":{"type":"string"}},"required":["k"]},{"properties":{"k":{"const":"any"},"v":{}},"required":["k"]}]}"#,
      #"{"a":{"k":"any","v":"5"}}"#, #"{"a":{"k":"any","v":5}}"#, ["/a/v"]
    ),
    (
      #""a":{"oneOf":[{"properties":{"k":{"const":"s"},"v":{"type":"string"}},"required":["k"]},{"properties":{"k":{"const":"any"},"v":{}},"required":["k"]}]}"#,
      #"{"a":{"k":"s","v":"5"}}"#, #"{"a":{"k":"s","v":"5"}}"#, []
    ),
    // What was asked for as it is may be repaired, but is not what the form did.
    (#""a":{"type":"integer"}"#, #"{"a":"5"}"#, #"{"a":"5"}"#, []),
    (
      #""a":{"type":"object","properties":{"b":{"type":"integer"}}}"#, #"{"a":"{\"b\": 1}"}"#, #"{"a":"{\"b\": 1}"}"#,
      []
    ),
    (#""a":{"type":"string"}"#, "no JSON", "no JSON", []),
  ]) func whatWasAskedForAsTextIsDecoded(
    properties: String, value: String, expected: String, places: [String]
  ) throws {
    let parts =
      ##","$defs":{"any":{},"j":{"anyOf":[{"type":"string"},{"type":"array","items":{"$ref":"#/$defs/j"}}]},"n":{"type":"object","properties":{"v":{"type":"integer"},"next":{"$ref":"#/$defs/n"}},"required":["v"]}}}"##
    let restored = try restored(value, String(object(properties).dropLast() + parts), .simple)
    #expect(restored.text == expected)
    #expect(restored.changes == places.map { ArgumentRepair(.writtenAsText, at: $0) })
  }

  @Test func whatIsCutBecauseItIsTooDeepIsDecoded() throws {
    // 20 definitions, each within the one before, end in text where 16 levels do.
    let parts = (0..<20).map { level in
      let next = level == 19 ? #"{"type":"integer"}"# : ##"{"$ref":"#/$defs/d\##(level + 1)"}"##
      return ##""d\##(level)":{"type":"object","properties":{"p":\##(next)},"required":["p"]}"##
    }
    let schema =
      ##"{"type":"object","properties":{"r":{"$ref":"#/$defs/d0"}},"$defs":{\##(parts.joined(separator: ","))}}"##
    let sent = SimpleSchema.parameters(SchemaGraph(outlining: try JSONValue(parsing: schema)))?.json
    var place = sent?["properties"]?["r"]
    var levels = 0
    while place?["type"] == "object" {
      place = place?["properties"]?["p"]
      levels += 1
    }
    #expect(place == ["type": "string", "description": "(a JSON object, written as JSON text)"])
    func nested(_ count: Int, _ inner: String) -> String {
      String(repeating: #"{"p":"#, count: count) + inner + String(repeating: "}", count: count)
    }
    let full = nested(20, "7")
    let inner = JSONValue.string(nested(20 - levels, "7")).canonicalString()
    let restored = try restored(#"{"r":\#(nested(levels, inner))}"#, schema, .simpleParameters)
    #expect(restored.text == #"{"r":\#(full)}"#)
    #expect(restored.changes.map(\.kind) == [.writtenAsText])
  }

  @Test func whatIsCutBecauseThereIsTooMuchIsDecoded() throws {
    // 3,000 properties of one definition: beyond the 2,000th schema each is a text.
    let properties = (0..<1_500).map { ##""p\##($0)":{"$ref":"#/$defs/d"}"## }.joined(separator: ",")
    let schema =
      ##"{"type":"object","properties":{\##(properties)},"$defs":{"d":{"type":"object","properties":{"x":{"type":"integer"}}}}}"##
    let restored = try restored(#"{"p0":{"x":1},"p1499":"{\"x\": 2}"}"#, schema, .simpleParameters)
    #expect(restored.text == #"{"p0":{"x":1},"p1499":{"x":2}}"#)
    #expect(restored.changes == [ArgumentRepair(.writtenAsText, at: "/p1499")])
  }

  @Test func longNamesAndManyChangesAreBounded() throws {
    let name = String(repeating: "n/", count: 15_000)
    let items = (0..<5_000).map { _ in #""1""# }.joined(separator: ",")
    let text = #"{"\#(name)":[\#(items)]}"#
    #expect(try restored(text, object(#""\#(name)":{"type":"array"}"#), .simple).text == text)
  }

  @Test func theWorkIsBounded() throws {
    #expect(
      try restored(
        #"{"a":1}"#,
        ##"{"anyOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/a"}]}}}"##, .simple
      ).text == #"{"a":1}"#)
    var schema = #"{"type":"integer"}"#
    var value = #""x""#
    for _ in 0..<25 {
      schema =
        #"{"anyOf":[{"type":"object","properties":{"a":\#(schema)}},{"type":"object","properties":{"a":{"type":"null"}}}]}"#
      value = #"{"a":\#(value)}"#
    }
    #expect(try restored(value, schema, .simple).text == value)
  }
}
