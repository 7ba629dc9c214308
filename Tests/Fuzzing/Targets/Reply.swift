import MartletJSON

@testable import MartletChat

/// A reply does not depend on how its body is cut, nor on the shortcuts for chunks of one shape and for bodies that keep to
/// the standard; calls of a body that broke off are never usable.
func checkReply(_ input: [UInt8]) {
  var choices = Choices(input)
  var options = ReplyAssembler.Options(
    turn: 3, toolNames: ["get_weather", "get_weather_forecast", "a"], acceptsUnmarkedEnd: choices.bool(),
    requestBytes: 100)
  options.readsWrittenCalls = choices.bool()
  let body = BodyReader(
    contentType: choices.element(of: ["text/event-stream; charset=utf-8", "application/json", nil]), options: options)
  let outcomes = choices.arrivals().map { pieces in timed("reading") { body.read(pieces) } }
  for outcome in outcomes {
    promise(outcome == outcomes[0], "cutting a body changes nothing:\n\(outcome)\n\(outcomes[0])")
    if case .reply(let reply, let deltas, _) = outcome { checkWhole(reply, deltas) }
  }
  var refusal = APIError(code: .malformedToolCall, message: "refused")
  refusal.failedGeneration = String(decoding: choices.content, as: UTF8.self)
  let written = timed("reading a refused call") { AssembledReply(failedGenerationOf: refusal, options) }
  if let written { checkCalls(of: written) }
  let cut = choices.number(below: 256) * choices.content.count / 256
  let beginning = Array(choices.content.prefix(cut))
  for error in [nil, APIError(code: .connection, message: "reset", isRetryable: true)] {
    if case .reply(let reply, _, _) = body.read([beginning], brokenBy: error) { checkCut(reply, beginning) }
  }
  checkShortcut(choices.content)
  checkStandardReading(choices.content, options)
}

/// What came of a body. Texts are joined, because it is their pieces that differ.
private enum Outcome: Equatable {
  case reply(AssembledReply, deltas: [ChatDelta], alternatives: [AssembledReply])
  case error(APIError.Code, String)
}

private struct BodyReader {
  let contentType: String?
  let options: ReplyAssembler.Options

  func read(_ pieces: [[UInt8]], brokenBy error: APIError? = nil) -> Outcome {
    var decoder = ReplyDecoder(contentType: contentType, options: options)
    var deltas: [ChatDelta] = []
    var isUseful = false
    do throws(APIError) {
      for piece in pieces { deltas += try decoder.push(piece, isUseful: &isUseful) }
      let (reply, rest) = try decoder.finish(after: error)
      return .reply(reply, deltas: joined(deltas + rest), alternatives: decoder.alternatives)
    } catch {
      return .error(error.code, error.message)
    }
  }
}

private func joined(_ deltas: [ChatDelta]) -> [ChatDelta] {
  deltas.reduce(into: []) { result, delta in
    switch (result.last, delta) {
    case (.text(let before)?, .text(let text)): result[result.count - 1] = .text(before + text)
    case (.reasoning(let before)?, .reasoning(let text)): result[result.count - 1] = .reasoning(before + text)
    case (.refusal(let before)?, .refusal(let text)): result[result.count - 1] = .refusal(before + text)
    default: result.append(delta)
    }
  }
}

private func checkWhole(_ reply: AssembledReply, _ deltas: [ChatDelta]) {
  let texts = deltas.compactMap { if case .text(let text) = $0 { text } else { nil } }
  let isRead = reply.tolerances.contains("A20")
  promise(isRead || texts.joined() == reply.text ?? "", "the deltas together are the text")
  checkCalls(of: reply)
  promise(reply.usage.totalTokens >= 0, "usage is not negative")
  promise(Set(reply.tolerances).count == reply.tolerances.count, "each tolerance is noted once")
  let message = timed("writing the message") { reply.message.canonicalBytes() }
  promise((try? JSONValue(parsing: message, maxDepth: 1000)) == reply.message, "the message can be sent")
}

private func checkCalls(of reply: AssembledReply) {
  promise(Set(reply.toolCalls.map(\.id)).count == reply.toolCalls.count, "identifiers of calls are unique")
  for call in reply.toolCalls {
    promise(!call.id.isEmpty, "a call has an identifier")
    let arguments = try? JSONValue(parsing: call.arguments)
    promise(call.defect != nil || arguments?.objectValue != nil, "arguments without a defect are an object")
  }
}

/// Calls that may be carried out come only of a body that said where it ends.
private func checkCut(_ reply: AssembledReply, _ beginning: [UInt8]) {
  let isUsable = !reply.finishReason.isIncomplete && reply.toolCalls.contains { $0.defect == nil }
  let isMarked = reply.rawFinishReason != nil || String(decoding: beginning, as: UTF8.self).contains("DONE")
  let isWholeText = (try? JSONValue(parsing: beginning))?["choices"] != nil || LenientJSON.parse(beginning) != nil
  promise(!isUsable || isMarked || isWholeText, "calls of a stream that broke off are never usable")
}

/// Reads the lines as chunks: once as they stand, and once with white space that keeps any two from having one shape.
private func checkShortcut(_ content: [UInt8]) {
  let chunks = content.split(separator: 0x0A).map { line in
    line.starts(with: "data:".utf8) ? Array(line.dropFirst(5)) : Array(line)
  }
  let padded = chunks.enumerated().map { number, chunk in
    // After a brace white space means nothing, and no rule for whole chunks looks at it.
    let padding = [UInt8](repeating: 0x20, count: chunk.first == UInt8(ascii: "{") ? number + 16 : 0)
    return Array(chunk.prefix(1) + padding + chunk.dropFirst())
  }
  if let deltas = readDeltas(chunks) {
    promise(readDeltas(padded) == deltas, "the shortcut reads what the parser reads")
  }
}

/// Reads a body that keeps to the standard once more as any other.
private func checkStandardReading(_ body: [UInt8], _ options: ReplyAssembler.Options) {
  guard let standard = StandardReply(body, options) else { return }
  var assembler = ReplyAssembler(options)
  let reply = try? assembler.assemble(anyBody: body)
  promise(reply == standard.reply, "the shortcut reads what the assembler reads")
  promise(reply?.toolCalls.map(\.value) == standard.reply.toolCalls.map(\.value), "the arguments are the same")
  promise(assembler.takeDeltas() == standard.deltas, "the deltas are the same")
}

private func readDeltas(_ chunks: [[UInt8]]) -> [ChatDelta]? {
  var assembler = ReplyAssembler()
  do throws(APIError) {
    for chunk in chunks { try assembler.push(chunk) }
  } catch {
    return nil
  }
  return joined(assembler.takeDeltas())
}
