import Testing

@testable import Martlet

@Suite struct SourceFileTests {
  @Test func aLineEndsWithAnyLineEnd() {
    let source = SourceFile(name: "a.yaml", bytes: Array("one\ntwo\r\nthree\rfour\r\r\n\nseven".utf8))
    #expect((0...8).map(source.line) == ["", "one", "two", "three", "four", "", "", "seven", ""])
  }

  @Test func aByteOrderMarkTakesNoColumn() {
    let source = SourceFile(name: "a.yaml", bytes: Array("\u{FEFF}name: x".utf8))
    #expect(source.line(1) == "name: x")
    #expect(source.excerpt(line: 1, column: 7) == ("name: x", 6))
  }

  @Test func whatIsNotUTF8IsReplaced() {
    let source = SourceFile(name: "a.yaml", bytes: [0x61, 0xC3, 0x0A, 0xFF, 0x62])
    #expect([source.line(1), source.line(2)] == ["a\u{FFFD}", "\u{FFFD}b"])
  }

  @Test func ofALongLineAPartIsShown() {
    let some = String(repeating: "é", count: 200)
    let source = SourceFile(name: "a.yaml", bytes: Array((some + "x" + some).utf8))
    let (text, caret) = source.excerpt(line: 1, column: 201)
    #expect((text.count, caret) == (112, 41))
    #expect(Array(text)[caret] == "x")
  }
}
