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
        if schema.isValid(value) {
          #expect(try schema.isValid(JSONValue(parsing: restored.text)), "\(text)")
          for sent in [strict, simple] {
            let written = Self.written(value, sent.reading, sent)
            let read = RestoredJSON(written.canonicalString(), writtenFor: sent).text
            #expect(
              try JSONValue(parsing: read) == value,
              "\(file): \(document.canonicalString()) \(text) as \(written.canonicalString()) was read as \(read)")
          }
        }
      }
    }
  }

  /// A value as a model writes it that does what the rewritten schema asks for.
  private static func written(_ value: JSONValue, _ reading: SchemaReading, _ sent: SentSchema) -> JSONValue {
    func fits(_ value: JSONValue, _ reading: SchemaReading) -> Bool {
      reading.parts.allSatisfy { part in
        var steps = JSONSchema.maximumSteps
        return sent.graph.accepts(value, at: part, spending: &steps)
      }
    }
    switch (reading.form, value) {
    case (.text(false), _), (.text(true), .object): return .string(value.canonicalString())
    case (.object(let properties), .object(var members)):
      for (name, reading) in properties {
        if let member = members[name] {
          members[name] = written(member, reading, sent)
        } else if reading.isNullIfAbsent {
          members[name] = .null
        }
      }
      return .object(members)
    case (.list(let first, let rest), .array(let items)):
      return .array(
        items.enumerated().map { written($1, first.indices.contains($0) ? first[$0] : rest, sent) })
    case (.choice(let alternatives), _):
      let alternative = alternatives.first { alternative in
        let isText = if case .text = alternative.reading.form { true } else { false }
        let hasType = alternative.type == nil || alternative.type == value.typeName || isText
        return hasType && fits(value, alternative.reading)
      }
      return alternative.map { written(value, $0.reading, sent) } ?? value
    case (.reference(let part), _):
      return sent.reading.definitions[part].map { written(value, $0, sent) } ?? value
    default: return value
    }
  }
}
