import MartletYAML
import Testing

@Suite struct TreeTests {
  @Test func anAgentFileIsReadWhole() throws {
    let root = try YAMLNode(parsing: agentSource)
    #expect(root.mapping?.count == 10)
    #expect(root.at("model", "temperature")?.scalar?.value == .number(spelling: "0.70"))
    #expect(root.at("model", "stop", 1)?.scalar?.value == .string("\n\n"))
    #expect(root.at("parameters", 0, "description")?.scalar?.text == "the git tag's name")
    #expect(root.at("tools", 0, "description")?.scalar?.text == "Commits since a revision")
    #expect(root.at("tools", 0, "command")?.outline == #"["git", "log", "--oneline", "{{ since }}.."]"#)
    #expect(root.at("metadata", "copy", "max_turns")?.scalar?.value == .number(spelling: "30"))
    let text = try #require(root.at("instructions")?.scalar)
    let place = try #require(text.text.firstIndex(of: "日"))
    #expect(text.mark(at: place) == YAMLMark(line: 16, column: 22))
  }

  @Test func duplicateKeysAreKeptInOrder() throws {
    let root = try YAMLNode(parsing: "a: 1\nb: 2\na: 3")
    #expect(root.outline == #"{"a": 1, "b": 2, "a": 3}"#)
    #expect(root.mapping?.map(\.key.start.line) == [1, 2, 3])
  }

  @Test func anUnquotedTemplateIsAMappingAsAKey() throws {
    let root = try YAMLNode(parsing: "a: {{ x }}")
    #expect(root.at("a")?.outline == #"{{"x": null}: null}"#)
  }

  @Test(arguments: [
    ("a: 1", "a mapping"), ("[]", "a list"), ("x", "a string"), ("1", "a number"),
    (".nan", "a number that is not finite"),
    ("true", "true or false"), ("~", "null"), ("'1'", "a string"),
  ])
  func aKindHasAName(source: String, name: String) throws {
    #expect(try YAMLNode(parsing: source).kindName == name)
  }

  @Test func aNodeIsOfOneKindOnly() throws {
    let root = try YAMLNode(parsing: "- a\n- {}")
    #expect(root.sequence?.count == 2)
    #expect(root.mapping == nil && root.scalar == nil)
    #expect(root.at(0)?.scalar?.text == "a")
    #expect(root.at(0)?.sequence == nil)
    #expect(root.at(1)?.mapping?.isEmpty == true)
  }

  @Test func escapesAndFoldingAreUndone() throws {
    let root = try YAMLNode(parsing: #"["\0\x41\u00e9\U0001F600\/", 'a''b']"#)
    #expect(root.at(0)?.scalar?.text == "\0Aé😀/")
    #expect(root.at(1)?.scalar?.text == "a'b")
  }

  @Test func jsonIsYAML() throws {
    let root = try YAMLNode(parsing: "{\"a\":[1,2.5,-3e2,null,true],\n\t\"b\":{\"c\":\"d\"}}")
    #expect(root.outline == #"{"a": [1, 2.5, -3e2, null, true], "b": {"c": "d"}}"#)
  }

  @Test(arguments: [
    "", "a", "eight888", "nine99999", "sixteen_16161616", "seventeen_1717171", "größer", "max_parallel_calls",
  ])
  func textsAreComparedWhole(text: String) throws {
    let pairs = try #require(try YAMLNode(parsing: "{\"\(text)\": 1, \"\(text)x\": 2, \"y\(text)\": 3}").mapping)
    #expect(pairs.value(of: text)?.text == "1")
    #expect(pairs.value(of: text + "x")?.text == "2")
    #expect(pairs.value(of: "y" + text)?.text == "3")
    #expect(pairs.value(of: text + "z") == nil)
    #expect(pairs[0].key.word == YAMLWord(text))
    #expect(pairs[1].key.word != YAMLWord(text))
    #expect(YAMLWord(text).isWhole == (text.utf8.count <= 16))
  }

  // MARK: Aliases

  @Test func aliasesAreReplacedByCopies() throws {
    let root = try YAMLNode(parsing: "a: &x {k: [1, &y two]}\nb: *x\n*y : *y")
    #expect(root.outline == #"{"a": {"k": [1, "two"]}, "b": {"k": [1, "two"]}, "two": "two"}"#)
  }

  @Test func anAnchorMayBeDefinedAnew() throws {
    #expect(try YAMLNode(parsing: "[&a 1, *a, &a 2, *a]").outline == "[1, 1, 2, 2]")
  }

  @Test(arguments: [
    ("a: *x", 1, 4, "has no anchor"), ("a: *x\nb: &x 1", 1, 4, "has no anchor"), ("&a [*a]", 1, 5, "stands inside"),
    ("&a [1, {b: &b [*a]}]", 1, 16, "stands inside"), ("- &a 1\n- &a [*a]", 2, 7, "stands inside"),
    ("&a {*a : 1}", 1, 5, "stands inside"),
  ])
  func anAliasWithoutAFinishedAnchorIsRefused(source: String, line: Int, column: Int, reason: String) {
    let error = refusal(of: source)
    #expect(error?.mark == YAMLMark(line: line, column: column))
    #expect(error?.reason.contains(reason) == true)
  }

  @Test func theBudgetOfAliasesCountsNodesToTheLast() throws {
    let source = "a: &x [1, 2, 3]\nb: *x\nc: *x"
    #expect(refusal(of: source, limits: YAMLLimits(maxExpandedNodes: 8)) == nil)
    let error = refusal(of: source, limits: YAMLLimits(maxExpandedNodes: 7))
    #expect(error?.mark == YAMLMark(line: 3, column: 4))
    #expect(error?.reason == "the aliases expand to more than 7 nodes")
    let nested = "- &x [1, 2, 3]\n- &y [*x, *x]\n- *y"
    #expect(try YAMLNode(parsing: nested).count == 23)
    #expect(refusal(of: nested, limits: YAMLLimits(maxExpandedNodes: 17)) == nil)
    #expect(refusal(of: nested, limits: YAMLLimits(maxExpandedNodes: 16))?.mark == YAMLMark(line: 3, column: 3))
  }

  @Test func anAliasMayNotExceedTheDepth() {
    let source = "- &x [[1]]\n- &y [*x]\n- [*y]"
    #expect(refusal(of: source, limits: YAMLLimits(maxDepth: 5)) == nil)
    #expect(refusal(of: source, limits: YAMLLimits(maxDepth: 4))?.mark == YAMLMark(line: 3, column: 4))
    #expect(refusal(of: source, limits: YAMLLimits(maxDepth: 3))?.mark == YAMLMark(line: 2, column: 7))
  }

  @Test func aMergeKeyIsRefusedUnlessQuoted() throws {
    let error = refusal(of: "a: &x {b: 1}\nc:\n  <<: *x")
    #expect(error?.mark == YAMLMark(line: 3, column: 3))
    #expect(error?.reason == "merge keys are not supported")
    #expect(error?.hint?.contains("repeat the keys") == true)
    #expect(try YAMLNode(parsing: "'<<': <<").outline == #"{"<<": "<<"}"#)
  }
}
