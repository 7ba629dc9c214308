import FoundationEssentials
import MartletJSON
import Testing

@testable import MartletChat

/// All schemas of the official test suite, rewritten as for servers, with all of its values.
@Suite struct SchemaFormSuiteTests {
  private static let folder = ProcessInfo.processInfo.environment["MARTLET_CONFORMANCE"].map {
    $0 + "/JSON-Schema-Test-Suite/tests/"
  }

  private static let files: [String] = ["draft2020-12/", "draft7/"].flatMap { draft in
    let names = folder.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0 + draft) } ?? []
    return names.filter { $0.hasSuffix(".json") }.sorted().map { draft + $0 }
  }

  @Test(.enabled(if: folder != nil, "MARTLET_CONFORMANCE does not name the folder of schemas"), arguments: files)
  func whatFitsASchemaFitsItWithoutReferencesAndStaysAsItIs(file: String) throws {
    let contents = FileManager.default.contents(atPath: (Self.folder ?? "") + file)
    for group in try JSONValue(parsing: Array(try #require(contents))).arrayValue ?? [] {
      var document = try #require(group["schema"])
      if file.hasPrefix("draft7/"), var object = document.objectValue {
        object["$schema"] = "http://json-schema.org/draft-07/schema#"
        document = .object(object)
      }
      // Schemas that lead to other documents, or whose dialect is one of them, are none here.
      guard let schema = try? JSONSchema(document), file != "draft2020-12/vocabulary.json" else { continue }
      let inlined = try JSONSchema(InlinedSchema.inlining(SchemaGraph(outlining: document)))
      let strict = SentSchema(schema, form: .strict)
      let simple = SentSchema(schema, form: .simple)
      for test in group["tests"]?.arrayValue ?? [] {
        let value = try #require(test["data"])
        let text = value.canonicalString()
        if schema.isValid(value) {
          #expect(inlined.isValid(value), "\(file): \(document.canonicalString()) \(text)")
          #expect(RestoredJSON(text, writtenFor: strict).text == text)
        }
        let restored = RestoredJSON(text, writtenFor: simple)
        #expect(restored.changes.isEmpty == (restored.text == text))
        if schema.isValid(value) { #expect(try schema.isValid(JSONValue(parsing: restored.text)), "\(text)") }
      }
    }
  }
}
