import FoundationEssentials
import MartletJSON
import Testing

/// The official test suite, JSON-Schema-Test-Suite; `MARTLET_CONFORMANCE` names the folder that holds it.
struct SchemaConformanceTests {
  private static let folder = ProcessInfo.processInfo.environment["MARTLET_CONFORMANCE"].map {
    $0 + "/JSON-Schema-Test-Suite/tests/draft2020-12"
  }

  /// Files of keywords that are refused as a whole.
  private static let unsupportedFiles: Set<String> = [
    "dynamicRef.json", "refRemote.json", "unevaluatedItems.json", "unevaluatedProperties.json",
  ]

  /// All that these test is that `$schema` selects keywords; it does not select any here.
  private static let filesOfDialects: Set<String> = ["vocabulary.json"]

  /// Groups in other files that need what is refused, by file and description.
  private static let unsupportedGroups: Set<String> = [
    // They refer to the meta-schema, which is another document.
    "defs.json: validate definition against metaschema",
    "ref.json: remote ref, containing refs itself",
    // They contain unevaluatedProperties.
    "not.json: collect annotations inside a 'not', even if collection is disabled",
    "ref.json: ref creates new scope when adjacent to keywords",
  ]

  private static let requiredFiles = [
    "additionalProperties", "allOf", "anchor", "anyOf", "boolean_schema", "const", "contains", "content", "default",
    "defs", "dependentRequired", "dependentSchemas", "enum", "exclusiveMaximum", "exclusiveMinimum", "format",
    "if-then-else", "infinite-loop-detection", "items", "maxContains", "maxItems", "maxLength", "maxProperties",
    "maximum", "minContains", "minItems", "minLength", "minProperties", "minimum", "multipleOf", "not", "oneOf",
    "pattern", "patternProperties", "prefixItems", "properties", "propertyNames", "ref", "required", "type",
    "uniqueItems",
  ].map { $0 + ".json" }

  private static let optionalFiles = [
    "anchor", "bignum", "dependencies-compatibility", "ecmascript-regex", "float-overflow", "id", "no-schema",
    "non-bmp-regex", "refOfUnknownKeyword", "unknownKeyword",
  ].map { "optional/" + $0 + ".json" }

  @Test(.enabled(if: folder != nil), arguments: requiredFiles + optionalFiles)
  func officialCasesPass(file: String) throws {
    for group in try Self.groups(in: file) {
      let name = "\(file): \(group["description"]?.stringValue ?? "")"
      let document = try #require(group["schema"])
      guard !Self.unsupportedGroups.contains(name) else {
        #expect(throws: JSONSchemaError.self, "\(name)") { try JSONSchema(document) }
        continue
      }
      let schema = try #require(Self.compile(document, name))
      for test in try #require(group["tests"]?.arrayValue) {
        let value = try #require(test["data"])
        let isValid = test["valid"] == true
        let title = "\(name): \(test["description"]?.stringValue ?? "")"
        #expect(schema.isValid(value) == isValid, "\(title)")
        #expect(schema.violations(in: value).isEmpty == isValid, "\(title)")
      }
    }
  }

  @Test(.enabled(if: folder != nil), arguments: unsupportedFiles.sorted())
  func schemasOfUnsupportedKeywordsAreRefusedOrRight(file: String) throws {
    var refused = 0
    for group in try Self.groups(in: file) {
      let document = try #require(group["schema"])
      guard let schema = try? JSONSchema(document) else {
        refused += 1
        continue
      }
      for test in try #require(group["tests"]?.arrayValue) {
        #expect(
          schema.isValid(try #require(test["data"])) == (test["valid"] == true),
          "\(file): \(group["description"]?.stringValue ?? ""): \(test["description"]?.stringValue ?? "")")
      }
    }
    #expect(refused > 0)
  }

  @Test(.enabled(if: folder != nil))
  func everyRequiredFileIsAccountedFor() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: try #require(Self.folder))
    let known = Set(Self.requiredFiles).union(Self.unsupportedFiles).union(Self.filesOfDialects)
    #expect(Set(files.filter { $0.hasSuffix(".json") }) == known)
  }

  private static func groups(in file: String) throws -> [JSONValue] {
    let data = try Data(contentsOf: URL(fileURLWithPath: try #require(folder) + "/" + file))
    return try #require(JSONValue(parsing: Array(data)).arrayValue)
  }

  private static func compile(_ document: JSONValue, _ name: String) -> JSONSchema? {
    do {
      return try JSONSchema(document)
    } catch {
      Issue.record("\(name) is refused: \(error)")
      return nil
    }
  }
}
