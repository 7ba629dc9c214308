import MartletJSON
import Testing

/// Identifiers and references are URI references.
struct SchemaReferenceTests {
  /// RFC 3986, section 5.4: references and what they mean seen from `http://a/b/c/d;p?q`.
  @Test(arguments: [
    ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"),
    ("//g", "http://g"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"), (";x", "http://a/b/c/;x"),
    (".", "http://a/b/c/"), ("./", "http://a/b/c/"), ("..", "http://a/b/"), ("../", "http://a/b/"),
    ("../g", "http://a/b/g"), ("../..", "http://a/"), ("../../", "http://a/"), ("../../g", "http://a/g"),
    ("../../../g", "http://a/g"), ("/./g", "http://a/g"), ("/../g", "http://a/g"), ("g.", "http://a/b/c/g."),
    (".g", "http://a/b/c/.g"), ("..g", "http://a/b/c/..g"), ("./../g", "http://a/b/g"), ("./g/.", "http://a/b/c/g/"),
    ("g/./h", "http://a/b/c/g/h"), ("g/../h", "http://a/b/c/h"), ("g?y/../x", "http://a/b/c/g?y/../x"),
  ])
  func aReferenceIsSeenFromTheIdentifierAroundIt(reference: String, target: String) throws {
    let schema = try JSONSchema([
      "$id": "http://a/b/c/d;p?q", "$defs": ["target": ["$id": .string(target), "const": 1]],
      "properties": ["a": ["$ref": .string(reference)]],
    ])
    #expect(schema.isValid(["a": 1]))
    #expect(!schema.isValid(["a": 2]))
  }

  @Test(arguments: ["#/$defs/\u{301}", "#/$defs/a~1\u{301}", "#/\u{301}"])
  func aMarkIsOneWhateverStandsBehindIt(reference: String) throws {
    let schema = try JSONSchema([
      "$defs": ["\u{301}": ["const": 1], "a/\u{301}": ["const": 1]], "\u{301}": ["const": 1],
      "properties": ["a": ["$ref": .string(reference)]],
    ])
    #expect(schema.isValid(["a": 1]))
    #expect(!schema.isValid(["a": 2]))
  }
}
