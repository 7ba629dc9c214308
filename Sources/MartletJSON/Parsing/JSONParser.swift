/// A strict parser of one JSON text, in a single pass.
///
/// It keeps a stack of open containers of its own, so that depth costs no stack of the thread. Finished values wait on
/// two stacks, one of elements and one of members, and move into an array of the right size when their container closes.
struct JSONParser: ~Copyable {
  /// An array or object whose end has not been reached, or the text around all of them.
  private struct OpenContainer {
    enum Kind { case text, array, object }

    let kind: Kind
    /// Where its elements or members begin on their stack.
    let start: Int
    /// The member that the next value belongs to, counted on the stack of members.
    var target = 0
    /// A bit for the fingerprint of each key so far: an unset bit proves a key new.
    var seenKeys: UInt64 = 0
    /// Positions by key, counted from `start`, once the object is large.
    var index: MemberIndex?
  }

  private(set) var bytes: UnsafeBufferPointer<UInt8>
  let duplicates: DuplicateMembers
  let maxDepth: Int

  /// The offset of the next byte.
  var position = 0
  /// A string with escapes is put together here.
  var scratch = MoveStack<UInt8>()
  /// A number below 64 that depends on the string parsed last, equal for equal strings.
  var fingerprint: UInt64 = 0

  /// Keys that have been parsed: objects in a row have the same ones in the same order.
  private var recentKeys: [RecentKey] = []
  /// How many bytes can be read behind the text, and are not of it.
  private var padding = 0
  /// The one among them that was parsed last.
  private var lastKey = 0

  private var innermost = OpenContainer(kind: .text, start: 0)
  /// The containers around the innermost one, from the outside in, without the text.
  private var outer = MoveStack<OpenContainer>()
  private var elements = MoveStack<JSONValue>()
  private var members = MoveStack<JSONObject.Member>()

  init(_ bytes: UnsafeBufferPointer<UInt8>, duplicates: DuplicateMembers, maxDepth: Int) {
    self.bytes = bytes
    self.duplicates = duplicates
    self.maxDepth = maxDepth
  }

  /// Begins with another text, which is likely to have the keys of the one before, and zeros behind its end.
  mutating func begin(_ text: UnsafeBufferPointer<UInt8>, padding: Int) {
    bytes = text
    self.padding = padding
    position = 0
    // What a text that is no JSON has left.
    innermost = OpenContainer(kind: .text, start: 0)
    outer.removeAll()
    elements.removeAll()
    members.removeAll()
  }

  /// Parses the whole text.
  mutating func parseText() throws(JSONParseError) -> JSONValue {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      throw JSONParseError(offset: 0, reason: "a byte order mark is not allowed")
    }
    let value = try parseValue()
    skipWhitespace()
    guard position == bytes.count else { throw expected("end of input after the value") }
    return value
  }

  /// Parses one value, after white space.
  mutating func parseValue() throws(JSONParseError) -> JSONValue {
    values: while true {
      skipWhitespace()
      guard var value = try parseScalarOrOpen() else { continue }
      // The value may be the last of its container, which then is the value that is finished.
      while innermost.kind != .text {
        guard let container = try add(value) else { continue values }
        value = container
      }
      return value
    }
  }

  /// Parses a scalar or an empty container; opens any other container and returns nil.
  private mutating func parseScalarOrOpen() throws(JSONParseError) -> JSONValue? {
    guard position < bytes.count else { throw expected("a value") }
    switch bytes[position] {
    case UInt8(ascii: "\""):
      return .string(try parseString())
    case UInt8(ascii: "{"):
      try open(.object)
      if consume(UInt8(ascii: "}")) { return close() }
      try parseKey(expecting: "a string or '}'")
      return nil
    case UInt8(ascii: "["):
      try open(.array)
      if consume(UInt8(ascii: "]")) { return close() }
      return nil
    case UInt8(ascii: "t"):
      try consumeLiteral("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try consumeLiteral("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try consumeLiteral("null")
      return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      var scanner = NumberScanner(bytes, position: position)
      let storage = try scanner.scan()
      position = scanner.position
      return .number(JSONNumber(storage: storage))
    default:
      throw expected("a value")
    }
  }

  /// Adds a value to the innermost container; returns that container if it ends here, nil if another value must follow.
  private mutating func add(_ value: consuming JSONValue) throws(JSONParseError) -> JSONValue? {
    if innermost.kind == .object {
      members[innermost.target].value = value
      skipWhitespace()
      if consume(UInt8(ascii: ",")) {
        try parseKey(expecting: "a string")
        return nil
      }
      guard consume(UInt8(ascii: "}")) else { throw expected("',' or '}'") }
    } else {
      elements.push(value)
      skipWhitespace()
      if consume(UInt8(ascii: ",")) { return nil }
      guard consume(UInt8(ascii: "]")) else { throw expected("',' or ']'") }
    }
    return close()
  }
}

extension JSONParser {
  private mutating func open(_ kind: OpenContainer.Kind) throws(JSONParseError) {
    let isOutermost = innermost.kind == .text
    guard outer.count + (isOutermost ? 0 : 1) < maxDepth else {
      throw JSONParseError(offset: position, reason: "\(JSONParseError.tooDeep) \(maxDepth) levels")
    }
    if !isOutermost { outer.push(innermost) }
    innermost = OpenContainer(kind: kind, start: kind == .object ? members.count : elements.count)
    position += 1
    skipWhitespace()
  }

  private mutating func close() -> JSONValue {
    let container = innermost
    innermost = outer.popLast() ?? OpenContainer(kind: .text, start: 0)
    guard container.kind == .object else { return .array(elements.popAll(from: container.start)) }
    return .object(JSONObject(distinct: members.popAll(from: container.start), index: container.index))
  }

  /// Parses a key and its colon and makes its member the target of the next value.
  private mutating func parseKey(expecting expectation: StaticString) throws(JSONParseError) {
    skipWhitespace()
    let offset = position
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw expected("\(expectation)") }
    let key = if let expected = takeExpectedKey() { expected } else { try parseNewKey() }
    skipWhitespace()
    guard consume(UInt8(ascii: ":")) else { throw expected("':'") }

    if let earlier = noteKey(key) {
      if duplicates == .reject {
        throw JSONParseError(offset: offset, reason: "the member \(Self.excerpt(of: key)) is a duplicate")
      }
      innermost.target = earlier
    } else {
      innermost.target = members.count
      members.push(JSONObject.Member(key: key, value: .null))
    }
  }

  /// A short key as it stands in the text, in quotation marks.
  private struct RecentKey {
    /// Its first 16 bytes, of which `count` count.
    let words: (UInt64, UInt64)
    let count: Int
    let key: String
    let fingerprint: UInt64
    /// The key that stood behind it last; at first the first one.
    var next = 0
  }

  /// So many keys are kept: those of the first objects of a list, unless they are large.
  private static let maximumRecentKeys = 32

  /// Takes the key that stood behind the last one before, if it stands there again byte for byte.
  @inline(__always)
  private mutating func takeExpectedKey() -> String? {
    guard !recentKeys.isEmpty, bytes.count + padding - position >= 16 else { return nil }
    let next = recentKeys[lastKey].next
    let count = recentKeys[next].count
    let words = words(at: position)
    let (first, second) = (words.0 ^ recentKeys[next].words.0, words.1 ^ recentKeys[next].words.1)
    let isSame =
      count < 8
      ? first &<< UInt64(64 - 8 * count) == 0 : first == 0 && (count == 8 || second &<< UInt64(128 - 8 * count) == 0)
    guard isSame else { return nil }
    position += count
    fingerprint = recentKeys[next].fingerprint
    lastKey = next
    return recentKeys[next].key
  }

  /// Parses a key, and keeps one that is short for those that come.
  private mutating func parseNewKey() throws(JSONParseError) -> String {
    let start = position
    let key = try parseString()
    let count = position - start
    // Only what stands in a list behind another element, or is one of several texts, is likely to have its keys.
    guard elements.count > 0 || padding > 0, count <= 16, count == key.utf8.count + 2,
      recentKeys.count < Self.maximumRecentKeys, bytes.count + padding - start >= 16
    else { return key }
    if !recentKeys.isEmpty { recentKeys[lastKey].next = recentKeys.count }
    lastKey = recentKeys.count
    recentKeys.append(RecentKey(words: words(at: start), count: count, key: key, fingerprint: fingerprint))
    return key
  }

  /// Sixteen bytes that can be read.
  @inline(__always)
  private func words(at position: Int) -> (UInt64, UInt64) {
    let readable = UnsafeBufferPointer(start: bytes.baseAddress, count: bytes.count + padding)
    return (PlainRun.word(of: readable, at: position), PlainRun.word(of: readable, at: position + 8))
  }

  /// Finds an earlier member with the key on the stack of members, or notes that the key will be pushed on it.
  private mutating func noteKey(_ key: String) -> Int? {
    let start = innermost.start
    let count = members.count - start
    if count > MemberIndex.threshold {
      if innermost.index == nil { innermost.index = MemberIndex(members.copy(from: start)) }
      guard let earlier = innermost.index?.insert(key, at: count) else { return nil }
      return start + earlier
    }
    let bit: UInt64 = 1 &<< fingerprint
    guard innermost.seenKeys & bit != 0 else {
      innermost.seenKeys |= bit
      return nil
    }
    return members.firstIndex(from: start) { $0.key.hasSameCodePoints(as: key) }
  }

  /// The beginning of a key, quoted and escaped.
  private static func excerpt(of key: String) -> String {
    var excerpt = String(String.UnicodeScalarView(key.unicodeScalars.prefix(40)))
    if excerpt.utf8.count < key.utf8.count { excerpt += "…" }
    return JSONValue.string(excerpt).canonicalString()
  }
}

extension JSONParser {
  @inline(__always)
  mutating func skipWhitespace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  @inline(__always)
  mutating func consume(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  /// Whether these bytes come.
  func isNext(_ literal: UnsafeBufferPointer<UInt8>) -> Bool {
    bytes.count - position >= literal.count
      && UnsafeBufferPointer(rebasing: bytes[position..<position + literal.count]).hasSameBytes(as: literal)
  }

  private mutating func consumeLiteral(_ literal: StaticString) throws(JSONParseError) {
    for place in 0..<literal.utf8CodeUnitCount {
      guard consume(literal.utf8Start[place]) else { throw expected("'\(literal)'") }
    }
  }

  func expected(_ expectation: String) -> JSONParseError {
    .expected(expectation, at: position, in: bytes)
  }
}
