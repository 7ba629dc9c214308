import Glibc

/// Splits a `text/event-stream` into events: a pure state machine over bytes (WHATWG HTML, section 9.2.6).
///
/// The result does not depend on how the stream is cut into pushes. Time is linear in the bytes, and no more than
/// twice `maxEventBytes` is held.
///
/// It departs from the standard in one point: ``finish()`` delivers a last event that no blank line follows, even
/// when its last line has no end. The standard discards it, but model servers do close without the blank line, and
/// a reader of the data notices when an event was cut.
package struct EventStreamFramer: Sendable {
  /// Comment lines seen so far; servers send them to keep the connection open.
  package private(set) var commentCount = 0

  private let maxEventBytes: Int
  private var start = ByteOrderMark.expected(0)
  private var skipsLineFeed = false
  private var line: [UInt8] = []
  private var event: String?
  private var data: ArraySlice<UInt8> = []
  private var hasData = false
  private var id = ""
  private var retry: Int?
  private var failure: EventStreamError?

  private enum ByteOrderMark: Sendable {
    case expected(Int)
    case passed
  }

  /// A framer at the beginning of a stream; `maxEventBytes` bounds each line and the data of each event.
  package init(maxEventBytes: Int = 8 << 20) {
    self.maxEventBytes = maxEventBytes
  }

  /// The events that these bytes complete.
  ///
  /// Events that were complete before a limit was passed are returned; the next call throws.
  package mutating func push(_ bytes: [UInt8]) throws(EventStreamError) -> [ServerSentEvent] {
    if let failure { throw failure }
    var events: [ServerSentEvent] = []
    bytes.withUnsafeBufferPointer { consume($0, of: bytes, into: &events) }
    if let failure, events.isEmpty { throw failure }
    return events
  }

  /// The end of the stream: the last event, if one was begun.
  package mutating func finish() throws(EventStreamError) -> [ServerSentEvent] {
    if let failure { throw failure }
    var events: [ServerSentEvent] = []
    if case .expected(let matched) = start {
      line = Array(Self.byteOrderMark.prefix(matched))
      start = .passed
    }
    if !line.isEmpty {
      let last = line
      line = []
      last.withUnsafeBufferPointer { interpret($0[...], of: last, into: &events) }
    }
    dispatch(into: &events)
    if let failure { throw failure }
    return events
  }
}

// MARK: - Lines

extension EventStreamFramer {
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// Takes the bytes of a piece, which is passed along for the events to keep parts of.
  private mutating func consume(
    _ bytes: UnsafeBufferPointer<UInt8>, of piece: [UInt8], into events: inout [ServerSentEvent]
  ) {
    var position = passByteOrderMark(bytes)
    // Known as long as it lies ahead, so that every byte is looked at once.
    var lineFeed = -1
    while position < bytes.count, failure == nil {
      if skipsLineFeed {
        skipsLineFeed = false
        if bytes[position] == Self.lineFeed {
          position += 1
          continue
        }
      }
      if lineFeed < position { lineFeed = Self.place(of: Self.lineFeed, in: bytes, position..<bytes.count) }
      let end = Self.place(of: Self.carriageReturn, in: bytes, position..<lineFeed)
      if end == bytes.count { return keep(bytes[position...]) }
      if line.isEmpty {
        interpret(bytes[position..<end], of: piece, into: &events)
      } else {
        keep(bytes[position..<end])
        var whole: [UInt8] = []
        swap(&whole, &line)
        whole.withUnsafeBufferPointer { interpret($0[...], of: whole, into: &events) }
        whole.removeAll(keepingCapacity: whole.capacity <= 64 << 10)
        swap(&whole, &line)
      }
      skipsLineFeed = bytes[end] == Self.carriageReturn
      position = end + 1
    }
  }

  /// Where the first line begins: one leading byte order mark is dropped, wherever it is cut.
  private mutating func passByteOrderMark(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    guard case .expected(var matched) = start else { return 0 }
    var position = 0
    while position < bytes.count, matched < 3, bytes[position] == Self.byteOrderMark[matched] {
      position += 1
      matched += 1
    }
    if matched == 3 {
      start = .passed
    } else if position < bytes.count {
      line = Array(Self.byteOrderMark.prefix(matched))
      start = .passed
    } else {
      start = .expected(matched)
    }
    return position
  }

  /// The first place of a byte in a range; the range's end if it is not there.
  private static func place(of byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int {
    guard let base = UnsafeRawPointer(bytes.baseAddress),
      let found = memchr(base + range.lowerBound, Int32(byte), range.count)
    else { return range.upperBound }
    return base.distance(to: UnsafeRawPointer(found))
  }

  private mutating func keep(_ part: Slice<UnsafeBufferPointer<UInt8>>) {
    if part.count > maxEventBytes - line.count { return fail() }
    line.append(contentsOf: part)
  }

  private mutating func fail() {
    failure = EventStreamError(limit: maxEventBytes)
    line = []
    data = []
  }
}

// MARK: - Fields

extension EventStreamFramer {
  private mutating func interpret(
    _ line: Slice<UnsafeBufferPointer<UInt8>>, of piece: [UInt8], into events: inout [ServerSentEvent]
  ) {
    if failure != nil { return }
    if line.count > maxEventBytes { return fail() }
    guard let first = line.first else { return dispatch(into: &events) }
    if first == UInt8(ascii: ":") {
      commentCount &+= 1
      return
    }
    let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
    let name = line[..<colon]
    var value = line[colon...].dropFirst()
    if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
    if name.isNamed("data") {
      appendData(piece[value.startIndex..<value.endIndex])
    } else if name.isNamed("event") {
      event = value.isEmpty ? nil : String(decoding: value, as: UTF8.self)
    } else if name.isNamed("id") {
      if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
    } else if name.isNamed("retry") {
      let isNumber = !value.isEmpty && value.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      if isNumber, let time = Int(String(decoding: value, as: UTF8.self)) { retry = time }
    }
  }

  private mutating func appendData(_ value: ArraySlice<UInt8>) {
    let separator = hasData ? 1 : 0
    if value.count + separator > maxEventBytes - data.count { return fail() }
    if hasData {
      data.append(Self.lineFeed)
      data.append(contentsOf: value)
    } else {
      data = value
    }
    hasData = true
  }

  private mutating func dispatch(into events: inout [ServerSentEvent]) {
    if hasData {
      events.append(ServerSentEvent(event: event, data: data, id: id, retry: retry))
      data = []
      hasData = false
      retry = nil
    }
    event = nil
  }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
  /// Whether these are the bytes of a field's name.
  fileprivate func isNamed(_ name: StaticString) -> Bool {
    guard count == name.utf8CodeUnitCount, let start = UnsafeBufferPointer(rebasing: self).baseAddress else {
      return false
    }
    return memcmp(start, name.utf8Start, count) == 0
  }
}
