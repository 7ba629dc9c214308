import MartletYAML
import Testing

@Suite struct HostileInputTests {
  @Test(arguments: [
    ([0xFF], 1, 1), ([0x61, 0x0A, 0xC3, 0xA9, 0xC3], 2, 2), ([0xC0, 0xAF], 1, 1), ([0x61, 0xED, 0xA0, 0x80], 1, 2),
    ([0xE0, 0x80, 0x80], 1, 1), ([0xF4, 0x90, 0x80, 0x80], 1, 1), ([0xF0, 0x80, 0x80, 0x80], 1, 1),
    ([0x0D, 0x0A, 0x80], 2, 1),
    ([0xF0, 0x9F, 0x98], 1, 1), ([0xE2, 0x82, 0x20], 1, 1), ([0x0D, 0x0D, 0x20, 0xF5], 3, 2),
  ])
  func invalidUTF8IsRefusedAtItsCharacter(bytes: [UInt8], line: Int, column: Int) {
    let error = refusal(of: bytes)
    #expect(error?.mark == YAMLMark(line: line, column: column))
    #expect(error?.reason.contains("is not UTF-8") == true)
  }

  @Test(arguments: [
    ([0xFF, 0xFE, 0x61, 0x00], "UTF-16"), ([0xFE, 0xFF, 0x00, 0x61], "UTF-16"),
    ([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], "UTF-32"),
    ([0, 0, 0xFE, 0xFF, 0, 0, 0, 0x61], "UTF-32"),
  ])
  func anotherEncodingIsRefusedByItsName(bytes: [UInt8], name: String) {
    let error = refusal(of: bytes)
    #expect(error?.mark == YAMLMark(line: 1, column: 1))
    #expect(error?.reason == "the source is in \(name)")
    #expect(error?.hint == "save it as UTF-8")
  }

  @Test(arguments: [
    ("\u{0}", "NUL"), ("\u{7}", "U+0007"), ("\u{1B}", "U+001B"), ("\u{7F}", "U+007F"), ("\u{90}", "U+0090"),
    ("\u{85}", "U+0085"), ("\u{2028}", "U+2028"), ("\u{2029}", "U+2029"), ("\u{FEFF}", "byte order mark"),
    ("\u{FFFE}", "U+FFFE"),
    ("\u{FFFF}", "U+FFFF"),
  ])
  func aCharacterThatYAMLForbidsIsRefusedWithItsPlace(character: String, name: String) {
    let error = refusal(of: "ä: 1\nb: 日\(character)")
    #expect(error?.mark == YAMLMark(line: 2, column: 5))
    #expect(error?.reason.contains(name) == true)
    #expect(error?.hint?.contains("in double quotes") == true)
  }

  @Test func aSourceOverItsSizeIsRefused() {
    let source = [UInt8](repeating: UInt8(ascii: "#"), count: (1 << 20) + 1)
    let error = refusal(of: source)
    #expect(error?.mark == YAMLMark(line: 1, column: 1))
    #expect(error?.reason == "the source is longer than 1048576 bytes")
    #expect(refusal(of: "a: 1", limits: YAMLLimits(maxBytes: 4)) == nil)
    #expect(refusal(of: "a: 12", limits: YAMLLimits(maxBytes: 4)) != nil)
  }

  @Test(arguments: [
    ("[", 100_000, 1, 65), ("{a: ", 10_000, 1, 257), ("- ", 100_000, 1, 129), ("[\n", 50_000, 65, 1),
    ("? ", 100_000, 1, 129),
    ("{? ", 10_000, 1, 193), ("&a [", 10_000, 1, 257), ("[{a: ", 10_000, 1, 161),
  ])
  func nestingStopsAtTheDepthLimit(opening: String, count: Int, line: Int, column: Int) {
    let error = refusal(of: String(repeating: opening, count: count))
    #expect(error?.mark == YAMLMark(line: line, column: column))
    #expect(error?.reason == "nested deeper than 64 levels")
  }

  @Test func depthIsCountedExactly() {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(refusal(of: nested(64)) == nil)
    #expect(refusal(of: nested(65)) != nil)
    #expect(refusal(of: nested(256), limits: YAMLLimits(maxDepth: .max)) == nil)
    #expect(refusal(of: nested(257), limits: YAMLLimits(maxDepth: .max))?.mark == YAMLMark(line: 1, column: 257))
    #expect(refusal(of: "[]", limits: YAMLLimits(maxDepth: -1))?.mark == YAMLMark(line: 1, column: 1))
    #expect(refusal(of: "x", limits: YAMLLimits(maxDepth: 0)) == nil)
  }

  @Test func billionLaughsStopAtTheBudget() {
    var lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    for level in 1...20 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      lines.append("a\(level): &a\(level) [\(aliases)]")
    }
    let error = refusal(of: lines.joined(separator: "\n"))
    // 10 × 11 and 10 × 111 nodes are within the budget, of the 1,111 below them only 7 times.
    #expect(error?.mark == YAMLMark(line: 4, column: 45))
    #expect(error?.reason == "the aliases expand to more than 10000 nodes")
    let unlimited = YAMLLimits(maxDepth: .max, maxExpandedNodes: .max)
    #expect(refusal(of: lines.joined(separator: "\n"), limits: unlimited)?.reason.contains("10000000 nodes") == true)
  }

  @Test func aliasesOfALongTextStopAtTheBudget() {
    func source(uses: Int) -> String {
      "- &a \(String(repeating: "x", count: 256 * 99))\n" + String(repeating: "- *a\n", count: uses)
    }
    #expect(refusal(of: source(uses: 100)) == nil)
    #expect(refusal(of: source(uses: 101))?.reason == "the aliases expand to more than 10000 nodes")
  }

  @Test func manyTagDirectivesAreRefused() {
    let directives = (0..<50_000).map { "%TAG !\($0)! tag:x" }.joined(separator: "\n")
    let error = refusal(of: directives + "\n---\na")
    #expect(error?.mark == YAMLMark(line: 17, column: 1))
    #expect(refusal(of: "a\n...\n" + directives + "\n---\na")?.mark == YAMLMark(line: 19, column: 1))
  }

  @Test func aWideDocumentIsRead() throws {
    let root = try YAMLNode(parsing: "[" + String(repeating: "a,", count: 50_000) + "]")
    #expect(root.sequence?.count == 50_000)
  }

  /// Printable text is passed over in groups of bytes, none of which may hide a character.
  @Test(arguments: [0, 0x1F, 0x7F] as [UInt8]) func aForbiddenCharacterIsFoundWhereverItStands(character: UInt8) {
    for place in 0..<40 {
      var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 40)
      bytes[place] = character
      #expect(refusal(of: bytes)?.mark == YAMLMark(line: 1, column: place + 1))
    }
  }

  @Test func tagDirectivesAreCountedWhereverTheyStand() {
    for indent in 0..<16 {
      let comment = String(repeating: "#", count: indent) + "\n"
      let error = refusal(of: comment + String(repeating: "%TAG !a! tag:x\n", count: 17) + "---\na")
      #expect(error?.reason == "more than 16 %TAG directives")
      #expect(error?.mark == YAMLMark(line: 18, column: 1))
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func mutatedAgentFilesAreReadOrRefused(seed: UInt64) throws {
    let original = Array(agentSource.utf8)
    let alphabet = Array("[]{}:-?&*!|>'\"%@`#,<~ \t\n\r0xé\u{85}".utf8) + [0, 0xFF, 0xC3]
    var random = SplitMix(state: seed)
    var refused = 0
    for _ in 0..<400 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[place] = alphabet.randomElement(using: &random) ?? 0
        case 2: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: place)
        case 3: bytes.removeSubrange(place..<min(place + 20, bytes.count - 1))
        default: bytes.removeSubrange(max(place, 1)...)
        }
      }
      guard let error = refusal(of: bytes) else { continue }
      refused += 1
      let lines = bytes.count { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } + 1
      #expect(1...lines ~= error.mark.line && 1...(bytes.count + 1) ~= error.mark.column && !error.reason.isEmpty)
    }
    #expect(1..<400 ~= refused)
  }

  /// Eight bytes are looked at together, of which line feeds may be some.
  @Test(arguments: [0x00, 0x08, 0x0B, 0x1F, 0x7F, 0x80] as [UInt8])
  func aForbiddenByteIsFoundAmongLineFeedsWhereverItStands(byte: UInt8) throws {
    let text = Array("a: b\n\nc:\n  d: e\n\n\nf: g\n".utf8)
    for place in text.indices {
      var bytes = text
      bytes[place] = byte
      let error = try #require(refusal(of: bytes))
      let before = bytes[..<place]
      let line = before.count { $0 == UInt8(ascii: "\n") } + 1
      let column = place - (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1)
      #expect(error.mark == YAMLMark(line: line, column: column))
    }
  }
}

/// Steele, Lea and Flood's SplitMix64: a seed gives the same numbers everywhere.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
