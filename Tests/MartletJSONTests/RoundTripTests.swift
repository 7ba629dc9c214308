import MartletJSON
import Testing

@Suite struct RoundTripTests {
  @Test(arguments: 0..<20 as Range<UInt64>)
  func parsingWhatWasWrittenGivesTheValue(seed: UInt64) throws {
    var values = RandomValues(seed: seed)
    for _ in 0..<50 {
      let value = values.next(depth: 5)
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
    var values = RandomValues(seed: seed)
    let value = values.next(depth: 4)
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
    var values = RandomValues(seed: seed)
    for _ in 0..<100 {
      let bytes = values.damaged(values.next(depth: 4).canonicalBytes())
      do {
        let value = try JSONValue(parsing: bytes)
        #expect(try JSONValue(parsing: value.canonicalBytes()) == value)
      } catch {
        #expect((0...bytes.count).contains(error.offset))
      }
    }
  }
}
