/// A growing run of bytes.
package struct ByteSink: ~Copyable {
  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  package private(set) var count = 0

  package init() {
    capacity = 256
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  /// Lends the bytes for the length of a call.
  package func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    body(UnsafeBufferPointer(start: base, count: count))
  }

  /// Forgets the bytes and keeps the room for them.
  package mutating func removeAll() { count = 0 }

  @inline(__always)
  package mutating func append(_ byte: UInt8) {
    reserve(1)
    base[count] = byte
    count += 1
  }

  package mutating func append(_ literal: StaticString) {
    append(UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
  }

  mutating func append(utf8Of string: String) {
    var string = string
    string.withUTF8 { append($0) }
  }

  package mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let source = bytes.baseAddress else { return }
    reserve(bytes.count)
    (base + count).update(from: source, count: bytes.count)
    count += bytes.count
  }

  /// Appends an integer in decimal.
  mutating func append(_ integer: Int64) {
    reserve(20)
    if integer < 0 {
      base[count] = UInt8(ascii: "-")
      count += 1
    }
    var rest = integer.magnitude
    var width = 1
    var bound: UInt64 = 10
    // A magnitude has at most 19 digits, and ten to the power of 19 fits.
    while rest >= bound {
      width += 1
      if width == 20 { break }
      bound *= 10
    }
    for place in stride(from: count + width - 1, through: count, by: -1) {
      base[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    count += width
  }

  /// Makes room for so many more bytes.
  @inline(__always)
  private mutating func reserve(_ additional: Int) {
    if capacity - count < additional { grow(by: additional) }
  }

  @inline(never)
  private mutating func grow(by additional: Int) {
    capacity = max(capacity * 2, count + additional)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
  }
}

extension ByteSink {
  /// Appends a string in quotation marks with the shortest escapes (RFC 8259, section 7).
  package mutating func appendJSONString(_ string: String) {
    // Not `withUTF8`, which wants a text of its own.
    let isDone: Void? = string.utf8.withContiguousStorageIfAvailable { appendJSONString($0) }
    if isDone == nil { Array(string.utf8).withUnsafeBufferPointer { appendJSONString($0) } }
  }

  private mutating func appendJSONString(_ bytes: UnsafeBufferPointer<UInt8>) {
    // Most have no escape: two quotation marks around them, and what is copied behind their end.
    reserve(bytes.count + 9)
    base[count] = UInt8(ascii: "\"")
    count += 1
    var position = 0
    while true {
      position = copyPlainRun(of: bytes, from: position)
      guard position < bytes.count else { break }
      appendEscape(of: bytes[position])
      position += 1
      reserve(bytes.count - position + 8)
    }
    base[count] = UInt8(ascii: "\"")
    count += 1
  }

  /// Copies bytes up to the first that must be escaped; there is room for all of them, and for seven behind.
  @inline(__always)
  private mutating func copyPlainRun(of bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var position = start
    while bytes.count - position >= 8 {
      let word = PlainRun.word(of: bytes, at: position)
      UnsafeMutableRawPointer(base + count).storeBytes(of: word.littleEndian, as: UInt64.self)
      let stops = PlainRun.stops(in: word)
      if stops != 0 {
        count += stops.trailingZeroBitCount / 8
        return position + stops.trailingZeroBitCount / 8
      }
      count += 8
      position += 8
    }
    let left = bytes.count - position
    if left > 0, bytes.count >= 8 {
      // The last eight bytes without those that are copied already.
      let word = PlainRun.word(of: bytes, at: bytes.count - 8) &>> UInt64(8 * (8 - left))
      UnsafeMutableRawPointer(base + count).storeBytes(of: word.littleEndian, as: UInt64.self)
      let run = min(left, PlainRun.stops(in: word).trailingZeroBitCount / 8)
      count += run
      return position + run
    }
    while position < bytes.count, !PlainRun.isStop(bytes[position]) {
      base[count] = bytes[position]
      count += 1
      position += 1
    }
    return position
  }

  private mutating func appendEscape(of byte: UInt8) {
    let letter: UInt8
    switch byte {
    case 0x22, 0x5C: letter = byte
    case 0x08: letter = UInt8(ascii: "b")
    case 0x0C: letter = UInt8(ascii: "f")
    case 0x0A: letter = UInt8(ascii: "n")
    case 0x0D: letter = UInt8(ascii: "r")
    case 0x09: letter = UInt8(ascii: "t")
    default:
      append("\\u00")
      append(UInt8(ascii: "0") + byte >> 4)
      let low = byte & 0xF
      append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
      return
    }
    reserve(2)
    base[count] = UInt8(ascii: "\\")
    base[count + 1] = letter
    count += 2
  }
}
