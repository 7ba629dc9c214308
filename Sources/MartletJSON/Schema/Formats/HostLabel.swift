/// What the characters of an international label may be (RFC 5892), and in which order they may run (RFC 5893).
///
/// Scripts, joining types and directions are told by blocks, for the standard library has no such properties; that is right
/// for all letters in use, and lenient beyond.
enum HostLabel {
  static func isValid(_ label: [Unicode.Scalar]) -> Bool {
    guard let first = label.first, let last = label.last, first != "-", last != "-" else { return false }
    if label.count > 3, label[2] == "-", label[3] == "-" { return false }
    switch first.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: return false
    default: break
    }
    for position in label.indices {
      guard isValid(label[position]) || isValidInContext(label, position) else { return false }
    }
    return true
  }

  /// PVALID of RFC 5892, section 3.
  private static func isValid(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x2D, 0x30...0x39, 0x61...0x7A: return true
    case 0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007: return true
    case 0...0x7F, 0x640, 0x7FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: return false
    case 0x1100...0x11FF, 0xA960...0xA97F, 0xD7B0...0xD7FF: return false
    case 0x660...0x669, 0x6F0...0x6F9: return false
    default: break
    }
    let properties = scalar.properties
    if properties.changesWhenNFKCCaseFolded || properties.isDefaultIgnorableCodePoint { return false }
    return switch properties.generalCategory {
    case .lowercaseLetter, .uppercaseLetter, .otherLetter, .modifierLetter, .decimalNumber, .nonspacingMark,
      .spacingMark:
      true
    default: false
    }
  }

  /// CONTEXTJ and CONTEXTO of RFC 5892, appendix A.
  private static func isValidInContext(_ label: [Unicode.Scalar], _ position: Int) -> Bool {
    let before = position > 0 ? label[position - 1] : nil
    let after = position + 1 < label.count ? label[position + 1] : nil
    switch label[position].value {
    case 0xB7: return before == "l" && after == "l"
    case 0x375: return after.map(isGreek) ?? false
    case 0x5F3, 0x5F4: return before.map(isHebrew) ?? false
    case 0x30FB: return label.contains(where: isJapanese)
    case 0x660...0x669: return !label.contains { (0x6F0...0x6F9).contains($0.value) }
    case 0x6F0...0x6F9: return !label.contains { (0x660...0x669).contains($0.value) }
    case 0x200D: return before.map(isVirama) ?? false
    case 0x200C: return before.map(isVirama) ?? false || joins(label, position)
    default: return false
    }
  }

  private static func isVirama(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.canonicalCombiningClass == .virama
  }

  private static func isGreek(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x370...0x373, 0x375...0x377, 0x37A...0x37F, 0x384, 0x386...0x3E1, 0x3F0...0x3FF, 0x1F00...0x1FFF: true
    default: false
    }
  }

  private static func isHebrew(_ scalar: Unicode.Scalar) -> Bool {
    (0x591...0x5F4).contains(scalar.value) || (0xFB1D...0xFB4F).contains(scalar.value)
  }

  private static func isJapanese(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x3005, 0x3007, 0x3021...0x3029, 0x3038...0x303B, 0x3041...0x309F, 0x30A1...0x30FA, 0x30FC...0x30FF,
      0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF:
      true
    default: false
    }
  }

  /// Whether letters that join stand on both sides, marks aside.
  private static func joins(_ label: [Unicode.Scalar], _ position: Int) -> Bool {
    guard let before = label[..<position].last(where: { !isMark($0) }),
      let after = label[(position + 1)...].first(where: { !isMark($0) })
    else { return false }
    return isJoiner(before) && !joinsOnlyBefore(before) && isJoiner(after)
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .nonspacingMark
  }

  /// A letter of Arabic, Syriac, Mandaic, Mongolian, N'Ko or Phags-pa.
  private static func isJoiner(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x620...0x64A, 0x66E...0x6D3, 0x6FA...0x6FF, 0x710...0x7B1, 0x7CA...0x7EA, 0x840...0x858, 0x860...0x8C9,
      0x1820...0x1878, 0xA840...0xA872:
      true
    default: false
    }
  }

  /// The letters of Arabic that join to what stands before them alone, such as alef and dal.
  private static func joinsOnlyBefore(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x621...0x625, 0x627, 0x629, 0x62F...0x632, 0x648, 0x671...0x677, 0x688...0x699, 0x6C0, 0x6C3...0x6CB, 0x6CD,
      0x6CF, 0x6D2, 0x6D3, 0x710, 0x715...0x719, 0x71E, 0x728, 0x72C, 0x72F:
      true
    default: false
    }
  }

  // MARK: Directions

  private enum Direction {
    case left
    case right
    case arabicNumber
    case europeanNumber
    case mark
    case other
  }

  /// Each label of a name that has one written from right to left follows the rule (RFC 5893, section 2).
  static func followBidiRule(_ labels: [[Unicode.Scalar]]) -> Bool {
    let directions = labels.map { $0.map(direction) }
    guard directions.contains(where: { $0.contains(.right) || $0.contains(.arabicNumber) }) else { return true }
    return directions.allSatisfy(followsBidiRule)
  }

  private static func followsBidiRule(_ label: [Direction]) -> Bool {
    let last = label.last { $0 != .mark }
    switch label.first {
    case .left:
      return !label.contains(.right) && !label.contains(.arabicNumber) && (last == .left || last == .europeanNumber)
    case .right:
      guard !label.contains(.left), !(label.contains(.arabicNumber) && label.contains(.europeanNumber)) else {
        return false
      }
      return last == .right || last == .arabicNumber || last == .europeanNumber
    default: return false
    }
  }

  private static func direction(_ scalar: Unicode.Scalar) -> Direction {
    switch scalar.value {
    case 0x30...0x39, 0x6F0...0x6F9: return .europeanNumber
    case 0x600...0x605, 0x660...0x669, 0x66B, 0x66C, 0x6DD: return .arabicNumber
    default: break
    }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return .mark
    case .dashPunctuation, .otherPunctuation, .mathSymbol, .format: return .other
    default: break
    }
    return switch scalar.value {
    case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF: .right
    default: .left
    }
  }
}
