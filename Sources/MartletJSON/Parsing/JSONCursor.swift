/// Goes through a JSON text from value to value, for a reader that knows what it looks for and needs no tree of it.
///
/// It reads the plainest spelling only: keys of ASCII without escapes, 16 levels. Where it cannot go on it stops, and
/// nothing that it gave counts: the text is no JSON, is not what the reader looks for, or is for ``JSONValue`` to read.
///
/// ```swift
/// var cursor = JSONCursor(bytes)
/// cursor.enterObject()
/// while let key = cursor.nextKey() {
///   switch key {
///   case "id": id = cursor.string()
///   default: cursor.skip()
///   }
/// }
/// guard cursor.isAtEnd else { return nil }
/// ```
package struct JSONCursor: ~Copyable {
  private var parser: JSONParser
  /// Whether nothing was taken yet of the container that was entered last.
  private var isAtStart = false
  /// Whether it could not go on.
  package private(set) var hasStopped = false

  private static let maximumDepth = 16

  /// Begins before the text's value; the bytes have to stay as long as the cursor does.
  package init(_ bytes: UnsafeBufferPointer<UInt8>) {
    parser = JSONParser(bytes, duplicates: .lastWins, maxDepth: Self.maximumDepth)
  }

  // Without it another module would end the parser in pieces, which Swift 6.3 cannot compile with AddressSanitizer.
  deinit {}

  /// Whether the whole text was taken, so that what it gave counts.
  package var isAtEnd: Bool {
    mutating get {
      parser.skipWhitespace()
      return !hasStopped && parser.position == parser.bytes.count
    }
  }

  /// The offset of what comes next.
  package var position: Int { parser.position }

  /// How many bytes come.
  package var bytesLeft: Int { parser.bytes.count - parser.position }

  /// Goes back to an offset at which a value begins, also after it has stopped behind it, but not within a value that it
  /// was to take whole.
  package mutating func goBack(to position: Int) {
    parser.position = position
    hasStopped = false
  }

  /// Goes on to the end of all loops.
  package mutating func stop() {
    hasStopped = true
    parser.position = parser.bytes.count
  }

  /// Takes bytes as they stand, after white space; false, and nothing is taken, if others come.
  @inline(__always)
  package mutating func take(_ literal: StaticString) -> Bool {
    parser.skipWhitespace()
    guard parser.isNext(UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount)) else {
      return false
    }
    parser.position += literal.utf8CodeUnitCount
    return true
  }

  /// Enters the object that comes.
  package mutating func enterObject() { enter(UInt8(ascii: "{")) }

  /// Enters the array that comes.
  package mutating func enterArray() { enter(UInt8(ascii: "[")) }

  private mutating func enter(_ bracket: UInt8) {
    parser.skipWhitespace()
    if parser.consume(bracket) { isAtStart = true } else { stop() }
  }

  /// The key of the object's next member, whose value is to be taken; nil at the end of the object, which is left.
  package mutating func nextKey() -> JSONWord? {
    guard hasNext(before: UInt8(ascii: "}")) else { return nil }
    let key = word()
    parser.skipWhitespace()
    guard let key, parser.consume(UInt8(ascii: ":")) else {
      stop()
      return nil
    }
    return key
  }

  /// Whether the array has another element, which is to be taken; if not, the array is left.
  package mutating func nextElement() -> Bool { hasNext(before: UInt8(ascii: "]")) }

  private mutating func hasNext(before end: UInt8) -> Bool {
    parser.skipWhitespace()
    let isFirst = isAtStart
    isAtStart = false
    if parser.consume(end) { return false }
    if isFirst ? !hasStopped : parser.consume(UInt8(ascii: ",")) { return true }
    stop()
    return false
  }
}

extension JSONCursor {
  /// Takes a string as it lies in the text; nil, and it stops, if that is not how it reads.
  package mutating func word() -> JSONWord? {
    parser.skipWhitespace()
    let key = takeWord()
    if key == nil { stop() }
    return key
  }

  @inline(__always)
  private mutating func takeWord() -> JSONWord? {
    guard isNext(UInt8(ascii: "\"")) else { return nil }
    let start = parser.position + 1
    let run = PlainRun(in: parser.bytes, from: start)
    guard run.isASCII, run.end < parser.bytes.count, parser.bytes[run.end] == UInt8(ascii: "\"") else { return nil }
    parser.position = run.end + 1
    return JSONWord(UnsafeBufferPointer(rebasing: parser.bytes[start..<run.end]))
  }

  /// Takes a string; anything else stops.
  package mutating func string() -> String {
    parser.skipWhitespace()
    if isNext(UInt8(ascii: "\"")), let string = try? parser.parseString() { return string }
    stop()
    return ""
  }

  /// Takes an integer in its plain spelling; anything else stops.
  package mutating func integer() -> Int {
    parser.skipWhitespace()
    var scanner = NumberScanner(parser.bytes, position: parser.position)
    guard case .integer(let value)? = try? scanner.scan() else {
      stop()
      return 0
    }
    parser.position = scanner.position
    return Int(value)
  }

  /// Takes a `null` if one comes.
  package mutating func takeNull() -> Bool {
    parser.skipWhitespace()
    return isNext(UInt8(ascii: "n")) && takeValue() != nil
  }

  /// Takes any value.
  package mutating func skip() { skip(depth: Self.maximumDepth) }

  private mutating func skip(depth: Int) {
    parser.skipWhitespace()
    if depth == 0 {
      stop()
    } else if isNext(UInt8(ascii: "{")) {
      enterObject()
      while nextKey() != nil { skip(depth: depth - 1) }
    } else if isNext(UInt8(ascii: "[")) {
      enterArray()
      while nextElement() { skip(depth: depth - 1) }
    } else if takeWord() == nil {
      _ = takeValue()
    }
  }

  /// Takes any value and gives it; nil, and it stops, if there is none.
  package mutating func takeValue() -> JSONValue? {
    if let value = try? parser.parseValue() { return value }
    stop()
    return nil
  }

  private func isNext(_ byte: UInt8) -> Bool {
    parser.position < parser.bytes.count && parser.bytes[parser.position] == byte
  }
}
