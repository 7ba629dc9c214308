/// The binary properties that `\p{…}` knows, each answered by the standard library.
enum UnicodeProperty: Sendable {
  case alphabetic, cased, dash, emoji, emojiPresentation, hexDigit, idContinue, idStart, ideographic, lowercase, math
  case uppercase, whitespace, xidContinue, xidStart

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    let properties = scalar.properties
    return switch self {
    case .alphabetic: properties.isAlphabetic
    case .cased: properties.isCased
    case .dash: properties.isDash
    case .emoji: properties.isEmoji
    case .emojiPresentation: properties.isEmojiPresentation
    case .hexDigit: properties.isHexDigit
    case .idContinue: properties.isIDContinue
    case .idStart: properties.isIDStart
    case .ideographic: properties.isIdeographic
    case .lowercase: properties.isLowercase
    case .math: properties.isMath
    case .uppercase: properties.isUppercase
    case .whitespace: properties.isWhitespace
    case .xidContinue: properties.isXIDContinue
    case .xidStart: properties.isXIDStart
    }
  }
}

/// A set of general categories (Unicode Standard, 4.5).
struct GeneralCategoryMask: OptionSet, Sendable, Hashable {
  let rawValue: UInt32

  static let all = GeneralCategoryMask(rawValue: 1 << 30 - 1)

  init(rawValue: UInt32) { self.rawValue = rawValue }

  init(_ category: Unicode.GeneralCategory) {
    let bit: UInt32 =
      switch category {
      case .uppercaseLetter: 0
      case .lowercaseLetter: 1
      case .titlecaseLetter: 2
      case .modifierLetter: 3
      case .otherLetter: 4
      case .nonspacingMark: 5
      case .spacingMark: 6
      case .enclosingMark: 7
      case .decimalNumber: 8
      case .letterNumber: 9
      case .otherNumber: 10
      case .connectorPunctuation: 11
      case .dashPunctuation: 12
      case .openPunctuation: 13
      case .closePunctuation: 14
      case .initialPunctuation: 15
      case .finalPunctuation: 16
      case .otherPunctuation: 17
      case .mathSymbol: 18
      case .currencySymbol: 19
      case .modifierSymbol: 20
      case .otherSymbol: 21
      case .spaceSeparator: 22
      case .lineSeparator: 23
      case .paragraphSeparator: 24
      case .control: 25
      case .format: 26
      case .surrogate: 27
      case .privateUse: 28
      case .unassigned: 29
      @unknown default: 29
      }
    rawValue = 1 << bit
  }
}

extension ScalarSet.Builder {
  /// What stands in the braces of `\p{…}`; nil for a name that is not known. Names are exact, as ECMA-262 has them.
  init?(propertyNamed name: String) {
    var name = name
    var isCategory = false
    for prefix in ["General_Category=", "gc="] where name.hasPrefix(prefix) {
      name.removeFirst(prefix.count)
      isCategory = true
    }
    if let categories = Self.categories[name] {
      self.init(categories: categories)
      return
    }
    if isCategory { return nil }
    switch name {
    case "Any": self.init([0...0x10FFFF])
    case "ASCII": self.init([0...0x7F])
    case "ASCII_Hex_Digit", "AHex": self.init([0x30...0x39, 0x41...0x46, 0x61...0x66])
    case "Assigned": self.init(categories: GeneralCategoryMask.all.subtracting(GeneralCategoryMask(.unassigned)))
    default:
      guard let property = Self.properties[name] else { return nil }
      self.init(property: property)
    }
  }

  private static let properties: [String: UnicodeProperty] = [
    "Alphabetic": .alphabetic, "Alpha": .alphabetic, "Cased": .cased, "Dash": .dash, "Emoji": .emoji,
    "Emoji_Presentation": .emojiPresentation, "EPres": .emojiPresentation, "Hex_Digit": .hexDigit, "Hex": .hexDigit,
    "ID_Continue": .idContinue, "IDC": .idContinue, "ID_Start": .idStart, "IDS": .idStart,
    "Ideographic": .ideographic, "Ideo": .ideographic, "Lowercase": .lowercase, "Lower": .lowercase, "Math": .math,
    "Uppercase": .uppercase, "Upper": .uppercase, "White_Space": .whitespace, "space": .whitespace,
    "XID_Continue": .xidContinue, "XIDC": .xidContinue, "XID_Start": .xidStart, "XIDS": .xidStart,
  ]

  private static let categories: [String: GeneralCategoryMask] = {
    var categories: [String: GeneralCategoryMask] = [:]
    for (names, members) in categoryNames {
      let mask = members.reduce(into: GeneralCategoryMask()) { $0.formUnion(GeneralCategoryMask($1)) }
      for name in names.split(separator: " ") { categories[String(name)] = mask }
    }
    return categories
  }()

  /// PropertyValueAliases.txt, section General_Category.
  private static let categoryNames: [(names: String, members: [Unicode.GeneralCategory])] = [
    ("L Letter", [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter]),
    ("LC Cased_Letter", [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter]),
    ("Lu Uppercase_Letter", [.uppercaseLetter]), ("Ll Lowercase_Letter", [.lowercaseLetter]),
    ("Lt Titlecase_Letter", [.titlecaseLetter]), ("Lm Modifier_Letter", [.modifierLetter]),
    ("Lo Other_Letter", [.otherLetter]),
    ("M Mark Combining_Mark", [.nonspacingMark, .spacingMark, .enclosingMark]),
    ("Mn Nonspacing_Mark", [.nonspacingMark]), ("Mc Spacing_Mark", [.spacingMark]),
    ("Me Enclosing_Mark", [.enclosingMark]),
    ("N Number", [.decimalNumber, .letterNumber, .otherNumber]),
    ("Nd Decimal_Number digit", [.decimalNumber]), ("Nl Letter_Number", [.letterNumber]),
    ("No Other_Number", [.otherNumber]),
    (
      "P Punctuation punct",
      [
        .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
        .finalPunctuation, .otherPunctuation,
      ]
    ),
    ("Pc Connector_Punctuation", [.connectorPunctuation]), ("Pd Dash_Punctuation", [.dashPunctuation]),
    ("Ps Open_Punctuation", [.openPunctuation]), ("Pe Close_Punctuation", [.closePunctuation]),
    ("Pi Initial_Punctuation", [.initialPunctuation]), ("Pf Final_Punctuation", [.finalPunctuation]),
    ("Po Other_Punctuation", [.otherPunctuation]),
    ("S Symbol", [.mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol]),
    ("Sm Math_Symbol", [.mathSymbol]), ("Sc Currency_Symbol", [.currencySymbol]),
    ("Sk Modifier_Symbol", [.modifierSymbol]), ("So Other_Symbol", [.otherSymbol]),
    ("Z Separator", [.spaceSeparator, .lineSeparator, .paragraphSeparator]),
    ("Zs Space_Separator", [.spaceSeparator]), ("Zl Line_Separator", [.lineSeparator]),
    ("Zp Paragraph_Separator", [.paragraphSeparator]),
    ("C Other", [.control, .format, .surrogate, .privateUse, .unassigned]),
    ("Cc Control cntrl", [.control]), ("Cf Format", [.format]), ("Cs Surrogate", [.surrogate]),
    ("Co Private_Use", [.privateUse]), ("Cn Unassigned", [.unassigned]),
  ]
}
