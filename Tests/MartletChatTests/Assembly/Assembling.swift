import MartletHTTP
import MartletJSON
import Testing

@testable import MartletChat

/// What an assembler made of a stream.
struct Assembled {
  var reply: AssembledReply
  var deltas: [ChatDelta]

  var calls: [AssembledToolCall] { reply.toolCalls }
  var tolerances: Set<String> { Set(reply.tolerances) }
}

/// Assembles the data of events, each given as text; `[DONE]` is written out where it is meant.
func assemble(_ events: [String], _ options: ReplyAssembler.Options = .init()) throws(APIError) -> Assembled {
  var assembler = ReplyAssembler(options)
  for event in events { try assembler.push(Array(event.utf8)) }
  let deltas = assembler.takeDeltas()
  let reply = try assembler.finish()
  return Assembled(reply: reply, deltas: deltas + assembler.takeDeltas())
}

/// Assembles chunks of which only the deltas are given, and the word at their end.
func assemble(
  deltas: [String], finish: String? = "tool_calls", _ options: ReplyAssembler.Options = .init()
) throws(APIError) -> Assembled {
  try assemble(deltas.map(chunk) + (finish.map { [end($0)] } ?? []) + ["[DONE]"], options)
}

/// A chunk with this delta.
func chunk(_ delta: String) -> String {
  #"{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":"# + delta
    + #","finish_reason":null}]}"#
}

/// A chunk that ends the choice.
func end(_ word: String) -> String {
  #"{"id":"c1","model":"m","choices":[{"index":0,"delta":{},"finish_reason":""# + word + #""}]}"#
}

/// A delta with one piece of a call.
func call(_ members: String) -> String {
  #"{"tool_calls":[{"# + members + "}]}"
}

/// The error that the body throws.
func failure<Result>(_ body: () throws(APIError) -> Result) throws -> APIError {
  do throws(APIError) {
    _ = try body()
  } catch {
    return error
  }
  throw NoFailure()
}

struct NoFailure: Error {}

/// The texts of the deltas, joined.
func text(of deltas: [ChatDelta]) -> String {
  deltas.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined()
}

/// Reads a body through the decoder, cut into these pieces.
func decode(_ pieces: [[UInt8]], contentType: String?) throws(APIError) -> Assembled {
  var decoder = ReplyDecoder(contentType: contentType, options: .init())
  var deltas: [ChatDelta] = []
  var isUseful = false
  for piece in pieces { deltas += try decoder.push(piece, isUseful: &isUseful) }
  let (reply, rest) = try decoder.finish(after: nil)
  return Assembled(reply: reply, deltas: deltas + rest)
}
