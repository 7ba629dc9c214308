import Martlet
import MartletJSON
import MartletYAML
import Testing

@Suite struct TemplateTests {
  private let values: TemplateValues = [
    "city": "Oslo", "count": 3, "flag": true, "list": [1, "two"], "object": ["b": 1, "a": [2]], "nothing": nil,
  ]

  @Test(arguments: [
    ("Weather in {{ city }}", "Weather in Oslo"),
    ("{{city}}{{ city }}", "OsloOslo"),
    ("{{ count }} {{ flag }} {{ list }}", #"3 true [1,"two"]"#),
    ("{{ object }} {{ object.b }} {{ object.a.0 }} {{ list.1 }}", #"{"b":1,"a":[2]} 1 2 two"#),
    ("[{{ absent }}] [{{ nothing }}] [{{ object.c }}] [{{ city.x }}]", "[] [] [] []"),
    ("{{ absent | default: none }}", "none"),
    (#"{{ absent | default: "two words" }} {{ absent|default:'x' }}"#, "two words x"),
    ("{{ city | default: none }}", "Oslo"),
    ("{{ absent | default: }}!", "!"),
    ("{{{{ city }} and }} alone", "{{ city }} and }} alone"),
    ("no template", "no template"), ("", ""),
  ])
  func aTemplateIsExpanded(source: String, expected: String) throws {
    #expect(try Template(source).expanded(with: values) == expected)
  }

  @Test(arguments: [
    // The first joins with what stands behind it to one character, the second with what stands before it.
    ("\u{600}${HOME}", "\u{600}/h"), ("${HOME}\u{301}${HOME}", "/h\u{301}/h"), ("$${HOME}}", "$/h}"), ("${HOME", nil),
  ])
  func aVariableIsExpandedWhateverStandsBesideIt(source: String, expected: String?) {
    let expanded = EnvironmentText(source)?.expanded(with: ["HOME": "/h"])
    #expect(expanded.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
  }

  @Test func everyPlaceOfATemplateIsFound() throws {
    let text = "{{ a }} é {{ b }}\nand {{ a }}{{ c.d }}"
    let reader = DefinitionReader(source: SourceFile(name: "", bytes: []))
    let node = try YAMLNode(parsing: "|\n  " + text.replacing("\n", with: "\n  ") + "\n")
    let template = try #require(reader.template(node.scalar?.text ?? "", at: node))
    #expect(template.references.map { "\($0.reference.name) \($0.mark)" } == ["a 2:3", "b 2:13", "a 3:7", "c 3:14"])
    let wrong = try YAMLNode(parsing: "'{{ }} {{ x | y }} {{'")
    #expect(reader.template(wrong.scalar?.text ?? "", at: wrong) == nil)
    #expect(reader.diagnostics.map(\.column) == [2, 8, 20])
  }

  @Test func aValueIsNotExpandedASecondTime() throws {
    let values: TemplateValues = ["a": "{{ b }}", "b": "secret"]
    #expect(try Template("{{ a }}").expanded(with: values) == "{{ b }}")
  }

  @Test(arguments: [
    ("a {{ b", "`{{` is never closed by `}}`"), ("{{ }}", "`{{ }}` names no value"),
    ("{{ a b }}", "`a b` is not a name that a template can use"),
    ("{{ a..b }}", "`a..b` is not a name that a template can use"),
    ("{{ a | upper }}", "unknown filter `upper`: `default: value` is the only one"),
  ])
  func aMistakeIsExplained(source: String, expected: String) {
    let error = #expect(throws: TemplateError.self) { try Template(source) }
    #expect(error?.problems.map(\.kind.description) == [expected])
  }

  private func located(_ text: String) throws -> LocatedTemplate {
    let reader = DefinitionReader(source: SourceFile(name: "", bytes: []))
    return try #require(reader.template(text, at: YAMLNode(parsing: "x")))
  }

  @Test func allMistakesOfATemplateAreFound() {
    let error = #expect(throws: TemplateError.self) { try Template("{{ x | upper }} {{ }} {{ a.b. }} {{") }
    #expect(error?.problems.count == 4)
  }

  @Test func aLoneTemplateTakesTheTypeOfTheSchema() throws {
    let schema: JSONValue = [
      "properties": [
        "n": ["type": "integer"], "f": ["type": "number"], "b": ["type": "boolean"], "s": ["type": "string"],
        "a": ["type": "array"], "u": [:], "m": ["type": ["string", "null"]], "bad": ["type": "integer"],
      ]
    ]
    let template = JSONTemplate.object(
      try ["n", "f", "b", "s", "a", "u", "m", "bad", "gone"].map { name in (name, .text(try located("{{ \(name) }}")))
      })
    let values: TemplateValues = [
      "n": "5", "f": "1.50", "b": "true", "s": 7, "a": "[1]", "u": "1", "m": "null", "bad": "five",
    ]
    #expect(
      template.expanded(with: values, schema: schema)?.canonicalString()
        == #"{"n":5,"f":1.50,"b":true,"s":"7","a":[1],"u":"1","m":"null","bad":"five"}"#)
  }
}
