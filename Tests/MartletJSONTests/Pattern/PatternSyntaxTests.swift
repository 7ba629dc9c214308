import Testing

@testable import MartletJSON

struct PatternSyntaxTests {
  @Test(arguments: [
    ("a{", 1, "`{` begins a count such as {2} or {2,5}; a literal one must be written `\\{`"),
    ("{", 0, "a literal `{` must be written `\\{`"),
    ("x{,3}", 1, "`{` begins a count such as {2} or {2,5}; a literal one must be written `\\{`"),
    ("a}", 1, "a literal `}` must be written `\\}`"),
    ("a]", 1, "a literal `]` must be written `\\]`"),
    ("a{3,2}", 1, "a count whose maximum is below its minimum"),
    ("*a", 0, "nothing to repeat before `*`"),
    ("a**", 2, "nothing to repeat before `*`"),
    ("(?=a)*", 5, "an assertion cannot be repeated"),
    ("^*", 1, "an assertion cannot be repeated"),
    ("\\b+", 2, "an assertion cannot be repeated"),
    ("(a", 0, "an unclosed group"),
    ("é(b", 1, "an unclosed group"),
    ("a)", 1, "there is no group to close"),
    ("(?a)", 1, "an unknown kind of group, known are (?: (?= (?! (?<= (?<! and (?<name>"),
    ("(?<a>x)(?<a>y)", 10, "a second group named \"a\""),
    ("(?<1>x)", 3, "a group's name is made of letters, digits, `_` and `$`"),
    ("(?<>x)", 3, "a group without a <name>"),
    ("[a", 0, "an unclosed class"),
    ("[\\", 1, "a lone `\\` at the end"),
    ("[z-a]", 1, "a range that runs backward"),
    ("[\\d-z]", 1, "a range between sets of characters; a literal `-` goes last"),
    ("[a-\\d]", 1, "a range between sets of characters; a literal `-` goes last"),
    ("\\", 0, "a lone `\\` at the end"),
    ("\\e", 0, "an unknown escape `\\e`"),
    ("\\-", 0, "an unknown escape `\\-`"),
    ("[\\B]", 1, "an unknown escape `\\B`"),
    ("\\00", 0, "an octal escape; write \\xHH"),
    ("\\c1", 0, "`\\c` without a letter"),
    ("\\x1", 0, "`\\x` without two hexadecimal digits"),
    ("\\u12", 0, "`\\u` without four hexadecimal digits"),
    ("\\u{110000}", 0, "`\\u{…}` takes a code point up to 10FFFF"),
    ("\\u{}", 0, "`\\u{…}` takes a code point up to 10FFFF"),
    ("a\\2(b)", 1, "there is no group 2"),
    ("\\k<x>", 0, "there is no group named \"x\""),
    ("\\k", 0, "`\\k` without a <name>"),
    ("\\p{Latin}", 0, "an unknown property \"Latin\""),
    ("\\p{Script=Latin}", 0, "properties of script are not supported"),
    ("\\pL", 0, "`\\p` without a {property}"),
    ("\\p{L", 0, "an unclosed `\\p{`"),
  ])
  func faultIsRefusedWithItsOffset(source: String, offset: Int, reason: String) {
    #expect(throws: PatternError(offset: offset, reason: reason)) { try Pattern(source) }
  }

  @Test func errorReadsAsOneClause() {
    #expect(PatternError(offset: 3, reason: "nothing to repeat").description == "nothing to repeat (at offset 3)")
  }

  @Test func countedRepetitionThatExplodesIsRefused() {
    #expect(throws: PatternError.self) { try Pattern("(?:(?:(?:ab){1000}){1000}){1000}") }
    #expect(throws: PatternError.self) { try Pattern("(a|b){2147483647}") }
    #expect(throws: PatternError.self) { try Pattern("(a|b){0,99999999999999999999}") }
  }

  @Test func repetitionOfNothingCostsNothing() throws {
    #expect(try Pattern("^(?:(?:(?:){99999}){99999}){99999}$").matches(""))
  }

  @Test func largeCountOfOneCharacterIsNoLargeProgram() throws {
    let pattern = try Pattern("^[a-z]{3,100000}$")
    #expect(try pattern.matches(String(repeating: "x", count: 100_000)))
    #expect(try !pattern.matches(String(repeating: "x", count: 100_001)))
    #expect(try !pattern.matches("xx"))
  }

  @Test func nestingIsBoundedAndTakesNoStack() throws {
    let deep = String(repeating: "(", count: 100) + "a" + String(repeating: ")", count: 100)
    #expect(try Pattern(deep).matches("a"))
    #expect(throws: PatternError(offset: 100, reason: "groups nested more than 100 deep")) { try Pattern("(" + deep) }
    #expect(throws: PatternError.self) { try Pattern(String(repeating: "(", count: 9_000)) }
  }

  @Test func overlongSourceIsRefused() {
    #expect(throws: PatternError(offset: 10_000, reason: "longer than 10000 characters")) {
      try Pattern(String(repeating: "a", count: 10_001))
    }
  }

  @Test func namesOfGroupsAreListedInOrder() throws {
    #expect(try Pattern("(?<b>x)(y)(?<a>z)").groupNames == ["b", "a"])
  }

  @Test func equalityIsBySourceAndCase() throws {
    #expect(try Pattern("a") == Pattern("a"))
    #expect(try Pattern("a") != Pattern("a", ignoringCase: true))
    #expect(try Set([Pattern("a"), Pattern("b"), Pattern("a")]).count == 2)
  }
}
