/// The code points that may stand at one place of a pattern.
struct ScalarSet: Sendable {
  /// The answers for ASCII, final: bit n of the pair for code point n.
  let asciiLow: UInt64
  let asciiHigh: UInt64

  /// Sorted and apart from each other.
  private let ranges: [ClosedRange<UInt32>]
  private let categories: GeneralCategoryMask
  private let properties: [Builder.Property]
  private let isInverted: Bool
  private let ignoresCase: Bool

  init(_ builder: Builder, ignoringCase: Bool) {
    ranges = builder.mergedRanges()
    categories = builder.categories
    properties = builder.properties
    isInverted = builder.isInverted
    ignoresCase = ignoringCase
    var bits: (low: UInt64, high: UInt64) = (0, 0)
    if !ignoringCase, categories.isEmpty, properties.isEmpty {
      for range in ranges {
        bits.low |= Self.bits(of: range, from: 0)
        bits.high |= Self.bits(of: range, from: 64)
      }
      (asciiLow, asciiHigh) = isInverted ? (~bits.low, ~bits.high) : bits
      return
    }
    for value in UInt32(0)..<0x80 {
      let isMember = Self.isMember(value, ranges, categories, properties, ignoringCase) != isInverted
      guard isMember else { continue }
      if value < 64 { bits.low |= 1 << UInt64(value) } else { bits.high |= 1 << UInt64(value - 64) }
    }
    (asciiLow, asciiHigh) = bits
  }

  /// The bits of those of 64 code points that are in a range.
  private static func bits(of range: ClosedRange<UInt32>, from first: UInt32) -> UInt64 {
    guard range.upperBound >= first, range.lowerBound < first + 64 else { return 0 }
    let (lower, upper) = (max(range.lowerBound, first) - first, min(range.upperBound, first + 63) - first)
    return (UInt64.max >> UInt64(63 - (upper - lower))) << UInt64(lower)
  }

  /// Whether it is known to hold ASCII characters alone.
  var isASCII: Bool {
    !isInverted && !ignoresCase && categories.isEmpty && properties.isEmpty
      && ranges.allSatisfy { $0.upperBound < 0x80 }
  }

  /// Whether it holds an ASCII character.
  func contains(ascii byte: UInt8) -> Bool {
    byte < 64 ? asciiLow >> UInt64(byte) & 1 == 1 : asciiHigh >> UInt64(byte & 63) & 1 == 1
  }

  /// Whether it holds a code point beyond ASCII.
  func contains(_ value: UInt32) -> Bool {
    Self.isMember(value, ranges, categories, properties, ignoresCase) != isInverted
  }

  private static func isMember(
    _ value: UInt32, _ ranges: [ClosedRange<UInt32>], _ categories: GeneralCategoryMask,
    _ properties: [Builder.Property], _ ignoringCase: Bool
  ) -> Bool {
    if isExactMember(value, ranges, categories, properties) { return true }
    guard ignoringCase else { return false }
    return CaseFolding.variants(of: value).contains { isExactMember($0, ranges, categories, properties) }
  }

  private static func isExactMember(
    _ value: UInt32, _ ranges: [ClosedRange<UInt32>], _ categories: GeneralCategoryMask,
    _ properties: [Builder.Property]
  ) -> Bool {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = low + (high - low) / 2
      if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
    }
    if low < ranges.count, ranges[low].contains(value) { return true }
    if categories.isEmpty, properties.isEmpty { return false }
    guard let scalar = Unicode.Scalar(value) else { return false }
    return categories.contains(GeneralCategoryMask(scalar.properties.generalCategory))
      || properties.contains { $0.property.contains(scalar) != $0.isNegated }
  }
}

extension ScalarSet {
  /// A set under construction.
  struct Builder {
    struct Property: Sendable {
      let property: UnicodeProperty
      let isNegated: Bool
    }

    private(set) var ranges: [ClosedRange<UInt32>] = []
    private(set) var categories: GeneralCategoryMask = []
    private(set) var properties: [Property] = []
    var isInverted = false

    init(_ ranges: [ClosedRange<UInt32>] = []) { self.ranges = ranges }

    init(categories: GeneralCategoryMask) { self.categories = categories }

    init(property: UnicodeProperty) { properties = [Property(property: property, isNegated: false)] }

    mutating func insert(_ range: ClosedRange<UInt32>) { ranges.append(range) }

    mutating func formUnion(_ other: Builder) {
      ranges += other.ranges
      categories.formUnion(other.categories)
      properties += other.properties
    }

    /// What an escape in upper case means. Escapes are made of ranges, or of categories, or of one property.
    var complement: Builder {
      if !categories.isEmpty { return Builder(categories: GeneralCategoryMask.all.subtracting(categories)) }
      var result = Builder()
      if let own = properties.first {
        result.properties = [Property(property: own.property, isNegated: !own.isNegated)]
        return result
      }
      var next: UInt32 = 0
      for range in mergedRanges() {
        if range.lowerBound > next { result.insert(next...(range.lowerBound - 1)) }
        next = range.upperBound + 1
      }
      if next <= 0x10FFFF { result.insert(next...0x10FFFF) }
      return result
    }

    func mergedRanges() -> [ClosedRange<UInt32>] {
      var merged: [ClosedRange<UInt32>] = []
      for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
        if let last = merged.last, range.lowerBound <= last.upperBound + 1 {
          merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
        } else {
          merged.append(range)
        }
      }
      return merged
    }
  }
}

extension ScalarSet.Builder {
  static let digits = Self([0x30...0x39])

  /// WhiteSpace and LineTerminator of ECMA-262, 12.2 and 12.3.
  static let whitespace = Self([
    0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
    0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
  ])

  static let anyButLineTerminators = Self([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029]).complement

  /// WordCharacters of ECMA-262, 22.2.2.9.3: without case also the long s and the Kelvin sign.
  static func word(ignoringCase: Bool) -> Self {
    let ascii: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
    return Self(ignoringCase ? ascii + [0x17F...0x17F, 0x212A...0x212A] : ascii)
  }
}
