import MartletYAML
import Testing

/// Every fault is reported at the place where a person mends it, in words that say how.
@Suite struct RefusalTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let source: String
    let line: Int
    let column: Int
    let words: String
    var testDescription: String { "\(line):\(column) \(words)" }

    init(_ source: String, _ line: Int, _ column: Int, _ words: String) {
      (self.source, self.line, self.column, self.words) = (source, line, column, words)
    }
  }

  private func check(_ test: Case) {
    let error = refusal(of: test.source)
    #expect(error?.mark == YAMLMark(line: test.line, column: test.column))
    #expect(error?.description.contains(test.words) == true, "\(error?.description ?? "accepted")")
  }

  @Test(arguments: [
    Case("a:\n\tb: 1", 2, 1, "indent with spaces, not tabs"),
    Case("a: 1\n\tb: 2", 2, 1, "indent with spaces, not tabs"),
    Case("a:\n  b: 1\n \tc: 2", 3, 2, "indent with spaces, not tabs"),
    Case("a: |\n\ttext", 2, 1, "indent with spaces, not tabs"),
    Case("\ta: 1", 1, 1, "indent with spaces, not tabs"),
    Case("a:\n  b: 1\n   c: 2", 3, 5, "correct the indentation"),
    Case("a:\n  b: 1\n c: 2", 3, 2, "expected a key of the mapping that begins in line 1"),
    Case("a:\n  - b\n  c: d", 3, 3, "expected \"-\" for the next entry of the list that begins in line 2"),
    Case("a: b\n- c", 2, 1, "a mapping and a list cannot share an indentation"),
    Case("- a\nb: c", 2, 1, "expected \"-\" for the next entry of the list that begins in line 1"),
    Case("a: b: c", 1, 5, "quote a value that contains \": \""),
    Case("a: [x:]", 1, 6, "a colon cannot stand here"),
    Case("a: - b", 1, 4, "a list cannot begin here"),
    Case("a: ? b", 1, 4, "a key cannot begin here"),
    Case("a: 1\nb\nc: 2", 2, 1, "expected \":\" after this key"),
    Case("text: |\n  one\ntwo\nc: 1", 3, 1, "indent text that belongs to the line above"),
    Case("a: 1\nb", 2, 1, "expected \":\" after this key"),
    Case("a: x\n...\nb: 1", 3, 1, "only one document is allowed"),
  ])
  func structure(test: Case) { check(test) }

  @Test(arguments: [
    Case("a: 1\nb: \"x\nc: 2\n", 2, 4, "this quote is never closed"),
    Case("a: 'x", 1, 4, "this quote is never closed"),
    Case("a: 'x\n---\nb: y'", 1, 4, "not closed before the document marker in line 2"),
    Case("a: \"\\q\"", 1, 5, "use single quotes"),
    Case("ü: \"日\\xZZ\"", 1, 8, "expected hexadecimal digits"),
    Case("a: \"\\ud83d\\ude00\"", 1, 7, "write the character itself"),
    Case("a: \"x\" y", 1, 8, "quote the whole value"),
    Case("a: *.swift", 1, 4, "a value that begins with \"*\" in quotes"),
    Case("a: &", 1, 4, "a value that begins with \"&\" in quotes"),
    Case("a: @x", 1, 4, "a value cannot begin with \"@\"; put it in quotes"),
    Case("a: `x`", 1, 4, "a value cannot begin with \"`\""),
    Case("a: %x", 1, 4, "a value cannot begin with \"%\""),
    Case("a: !x!y z", 1, 4, "the tag is not understood"),
    Case("a: !<x", 1, 4, "the tag is not understood"),
    Case("a: |x\n  y", 1, 5, "begin the text on the next line"),
    Case("a: |0\n  y", 1, 5, "a digit from 1 to 9"),
    Case("%FOO x\n---\na", 1, 5, "a directive that is not understood"),
    Case("%YAML 3.0\n---\na", 1, 1, "a directive that is not understood"),
    Case("%YAML 1.2\n%YAML 1.2\n---\na", 2, 1, "%YAML"),
    Case("a: {{ x }}..", 1, 11, "quote a value that begins with {{"),
    Case("- {{ x }}: {{ y }} z", 1, 20, "quote a value that begins with {{"),
  ])
  func values(test: Case) { check(test) }

  @Test(arguments: [
    Case("a: [1, 2", 1, 4, "this list is never closed; add the closing \"]\""),
    Case("a: {x: 1\n", 1, 4, "this mapping is never closed"),
    Case("a: [1, 2\nb: 3\n", 1, 4, "this list is not closed before line 2"),
    Case("a:\n  b: {x: 1\n  c: 2\n", 2, 6, "this mapping is not closed before line 3"),
    Case("a: {\n  x: \"1\"\n  y: 2\n}", 3, 3, "expected \",\" or \"}\" here"),
    Case("a: [\"1\" \"2\"]", 1, 9, "separate the entries by commas"),
    Case("a: ]", 1, 4, "expected a value before \"]\""),
    Case("a: [1, , 2]", 1, 8, "expected a value before \",\""),
    Case("a: [1,", 1, 7, "close every \"[\" and \"{\""),
    Case("a: 1\n}", 2, 1, "expected a key of the mapping"),
  ])
  func brackets(test: Case) { check(test) }

  @Test(arguments: ["", "\n\n", "# only a comment\n", "   ", "\u{FEFF}"])
  func anEmptySourceIsRefused(source: String) {
    let error = refusal(of: source)
    #expect(error?.mark == YAMLMark(line: 1, column: 1))
    #expect(error?.reason == "the source is empty")
  }

  @Test(arguments: [
    ("a: 1\n---\nb: 2", 2), ("---\na\n...\n# x\n---\nb", 5), ("a\n---", 2), ("a\n...\n%YAML 1.2\n---\nb", 3),
  ])
  func aSecondDocumentIsRefused(source: String, line: Int) {
    let error = refusal(of: source)
    #expect(error?.mark == YAMLMark(line: line, column: 1))
    #expect(error?.reason == "a second document begins here")
    #expect(refusal(of: "---\na: 1\n...\n# the end\n") == nil)
  }

  @Test func aMessageNeverPassesControlCharactersOn() {
    let error = refusal(of: "a: !<\u{202E}%1b[31m> x")
    #expect(error != nil)
    #expect(error?.description.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E } == true)
    #expect((refusal(of: "a: *" + String(repeating: "x", count: 5_000))?.description.count ?? .max) < 200)
  }
}
