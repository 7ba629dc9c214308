import FoundationEssentials
import Glibc
import MartletHTTP
import Testing

struct EventStreamTests {
  private func events(_ text: String) throws -> [ServerSentEvent] {
    var framer = EventStreamFramer()
    return try framer.push(Array(text.utf8)) + framer.finish()
  }

  private func data(_ text: String) throws -> [String] {
    try events(text).map { String(decoding: $0.data, as: UTF8.self) }
  }

  @Test(arguments: ["\n", "\r", "\r\n"])
  func everyKindOfLineEndIsOne(end: String) throws {
    #expect(try data("data: a\(end)data: b\(end)\(end)data: c\(end)\(end)") == ["a\nb", "c"])
  }

  @Test func f21FieldsOfAnEvent() throws {
    let events = try events("id: 7\nevent: delta\nretry: 250\ndata:x\n\ndata: y\n\n")
    #expect(events[0] == ServerSentEvent(event: "delta", data: Array("x".utf8), id: "7", retry: 250))
    #expect(events[1] == ServerSentEvent(event: nil, data: Array("y".utf8), id: "7", retry: nil))
  }

  @Test func onlyOneSpaceAfterTheColonIsDropped() throws {
    #expect(try data("data:  two\n\ndata:none\n\ndata: \n\n") == [" two", "none", ""])
  }

  @Test func anEventWithoutDataIsNone() throws {
    #expect(try data("event: ping\n\nid: 1\n\n: comment\n\ndata\n\n") == [""])
  }

  @Test func commentsAreCountedAndGiveNoEvent() throws {
    var framer = EventStreamFramer()
    #expect(try framer.push(Array(": OPENROUTER PROCESSING\n\n:\n".utf8)).isEmpty)
    #expect(framer.commentCount == 2)
  }

  @Test(arguments: ["data: last", "data: last\n", "data: last\n\n", "data: last\r"])
  func aLastEventWithoutBlankLineIsDeliveredAtTheEnd(text: String) throws {
    #expect(try data("data: first\n\n" + text) == ["first", "last"])
  }

  @Test func anEventIsDeliveredAtItsBlankLineAndNotLater() throws {
    var framer = EventStreamFramer()
    #expect(try framer.push(Array("data: a\r\n\r".utf8)).count == 1)
    #expect(try framer.push(Array("\n".utf8)).isEmpty)
    #expect(try framer.finish().isEmpty)
  }

  @Test func aTornByteOrderMarkAtTheEndIsNoEvent() throws {
    var framer = EventStreamFramer()
    #expect(try framer.push([0xEF, 0xBB]).isEmpty)
    #expect(try framer.finish().isEmpty)
  }

  @Test func retryThatIsNotANumberIsIgnored() throws {
    #expect(try events("retry: 1x\nretry: \nretry: 99999999999999999999\ndata\n\n")[0].retry == nil)
  }

  @Test(arguments: [
    String(repeating: "a", count: 11), "data: 123456789012", "data:12345\ndata:678901\n\n",
    ":" + String(repeating: "c", count: 11),
  ])
  func moreThanTheLimitIsRefused(text: String) {
    var framer = EventStreamFramer(maxEventBytes: 10)
    #expect(throws: EventStreamError.self) { try framer.push(Array(text.utf8)) }
    #expect(throws: EventStreamError.self) { try framer.push([]) }
    #expect(throws: EventStreamError.self) { try framer.finish() }
  }

  @Test func eventsBeforeTheOneThatIsTooLargeAreDelivered() throws {
    var framer = EventStreamFramer(maxEventBytes: 10)
    #expect(try framer.push(Array("data: 1\n\ndata: 123456789012\n\n".utf8)).count == 1)
    #expect(throws: EventStreamError.self) { try framer.push([]) }
  }

  @Test func anEventOfExactlyTheLimitIsTaken() throws {
    var framer = EventStreamFramer(maxEventBytes: 10)
    #expect(try framer.push(Array("data:12345\ndata:6789\n\n".utf8))[0].data.count == 10)
  }

  /// The state after a stream cut at every point equals that of the stream in one push.
  @Test func f21EveryCutGivesTheSameEvents() throws {
    let stream = Array("\u{FEFF}: hi\r\nevent: e\rdata: ä😀\r\n\r\ndata:x\ndata\n\nid: 1\r\rdata: end".utf8)
    var whole = EventStreamFramer()
    let expected = try whole.push(stream) + whole.finish()
    #expect(expected.count == 3)
    for cut in 0...stream.count {
      var framer = EventStreamFramer()
      let events = try framer.push(Array(stream[..<cut])) + framer.push(Array(stream[cut...])) + framer.finish()
      #expect(events == expected, "cut at \(cut)")
    }
  }
}

/// Vectors of two public suites (see their SOURCE.txt), found through `MARTLET_CONFORMANCE`.
struct EventStreamConformanceTests {
  private struct Vector: Decodable {
    struct Event: Decodable, Equatable {
      var type: String
      var data: String
      var id: String
    }

    var name: String
    var chunks: [String]
    var body: String
    var events: [Event]

    enum CodingKeys: String, CodingKey {
      case name, events
      case chunks = "chunks_b64"
      case body = "body_b64"
    }
  }

  private static let folder = getenv("MARTLET_CONFORMANCE").map { String(cString: $0) }

  private func standardEvents(_ pieces: [[UInt8]]) throws -> [Vector.Event] {
    var framer = EventStreamFramer()
    return try pieces.flatMap { try framer.push($0) }.map {
      Vector.Event(type: $0.event ?? "message", data: String(decoding: $0.data, as: UTF8.self), id: $0.id)
    }
  }

  /// Whole, in the pieces of the suite, byte by byte and at every cut. Without `finish()`, which departs from it.
  @Test(.enabled(if: folder != nil, "MARTLET_CONFORMANCE names no folder"))
  func vectorsGiveTheirEventsHoweverTheyAreCut() throws {
    let file = try #require(Self.folder) + "/sse-vectors/vectors.json"
    let vectors = try JSONDecoder().decode([Vector].self, from: Data(contentsOf: URL(filePath: file)))
    #expect(vectors.count > 100)
    for vector in vectors {
      let body = [UInt8](try #require(Data(base64Encoded: vector.body)))
      let chunks = vector.chunks.compactMap { Data(base64Encoded: $0).map { [UInt8]($0) } }
      #expect(try standardEvents([body]) == vector.events, "\(vector.name), whole")
      #expect(try standardEvents(chunks) == vector.events, "\(vector.name), in its pieces")
      #expect(try standardEvents(body.map { [$0] }) == vector.events, "\(vector.name), byte by byte")
      for cut in body.indices where body.count < 4_096 {
        let halves = [Array(body[..<cut]), Array(body[cut...])]
        #expect(try standardEvents(halves) == vector.events, "\(vector.name), cut at \(cut)")
      }
    }
  }
}
