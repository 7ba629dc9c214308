import MartletJSON
import Testing

@Suite struct RoundTripTests {
  @Test(arguments: 0..<20 as Range<UInt64>)
  func parsingWhatWasWrittenGivesTheValue(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<50 {
      let value = randomValue(depth: 5, using: &generator)
      let bytes = value.canonicalBytes()
      let parsed = try JSONValue(parsing: bytes, duplicates: .reject)
      #expect(parsed == value)
      #expect(parsed.canonicalBytes() == bytes)
      #expect(parsed.hashValue == value.hashValue)
      #expect(try JSONValue(encoding: value) == value)
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func whiteSpaceChangesNothing(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let value = randomValue(depth: 4, using: &generator)
    var spaced: [UInt8] = []
    var isInString = false
    var isEscaped = false
    for byte in value.canonicalBytes() {
      let isQuote = byte == UInt8(ascii: "\"") && !isEscaped
      let isPunctuation = !isInString && ",:[]{}".utf8.contains(byte)
      if isPunctuation { spaced += [0x20, 0x0A] }
      spaced.append(byte)
      if isPunctuation { spaced += [0x0D, 0x09] }
      isEscaped = isInString && byte == UInt8(ascii: "\\") && !isEscaped
      if isQuote { isInString.toggle() }
    }
    #expect(try JSONValue(parsing: spaced) == value)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func damagedTextsAreReadOrRefusedWithinTheirBounds(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let alphabet = Array("\"\\{}[],:0123456789.eE+-tfnu \u{0}é😀".utf8) + [0xFF, 0xC3, 0xED]
    for _ in 0..<100 {
      var bytes = randomValue(depth: 4, using: &generator).canonicalBytes()
      for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes.remove(at: place)
        case 1: bytes.insert(alphabet.randomElement(using: &generator) ?? 0, at: place)
        default: bytes[place] = alphabet.randomElement(using: &generator) ?? 0
        }
      }
      do {
        let value = try JSONValue(parsing: bytes)
        #expect(try JSONValue(parsing: value.canonicalBytes()) == value)
      } catch {
        #expect((0...bytes.count).contains(error.offset))
      }
    }
  }

  private func randomValue(depth: Int, using generator: inout SeededGenerator) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &generator) {
    case 0: return .null
    case 1: return .bool(.random(using: &generator))
    case 2: return .number(randomNumber(using: &generator))
    case 3, 4: return .string(randomString(using: &generator))
    case 5, 6:
      let count = Int.random(in: 0..<5, using: &generator)
      return .array((0..<count).map { _ in randomValue(depth: depth - 1, using: &generator) })
    default:
      let count = Int.random(in: 0..<25, using: &generator)
      let members = (0..<count).map { _ in
        (randomString(using: &generator), randomValue(depth: depth - 2, using: &generator))
      }
      return .object(JSONObject(members))
    }
  }

  private func randomNumber(using generator: inout SeededGenerator) -> JSONNumber {
    let integer = Int64(truncatingIfNeeded: generator.next() >> UInt64.random(in: 0..<64, using: &generator))
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: return JSONNumber(integer)
    case 1: return JSONNumber(Double(bitPattern: generator.next())) ?? JSONNumber(0)
    case 2: return JSONNumber(spelling: "\(integer).\(generator.next())E-\(generator.next())") ?? JSONNumber(1)
    default: return JSONNumber(spelling: "\(integer)\(generator.next())") ?? JSONNumber(2)
    }
  }

  private func randomString(using generator: inout SeededGenerator) -> String {
    let alphabet = "aZ09 \"\\/\n\u{0}\u{1F}\u{7F}é\u{301}€\u{2028}\u{FFFD}\u{FFFF}😀"
    let scalars = Array(alphabet.unicodeScalars)
    let count = Int.random(in: 0..<20, using: &generator)
    return String(String.UnicodeScalarView((0..<count).compactMap { _ in scalars.randomElement(using: &generator) }))
  }
}
