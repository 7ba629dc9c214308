import Testing

@testable import MartletJSON

struct PatternMatchTests {
  /// Pattern, text, and the whole match with its groups, written with `|` between and `-` for a group without part.
  @Test(arguments: [
    ("abc", "xabcx", "abc"), ("a|ab", "ab", "a"), ("a|b|c", "c", "c"), ("(a|ab)(c|bcd)(d*)", "abcd", "abcd|a|bcd|"),
    ("a*", "aaa", "aaa"), ("a*?", "aaa", ""), ("a+?b", "aaab", "aaab"), ("a??b", "ab", "ab"), ("a{2}", "aaa", "aa"),
    ("a{2,}", "aaaa", "aaaa"), ("a{1,2}?", "aa", "a"), ("(?:ab){2,3}", "abababab", "ababab"),
    ("(?:ab){1,3}?c", "ababc", "ababc"), ("(a*)*", "b", "|-"), ("(?:|a)+", "a", "a"), ("(a?)*?b", "aab", "aab|a"),
    ("(z)((a+)?(b+)?(c))*", "zaacbbbcac", "zaacbbbcac|z|ac|a|-|c"), ("(?:(a)|b)*", "ab", "ab|-"),
    ("(?=(a+))a*b\\1", "baaabac", "aba|a"), ("(?=(a+))", "baaabac", "|aaa"),
    (
      "(.*?)a(?!(a+)b\\2c)\\2(.*)",
      "baaabaac", "baaabaac|ba|-|abaac"
    ), ("(?!foo)...", "foobar", "oob"), ("a(?=b)", "acab", "a"),
    ("(?<=\\$)\\d+(?:\\.\\d*)?", "cost $42.50", "42.50"), ("(?<!\\$)\\b\\d+", "$1 23", "23"),
    ("(?<=(\\d+)(\\d+))$", "1053", "|1|053"), ("(?<=\\1(\\d+))b", "11b", "b|1"), ("(?<=ab.)c", "abxc", "c"),
    ("(?<=a+?)b", "aab", "b"), ("(?<=é)x", "éx", "x"), ("(?<=^|,)x", "a,x", "x"),
    ("(a)\\1", "aa", "aa|a"), ("\\1(a)", "a", "a|a"), ("(?<n>..)\\k<n>", "abab", "abab|ab"),
    ("\\k<n>(?<n>a)", "a", "a|a"),
    ("\\bfoo\\b", "a foo b", "foo"), ("\\Boo", "foo", "oo"), ("[^abc]", "abcd", "d"),
    ("[^]", "a", "a"), ("[\\]a-]+", "]-a", "]-a"), ("[\\b]", "\u{8}", "\u{8}"), ("[\\w-]+", "a-b c", "a-b"),
    ("\\x41\\u0042\\u{43}\\cJ\\t", "ABC\n\t", "ABC\n\t"), ("\\uD83D\\uDC32", "🐲", "🐲"),
    ("[\\u{1F400}-\\u{1F4FF}]", "🐲", "🐲"),
    ("^.$", "🐲", "🐲"), ("🐲+", "🐲🐲", "🐲🐲"), (".", "\n\r\u{2028}\u{2029}x", "x"), ("\\0", "\0", "\0"),
    ("\\s\\S", "\u{FEFF}a", "\u{FEFF}a"), ("\\/\\^\\$\\.\\|", "/^$.|", "/^$.|"), ("", "abc", ""), ("$", "abc", ""),
    ("é", "e\u{301}é", "é"), ("x*$", "axx", "xx"), ("(?:)", "a", ""), ("a(?:b|c(?:d|e))f", "acef", "acef"),
    ("(?:^)*a", "a", "a"),
  ])
  func leftmostMatchIsFoundWithItsGroups(source: String, text: String, expected: String) throws {
    let match = try #require(try Pattern(source).firstMatch(in: text))
    let groups = (0..<match.offsets.count / 2).map { match[$0] ?? "-" }
    #expect(groups.joined(separator: "|") == expected)
  }

  @Test(arguments: [
    ("^abc$", "abc\n"), ("a.c", "a\nc"), ("\\d", "߀"), ("\\w", "é"), ("[]", "a"), ("\\uD83D", "🐲"), ("a{3}", "aa"),
    ("\\1(a)b", "a"),
    ("^b", "ab"), ("(?<=b)a", "ca"), ("(a+)\\1$", "aba"), ("é", "e\u{301}"), ("x", ""), ("(?=a)b", "ab"),
  ])
  func textWithoutMatchGivesNil(source: String, text: String) throws {
    #expect(try Pattern(source).firstMatch(in: text)?[0] == nil)
    #expect(try !Pattern(source).matches(text))
  }

  @Test(arguments: [
    ("ABC", "xabc"), ("[a-c]+$", "ABC"), ("straße", "STRAẞE"), ("σ", "ς"), ("k", "\u{212A}"), ("[^x]", "K"),
    ("\\u017F", "S"),
    ("(a)\\1", "aA"), ("é", "É"), ("[à-ý]", "Ü"), ("\\p{Lu}", "a"), ("\\w", "\u{17F}"), ("ǆ", "ǅ"), ("𐐀", "𐐨"),
    ("(?<=(ß))\\1", "ẞß"),
  ])
  func caseIsIgnoredOnRequest(source: String, text: String) throws {
    #expect(try Pattern(source, ignoringCase: true).matches(text))
  }

  @Test(arguments: [("i", "\u{131}"), ("[^k]", "K"), ("ß", "ss"), ("i", "\u{130}")])
  func onlySimpleFoldingIsApplied(source: String, text: String) throws {
    #expect(try !Pattern(source, ignoringCase: true).matches(text))
  }

  @Test(arguments: [
    ("\\p{Letter}", "é1", "é"), ("\\p{Lu}", "aÉ", "É"), ("\\p{gc=Nd}+", "a৪২", "৪২"), ("\\p{digit}", "߀", "߀"),
    ("\\P{L}", "a1", "1"),
    ("[\\p{P}\\p{S}]+", "a+-!b", "+-!"), ("[^\\p{L}]", "a b", " "), ("[\\P{L}]", "a b", " "),
    ("\\p{Z}", "a\u{2003}", "\u{2003}"),
    ("\\p{Alphabetic}", "1é", "é"), ("\\p{Emoji_Presentation}", "a🐲", "🐲"), ("\\P{White_Space}", " a", "a"),
    ("\\P{ASCII}", "aé", "é"),
    ("\\p{Any}", "x", "x"), ("\\p{General_Category=Uppercase_Letter}", "aB", "B"), ("\\p{Assigned}", "\u{378}a", "a"),
  ])
  func propertiesFollowUnicode(source: String, text: String, expected: String) throws {
    #expect(try Pattern(source).firstMatch(in: text)?[0] == expected)
  }

  @Test func namedGroupsGiveWhatTheyTook() throws {
    let pattern = try Pattern(
      "weather in (?<city>[^?.!]+?)( in (?<unit>celsius|fahrenheit))?[?.!]*$", ignoringCase: true)
    let match = try #require(try pattern.firstMatch(in: "What's the weather in San Francisco in fahrenheit?"))
    #expect(match["city"] == "San Francisco")
    #expect(match["unit"] == "fahrenheit")
    #expect(match["country"] == nil)
    #expect(match[9] == nil)
    let other = try #require(try pattern.firstMatch(in: "Weather in Oslo"))
    #expect(other["city"] == "Oslo")
    #expect(other["unit"] == nil)
  }

  @Test func rangeIsThatOfTheText() throws {
    let text = "é🐲abc"
    let match = try #require(try Pattern("b").firstMatch(in: text))
    #expect(text[match.range] == "b")
    #expect(text[..<match.range.lowerBound] == "é🐲a")
  }

  @Test(arguments: ["(a+)+$", "(a|aa)+$", "(?:a*)*$", "^(a|a)*$", "(.*)*=", "(?=(a+)+$)"])
  func catastrophicPatternEndsByTheStepLimit(source: String) throws {
    let pattern = try Pattern(source)
    let text = String(repeating: "a", count: 40) + "b"
    #expect(throws: PatternStepLimitError(stepLimit: 100_000)) {
      try pattern.matches(text, stepLimit: 100_000)
    }
  }

  @Test func catastrophicLookbehindEndsByTheStepLimit() throws {
    let text = "b" + String(repeating: "a", count: 40) + "c"
    #expect(throws: PatternStepLimitError.self) { try Pattern("(?<=^(a+)+)c").matches(text) }
  }

  @Test func defaultStepLimitEndsNestedRepetition() throws {
    let pattern = try Pattern("(a+)+$")
    #expect(throws: PatternStepLimitError(stepLimit: Pattern.defaultStepLimit)) {
      try pattern.matches(String(repeating: "a", count: 40) + "b")
    }
  }

  @Test(arguments: ["[a-z]+@", "(?<user>[a-z]*)@[a-z]+", ".*x", "foo$", "^[^@]+$", "@"])
  func plainPatternsAreLinearInTheText(source: String) throws {
    // Tried anew at each place, the first three would take 10¹⁰ steps.
    _ = try Pattern(source).matches(String(repeating: "fo", count: 50_000))
  }

  @Test func charactersBeyondASCIICountAsSteps() throws {
    func matches(_ letter: String) throws -> Bool {
      // Each place looks back over all letters before it.
      try Pattern("(?<=\\p{L}*)\\d").matches(String(repeating: letter, count: 2_000))
    }
    #expect(try !matches("a"))
    #expect(throws: PatternStepLimitError.self) { try matches("é") }
  }

  @Test func longBackreferencesAndLiteralsCountTheirLength() throws {
    let text = String(repeating: "a", count: 20_000)
    #expect(throws: PatternStepLimitError.self) { try Pattern("(a*)\\1b").matches(text) }
    let literal = String(repeating: "a", count: 9_000) + "b"
    #expect(throws: PatternStepLimitError.self) { try Pattern(literal).matches(text) }
  }
}
