import MartletJSON

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The shape that the chunks of a stream have in common, so that most of them need no parser.
///
/// Nearly all chunks differ in one string only. When one was parsed and did nothing but bring a piece of text, the bytes
/// before and after that text are kept; a later chunk that begins and ends with the same bytes, and has between them
/// nothing but the inside of a JSON string, can only mean the same with another text.
struct ChunkTemplate: Sendable {
  /// Where in a chunk the text stands.
  enum Place: Sendable { case content, reasoning, refusal }

  private(set) var place = Place.content
  private var prefix: [UInt8] = []
  private var suffix: [UInt8] = []
  /// How many more times a shape is learned that then does not fit.
  private var patience = Self.maximumPatience

  private static let maximumPatience = 8

  /// The text of a chunk that has the shape; nil if it must be parsed.
  mutating func content(of data: ArraySlice<UInt8>) -> String? {
    let end = data.count - suffix.count
    guard !prefix.isEmpty, end > prefix.count else { return nil }
    let content = data.withUnsafeBufferPointer { bytes -> String? in
      guard Self.areEqual(bytes[0..<prefix.count], prefix), Self.areEqual(bytes[end...], suffix) else { return nil }
      return Self.string(UnsafeBufferPointer(rebasing: bytes[prefix.count..<end]))
    }
    if content != nil { patience = Self.maximumPatience }
    return content
  }

  /// Learns the shape of a chunk that brought this delta and did nothing else.
  mutating func learn(from data: [UInt8], _ delta: ChatDelta, _ value: JSONValue) {
    guard patience > 0, let (text, place) = Self.text(of: delta), !text.isEmpty else { return }
    patience -= 1
    guard let range = Self.position(of: text, in: data) else { return }
    // The text may stand in the chunk twice. Another one in the same place shows whether it is the right place.
    let probe = Array("\u{1}probe".utf8)
    let member = Self.member(of: text, in: value, place)
    let probed = Array(data[..<range.lowerBound]) + Array("\\u0001probe".utf8) + Array(data[range.upperBound...])
    guard let member, let changed = try? JSONValue(parsing: probed),
      let found = changed["choices"]?[0]?["delta"]?[member]?.stringValue, Array(found.utf8) == probe,
      changed["choices"]?.arrayValue?.count == 1
    else { return }
    self.place = place
    prefix = Array(data[..<range.lowerBound])
    suffix = Array(data[range.upperBound...])
  }

  private static func text(of delta: ChatDelta) -> (String, Place)? {
    switch delta {
    case .text(let text): (text, .content)
    case .reasoning(let text): (text, .reasoning)
    case .refusal(let text): (text, .refusal)
    case .call, .logprobs: nil
    }
  }

  /// The name of the one member of the delta that holds the text.
  private static func member(of text: String, in value: JSONValue, _ place: Place) -> String? {
    let names =
      switch place {
      case .content: ["content"]
      case .reasoning: ["reasoning", "reasoning_content"]
      case .refusal: ["refusal"]
      }
    guard let delta = value["choices"]?[0]?["delta"] else { return nil }
    let holding = names.filter { delta[$0]?.stringValue != nil }
    return holding.count == 1 && delta[holding[0]]?.stringValue == text ? holding[0] : nil
  }

  /// Where the text stands between quotation marks after a colon, at its last occurrence; nil if it needs escapes.
  private static func position(of text: String, in data: [UInt8]) -> Range<Int>? {
    let needle = Array(text.utf8)
    guard needle.allSatisfy({ $0 >= 0x20 && $0 < 0x80 && $0 != 0x22 && $0 != 0x5C }), needle.count <= 256 else {
      return nil
    }
    let quoted = [0x22] + needle + [0x22]
    var start = data.count - quoted.count
    while start > 1 {
      let isAfterColon = data[start - 1] == 0x3A || (data[start - 1] == 0x20 && data[start - 2] == 0x3A)
      if isAfterColon, data[start] == 0x22, data[start..<start + quoted.count].elementsEqual(quoted) {
        return start + 1..<start + 1 + needle.count
      }
      start -= 1
    }
    return nil
  }

  private static func areEqual(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ other: [UInt8]) -> Bool {
    other.withUnsafeBufferPointer { other in
      guard let start = UnsafeBufferPointer(rebasing: bytes).baseAddress, let otherStart = other.baseAddress else {
        return bytes.isEmpty && other.isEmpty
      }
      return bytes.count == other.count && memcmp(start, otherStart, other.count) == 0
    }
  }

  /// The string of which these bytes are the inside; nil if they are not the inside of one.
  private static func string(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    var isPlain = true
    for byte in bytes where byte < 0x20 || byte >= 0x80 || byte == 0x22 || byte == 0x5C { isPlain = false }
    if isPlain { return String(decoding: bytes, as: UTF8.self) }
    return (try? JSONValue(parsing: [0x22] + Array(bytes) + [0x22]))?.stringValue
  }
}
