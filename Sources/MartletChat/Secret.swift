/// A key that prints as `•••` and can be written nowhere by accident.
///
/// It has no `Codable` conformance, and neither `print`, `dump`, string interpolation nor a debugger's summary shows its
/// value. Only the request header that needs it reads it.
public struct Secret: Sendable {
  private let value: String
  /// Other values that must not be shown either, such as tokens in headers.
  package var companions: [Secret] = []

  /// Wraps a key; white space around it, such as the line break at the end of a file, is dropped.
  public init(_ value: String) {
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
    let bytes = value.utf8.drop(while: isSpace)
    let end = bytes.lastIndex { !isSpace($0) }.map(bytes.index(after:)) ?? bytes.startIndex
    self.value = String(value[bytes.startIndex..<end])
  }

  /// The key itself, for the header that carries it.
  package var exposed: String { value }

  /// Whether it holds what no header can carry.
  package var hasControlCharacter: Bool { value.utf8.contains { $0 < 0x20 || $0 == 0x7F } }

  /// Whether there is no key.
  package var isEmpty: Bool { value.isEmpty }

  /// The text with every occurrence of the key, or of its first 8 bytes or more, replaced by `•••`.
  ///
  /// Servers repeat a refused key in their message. A value of fewer than 4 bytes is no key and is left alone.
  package func redacting(_ text: String) -> String {
    companions.reduce(maskingOwnValue(in: text)) { $1.redacting($0) }
  }

  private func maskingOwnValue(in text: String) -> String {
    let needle = Array(value.utf8)
    let bytes = Array(text.utf8)
    // The beginning of a key is as telling as the whole of it, and a text may have been cut within the key.
    let telling = min(needle.count, 8)
    guard needle.count >= 4, bytes.count >= telling else { return text }
    var result: [UInt8] = []
    var position = 0
    while position < bytes.count {
      let shared = zip(bytes[position...], needle).prefix { $0 == $1 }.count
      if shared >= telling {
        result.append(contentsOf: Self.mask.utf8)
        position += shared
      } else {
        result.append(bytes[position])
        position += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static let mask = "•••"
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Always `•••`.
  public var description: String { Self.mask }

  /// Always `•••`.
  public var debugDescription: String { Self.mask }

  /// A mirror without children, so that `dump` shows nothing.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
