/// What a tool gave, made valid text of a bounded length, and what had to be changed for that.
struct ResultText {
  private(set) var text: String
  private var replaced = 0
  private var omitted = 0

  init(_ output: CapturedOutput) {
    omitted = output.omittedBytes
    guard omitted > 0 else {
      // A character may lie across the two halves.
      (text, replaced) = Self.repaired(output.tail.isEmpty ? output.head : output.head + output.tail)
      return
    }
    let (head, replacedInHead) = Self.repaired(output.head, isCutAtEnd: true)
    let (tail, replacedInTail) = Self.repaired(output.tail, isCutAtStart: true)
    replaced = replacedInHead + replacedInTail
    text = head + "\n[… \(omitted) bytes are missing here …]\n" + tail
  }

  /// A text, or its beginning and its end when it is longer than `limit` bytes.
  init(_ text: String, limit: Int) {
    let isWhole = text.utf8.count <= limit
    if isWhole, !text.hasNUL {
      self.init(valid: text)
      return
    }
    self.init(
      CapturedOutput(
        head: Array(isWhole ? text.utf8[...] : text.utf8.prefix(limit / 2)),
        tail: isWhole ? [] : Array(text.utf8.suffix(limit / 2)), totalBytes: text.utf8.count))
  }

  private init(valid text: String) {
    self.text = text
  }

  init(lossy bytes: [UInt8]) {
    (text, replaced) = Self.repaired(bytes, isCutAtStart: true)
  }

  /// The text, with a note when it is not what the program wrote.
  var annotated: String {
    replaced == 0
      ? text
      : text
        + "\n[note: \(replaced == 1 ? "1 byte of the output was" : "\(replaced) bytes of the output were") NUL or not UTF-8, shown as \u{FFFD}]"
  }

  /// The bytes as text; NUL and what is not UTF-8 become U+FFFD and are counted in bytes.
  ///
  /// A character that was cut in two at an end is left out without being counted.
  private static func repaired(
    _ bytes: some Collection<UInt8>, isCutAtStart: Bool = false, isCutAtEnd: Bool = false
  ) -> (String, Int) {
    var whole = Array(bytes)
    if isCutAtStart { whole.removeFirst(whole.prefix(3).prefix { $0 & 0xC0 == 0x80 }.count) }
    if isCutAtEnd { whole.removeLast(whole.cutCharacterLength) }
    if !whole.contains(0), let text = String(validating: whole, as: UTF8.self) { return (text, 0) }
    var text = String.UnicodeScalarView()
    var replaced = 0
    var decoder = UTF8()
    var iterator = whole.makeIterator()
    var consumed = 0
    loop: while true {
      switch decoder.decode(&iterator) {
      case .scalarValue("\0"):
        text.append("\u{FFFD}")
        replaced += 1
        consumed += 1
      case .scalarValue(let scalar):
        text.append(scalar)
        consumed += UTF8.width(scalar)
      case .error:
        text.append("\u{FFFD}")
      case .emptyInput:
        break loop
      }
    }
    return (String(text), replaced + whole.count - consumed)
  }
}

extension String {
  /// Whether there is a NUL in it.
  fileprivate var hasNUL: Bool {
    utf8.withContiguousStorageIfAvailable { $0.contains(0) } ?? utf8.contains(0)
  }
}

extension [UInt8] {
  /// How many bytes at the end begin a character that is not complete.
  fileprivate var cutCharacterLength: Int {
    for (back, byte) in reversed().prefix(4).enumerated() where byte & 0xC0 != 0x80 {
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return length > back + 1 ? back + 1 : 0
    }
    return 0
  }
}
