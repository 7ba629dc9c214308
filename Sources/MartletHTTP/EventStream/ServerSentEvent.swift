/// One event of a `text/event-stream` (WHATWG HTML, section 9.2.6).
package struct ServerSentEvent: Sendable, Hashable {
  /// The value of the last `event` field; nil where the standard says `message`.
  package var event: String?
  /// The `data` fields joined by line feeds: bytes, because a parser of the payload validates them itself.
  ///
  /// Where there is one field that came in one piece, they are a part of that piece and not a copy.
  package var data: ArraySlice<UInt8>
  /// The last event ID in force, which lasts from one event to the next; empty when none was sent.
  package var id: String
  /// The reconnection time in milliseconds, when this event's block set one.
  package var retry: Int?

  package init(event: String? = nil, data: [UInt8], id: String = "", retry: Int? = nil) {
    self.init(event: event, data: data[...], id: id, retry: retry)
  }

  package init(event: String?, data: ArraySlice<UInt8>, id: String, retry: Int?) {
    self.event = event
    self.data = data
    self.id = id
    self.retry = retry
  }
}

/// An event stream went over one of the framer's limits; nothing more can be read from it.
package struct EventStreamError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The limit, in bytes of one line or of one event's data.
  package let limit: Int

  package var description: String { "an event of the stream is larger than \(limit) bytes" }
}
