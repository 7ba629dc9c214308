import MartletJSON
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Another parser reads the same values: FoundationEssentials, as far as it can tell.
@Suite struct OracleTests {
  /// A value without the order of members and the spelling of numbers, which the other parser does not keep.
  private indirect enum Plain: Decodable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([Plain])
    case object([String: Plain])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let value = try? container.decode(Bool.self) {
        self = .bool(value)
      } else if let value = try? container.decode(Double.self) {
        self = .number(value)
      } else if let value = try? container.decode(String.self) {
        self = .string(value)
      } else if let value = try? container.decode([Plain].self) {
        self = .array(value)
      } else {
        self = .object(try container.decode([String: Plain].self))
      }
    }

    /// Nil for what the other parser does not read: a number too large or too small for a double, and names that are
    /// equal in Unicode's eyes, which is what a dictionary goes by.
    init?(_ value: JSONValue) {
      switch value {
      case .null: self = .null
      case .bool(let value): self = .bool(value)
      case .number(let number):
        let digits = number.spelling.prefix { $0 != "e" && $0 != "E" }
        guard let double = number.doubleValue, double != 0 || !digits.contains(where: { "123456789".contains($0) })
        else { return nil }
        self = .number(double)
      case .string(let text): self = .string(text)
      case .array(let elements):
        let plain = elements.map { Plain($0) }
        guard !plain.contains(nil) else { return nil }
        self = .array(plain.compactMap { $0 })
      case .object(let object):
        var members: [String: Plain] = [:]
        for member in object {
          guard let plain = Plain(member.value) else { return nil }
          members[member.key] = plain
        }
        guard members.count == object.count else { return nil }
        self = .object(members)
      }
    }
  }

  private func foundation(_ bytes: [UInt8]) throws -> Plain { try JSONDecoder().decode(Plain.self, from: Data(bytes)) }

  @Test(arguments: 100..<120 as Range<UInt64>) func bothReadTheSame(seed: UInt64) throws {
    var values = RandomValues(seed: seed)
    for _ in 0..<50 {
      let value = values.next(depth: 5)
      guard let expected = Plain(value) else { continue }
      #expect(try foundation(value.canonicalBytes()) == expected)
    }
  }

  @Test(arguments: 200..<220 as Range<UInt64>) func ofDamagedTextsNothingIsAcceptedThatTheOtherRefuses(seed: UInt64)
    throws
  {
    var values = RandomValues(seed: seed)
    var accepted = 0
    for _ in 0..<200 {
      let bytes = values.damaged(values.next(depth: 4).canonicalBytes())
      guard let value = try? JSONValue(parsing: bytes), let expected = Plain(value) else { continue }
      accepted += 1
      #expect(try foundation(bytes) == expected, "\(String(decoding: bytes, as: UTF8.self))")
    }
    #expect(accepted > 5)
  }
}
