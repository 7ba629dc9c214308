/// A list of different strings that are found by their bytes, with a guess for those that come in order.
///
/// It has memory of its own, which its owner releases.
struct NameTable: SchemaRules, @unchecked Sendable {
  /// Up to so many names a scan is quicker than hashing.
  private static let scanned = 16

  let names: [String]
  /// The strings' own words. Strings of the same words are the same, and up to 15 bytes nearly always the other way round.
  private let words: UnsafeMutablePointer<StringWords>
  let count: Int
  /// Positions by name, where there are many.
  private let index: MemberIndex?

  init(_ names: [String]) {
    self.names = names.map { name in
      var name = name
      name.makeContiguousUTF8()
      return name
    }
    count = names.count
    words = .allocate(capacity: max(count, 1))
    for (position, name) in self.names.enumerated() { (words + position).initialize(to: StringWords(name)) }
    index =
      names.count > Self.scanned ? MemberIndex(names.map { JSONObject.Member(key: $0, value: .null) }) : nil
  }

  func release() { words.deallocate() }

  /// The position of a string among the first; nil if its words are not among them, whatever its bytes are.
  @inline(__always)
  static func quickPosition(
    of string: UnsafePointer<String>, in table: UnsafePointer<NameTable>, expecting next: Int
  ) -> Int? {
    let own = StringWords(string)
    let (words, count) = (table.pointee.words, table.pointee.count)
    if next < count, words[next] == own { return next }
    for position in 0..<min(count, scanned) where words[position] == own { return position }
    return nil
  }

  /// Whether a string is in the list.
  @inline(__always)
  static func contains(_ string: UnsafePointer<String>, in table: UnsafePointer<NameTable>) -> Bool {
    quickPosition(of: string, in: table, expecting: 0) != nil || table.pointee.position(of: string.pointee) != nil
  }

  /// The position of a string; nil if it is not in the list.
  func position(of string: String) -> Int? {
    if let index { return index.position(of: string) }
    return names.firstIndex { $0.hasSameCodePoints(as: string) }
  }
}

/// The two words that a string is made of: its text, if that is short, or where the text lies.
struct StringWords: Equatable {
  private let first: UInt64
  private let second: UInt64

  @inline(__always)
  init(_ string: UnsafePointer<String>) {
    let raw = UnsafeRawPointer(string)
    first = raw.load(as: UInt64.self)
    second = MemoryLayout<String>.size == 16 ? raw.load(fromByteOffset: 8, as: UInt64.self) : 0
  }

  init(_ string: String) {
    self = withUnsafePointer(to: string) { StringWords($0) }
  }
}
