import MartletJSON

/// The calls of a ``StandardReply``, read in one pass: a reply may have many, and they are much alike.
struct StandardCalls: ~Copyable {
  private(set) var calls: [AssembledToolCall] = []
  /// Parses the arguments of one call after the other.
  private var texts = JSONTexts(duplicates: .reject)
  /// The name of the call before, as it stands in the body and as a text.
  private var lastName: (word: JSONWord, text: String)?
  /// Whether the calls so far are spelled as most servers spell them.
  private var areUsual = true

  /// A call as it is read.
  private struct Call {
    var id = ""
    var name = ""
    var arguments = ""
  }

  /// Reads a list of calls; stops where the assembler has to decide.
  mutating func read(_ cursor: inout JSONCursor) {
    cursor.enterArray()
    while cursor.nextElement() {
      let start = cursor.position
      readCall(&cursor)
      // Room for as many as there can be, if the others are as long as this one.
      if calls.count == 2, cursor.position > start {
        calls.reserveCapacity(min(CallSlots.maximumCalls, 2 + cursor.bytesLeft / (cursor.position - start)))
      }
    }
  }

  private mutating func readCall(_ cursor: inout JSONCursor) {
    var call = Call()
    if areUsual {
      let start = cursor.position
      areUsual = readUsual(&cursor, &call)
      if !areUsual {
        cursor.goBack(to: start)
        call = Call()
      }
    }
    if !areUsual { readAny(&cursor, &call) }
    guard !call.id.isEmpty, !call.name.isEmpty, call.arguments.utf8.count <= CallSlot.maximumArgumentBytes,
      calls.count < CallSlots.maximumCalls, let value = texts.value(of: call.arguments), case .object = value
    else { return cursor.stop() }
    calls.append(AssembledToolCall(id: call.id, name: call.name, arguments: call.arguments, value: value))
  }

  /// Reads a call in the order and without the white space of most servers; false if it is not spelled so.
  private mutating func readUsual(_ cursor: inout JSONCursor, _ call: inout Call) -> Bool {
    guard cursor.take(#"{"id":"#) else { return false }
    call.id = cursor.string()
    guard cursor.take(#","type":"function","function":{"name":"#) else { return false }
    call.name = name(&cursor)
    guard cursor.take(#","arguments":"#) else { return false }
    call.arguments = cursor.string()
    return cursor.take("}}")
  }

  private mutating func readAny(_ cursor: inout JSONCursor, _ call: inout Call) {
    cursor.enterObject()
    while let key = cursor.nextKey() {
      switch key {
      case "index": if cursor.integer() != calls.count { cursor.stop() }
      case "id": call.id = cursor.string()
      case "type": cursor.skip()
      case "function": readFunction(&cursor, &call)
      default: cursor.requireNull()
      }
    }
  }

  private mutating func readFunction(_ cursor: inout JSONCursor, _ call: inout Call) {
    (call.name, call.arguments) = ("", "")
    cursor.enterObject()
    while let key = cursor.nextKey() {
      switch key {
      case "name": call.name = name(&cursor)
      case "arguments": call.arguments = cursor.string()
      default: cursor.requireNull()
      }
    }
  }

  /// Takes the name of a function; one that the assembler has to look at stops.
  private mutating func name(_ cursor: inout JSONCursor) -> String {
    guard let word = cursor.word() else { return "" }
    if let lastName, lastName.word.isSame(as: word) { return lastName.text }
    let text = word.text
    if word.contains(UInt8(ascii: "|")) || text == AssembledToolCall.parallelName {
      cursor.stop()
      return ""
    }
    lastName = (word, text)
    return text
  }
}

extension StandardCalls {
  /// Whether no two calls have the same identifier, as far as can be told at a glance.
  static func haveDistinctIDs(_ calls: [AssembledToolCall]) -> Bool {
    if calls.count < 2 { return true }
    // Places of calls by their identifiers; half of them or more stay empty.
    let size = 1 << (Int.bitWidth - (2 * calls.count - 1).leadingZeroBitCount)
    return withUnsafeTemporaryAllocation(of: Int.self, capacity: size) { places in
      places.initialize(repeating: -1)
      for index in calls.indices {
        guard let mark = mark(of: calls[index].id) else { return false }
        var place = mark & (size - 1)
        while places[place] >= 0 {
          if calls[places[place]].id == calls[index].id { return false }
          place = (place + 1) & (size - 1)
        }
        places[place] = index
      }
      return true
    }
  }

  /// A number that depends on a text; nil unless it is ASCII, of which only the same bytes are the same text.
  private static func mark(of text: String) -> Int? {
    text.utf8.withContiguousStorageIfAvailable { bytes in
      var mark: UInt64 = 0
      var seen: UInt8 = 0
      for byte in bytes {
        seen |= byte
        mark = (mark ^ UInt64(byte)) &* 0x9E37_79B9_7F4A_7C15
      }
      return seen < 0x80 ? Int(truncatingIfNeeded: mark &>> 32) : nil
    } ?? nil
  }
}

extension JSONCursor {
  /// Takes a `null`; anything else stops.
  mutating func requireNull() {
    if !takeNull() { stop() }
  }
}
