/// What a ``LoopbackServer`` answers to one request: a response, cut as you like, with a fault if you like.
///
/// ```swift
/// let reply = ScriptedResponse.json(#"{"choices":[]}"#)
/// var cut = ScriptedResponse.eventStream(["{\"a\":1}", "[DONE]"])
/// cut.fault = .reset(.body(bytes: 10))
/// ```
public struct ScriptedResponse: Sendable {
  /// The status code of the head; 200.
  public var status: Int
  /// Header fields that are sent as they are; those of the framing are added.
  public var headers: [(name: String, value: String)]
  /// The body in pieces, each written by itself.
  public var pieces: [Piece]
  /// How the end of the body is marked.
  public var framing: Framing
  /// What goes wrong, if anything.
  public var fault: Fault?
  /// Whether the connection serves another request afterwards; true.
  public var keepsAlive = true

  /// A step of writing a body.
  public enum Piece: Sendable {
    /// Writes these bytes at once; in a chunked body they are one chunk.
    case bytes([UInt8])
    /// Writes nothing more until the gate lets one step through.
    case wait(LoopbackGate)
    /// Writes these bytes again and again until the client goes away or the server stops.
    case endless([UInt8])

    /// Writes the UTF-8 bytes of a text at once.
    public static func text(_ text: String) -> Piece { .bytes(Array(text.utf8)) }
  }

  /// How the client learns where the body ends.
  public enum Framing: Sendable {
    /// By a `Content-Length` that is the sum of the pieces.
    case length
    /// By a `Content-Length` of your own, which need not be true.
    case declaredLength(Int)
    /// By chunks, one for each piece, and a last chunk.
    case chunked
    /// By the end of the connection.
    case untilClose
    /// Not at all: the pieces are the whole answer, head included.
    case raw
  }

  /// A fault, which ends the answer where it stands.
  public enum Fault: Sendable {
    /// Resets the connection, so that the client sees `ECONNRESET`.
    case reset(Position)
    /// Closes the connection in the ordinary way.
    case close(Position)
    /// Closes the sending half alone and waits for the client to go away.
    case halfClose(Position)
    /// Is silent, with the connection open, until the client goes away or the server stops.
    case stall(Position)
  }

  /// Where in an answer a fault strikes.
  public enum Position: Sendable {
    /// Before the head.
    case start
    /// After the head and this many bytes of the body, not counting the framing of chunks.
    case body(bytes: Int)
    /// After the last piece and before the mark of the end, such as the last chunk.
    case end
  }

  /// A response of these parts.
  public init(
    status: Int = 200, headers: [(name: String, value: String)] = [], pieces: [Piece] = [],
    framing: Framing = .length, fault: Fault? = nil
  ) {
    self.status = status
    self.headers = headers
    self.pieces = pieces
    self.framing = framing
    self.fault = fault
  }

  /// A JSON text with its length.
  public static func json(
    _ text: String, status: Int = 200, headers: [(name: String, value: String)] = []
  ) -> ScriptedResponse {
    ScriptedResponse(
      status: status, headers: [("Content-Type", "application/json")] + headers, pieces: [.text(text)])
  }

  /// A chunked event stream with one piece for each event, given by its data.
  public static func eventStream(
    _ events: [String], headers: [(name: String, value: String)] = []
  ) -> ScriptedResponse {
    let pieces = events.map { event in
      let lines = event.split(separator: "\n", omittingEmptySubsequences: false)
      return Piece.text(lines.map { "data: \($0)\n" }.joined() + "\n")
    }
    return ScriptedResponse(
      headers: [("Content-Type", "text/event-stream")] + headers, pieces: pieces, framing: .chunked)
  }

  /// The bytes of a whole answer, head included; the connection is closed after them.
  public static func raw(_ pieces: [Piece]) -> ScriptedResponse {
    var response = ScriptedResponse(pieces: pieces, framing: .raw)
    response.keepsAlive = false
    return response
  }
}
