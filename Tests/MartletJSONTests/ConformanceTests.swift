import MartletJSON
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// JSONTestSuite, read from the folder that `MARTLET_CONFORMANCE` names.
private enum JSONTestSuite {
  static let folder = ProcessInfo.processInfo.environment["MARTLET_CONFORMANCE"].map { $0 + "/JSONTestSuite" }

  static var isAvailable: Bool { folder != nil }

  static func files(in subfolder: String = "test_parsing", withPrefix prefix: String) -> [String] {
    guard let folder else { return [] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(subfolder)")) ?? []
    return names.filter { $0.hasPrefix(prefix) }.sorted().map { "\(subfolder)/\($0)" }
  }

  static func contents(of file: String) throws -> [UInt8] {
    let path = try #require(folder) + "/" + file
    return [UInt8](try #require(FileManager.default.contents(atPath: path)))
  }
}

@Suite(.enabled(if: JSONTestSuite.isAvailable, "MARTLET_CONFORMANCE names no folder"))
struct ConformanceTests {
  @Test func theSuiteIsThere() {
    #expect(JSONTestSuite.files(withPrefix: "y_").count >= 90)
    #expect(JSONTestSuite.files(withPrefix: "n_").count >= 180)
    #expect(JSONTestSuite.files(withPrefix: "i_").count >= 30)
    #expect(JSONTestSuite.files(in: "test_transform", withPrefix: "").count >= 20)
  }

  @Test(arguments: JSONTestSuite.files(withPrefix: "y_"))
  func acceptsAndKeeps(file: String) throws {
    let value = try JSONValue(parsing: JSONTestSuite.contents(of: file))
    #expect(try JSONValue(parsing: value.canonicalBytes()) == value)
  }

  @Test(arguments: JSONTestSuite.files(withPrefix: "n_"))
  func refuses(file: String) throws {
    let bytes = try JSONTestSuite.contents(of: file)
    let error = try #require(throws: JSONParseError.self) { try JSONValue(parsing: bytes) }
    #expect((0...bytes.count).contains(error.offset))
  }

  /// Numbers keep their spelling, names are told apart by their bytes, the last of equal names wins, and what is no
  /// Unicode is refused.
  @Test(arguments: JSONTestSuite.files(in: "test_transform", withPrefix: ""))
  func transformsAsDocumented(file: String) throws {
    let bytes = try JSONTestSuite.contents(of: file)
    let written = (try? JSONValue(parsing: bytes))?.canonicalString()
    let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
    switch file.split(separator: "/").last.map(String.init) ?? "" {
    case "object_same_key_different_values.json": #expect(written == #"{"a":2}"#)
    case "object_same_key_same_value.json": #expect(written == #"{"a":1}"#)
    case "object_same_key_unclear_values.json": #expect(written == #"{"a":-0}"#)
    case let name where name.contains("invalid_codepoint"): #expect(written == nil)
    default: #expect(written.map { Array($0.utf8) } == Array(text.utf8))
    }
  }

  @Test(arguments: JSONTestSuite.files(withPrefix: "i_") + JSONTestSuite.files(in: "test_transform", withPrefix: ""))
  func survivesWhatTheSuiteLeavesOpen(file: String) throws {
    let bytes = try JSONTestSuite.contents(of: file)
    do {
      let value = try JSONValue(parsing: bytes)
      #expect(try JSONValue(parsing: value.canonicalBytes()) == value)
    } catch {
      #expect((0...bytes.count).contains(error.offset))
    }
  }
}
