import MartletJSON

/// Values of every kind, the same ones for the same seed.
struct RandomValues {
  private var generator: SeededGenerator

  init(seed: UInt64) {
    generator = SeededGenerator(seed: seed)
  }

  mutating func next(depth: Int) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &generator) {
    case 0: return .null
    case 1: return .bool(.random(using: &generator))
    case 2: return .number(number())
    case 3, 4: return .string(string())
    case 5, 6:
      let count = Int.random(in: 0..<5, using: &generator)
      return .array((0..<count).map { _ in next(depth: depth - 1) })
    default:
      let count = Int.random(in: 0..<25, using: &generator)
      let members = (0..<count).map { _ in
        (string(), next(depth: depth - 2))
      }
      return .object(JSONObject(members))
    }
  }

  private mutating func number() -> JSONNumber {
    let integer = Int64(truncatingIfNeeded: generator.next() >> UInt64.random(in: 0..<64, using: &generator))
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: return JSONNumber(integer)
    case 1: return JSONNumber(Double(bitPattern: generator.next())) ?? JSONNumber(0)
    case 2: return JSONNumber(spelling: "\(integer).\(generator.next())E-\(generator.next())") ?? JSONNumber(1)
    default: return JSONNumber(spelling: "\(integer)\(generator.next())") ?? JSONNumber(2)
    }
  }

  private mutating func string() -> String {
    let alphabet = "aZ09 \"\\/\n\u{0}\u{1F}\u{7F}é\u{301}€\u{2028}\u{FFFD}\u{FFFF}😀"
    let scalars = Array(alphabet.unicodeScalars)
    let count = Int.random(in: 0..<20, using: &generator)
    return String(String.UnicodeScalarView((0..<count).compactMap { _ in scalars.randomElement(using: &generator) }))
  }

  /// The bytes with one to three of them removed, inserted or replaced.
  mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
    let alphabet = Array("\"\\{}[],:0123456789.eE+-tfnu \u{0}é😀".utf8) + [0xFF, 0xC3, 0xED]
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<3, using: &generator) {
      case 0: bytes.remove(at: place)
      case 1: bytes.insert(alphabet.randomElement(using: &generator) ?? 0, at: place)
      default: bytes[place] = alphabet.randomElement(using: &generator) ?? 0
      }
    }
    return bytes
  }
}
