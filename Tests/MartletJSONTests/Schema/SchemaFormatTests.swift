import MartletJSON
import Testing

/// Each format with what it accepts and what it does not.
struct SchemaFormatTests {
  @Test(arguments: [
    ("date-time", ["2026-03-29T14:30:00Z", "1990-12-31t23:59:60z", "2024-02-29T00:00:00.123456789-08:00"]),
    ("date", ["2026-03-29", "2000-02-29", "0001-01-01"]),
    ("time", ["14:30:00Z", "00:59:60+01:00", "08:30:06.28+23:59"]),
    ("duration", ["P1DT2H30M", "P4W", "PT0S", "P1Y2M3DT4H5M6S", "P99999999999999999999D"]),
    ("email", ["ada@example.org", "\"a b\"@example.org", "a+b@[192.0.2.1]", "a@[IPv6:::1]"]),
    ("idn-email", ["å@exämple.org", "ada@example.org"]), ("hostname", ["example.org", "a--b", "xn--nxasmq6b", "1"]),
    ("idn-hostname", ["例え.テスト", "xn--nxasmq6b", "l·l", "example。org"]), ("ipv4", ["192.0.2.1", "0.0.0.0"]),
    ("ipv6", ["::", "2001:db8::1", "1:2:3:4:5:6:7:8", "::ffff:192.0.2.1", "1::8"]),
    ("uri", ["https://user@example.org:80/a?b=c#d", "urn:isbn:1", "http://[2001:db8::1]/", "mailto:a@b.c", "a:"]),
    ("uri-reference", ["", "../a", "#b", "?c", "//example.org", "./a:b"]), ("iri", ["https://exämple.org/ü?ß"]),
    ("iri-reference", ["ü", "#ß"]), ("uri-template", ["", "/a/{b}{?c,d*}{e:3}", "{+a.b}"]),
    ("uuid", ["f81d4fae-7dec-11d0-a765-00A0C91E6BF6"]), ("json-pointer", ["", "/", "/a/~0~1/0"]),
    ("relative-json-pointer", ["0", "1/a", "20#"]), ("regex", ["", "^(a|b)+$", "\\p{L}"]),
  ])
  func stringsOfAFormatAreAccepted(format: String, strings: [String]) throws {
    let schema = try JSONSchema(["format": .string(format)], options: .init(checksFormats: true))
    for string in strings { #expect(schema.isValid(.string(string)), "\(string)") }
    #expect(schema.isValid(5))
  }

  @Test(arguments: [
    ("date-time", ["2026-03-29", "2026-03-29 14:30:00Z", "2026-03-29T14:30:00", "2026-03-29T14:30:00.Z", "\u{301}"]),
    ("date", ["2023-02-29", "2026-13-01", "2026-3-29", "2026-03-29Z", "", "۲026-03-29"]),
    ("time", ["24:00:00Z", "14:30Z", "14:30:60Z", "14:30:00+24:00", "14:30:00"]),
    ("duration", ["P", "PT", "P1", "1D", "P1H", "PT1D", "P1Y1D", "P1W1D", "PT1.5S", "P1DT"]),
    ("email", ["ada", "@example.org", "ada@", "a b@example.org", ".a@b.c", "a..b@c.d", "a@b_c", "å@b.c", "\"a@b.c"]),
    ("idn-email", ["å", "@å"]), ("hostname", ["", "-a", "a-", "a_b", "a.", ".a", "exämple.org", "xn--X"]),
    ("idn-hostname", ["a\u{B7}b", "-ä", "\u{300}a", "a\u{5D0}", "〮실례", "a..b"]),
    ("ipv4", ["256.1.1.1", "1.1.1", "01.1.1.1", "1.1.1.1.", "1.1.1.1.1", ""]),
    ("ipv6", ["", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "::1%eth0", "::1.2.3"]),
    ("uri", ["a", "//a", "http://a b", "http://a/%2", "http://[::1", "http://a:b", "1:a", "http://ä", "http://a@b@c"]),
    ("uri-reference", ["a b", "\\a", "1:b", "%zz", "[a]"]), ("iri", ["ü", "http://a\u{FFFF}"]),
    ("iri-reference", ["a b", "%"]), ("uri-template", ["{", "}", "{}", "{a,}", "{a:0}", "{a:12345}", "a b", "{a..b}"]),
    ("uuid", ["", "f81d4fae7dec11d0a76500a0c91e6bf6", "f81d4fae-7dec-11d0-a765-00a0c91e6bfg"]),
    ("json-pointer", ["a", "/~", "/~2", "#/a"]), ("relative-json-pointer", ["", "-1", "01", "1a", "1##", "0/~"]),
    ("regex", ["(", "a**", "\\a", "[b-a]"]),
  ])
  func otherStringsAreNot(format: String, strings: [String]) throws {
    let schema = try JSONSchema(["format": .string(format)], options: .init(checksFormats: true))
    for string in strings { #expect(!schema.isValid(.string(string)), "\(string)") }
  }

  @Test func aFormatDescribesUnlessItIsAskedToAssert() throws {
    let document: JSONValue = ["properties": ["at": ["format": "date"], "x": ["format": "of-my-own"]]]
    let value: JSONValue = ["at": "tomorrow", "x": "y"]
    #expect(try JSONSchema(document).isValid(value))
    let asserting = try JSONSchema(document, options: .init(checksFormats: true))
    #expect(
      asserting.violations(in: value).map(\.message) == [#"/at must be a date such as 2026-03-29; it is "tomorrow""#])
    #expect(try JSONSchema(document) != asserting)
  }

  @Test func theVocabularyOfAssertionsAssertsFormats() throws {
    let vocabulary = "https://json-schema.org/draft/2020-12/vocab/"
    let metaSchema: JSONValue = [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$vocabulary": .object(JSONObject(["core", "format-assertion"].map { (vocabulary + $0, true) })),
    ]
    let schema = try JSONSchema(
      ["$schema": "https://a.test/meta", "format": "ipv4", "type": "null"],
      options: .init(documents: ["https://a.test/meta": metaSchema]))
    #expect(schema.isValid("192.0.2.1"))
    #expect(!schema.isValid("x"))
  }

  /// 16 KiB of what keeps each format going longest.
  @Test(arguments: [
    ("regex", "(a"), ("regex", "a|"), ("email", "a."), ("email", "\"\\\\"), ("hostname", "a."), ("idn-hostname", "ä"),
    ("idn-hostname", "。ä"), ("uri", "a:/%20"), ("iri", "ü:"), ("uri-template", "{a}"), ("json-pointer", "/~0"),
    ("ipv6", "::"), ("duration", "P1"), ("date-time", "2"), ("idn-email", "ä"), ("uri-reference", "@:"),
  ])
  func longStringsAreCheckedWithinTheBounds(format: String, unit: String) throws {
    let schema = try JSONSchema(["items": ["format": .string(format)]], options: .init(checksFormats: true))
    let long = JSONValue.string(String(repeating: unit, count: 16_384 / unit.utf8.count))
    #expect(schema.violations(in: [long, long]).count <= 2)
  }
}
