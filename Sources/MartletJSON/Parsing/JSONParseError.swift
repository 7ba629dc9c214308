/// Why a text is not JSON, and at which byte.
public struct JSONParseError: Error, Sendable, Equatable {
  /// Where the text stops being JSON, in bytes from its start.
  public let offset: Int

  /// What was expected and what was found, as a clause without a period.
  public let reason: String

  /// How the reason begins where arrays and objects lie too deep in one another.
  static let tooDeep = "arrays and objects are nested deeper than"

  /// Whether only its depth speaks against the text, as far as it was read.
  package var isTooDeep: Bool { reason.hasPrefix(Self.tooDeep) }

  /// Says what was expected at an offset, and what is there.
  static func expected(_ expectation: String, at offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> JSONParseError {
    JSONParseError(offset: offset, reason: "expected \(expectation), found \(found(at: offset, in: bytes))")
  }

  private static func found(at offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> String {
    guard offset < bytes.count else { return "end of input" }
    switch bytes[offset] {
    case 0x20: return "a space"
    case 0x09: return "a tab"
    case 0x0A, 0x0D: return "a line break"
    case 0x21...0x7E: return "'\(Unicode.Scalar(bytes[offset]))'"
    default: return "byte \(hexadecimal(bytes[offset]))"
    }
  }

  /// A byte as 0x0A.
  static func hexadecimal(_ byte: UInt8) -> String {
    (byte < 0x10 ? "0x0" : "0x") + String(byte, radix: 16, uppercase: true)
  }
}

extension JSONParseError: CustomStringConvertible {
  /// The reason and its place, such as `expected ',' or ']', found '}' at byte 17`.
  public var description: String { "\(reason) at byte \(offset)" }
}
