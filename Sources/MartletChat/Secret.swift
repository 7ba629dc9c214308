/// A key that prints as `•••` and can be written nowhere by accident.
///
/// It has no `Codable` conformance, and neither `print`, `dump`, string interpolation nor a debugger's summary shows its
/// value. Only the request header that needs it reads it.
public struct Secret: Sendable {
  private let value: String
  private let traces: SecretTraces
  /// Other values that must not be shown either, such as tokens in headers.
  package var companions: [Secret] = []

  /// Wraps a key; white space around it, such as the line break at the end of a file, is dropped.
  public init(_ value: String) {
    self.init(value, isFoundInPart: true)
  }

  /// Wraps a value of which, if `isFoundInPart` is false, nothing is hidden but the whole.
  package init(_ value: String, isFoundInPart: Bool) {
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
    let bytes = value.utf8.drop(while: isSpace)
    let end = bytes.lastIndex { !isSpace($0) }.map(bytes.index(after:)) ?? bytes.startIndex
    self.value = String(value[bytes.startIndex..<end])
    traces = SecretTraces(of: Array(self.value.utf8), isFoundInPart: isFoundInPart)
  }

  /// The key itself, for the header that carries it.
  package var exposed: String { value }

  /// Whether it holds what no header can carry.
  package var hasControlCharacter: Bool { value.utf8.contains { $0 < 0x20 || $0 == 0x7F } }

  /// Whether there is no key.
  package var isEmpty: Bool { value.isEmpty }

  /// The text with every trace of the key replaced by `•••`: the key, or any 8 bytes of it or more, as it is, in
  /// percent-encoding or in Base64.
  ///
  /// Servers repeat a refused key in their message. A value of fewer than 4 bytes is no key and is left alone.
  package func redacting(_ text: String) -> String {
    companions.reduce(traces.masked(in: text, shortest: 8)) { $1.redacting($0) }
  }

  /// Whether the key, or any 16 bytes of it or more, is in a text, in the same forms.
  ///
  /// What ``redactingToolResult(_:)`` leaves alone does not count.
  package func isPart(of text: String) -> Bool { redactingToolResult(text) != text }

  /// The text of a tool with the key replaced by `•••`, and any 16 bytes of it or more, in the same forms.
  ///
  /// It leaves alone what an error message need not: a value of fewer than 12 bytes, such as the word `not-needed` for a
  /// local server, and shorter pieces, such as `sk-proj-` in a manual.
  package func redactingToolResult(_ text: String) -> String {
    let masked = value.utf8.count < 12 ? text : traces.masked(in: text, shortest: 16)
    return companions.reduce(masked) { $1.redactingToolResult($0) }
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Always `•••`.
  public var description: String { SecretTraces.mask }

  /// Always `•••`.
  public var debugDescription: String { SecretTraces.mask }

  /// A mirror without children, so that `dump` shows nothing.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
