import MartletYAML
import Testing

@Suite struct CoreSchemaTests {
  @Test(arguments: ["null", "Null", "NULL", "~", ""])
  func nullHasFiveSpellings(text: String) throws {
    #expect(try YAMLNode(parsing: "a: \(text)").at("a")?.scalar?.value == .null)
  }

  @Test(arguments: [
    ("true", true), ("True", true), ("TRUE", true), ("false", false), ("False", false), ("FALSE", false),
  ])
  func booleansHaveThreeSpellingsEach(text: String, expected: Bool) throws {
    #expect(try YAMLNode(parsing: text).scalar?.value == .bool(expected))
  }

  @Test(arguments: [
    "no", "yes", "on", "off", "y", "n", "Yes", "NO", "nULL", "tRUE", "nul", "trues", "1_000", "1,000", "1:30",
    "2024-01-31", "0b101", "0x", "0o", "0o8", "0xG", "0X1F", "-0x1F", "+0o7", "1.2.3", "1e", "1e+", "e5", ".", "+",
    "-a", "+.", ".e5",
    "--1", "+-1", "1 2", "10m", "0.5.", ".infinity", "+.nan", "inf", "nan", ".iNF", "¹", "１", "~a", "1\u{301}",
  ])
  func whatTheCoreSchemaDoesNotNameIsAString(text: String) throws {
    #expect(try YAMLNode(parsing: text).scalar?.value == .string(text))
  }

  @Test(arguments: [
    "0", "1", "-1", "-0", "10", "123456789012345678901234567890", "1.50", "-0.0", "1e3", "1E+3", "1e-05", "6.02e23",
    "1e400",
  ])
  func aNumberThatJSONAllowsKeepsItsSpelling(text: String) throws {
    #expect(try YAMLNode(parsing: text).scalar?.value == .number(spelling: text))
    #expect(try YAMLNode(parsing: text).scalar?.text == text)
  }

  @Test(arguments: [
    ("0x1F", "31"), ("0xff", "255"), ("0o17", "15"), ("0o0", "0"), ("+5", "5"), ("+0", "0"), ("0777", "777"),
    ("00", "0"),
    ("-007", "-7"), (".5", "0.5"), ("-.5", "-0.5"), ("+.5", "0.5"), ("1.", "1.0"), ("-1.", "-1.0"), ("1.e5", "1.0e5"),
    ("01.50", "1.50"), ("000.1e+07", "0.1e+07"), (".5E3", "0.5E3"), ("0xFFFFFFFFFFFFFFFF", "18446744073709551615"),
    ("0x10000000000000000", "18446744073709551616"), ("0o2000000000000000000000", "18446744073709551616"),
    ("0x3B9ACA00", "1000000000"), ("0xDE0B6B3A7640000", "1000000000000000000"),
    (
      "0x" + String(repeating: "f", count: 64),
      "115792089237316195423570985008687907853269984665640564039457584007913129639935"
    ),
  ])
  func anyOtherNumberIsSpelledForJSON(text: String, spelling: String) throws {
    #expect(try YAMLNode(parsing: text).scalar?.value == .number(spelling: spelling))
    #expect(try YAMLNode(parsing: text).scalar?.text == text)
  }

  @Test func aHexadecimalNumberBeyondTheConversionIsRefused() {
    let error = refusal(of: "a: 0x" + String(repeating: "f", count: 65))
    #expect(error?.mark == YAMLMark(line: 1, column: 4))
    #expect(error?.reason.contains("64") == true)
    #expect(refusal(of: "a: 0x" + String(repeating: "f", count: 65) + "g") == nil)
  }

  @Test(arguments: [".inf", ".Inf", ".INF", "+.inf"])
  func infinityIsNotFinite(text: String) throws {
    #expect(try YAMLNode(parsing: text).scalar?.value == .nonFinite(.infinity))
    #expect(try YAMLNode(parsing: "-.inf").scalar?.value == .nonFinite(-.infinity))
  }

  @Test(arguments: [".nan", ".NaN", ".NAN"])
  func notANumberIsNotFinite(text: String) throws {
    guard case .nonFinite(let number)? = try YAMLNode(parsing: text).scalar?.value else {
      Issue.record("expected a number that is not finite")
      return
    }
    #expect(number.isNaN)
  }

  @Test(arguments: [
    "'12'", "\"12\"", "|-\n 12", ">-\n 12", "! 12", "!!str 12", "&a ! 12", "!<tag:yaml.org,2002:str> 12",
  ])
  func quotedBlockAndTaggedScalarsAreStrings(source: String) throws {
    #expect(try YAMLNode(parsing: source).scalar?.value == .string("12"))
  }

  @Test(arguments: [
    ("!!int 0x10", "16"), ("!!int \"5\"", "5"), ("!!float 1", "1"), ("!!float .5", "0.5"), ("!!float .inf", "<inf>"),
    ("!!bool 'true'", "true"), ("!!null ''", "null"), ("!!null", "null"), ("!!str", "\"\""), ("!", "\"\""),
    ("!!map {a: 1}", "{\"a\": 1}"), ("!!seq [1]", "[1]"), ("! {a: 1}", "{\"a\": 1}"), ("%YAML 1.2\n---\n!!int 7", "7"),
    ("%TAG !y! tag:yaml.org,2002:\n---\n!y!str 7", "\"7\""),
  ])
  func coreTagsAreApplied(source: String, outline: String) throws {
    #expect(try YAMLNode(parsing: source).outline == outline)
  }

  @Test(arguments: [
    ("a: !!int 1.5", "!!int", "an integer"), ("a: !!int x", "!!int", "an integer"),
    ("a: !!float x", "!!float", "a number"),
    ("a: !!bool yes", "!!bool", "true or false"), ("a: !!null x", "!!null", "null"),
    ("a: !!map x", "!!map", "a mapping"),
    ("a: !!seq x", "!!seq", "a list"), ("a: !!map [x]", "!!map", "a mapping"), ("a: !!seq {x: 1}", "!!seq", "a list"),
    ("a: !!str [x]", "!!str", "a string"), ("a: !!int [x]", "!!int", "an integer"),
  ])
  func aCoreTagOnTheWrongValueIsRefused(source: String, tag: String, expected: String) {
    let error = refusal(of: source)
    #expect(error?.mark == YAMLMark(line: 1, column: 4))
    #expect(error?.reason == "the tag \(tag) requires \(expected)")
  }

  @Test(arguments: [
    ("a: !!python/object:os.system x", "!!python/object:os.system"), ("a: !foo x", "!foo"),
    ("a: !!binary aGk=", "!!binary"),
    ("a: !!set {x}", "!!set"), ("a: !foo [x]", "!foo"), ("a: !<x:y> z", "x:y"), ("a: !foo%07 x", "!foo\u{FFFD}"),
  ])
  func anyOtherTagIsRefused(source: String, tag: String) {
    let error = refusal(of: source)
    #expect(error?.mark == YAMLMark(line: 1, column: 4))
    #expect(error?.reason == "the tag \(tag) is not supported")
  }
}
