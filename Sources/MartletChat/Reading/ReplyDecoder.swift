import MartletHTTP
import MartletJSON

/// Reads the body of a response, whichever of the two forms it has: a stream of events, or one JSON text.
///
/// The content type alone does not tell: proxies answer a request for a stream with a JSON text and the other way round,
/// so the first byte has the last word.
package struct ReplyDecoder: Sendable {
  private enum Form {
    /// What came so far, which fits both.
    case unknown([UInt8])
    case events(EventStreamFramer)
    case text([UInt8])
  }

  /// What a stream has said of its end.
  enum Completeness { case open, finished, done }

  private let contentType: String?
  private let options: ReplyAssembler.Options
  private var form = Form.unknown([])
  /// Made when it is needed, which it is not for a body that keeps to the standard: it is large.
  private var assembler: ReplyAssembler?
  /// What a body that keeps to the standard says of itself.
  private var standard: (id: String, model: String)?
  /// The beginning of a stream, to be shown if no event is in it.
  private var start: [UInt8] = []
  private var hasEvent = false
  /// Whether a JSON text has come to its end.
  private var isRead = false
  /// The size of a JSON text at which it has come further.
  private var nextUsefulSize = 1

  /// The other replies of a body that holds more than one choice.
  package private(set) var alternatives: [AssembledReply] = []

  /// What is known of the reply as a whole while it still comes; empty what is not.
  package var identity: (id: String, model: String) {
    if let standard { return standard }
    return assembler.map { ($0.reply.id, $0.reply.model) } ?? ("", "")
  }

  /// The body of a reply that came whole; nil for a stream.
  package var wholeBody: [UInt8]? {
    if case .text(let body) = form { body } else { nil }
  }

  /// `finished` once there is a finish reason, after which only the usage comes; `done` after the mark of the end.
  var completeness: Completeness {
    // Of a whole body nothing is known before its end, and to ask the assembler would copy it.
    if case .text = form, !isRead { return .open }
    if assembler?.hasEnded == true { return .done }
    return isMarkedComplete ? .finished : .open
  }

  /// What the server counted so far, with its cost; nil if it counted nothing.
  var reportedUsage: Usage? { assembler?.reportedUsage }

  private var isMarkedComplete: Bool { assembler?.isMarkedComplete ?? (standard != nil) }

  /// Begins with the response's `content-type`.
  package init(contentType: String?, options: ReplyAssembler.Options) {
    self.contentType = contentType
    self.options = options
  }

  /// Takes bytes as they came and gives their deltas; `isUseful` is set when they bring the reply further.
  ///
  /// A JSON text cannot be understood before its end: 4 KiB of it are useful.
  package mutating func push(_ bytes: [UInt8], isUseful: inout Bool) throws(APIError) -> [ChatDelta] {
    var bytes = bytes
    if case .unknown(let beginning) = form {
      decideForm(bytes)
      if case .unknown = form {} else if !beginning.isEmpty { bytes = beginning + bytes }
    }
    switch form {
    case .unknown(var beginning):
      // Taken out, so that it grows in place.
      form = .unknown([])
      beginning += bytes
      form = .unknown(beginning)
      return []
    case .text(var text):
      form = .unknown([])
      if text.isEmpty { text = bytes } else { text += bytes }
      if text.count >= nextUsefulSize {
        isUseful = true
        nextUsefulSize = text.count + 4096
      }
      form = .text(text)
      return []
    case .events(var framer):
      form = .unknown([])
      defer { form = .events(framer) }
      if start.count < 200 { start += bytes.prefix(200 - start.count) }
      let events: [ServerSentEvent]
      do throws(EventStreamError) {
        events = try framer.push(bytes)
      } catch {
        try take(error)
        events = []
      }
      let marks = assembler?.marks
      for event in events { try push(event) }
      let deltas = assembler?.takeDeltas() ?? []
      if !deltas.isEmpty || assembler?.marks != marks { isUseful = true }
      return deltas
    }
  }

  /// Ends the body, cleanly or with the error that broke it; gives the reply and the deltas that it completes.
  package mutating func finish(after error: APIError?) throws(APIError) -> (reply: AssembledReply, rest: [ChatDelta]) {
    switch form {
    case .unknown(let beginning):
      throw error ?? .notAReply(beginning)
    case .text(let body):
      if let error { throw error }
      isRead = true
      if let standard = StandardReply(body, options) {
        self.standard = (standard.reply.id, standard.reply.model)
        return (standard.reply, standard.deltas)
      }
      assembler = ReplyAssembler(options)
      guard let reply = try assembler?.assemble(anyBody: body) else { throw APIError.notAReply(body) }
      alternatives = reply.hasOtherChoices ? alternatives(in: body) : []
      return (reply, assembler?.takeDeltas() ?? [])
    case .events(var framer):
      var last: [ServerSentEvent] = []
      do throws(EventStreamError) {
        last = try framer.finish()
      } catch let tooLarge {
        if let error, !isMarkedComplete { throw error }
        try take(tooLarge)
      }
      // An event that was cut is no event: only one that can be read counts.
      for event in last where LenientJSON.parse(event.data) != nil || event.data.starts(with: Array("[DONE]".utf8)) {
        try push(event)
      }
      if error == nil, !hasEvent { throw APIError.notAReply(start) }
      guard let reply = try assembler?.finish(after: error) else { throw APIError.notAReply(start) }
      return (reply, assembler?.takeDeltas() ?? [])
    }
  }

  /// Fails with an event that was too large, but nothing after the end of a reply can spoil it.
  private func take(_ error: EventStreamError) throws(APIError) {
    if !isMarkedComplete { throw APIError(code: .replyTooLarge, message: error.description) }
  }

  private mutating func push(_ event: ServerSentEvent) throws(APIError) {
    if event.data.isEmpty { return }
    hasEvent = true
    if event.event == "error", !isMarkedComplete { throw Self.error(event.data) }
    try assembler?.push(event: event.data)
  }

  /// The error in an event that is named so.
  private static func error(_ data: ArraySlice<UInt8>) -> APIError {
    if let value = LenientJSON.parse(data)?.value, let error = APIError(reply: value) { return error }
    let message = Excerpt.of(Array(data), bytes: APIError.maximumMessageBytes)
    return APIError(code: .server, message: message, isRetryable: true)
  }

  /// Whether the content type is that of a stream of events.
  private var saysEvents: Bool {
    let small = (contentType ?? "").utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    return small.indices.contains { small[$0...].starts(with: "event-stream".utf8) }
  }

  private mutating func decideForm(_ bytes: [UInt8]) {
    guard let first = bytes.first(where: { !Self.isPreamble($0) }) else { return }
    let isText =
      switch first {
      case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "<"), UInt8(ascii: "\""): true
      // A comment, `data`, `event`, `id` or `retry`.
      case UInt8(ascii: ":"), UInt8(ascii: "d"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "r"): false
      default: !saysEvents
      }
    form = isText ? .text([]) : .events(EventStreamFramer())
    if !isText { assembler = ReplyAssembler(options) }
  }

  /// White space, or a byte of a byte order mark.
  private static func isPreamble(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == 0xEF || byte == 0xBB || byte == 0xBF
  }

  private func alternatives(in body: [UInt8]) -> [AssembledReply] {
    guard let value = LenientJSON.parse(body)?.value, var object = value.objectValue else { return [] }
    var replies: [AssembledReply] = []
    for choice in (value["choices"]?.arrayValue ?? []).dropFirst().prefix(128) {
      object["choices"] = [choice]
      var assembler = ReplyAssembler(options)
      if let reply = try? assembler.assemble(reply: .object(object)) { replies.append(reply) }
    }
    return replies
  }
}
