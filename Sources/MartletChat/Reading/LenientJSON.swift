import MartletJSON

/// Reads JSON that a server wrote carelessly: cut characters, bytes that are no UTF-8, unescaped control characters.
///
/// A half of a character stands in the strings as a marker, because its other half may come with the next delta:
/// ``TextJoiner`` puts them together or replaces them by U+FFFD.
enum LenientJSON {
  struct Reading {
    let value: JSONValue
    /// The tolerances that were needed, none for a text that is JSON as it stands.
    var tolerances: [String] = []
    /// Whether strings may hold markers.
    var isMarked = false
  }

  /// Parses strictly if possible, else with repairs; nil if the text is no JSON at all.
  static func parse(_ bytes: [UInt8]) -> Reading? { parse(bytes[...]) }

  /// Parses strictly if possible, else with repairs; nil if the text is no JSON at all.
  static func parse(_ bytes: ArraySlice<UInt8>) -> Reading? {
    let strict = bytes.withUnsafeBytes { try? JSONValue(parsing: $0) }
    if let strict { return Reading(value: strict) }
    var repair = Repair(bytes: Array(bytes))
    repair.run()
    guard let value = try? JSONValue(parsing: repair.result) else { return nil }
    var reading = Reading(value: value)
    if repair.hasByteMarkers { reading.tolerances.append("F20") }
    if repair.hasSurrogateMarkers { reading.tolerances.append("F22") }
    if repair.hasControls { reading.tolerances.append("A16") }
    reading.isMarked = repair.hasByteMarkers || repair.hasSurrogateMarkers
    return reading
  }

  /// The markers are characters for private use, where text has none in practice: 256 for bytes, 2,048 for surrogates.
  static let byteMarkers: UInt32 = 0x10F700
  static let surrogateMarkers: UInt32 = 0x10F800

  private struct Repair {
    let bytes: [UInt8]
    var result: [UInt8] = []
    var hasByteMarkers = false
    var hasSurrogateMarkers = false
    var hasControls = false
    private var position = 0

    init(bytes: [UInt8]) {
      self.bytes = bytes
    }

    mutating func run() {
      result.reserveCapacity(bytes.count + 64)
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
      var isInString = false
      while position < bytes.count {
        let byte = bytes[position]
        if !isInString {
          isInString = byte == UInt8(ascii: "\"")
          result.append(byte)
          position += 1
        } else if byte == UInt8(ascii: "\\") {
          escape()
        } else if byte >= 0x80 {
          sequence()
        } else {
          if byte == UInt8(ascii: "\"") { isInString = false }
          if byte < 0x20 {
            hasControls = true
            ControlCharacters.append(byte, to: &result)
          } else {
            result.append(byte)
          }
          position += 1
        }
      }
    }

    /// Copies an escape; a surrogate without its other half becomes a marker.
    private mutating func escape() {
      guard let code = unit(at: position) else {
        result.append(contentsOf: bytes[position..<min(position + 2, bytes.count)])
        position += 2
        return
      }
      let isHigh = (0xD800..<0xDC00).contains(code)
      if isHigh, let low = unit(at: position + 6), (0xDC00..<0xE000).contains(low) {
        let scalar = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        append(bytes[position..<position + 12], unlessMarker: scalar)
        position += 12
      } else if (0xD800..<0xE000).contains(code) {
        hasSurrogateMarkers = true
        mark(LenientJSON.surrogateMarkers + code - 0xD800)
        position += 6
      } else {
        result.append(contentsOf: bytes[position..<position + 6])
        position += 6
      }
    }

    /// The code unit of a `\u` escape at an offset; nil if there is none.
    private func unit(at offset: Int) -> UInt32? {
      guard offset + 6 <= bytes.count, bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u")
      else { return nil }
      var code: UInt32 = 0
      for byte in bytes[offset + 2..<offset + 6] {
        guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
        code = code << 4 | UInt32(digit)
      }
      return code
    }

    /// Copies a multi-byte character; a byte that is part of none becomes a marker.
    private mutating func sequence() {
      let lead = bytes[position]
      let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1
      let slice = bytes[position..<min(position + length, bytes.count)]
      if length > 1, slice.count == length, let text = String(validating: slice, as: UTF8.self) {
        append(slice, unlessMarker: text.unicodeScalars.first?.value ?? 0)
        position += length
      } else {
        hasByteMarkers = true
        mark(LenientJSON.byteMarkers + UInt32(lead))
        position += 1
      }
    }

    /// Copies a character; one that would be taken for a marker is replaced.
    private mutating func append(_ spelling: ArraySlice<UInt8>, unlessMarker scalar: UInt32) {
      result.append(contentsOf: scalar < LenientJSON.byteMarkers ? spelling : [0xEF, 0xBF, 0xBD])
    }

    private mutating func mark(_ value: UInt32) {
      if let scalar = Unicode.Scalar(value) { result.append(contentsOf: Array(String(Character(scalar)).utf8)) }
    }
  }
}
