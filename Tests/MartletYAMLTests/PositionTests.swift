import MartletYAML
import Testing

@Suite struct PositionTests {
  @Test func blockNodesBeginAndEndWhereTheyStand() throws {
    let source = """
      plain: text here
      single: 'it''s'
      double:  "a\\tb"
      literal: |
        one
        two

      folded: >-
        one
        two
      list:
      - 1
      -
      - x: y
        z: [a]
      empty:
      last: ~
      """
    let root = try YAMLNode(parsing: source)
    #expect(root.span == "1:1-17:8")
    #expect(root.at("plain")?.span == "1:8-1:17")
    #expect(root.at("single")?.span == "2:9-2:16")
    #expect(root.at("double")?.span == "3:10-3:16")
    #expect(root.at("literal")?.span == "4:10-8:1")
    #expect(root.at("folded")?.span == "8:9-11:1")
    #expect(root.at("list")?.span == "12:1-15:9")
    #expect(root.at("list", 0)?.span == "12:3-12:4")
    #expect(root.at("list", 1)?.span == "13:2-13:2")
    #expect(root.at("list", 2)?.span == "14:3-15:9")
    #expect(root.at("list", 2, "z", 0)?.span == "15:7-15:8")
    #expect(root.at("empty")?.span == "16:7-16:7")
    #expect(root.mapping?.map(\.key.span).last == "17:1-17:5")
    #expect(root.at("literal")?.scalar?.style == .literal)
    #expect(root.at("folded")?.scalar?.style == .folded)
    #expect(root.at("single")?.scalar?.style == .singleQuoted)
    #expect(root.at("double")?.scalar?.style == .doubleQuoted)
    #expect(root.at("plain")?.scalar?.style == .plain)
  }

  @Test func flowNodesBeginAndEndWhereTheyStand() throws {
    let root = try YAMLNode(parsing: "a: [1, 'two', {x: \"y\", z}, [], k: v,\n  null]\nb: {\n  c: 1\n}")
    #expect(root.at("a")?.span == "1:4-2:8")
    #expect(root.at("a")?.isFlowCollection == true)
    #expect(root.isFlowCollection == false)
    #expect(root.at("a", 0)?.span == "1:5-1:6")
    #expect(root.at("a", 1)?.span == "1:8-1:13")
    #expect(root.at("a", 2)?.span == "1:15-1:26")
    #expect(root.at("a", 2, "x")?.span == "1:19-1:22")
    #expect(root.at("a", 2, "z")?.span == "1:25-1:25")
    #expect(root.at("a", 3)?.span == "1:28-1:30")
    #expect(root.at("a", 4)?.span == "1:32-1:36")
    #expect(root.at("a", 5)?.span == "2:3-2:7")
    #expect(root.at("b")?.span == "3:4-5:2")
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func everyLineEndCountsOnce(lineEnd: String) throws {
    let lines = ["ä: \"日本\"  # 日本", "", "b:\tx", "t: |", "  one", "", "  two", "c: [日, 'é', 😀, z]"]
    let root = try YAMLNode(parsing: lines.joined(separator: lineEnd))
    #expect(root.at("ä")?.span == "1:4-1:8")
    #expect(root.at("b")?.span == "3:4-3:5")
    #expect(root.at("t")?.span == "4:4-8:1")
    #expect(root.at("t")?.scalar?.text == "one\n\ntwo\n")
    #expect(root.at("c", 1)?.span == "8:8-8:11")
    #expect(root.at("c", 3)?.span == "8:16-8:17")
  }

  @Test func aByteOrderMarkTakesNoColumn() throws {
    let root = try YAMLNode(parsing: [0xEF, 0xBB, 0xBF] + Array("a: x\nb: |\n  y".utf8))
    #expect(root.at("a")?.span == "1:4-1:5")
    #expect(root.mapping?.first?.key.scalar?.text == "a")
    #expect(root.span.hasPrefix("1:1-"))
    let scalar = try #require(root.at("b")?.scalar)
    #expect(scalar.mark(at: scalar.text.startIndex) == YAMLMark(line: 3, column: 3))
    #expect(refusal(of: [0xEF, 0xBB, 0xBF] + Array("a: @".utf8))?.mark == YAMLMark(line: 1, column: 4))
  }

  @Test func anchorsAndTagsBelongToTheirNode() throws {
    let root = try YAMLNode(parsing: "a: &x !!str 12\nb: &y\n  c: 1\nd: *y")
    #expect(root.at("a")?.span == "1:4-1:15")
    #expect(root.at("b")?.span == "2:4-3:7")
    #expect(root.at("d")?.span == "4:4-4:6")
    #expect(root.at("d", "c")?.span == "3:6-3:7")
  }

  /// Every place of a text whose characters stand in the source one by one holds the character that its mark names.
  @Test(arguments: [
    "plain ünd text", "'single ünd'", "\"double ünd\"", "|\n    one\n      twö\n\n    {{ x }}\n", "|+\n\n\n   ünd\n\n",
    "|2-\n      indented\n    text", "|2\n     \n     x\n",
  ])
  func placesInsideATextAreFound(scalar: String) throws {
    let source = "key:\n  ü: \(scalar)"
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0.unicodeScalars) }
    let node = try #require(try YAMLNode(parsing: source).at("key", "ü")?.scalar)
    #expect(node.text.contains("nd") || node.text.contains("x"))
    for index in node.text.unicodeScalars.indices where node.text.unicodeScalars[index] != "\n" {
      let mark = try #require(node.mark(at: index))
      #expect(lines[mark.line - 1][mark.column - 1] == node.text.unicodeScalars[index])
    }
  }

  @Test(arguments: [
    "\"a\\tb\"", "'it''s'", ">\n  a\n  b", "a\n  b", "\"a\n  b\"", "&x a", "\"é\\n\"", "|\n\n", "\"\\u00e9é\"",
  ])
  func placesThatEscapesOrFoldingHideAreUnknown(source: String) throws {
    let node = try #require(try YAMLNode(parsing: "k: \(source)").at("k")?.scalar)
    #expect(node.mark(at: node.text.startIndex) == nil)
  }

  @Test func marksAreOrderedByLineThenColumn() {
    #expect(YAMLMark(line: 1, column: 9) < YAMLMark(line: 2, column: 1))
    #expect(YAMLMark(line: 2, column: 1) < YAMLMark(line: 2, column: 2))
    #expect(YAMLMark(line: 3, column: 5).description == "3:5")
    #expect(YAMLMark(line: -1, column: .max) == YAMLMark(line: 0, column: Int(UInt32.max)))
  }
}
