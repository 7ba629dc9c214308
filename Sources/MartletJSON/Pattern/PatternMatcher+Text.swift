/// The text as code points. It is valid UTF-8, because it comes from a `String`; all reads stay in bounds even so.
extension PatternMatcher {
  /// The end of the code point at `position` if the set holds it.
  @inline(__always)
  func positionAfter(_ set: Int, at position: Int) -> Int? {
    guard position < text.count else { return nil }
    let byte = text[position]
    if byte < 0x80 { return program.sets[set].contains(ascii: byte) ? position + 1 : nil }
    guard let scalar = scalar(at: position), program.sets[set].contains(scalar.value) else { return nil }
    return position + scalar.width
  }

  /// The beginning of the code point before `position` if the set holds it.
  func positionBefore(_ set: Int, at position: Int) -> Int? {
    guard let scalar = scalar(before: position) else { return nil }
    let isMember =
      scalar.value < 0x80
      ? program.sets[set].contains(ascii: UInt8(scalar.value)) : program.sets[set].contains(scalar.value)
    return isMember ? position - scalar.width : nil
  }

  func scalar(at position: Int) -> (value: UInt32, width: Int)? {
    guard position < text.count else { return nil }
    let first = UInt32(text[position])
    if first < 0x80 { return (first, 1) }
    let width = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    guard position + width <= text.count else { return nil }
    var value = first & (0x7F >> UInt32(width))
    for index in (position + 1)..<(position + width) { value = value << 6 | UInt32(text[index]) & 0x3F }
    return (value, width)
  }

  func scalar(before position: Int) -> (value: UInt32, width: Int)? {
    position > 0 ? scalar(at: boundary(before: position)) : nil
  }

  /// Whether the next code point is beyond ASCII.
  @inline(__always)
  func isBeyondASCII(backward: Bool) -> Bool {
    let place = backward ? position - 1 : position
    return place >= 0 && place < text.count && text[place] >= 0x80
  }

  /// Whether a code point begins here, rather than goes on.
  func isBoundary(_ position: Int) -> Bool { text[position] & 0xC0 != 0x80 }

  func boundary(before position: Int) -> Int {
    var position = max(position - 1, 0)
    while position > 0, !isBoundary(position) { position -= 1 }
    return position
  }

  func boundary(after position: Int) -> Int {
    var position = min(position + 1, text.count)
    while position < text.count, !isBoundary(position) { position += 1 }
    return position
  }

  var isAtWordBoundary: Bool {
    isWord(scalar(before: position)?.value) != isWord(scalar(at: position)?.value)
  }

  private func isWord(_ value: UInt32?) -> Bool {
    guard let value else { return false }
    return switch value {
    case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
    case 0x17F, 0x212A: program.ignoresCase
    default: false
    }
  }
}
