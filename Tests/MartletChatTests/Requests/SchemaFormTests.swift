import MartletJSON
import Testing

@testable import MartletChat

/// Schemas as servers want them: without references, in few words, or strict.
@Suite struct SchemaFormTests {
  private func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }

  private func graph(_ schema: JSONValue) -> SchemaGraph { SchemaGraph(outlining: schema) }

  private func object(_ properties: String, _ more: String = "") throws -> JSONValue {
    try json(#"{"type":"object","properties":{\#(properties)}\#(more)}"#)
  }

  // MARK: References

  @Test(arguments: [
    (
      ##"{"type":"object","properties":{"a":{"$ref":"#/$defs/a"}},"$defs":{"a":{"type":"string"}}}"##,
      #"{"type":"object","properties":{"a":{"type":"string"}}}"#
    ),
    (
      ##"{"properties":{"a":{"$ref":"#/definitions/a~1b","description":"here"}},"definitions":{"a/b":{"description":"there","type":"string"}}}"##,
      #"{"properties":{"a":{"description":"here","type":"string"}}}"#
    ),
    (
      ##"{"type":"object","properties":{"next":{"$ref":"#"}}}"##,
      #"{"type":"object","properties":{"next":{"type":"object","properties":{"next":{"type":"object"}}}}}"#
    ),
    // What has no type keeps none where it contains itself.
    (
      ##"{"anyOf":[{"type":"string"},{"type":"array","items":{"$ref":"#"}}]}"##,
      #"{"anyOf":[{"type":"string"},{"type":"array","items":{"anyOf":[{"type":"string"},{"type":"array","items":{}}]}}]}"#
    ),
    // References to nothing promise nothing; what stands beside them counts.
    (
      ##"{"properties":{"a":{"$ref":"#/x"},"b":{"$ref":"https://a.test/x","description":"d"},"c":{"$ref":"#/$defs/c"}},"$defs":{"c":{"type":"null"}}}"##,
      #"{"properties":{"a":{},"b":{"description":"d"},"c":{"type":"null"}}}"#
    ),
    // By anchor, by identifier, percent-encoded, escaped, from within another resource, dynamic.
    (
      ##"{"items":{"$ref":"#n"},"$defs":{"x":{"$anchor":"n","type":"integer"}}}"##, #"{"items":{"type":"integer"}}"#
    ),
    (
      ##"{"$id":"https://a.test/a","items":{"$ref":"b"},"$defs":{"x":{"$id":"https://a.test/b","items":{"$ref":"#/$defs/c"},"$defs":{"c":{"type":"null"}}}}}"##,
      #"{"items":{"items":{"type":"null"}}}"#
    ),
    (
      ##"{"items":{"$ref":"#/$defs/a%20b~1c%25"},"$defs":{"a b/c%":{"type":"integer"}}}"##,
      #"{"items":{"type":"integer"}}"#
    ),
    (
      ##"{"items":{"$dynamicRef":"#n"},"$defs":{"x":{"$dynamicAnchor":"n","type":"integer"}}}"##,
      #"{"items":{"type":"integer"}}"#
    ),
    // Both hold, what is referred to and what stands beside it.
    (
      ##"{"$ref":"#/$defs/a","properties":{"y":{}},"required":["y"],"$defs":{"a":{"type":"object","properties":{"x":{}}}}}"##,
      #"{"type":"object","properties":{"x":{}},"allOf":[{"properties":{"y":{}},"required":["y"]}]}"#
    ),
    // In draft 7 nothing beside a reference does, and items may be a list.
    (
      ##"{"$schema":"http://json-schema.org/draft-07/schema#","items":[{"$ref":"#/definitions/a","type":"null","title":"t"}],"definitions":{"a":{"$id":"#a","type":"string"}}}"##,
      #"{"prefixItems":[{"type":"string","title":"t"}]}"#
    ),
    (
      ##"{"$schema":"http://json-schema.org/draft-07/schema#","items":[{"type":"string"}],"additionalItems":{"type":"integer"}}"##,
      #"{"prefixItems":[{"type":"string"}],"items":{"type":"integer"}}"#
    ),
    (
      ##"{"properties":{"$ref":{"type":"string"},"$defs":true}}"##,
      #"{"properties":{"$ref":{"type":"string"},"$defs":true}}"#
    ),
  ]) func e12_referencesAreReplacedByWhatTheyName(schema: String, inlined: String) throws {
    #expect(InlinedSchema.inlining(graph(try json(schema))).canonicalString() == inlined)
  }

  @Test func e12_aBundledMetaSchemaIsFollowed() throws {
    let schema = InlinedSchema.inlining(graph(["$ref": "https://json-schema.org/draft/2020-12/meta/validation"]))
    #expect(schema["properties"]?["minLength"]?["minimum"] == 0)
    #expect(schema["properties"]?["minLength"]?["default"] == 0)
  }

  @Test(arguments: [
    ##"{"type":"object","properties":{"v":{"type":"integer"},"next":{"$ref":"#"}},"required":["v"]}"##,
    ##"{"$ref":"#/$defs/n","$defs":{"n":{"type":["object","null"],"properties":{"a":{"type":"array","items":{"$ref":"#/$defs/n"},"maxItems":2}},"required":["a"]}}}"##,
    ##"{"$defs":{"j":{"anyOf":[{"type":"string"},{"type":"array","items":{"$ref":"#/$defs/j"}},{"additionalProperties":{"$ref":"#/$defs/j"},"type":"object"}]}},"$ref":"#/$defs/j"}"##,
  ]) func e12_aSchemaWithoutReferencesIsNeverNarrower(document: String) throws {
    let full = try JSONSchema(json(document))
    let inlined = try JSONSchema(InlinedSchema.inlining(graph(json(document))))
    for text in [
      #"{"v":1}"#, #"{"v":1,"next":{"v":2,"next":{"v":3,"next":{"v":4,"next":{"v":5}}}}}"#, "null", #""s""#,
      "[[[[[\"s\"]]]]]",
      #"{"a":[]}"#, #"{"a":[{"a":[{"a":[{"a":[null]},null]}]}]}"#, #"{"k":{"k":{"k":{"k":["s"]}}}}"#,
    ] where full.isValid(try json(text)) {
      #expect(inlined.isValid(try json(text)), "\(text)")
    }
  }

  @Test func e12_inliningIsBounded() throws {
    let parts = (0..<40).map { number in
      ##""p\##(number)":{"type":"object","properties":{"a":{"$ref":"#/$defs/p\##(number + 1)"},"b":{"$ref":"#/$defs/p\##(number + 1)"}}}"##
    }
    let schema = try json(
      ##"{"type":"object","properties":{"a":{"$ref":"#/$defs/p0"}},"$defs":{\##(parts.joined(separator: ",")),"p40":{}}}"##
    )
    #expect(InlinedSchema.inlining(graph(schema)).canonicalString().utf8.count < 200_000)
  }

  @Test func e12_whatIsInlinedAgainAndAgainIsBoundedInItsBytes() throws {
    let values = (0..<5_000).map { #""value \#($0)""# }.joined(separator: ",")
    let properties = (0..<1_000).map { ##""p\##($0)":{"$ref":"#/$defs/e"}"## }.joined(separator: ",")
    let schema = try json(
      ##"{"type":"object","properties":{\##(properties)},"$defs":{"e":{"type":"string","enum":[\##(values)]}}}"##)
    let inlined = InlinedSchema.inlining(graph(schema))
    #expect(inlined.canonicalString().utf8.count < 2 << 20)
    #expect(inlined["properties"]?["p0"]?["enum"]?.arrayValue?.count == 5_000)
    #expect(inlined["properties"]?["p999"] == ["type": "string"])
  }

  // MARK: Few words

  @Test(arguments: [
    // Lists that begin with certain items: what comes behind them may come, too.
    (
      #""a":{"type":"array","prefixItems":[{"type":"string"}],"items":{"type":"integer"}}"#,
      #""a":{"type":"array","items":{"anyOf":[{"type":"string"},{"type":"integer"}]}}"#
    ),
    (
      #""a":{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"items":false}"#,
      #""a":{"type":"array","items":{"anyOf":[{"type":"string"},{"type":"integer"}]}}"#
    ),
    // Of the types only those that a listed value has.
    (#""a":{"type":["string","integer"],"enum":[1,2]}"#, #""a":{"type":"integer","description":"(one of: 1, 2)"}"#),
    (#""a":{"type":["string","boolean"],"enum":["x"]}"#, #""a":{"type":"string","enum":["x"]}"#),
    (
      #""a":{"type":["string","null"],"enum":[null]}"#, #""a":{"type":"string","description":"(null)","nullable":true}"#
    ),
    (
      #""a":{"type":"array","prefixItems":[{"type":"string"}],"minItems":2}"#,
      #""a":{"type":"array","minItems":2,"items":{"type":"string","description":"(any value, written as JSON text)"}}"#
    ),
    (#""a":{"type":"string","minLength":1,"title":"A"}"#, #""a":{"type":"string"}"#),
    (#""a":{"type":["string","null"]}"#, #""a":{"type":"string","nullable":true}"#),
    (#""a":{"anyOf":[{"type":"integer"},{"type":"null"}]}"#, #""a":{"type":"integer","nullable":true}"#),
    (
      #""a":{"oneOf":[{"type":"integer"},{"type":"string"}],"description":"d"}"#,
      #""a":{"anyOf":[{"type":"integer","description":"d"},{"type":"string","description":"d"}]}"#
    ),
    (#""a":{"type":["integer","string"]}"#, #""a":{"anyOf":[{"type":"integer"},{"type":"string"}]}"#),
    (#""a":{"const":"x"}"#, #""a":{"type":"string","enum":["x"]}"#),
    (#""a":{"enum":["x","y",null]}"#, #""a":{"type":"string","nullable":true,"enum":["x","y"]}"#),
    (#""a":{"type":"integer","enum":[1,2]}"#, #""a":{"type":"integer","description":"(one of: 1, 2)"}"#),
    (
      #""a":{"type":"string","format":"date","description":"When"}"#,
      #""a":{"type":"string","description":"When (format: date)"}"#
    ),
    (#""a":{"type":"number","exclusiveMinimum":0,"maximum":9}"#, #""a":{"type":"number","maximum":9,"minimum":0}"#),
    (
      #""a":{"type":"object","description":"Free"}"#,
      #""a":{"type":"string","description":"Free (a JSON object, written as JSON text)"}"#
    ),
    (#""a":{}"#, #""a":{"type":"string","description":"(any value, written as JSON text)"}"#),
    (
      #""a":{"type":"array"}"#,
      #""a":{"type":"array","items":{"type":"string","description":"(any value, written as JSON text)"}}"#
    ),
    // What holds for the whole holds for each alternative.
    (
      #""a":{"type":"object","description":"Where","properties":{"x":{"type":"integer"}},"required":["x"],"anyOf":[{"properties":{"y":{"type":"string"}},"required":["y"],"description":"By name"},{"properties":{"x":{"minimum":1}}}]}"#,
      #""a":{"anyOf":[{"type":"object","description":"Where By name","properties":{"x":{"type":"integer"},"y":{"type":"string"}},"required":["x","y"]},{"type":"object","description":"Where","properties":{"x":{"type":"integer","minimum":1}},"required":["x"]}]}"#
    ),
    (
      #""a":{"oneOf":[{"const":null},{"type":"string","enum":["x"]}]}"#,
      #""a":{"type":"string","enum":["x"],"nullable":true}"#
    ),
    (
      #""a":{"enum":[1,"x"]}"#,
      #""a":{"anyOf":[{"type":"number","description":"(one of: 1)"},{"type":"string","enum":["x"]}]}"#
    ),
    (
      #""a":{"properties":{"x":{"type":"string"}},"anyOf":[{"required":["x"]}],"oneOf":[{"properties":{"y":{"type":"null"}}},{"properties":{"z":{"type":"string"}}}]}"#,
      #""a":{"anyOf":[{"type":"object","properties":{"x":{"type":"string"},"y":{"type":"string","description":"(null)","nullable":true}},"required":["x"]},{"type":"object","properties":{"x":{"type":"string"},"z":{"type":"string"}},"required":["x"]}]}"#
    ),
    (
      #""a":{"allOf":[{"properties":{"x":{"type":"string"}}},{"properties":{"y":{"type":"string"}},"required":["y"]}]}"#,
      #""a":{"type":"object","properties":{"x":{"type":"string"},"y":{"type":"string"}},"required":["y"]}"#
    ),
    (#""a":{"type":"string","properties":{},"required":[]}"#, #""a":{"type":"string"}"#),
    // Null beside what is asked for as text, and alone.
    (
      #""a":{"type":["object","null"],"description":"Free"}"#,
      #""a":{"type":"string","description":"Free (a JSON object, written as JSON text)","nullable":true}"#
    ),
    (#""a":{"type":"null"}"#, #""a":{"type":"string","description":"(null)","nullable":true}"#),
    (
      #""a":{"enum":[{"x":1},{"x":2}]}"#,
      #""a":{"type":"string","description":"(a JSON object, written as JSON text; one of: {\"x\":1}, {\"x\":2})"}"#
    ),
    (
      #""a":{"enum":[[1],"x"]}"#,
      #""a":{"anyOf":[{"type":"array","items":{"type":"string","description":"(any value, written as JSON text)"},"description":"(one of: [1])"},{"type":"string","enum":["x"]}]}"#
    ),
    // What can have no value is not offered.
    (
      #""a":{"type":"object","properties":{"x":{"type":"string"},"no":false},"required":["no"]}"#,
      #""a":{"type":"object","properties":{"x":{"type":"string"}}}"#
    ),
    (#""a":{"anyOf":[false,{"type":"integer"}]}"#, #""a":{"type":"integer"}"#),
    (
      #""a":{"type":"array","prefixItems":[{"type":"string"},false]}"#,
      #""a":{"type":"array","items":{"type":"string"}}"#
    ),
    // Alternatives within alternatives are one choice.
    (
      #""a":{"anyOf":[{"type":"null"},{"anyOf":[{"type":"integer"},{"type":"string"}]}]}"#,
      #""a":{"anyOf":[{"type":"integer","nullable":true},{"type":"string","nullable":true}]}"#
    ),
    (
      #""a":{"type":["string","integer"],"allOf":[{"type":"string","description":"d"}]}"#,
      #""a":{"type":"string","description":"d"}"#
    ),
  ]) func e12_aSchemaIsSaidInFewWords(property: String, simple: String) throws {
    let schema = try object(property, #","required":["a","undefined"],"additionalProperties":false,"$schema":"x""#)
    let expected = #"{"type":"object","properties":{\#(simple)},"required":["a"]}"#
    #expect(SimpleSchema.parameters(graph(schema))?.json.canonicalString() == expected)
  }

  @Test(arguments: [
    (
      #"{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["a"],"anyOf":[{"required":["a"]},{"required":["b"]}]}"#,
      #"{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["a"]}"#
    ),
    (
      #"{"type":"object","oneOf":[{"properties":{"kind":{"const":"circle"},"r":{"type":"number"}},"required":["kind","r"]},{"properties":{"kind":{"const":"square"},"side":{"type":"number"}},"required":["kind"]}]}"#,
      #"{"type":"object","properties":{"kind":{"anyOf":[{"type":"string","enum":["circle"]},{"type":"string","enum":["square"]}]},"r":{"type":"number"},"side":{"type":"number"}},"required":["kind"]}"#
    ),
  ]) func e12_parametersAreOneObjectWithWhatEachAlternativeHas(schema: String, simple: String) throws {
    #expect(SimpleSchema.parameters(graph(try json(schema)))?.json.canonicalString() == simple)
  }

  @Test(arguments: [#"{"type":"object"}"#, #"{"type":"object","properties":{}}"#])
  func e12_withoutPropertiesThereAreNoParameters(schema: String) throws {
    let tool = ChatTool(name: "t", parameters: try json(schema))
    var quirks = ProviderQuirks()
    #expect(tool.wire(quirks)["function"]?["parameters"] != nil)
    quirks.needsSimpleSchemas = true
    #expect(tool.wire(quirks)["function"] == ["name": "t"])
  }

  @Test func e12_alternativesWithinAlternativesAreBounded() throws {
    var schema: JSONValue = ["type": "string"]
    let many = JSONValue.object(JSONObject((0..<20).map { ("p\($0)", ["type": "string"]) }))
    for _ in 0..<12 {
      schema = ["type": "object", "properties": many, "anyOf": [schema, schema, ["type": "integer"]]]
    }
    #expect(SimpleSchema.answer(graph(schema)).json.canonicalString().utf8.count < 2_000_000)
  }

  // MARK: Strict

  @Test(arguments: [
    (#""a":{"type":"string"}"#, #""a":{"type":["string","null"]}"#, #"["a"]"#),
    (#""a":{"type":"string","enum":["x"]}"#, #""a":{"type":["string","null"],"enum":["x",null]}"#, #"["a"]"#),
    (#""a":{"type":["integer","null"]}"#, #""a":{"type":["integer","null"]}"#, #"["a"]"#),
    (
      #""a":{"anyOf":[{"type":"integer"},{"type":"string"}]}"#,
      #""a":{"anyOf":[{"anyOf":[{"type":"integer"},{"type":"string"}]},{"type":"null"}]}"#, #"["a"]"#
    ),
    (
      #""r":{"type":"string","minLength":1},"a":{"type":"array","items":{"type":"number","default":1}}"#,
      #""r":{"type":"string"},"a":{"type":["array","null"],"items":{"type":"number"}}"#, #"["r","a"]"#
    ),
  ]) func strictModeWantsEveryPropertyAndNullForAbsence(properties: String, strict: String, required: String) throws {
    let schema = try object(properties, properties.contains(#""r""#) ? #","required":["r"]"# : "")
    let expected = #"{"type":"object","properties":{\#(strict)},"required":\#(required),"additionalProperties":false}"#
    #expect(try StrictSchema.rewriting(schema, of: .parameters) == json(expected))
  }

  @Test(arguments: [
    #"{"type":"object","properties":{"a":{"type":"object"}}}"#,
    #"{"type":"object","properties":{"a":{"type":"object","properties":{}}}}"#,
    #"{"type":"object","minProperties":1}"#,
    #"{"type":"object","properties":{"a":{"type":"string"}},"minProperties":2}"#,
    #"{"type":"object","additionalProperties":true}"#,
    #"{"type":"object","properties":{},"additionalProperties":{"type":"string"}}"#,
    #"{"type":"object","properties":{"a":{}}}"#, #"{"type":"object","properties":{"a":{"type":"array"}}}"#,
    #"{"type":"object","properties":{"a":true}}"#, #"{"type":"array","items":{"type":"string"}}"#,
    #"{"type":"object","properties":{},"anyOf":[]}"#, #"{"type":"object","properties":{"a":{"$ref":"https://x"}}}"#,
    #"{"type":"object","properties":{"a":{"allOf":[{"type":"string"}]}}}"#,
    #"{"type":"object","properties":{},"required":["undefined"]}"#,
  ]) func whatStrictModeCannotSayIsNotSaidInIt(schema: String) throws {
    #expect(StrictSchema.rewriting(try json(schema), of: .parameters) == nil)
  }

  @Test(arguments: [#"{"type":"object"}"#, #"{"type":"object","properties":{}}"#])
  func aFunctionWithoutParametersCanBeStrictAndAnAnswerOfAnyObjectCannot(schema: String) throws {
    let strict = StrictSchema.rewriting(try json(schema), of: .parameters)
    #expect(strict == ["type": "object", "properties": [:], "required": [], "additionalProperties": false])
    #expect(StrictSchema.rewriting(try json(schema), of: .answer) == nil)
  }

  @Test func theLimitsOfStrictModeAreKept() throws {
    func obstacle(_ properties: String) throws -> String? {
      StrictSchema.obstacle(in: try object(properties), of: .parameters)?.description
    }
    func values(_ count: Int, _ length: Int = 4) -> String {
      let values = (0..<count).map { number in
        #""\#(String(repeating: "0", count: length - String(number).count))\#(number)""#
      }
      return #"{"type":"string","enum":[\#(values.joined(separator: ","))]}"#
    }
    func required(_ values: String) throws -> String? {
      StrictSchema.obstacle(in: try object(#""a":\#(values)"#, #","required":["a"]"#), of: .parameters)?.description
    }
    #expect(try required(values(1_000)) == nil)
    #expect(
      try obstacle(#""a":\#(values(1_000))"#)
        == "at /properties/a/enum, strict mode wants 1000 values in all lists of values at most")
    #expect(
      try obstacle(#""a":\#(values(600)),"b":\#(values(600))"#)
        == "at /properties/b/enum, strict mode wants 1000 values in all lists of values at most")
    #expect(try required(values(251, 59)) == nil)
    #expect(
      try required(values(251, 60))
        == "at /properties/a/enum, strict mode wants 15000 characters at most in more than 250 values")
    #expect(try required(values(250, 400)) == nil)
    #expect(
      try required(values(250, 500))
        == "at /properties/a/enum, strict mode wants 120000 characters in all names and values at most")
    let name = String(repeating: "n", count: 119_000)
    #expect(try obstacle(#""\#(name)":{"type":"string"}"#) == nil)
    #expect(try obstacle(#""\#(name)":{"const":"\#(name)"}"#)?.contains("120000 characters") == true)
    let many = (0...5_000).map { #""p\#($0)":{"type":"string"}"# }.joined(separator: ",")
    #expect(
      try obstacle(many) == "at /properties/p5000, strict mode wants 5000 properties in all at most")
  }

  @Test func strictModeKeepsReferences() throws {
    let schema = try json(
      ##"{"type":"object","properties":{"n":{"$ref":"#/$defs/n"}},"$defs":{"n":{"type":"object","properties":{"n":{"$ref":"#/$defs/n"}}}}}"##
    )
    let strict = try #require(StrictSchema.rewriting(schema, of: .parameters))
    #expect(strict["properties"]?["n"] == ["anyOf": [["$ref": "#/$defs/n"], ["type": "null"]]])
    #expect(strict["$defs"]?["n"]?["required"] == ["n"])
    #expect(try JSONSchema(strict).isValid(json(#"{"n":{"n":null}}"#)))
  }

  @Test func strictModeKeepsNoReferenceToWhatItSpellsOtherwise() throws {
    let schema = try json(
      ##"{"type":"object","properties":{"n":{"$ref":"#/$defs/t/oneOf/0"}},"$defs":{"t":{"oneOf":[{"type":"string"}]}}}"##
    )
    #expect(StrictSchema.rewriting(schema, of: .parameters) == nil)
    #expect(
      StrictSchema.obstacle(in: schema, of: .parameters)?.description
        == "at /properties/n/$ref, strict mode wants references to `#` or to `#/$defs/NAME` of the whole only")
  }

  @Test func strictModeKeepsNoReferenceWithinAPartThatHasAnIdentifier() throws {
    let part =
      ##"{"$id":"https://a.test/a","properties":{"b":{"$ref":"#/$defs/t"}},"$defs":{"t":{"type":"integer"}},"type":"object"}"##
    let schema = try object(#""a":\#(part)"#, #","$defs":{"t":{"type":"string"}}"#)
    #expect(
      StrictSchema.obstacle(in: schema, of: .parameters)?.description
        == "at /properties/a/properties/b/$ref, strict mode wants references to `#` or to `#/$defs/NAME` of the whole only"
    )
    let former = try object(##""a":{"$ref":"#/definitions/t"}"##, #","definitions":{"t":{"type":"string"}}"#)
    #expect(
      StrictSchema.obstacle(in: former, of: .parameters)?.description
        == "at /properties/a/$ref, strict mode wants `$defs` in place of `definitions`")
  }

  @Test func strictModeKeepsWhatAPlaceSaysOfAReference() throws {
    let schema = try object(
      ##""from":{"$ref":"#/$defs/t","description":"The unit"}"##,
      #","required":["from"],"$defs":{"t":{"type":"string"}}"#)
    let strict = try #require(StrictSchema.rewriting(schema, of: .parameters))
    #expect(strict["properties"]?["from"] == ["description": "The unit", "anyOf": [["$ref": "#/$defs/t"]]])
  }

  @Test func strictModeTakesNullOnlyWhereTypeAndValuesDo() throws {
    let schema = try json(#"{"type":"object","properties":{"a":{"type":"string","enum":["x",null]}}}"#)
    #expect(
      StrictSchema.rewriting(schema, of: .parameters)?["properties"]?["a"] == [
        "type": ["string", "null"], "enum": ["x", .null],
      ])
  }

  // MARK: What a refusal teaches

  @Test(arguments: [
    #"Invalid JSON payload received. Unknown name "additionalProperties" at 'tools[0]': Cannot find field."#,
    "* GenerateContentRequest.tools[0].function_declarations[0].parameters.properties: should be non-empty for OBJECT type",
    "Unsupported keyword $ref in schema",
  ]) func e12_aServerThatNamesAWordOfTheSchemaGetsSimpleOnes(message: String) {
    #expect(lessons(message) == [.simpleSchemas])
  }

  @Test(arguments: [
    "Unknown parameter: 'tools[0].function.strict'.",
    "Invalid schema for function 't': In context=(), 'additionalProperties' is required to be supplied and to be false.",
  ]) func e09_aServerThatRefusesStrictGetsNone(message: String) {
    #expect(lessons(message) == [.noStrict])
  }

  private func lessons(_ message: String) -> [Lesson]? {
    let tool = ChatTool(name: "t", parameters: ["type": "object"], strict: true)
    return Refusal(APIError(code: .badRequest, statusCode: 400, message: message))?
      .lessons(of: ChatRequest(model: "m", tools: [tool]), spelledWith: ProviderQuirks(), known: [])
  }
}
