import MartletHTTP

/// The events of a stream do not depend on how it is cut, and none is larger than the limit.
func checkEventStream(_ input: [UInt8]) {
  var choices = Choices(input)
  let limit = choices.element(of: [8 << 20, 64, 8, 0])
  let results = choices.arrivals().map { pieces in timed("framing") { read(pieces, limit: limit) } }
  for result in results {
    promise(result == results[0], "cutting a stream changes nothing, limit \(limit)")
    for event in result.events {
      promise(event.data.count <= limit, "no event is larger than the limit")
      promise(!event.id.utf8.contains(0), "no identifier holds NUL")
    }
  }
}

private struct StreamResult: Equatable {
  var events: [ServerSentEvent] = []
  var comments = 0
  var isTooLarge = false
}

private func read(_ pieces: [[UInt8]], limit: Int) -> StreamResult {
  var framer = EventStreamFramer(maxEventBytes: limit)
  var result = StreamResult()
  do throws(EventStreamError) {
    for piece in pieces { result.events += try framer.push(piece) }
    result.events += try framer.finish()
  } catch {
    result.isTooLarge = true
  }
  result.comments = framer.commentCount
  return result
}
