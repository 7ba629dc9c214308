/// Parses one short text after the other: they share the room that it takes, and most have the keys of the one before.
package struct JSONTexts: ~Copyable {
  private var parser: JSONParser
  /// The text with zeros behind it, so that words can be read to its end.
  private var room = MoveStack<UInt8>()
  private var isFirst = true

  /// Begins with nothing parsed.
  package init(duplicates: DuplicateMembers) {
    parser = JSONParser(
      UnsafeBufferPointer(start: nil, count: 0), duplicates: duplicates, maxDepth: JSONValue.defaultMaximumDepth)
  }

  // Without it another module would end the parser in pieces, which Swift 6.3 cannot compile with AddressSanitizer.
  deinit {}

  /// What a text is by itself; nil if it is no JSON.
  package mutating func value(of text: String) -> JSONValue? {
    // Often it is the only one.
    if isFirst {
      isFirst = false
      return try? JSONValue(parsing: text, duplicates: parser.duplicates)
    }
    room.removeAll()
    let isCopied: Void? = text.utf8.withContiguousStorageIfAvailable { room.push(contentsOf: $0) }
    if isCopied == nil { for byte in text.utf8 { room.push(byte) } }
    let count = room.count
    room.pushZeros(16)
    parser.begin(UnsafeBufferPointer(rebasing: room.elements.prefix(count)), padding: 16)
    return try? parser.parseText()
  }
}
