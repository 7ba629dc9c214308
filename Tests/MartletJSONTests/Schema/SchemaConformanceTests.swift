import FoundationEssentials
import MartletJSON
import Testing

/// The official test suite, JSON-Schema-Test-Suite, for drafts 2020-12 and 7.
///
/// It is looked for in the folder that `MARTLET_CONFORMANCE` names, and where Debian's
/// `libtest-json-schema-acceptance-perl` puts it.
struct SchemaConformanceTests {
  private static let folder: String? = {
    let named = ProcessInfo.processInfo.environment["MARTLET_CONFORMANCE"].map { $0 + "/JSON-Schema-Test-Suite" }
    let installed = "/usr/share/perl5/auto/share/dist/Test-JSON-Schema-Acceptance"
    return [named, installed].compactMap(\.self).first { FileManager.default.fileExists(atPath: $0 + "/tests") }
  }()

  /// The documents that cases refer to, by the address that they give them.
  private static let remotes: [String: JSONValue] = {
    guard let folder else { return [:] }
    var documents: [String: JSONValue] = [:]
    for file in files(in: folder + "/remotes") {
      documents["http://localhost:1234/" + file] = try? document(folder + "/remotes/" + file)
    }
    return documents
  }()

  /// Cases of optional files that are not meant to pass, by file and group.
  private static let exceptions: Set<String> = [
    // Content is never decoded, as draft 2020-12 has it.
    "draft7/optional/content.json: validation of string-encoded content based on media type",
    "draft7/optional/content.json: validation of binary string-encoding",
    "draft7/optional/content.json: validation of binary-encoded media type documents",
  ]

  private static let drafts = ["draft2020-12", "draft7"]

  private static func suiteFiles(optional isOptional: Bool) -> [String] {
    guard let folder else { return [] }
    return drafts.flatMap { draft in
      files(in: "\(folder)/tests/\(draft)").filter { $0.hasPrefix("optional/") == isOptional }.map { "\(draft)/\($0)" }
    }
  }

  @Test(.enabled(if: folder != nil), arguments: suiteFiles(optional: false))
  func requiredCasesPass(file: String) throws { try Self.run(file) }

  @Test(.enabled(if: folder != nil), arguments: suiteFiles(optional: true))
  func optionalCasesPass(file: String) throws { try Self.run(file) }

  @Test(.enabled(if: folder != nil))
  func theSuiteIsThere() throws {
    #expect(Self.suiteFiles(optional: false).count > 70)
    #expect(Self.remotes.count > 20)
  }

  /// What compiles is what the meta-schema admits, as far as that can tell.
  @Test(.enabled(if: folder != nil), arguments: suiteFiles(optional: false))
  func schemasOfTheSuiteFitTheirMetaSchema(file: String) throws {
    let uri =
      file.hasPrefix("draft7")
      ? "http://json-schema.org/draft-07/schema#" : "https://json-schema.org/draft/2020-12/schema"
    let metaSchema = try JSONSchema(["$ref": .string(uri)])
    for group in try Self.groups(in: file) {
      let document = try #require(group["schema"])
      #expect(metaSchema.violations(in: document).map(\.message) == [], "\(file)")
    }
  }

  private static func run(_ file: String) throws {
    // Formats assert where that is what a file tests; whether patterns are valid is asked by one as well.
    let checksFormats = file.contains("/format/") || file.hasSuffix("ecmascript-regex.json")
    let options = JSONSchema.Options(checksFormats: checksFormats, documents: remotes)
    for group in try groups(in: file) {
      let name = "\(file): \(group["description"]?.stringValue ?? "")"
      if exceptions.contains(name) { continue }
      let written = try #require(group["schema"])
      let document = inDialect(of: file, written)
      // Documents of drafts that are no part of a copy of the suite cannot be referred to.
      if "\(document)".contains("draft2019-09/"), !remotes.keys.contains(where: { $0.contains("draft2019-09/") }) {
        continue
      }
      let schema = try #require(compile(document, options, name))
      for test in try #require(group["tests"]?.arrayValue) {
        let value = try #require(test["data"])
        let isValid = test["valid"] == true
        let title = "\(name): \(test["description"]?.stringValue ?? "")"
        #expect(schema.isValid(value) == isValid, "\(title)")
        #expect(schema.violations(in: value).isEmpty == isValid, "\(title)")
      }
    }
  }

  /// Cases of former drafts leave out what says so.
  private static func inDialect(of file: String, _ document: JSONValue) -> JSONValue {
    guard file.hasPrefix("draft7"), case .object(var object) = document, object["$schema"] == nil else {
      return document
    }
    object["$schema"] = "http://json-schema.org/draft-07/schema#"
    return .object(object)
  }

  private static func compile(_ document: JSONValue, _ options: JSONSchema.Options, _ name: String) -> JSONSchema? {
    do {
      return try JSONSchema(document, options: options)
    } catch {
      Issue.record("\(name) is refused: \(error)")
      return nil
    }
  }

  private static func groups(in file: String) throws -> [JSONValue] {
    let folder = try #require(folder)
    return try #require(document("\(folder)/tests/\(file)").arrayValue)
  }

  private static func document(_ path: String) throws -> JSONValue {
    try JSONValue(parsing: Array(Data(contentsOf: URL(fileURLWithPath: path))))
  }

  private static func files(in folder: String) -> [String] {
    let all = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    return all.filter { $0.hasSuffix(".json") }.sorted()
  }
}
