/// Simple case folding (Unicode Standard, 3.13), derived from the mappings that the standard library knows.
enum CaseFolding {
  /// The one form that stands for all cases of a code point.
  static func folded(_ value: UInt32) -> UInt32 {
    if value < 0x80 { return (0x41...0x5A).contains(value) ? value + 0x20 : value }
    return foldings[value] ?? value
  }

  /// The code points that differ from this one by case alone, itself among them where it has any.
  static func variants(of value: UInt32) -> [UInt32] {
    if value < 0x80, !isASCIILetter(value) { return [] }
    switch folded(value) {
    case 0x6B: return [0x4B, 0x6B, 0x212A]
    case 0x73: return [0x53, 0x73, 0x17F]
    case let letter where letter < 0x80: return [letter - 0x20, letter]
    case let other: return groups[other] ?? []
    }
  }

  static func hasVariants(_ value: UInt32) -> Bool {
    value < 0x80 ? isASCIILetter(value) : !variants(of: value).isEmpty
  }

  private static func isASCIILetter(_ value: UInt32) -> Bool { (0x61...0x7A).contains(value | 0x20) }

  /// The blocks that hold letters with case, so that the tables are made without a walk through all planes.
  private static let casedBlocks: [ClosedRange<UInt32>] = [
    0x80...0x58F, 0x10A0...0x10FF, 0x13A0...0x13FF, 0x1C80...0x1CBF, 0x1D00...0x1FFF, 0x2100...0x218F,
    0x24B0...0x24EF, 0x2C00...0x2D2F, 0xA640...0xA7FF, 0xAB30...0xABBF, 0xFB00...0xFB06, 0xFF21...0xFF5A,
    0x10400...0x105FF, 0x10C80...0x10CFF, 0x10D50...0x10D8F, 0x118A0...0x118DF, 0x16E40...0x16EDF,
    0x1E900...0x1E943,
  ]

  /// Each code point that folds to another, beyond ASCII.
  private static let foldings: [UInt32: UInt32] = {
    var foldings: [UInt32: UInt32] = [:]
    for value in casedBlocks.joined() {
      let folded = derivedFolding(of: value)
      if folded != value { foldings[value] = folded }
    }
    return foldings
  }()

  /// All code points that fold to the same one, by that one.
  private static let groups: [UInt32: [UInt32]] = {
    var groups: [UInt32: [UInt32]] = [:]
    for (value, folded) in foldings { groups[folded, default: [folded]].append(value) }
    return groups
  }()

  /// The lower case of the upper case, which also joins letters with two lower cases, such as both sigmas.
  private static func derivedFolding(of value: UInt32) -> UInt32 {
    switch value {
    case 0x131: return value  // the dotless i has the upper case I, but does not fold to i
    case 0x1FD3: return 0x390  // these three have several letters as their upper case
    case 0x1FE3: return 0x3B0
    case 0xFB05: return 0xFB06
    default: break
    }
    guard let scalar = Unicode.Scalar(value) else { return value }
    let upper = single(scalar.properties.uppercaseMapping) ?? scalar
    return (single(upper.properties.lowercaseMapping) ?? upper).value
  }

  private static func single(_ mapping: String) -> Unicode.Scalar? {
    mapping.unicodeScalars.count == 1 ? mapping.unicodeScalars.first : nil
  }
}
