import MartletJSON
import MartletTesting
import Testing

@testable import MartletChat

/// The text of a stream alone, and the whole answer at its end.
@Suite struct StreamHelperTests {
  private func stream(_ server: LoopbackServer) -> ChatCompletionStream {
    client(server).chat.completions.stream(model: "m", messages: [.user("U")])
  }

  private static var endless: ScriptedResponse {
    var response = ScriptedResponse.streamedAnswer
    response.pieces.insert(.endless(Array("data: \(chunk(#"{"content":"x"}"#))\n\n".utf8)), at: 1)
    return response
  }

  @Test func theTextComesAlone() async throws {
    let calling = ScriptedResponse.eventStream([
      chunk(#"{"role":"assistant","content":""}"#), chunk(#"{"reasoning":"Hm"}"#), chunk(#"{"content":"He"}"#),
      chunk(#"{"content":"y"}"#), chunk(call(#""index":0,"id":"a","function":{"name":"f","arguments":"{}"}"#)),
      end("tool_calls"), "[DONE]",
    ])
    let server = try LoopbackServer(replies: [calling])
    var pieces: [String] = []
    for try await text in stream(server).text { pieces.append(text) }
    #expect(pieces == ["He", "y"])
  }

  @Test func leavingTheTextEndsTheTransfer() async throws {
    let server = try LoopbackServer(replies: [Self.endless])
    for try await text in stream(server).text where text == "x" { break }
    try await server.waitForDisconnect()
  }

  @Test func theWholeAnswerIsThatOfCreate() async throws {
    let headers = [("x-request-id", "req-1"), ("x-ratelimit-remaining-requests", "3")]
    let usage = #"{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}"#
    let message = #"{"role":"assistant","content":"Hey"}"#
    let whole = ScriptedResponse.json(
      #"{"id":"c1","model":"m","created":7,"choices":[{"index":0,"message":\#(message),"finish_reason":"stop"}],"#
        + #""usage":\#(usage)}"#, headers: headers)
    var streamed = ScriptedResponse.streamedAnswer
    streamed.headers += headers
    let server = try LoopbackServer(replies: [whole, streamed, streamed])
    var created = try await client(server).chat.completions.create(model: "m", messages: [.user("U")])
    #expect(created.raw != nil)
    created.body = []

    var texts: [String] = []
    let collected = try await stream(server).collect { texts.append($0) }
    #expect(texts == ["He", "y"])
    #expect(collected == created)

    var completions: [ChatCompletion?] = []
    for try await chunk in stream(server) { completions.append(chunk.completion) }
    #expect(completions == [nil, nil, created])
  }

  @Test func whatTheReaderThrowsComesOutAndEndsTheTransfer() async throws {
    struct Stop: Error {}
    let server = try LoopbackServer(replies: [Self.endless])
    await #expect(throws: Stop.self) { _ = try await stream(server).collect { _ in throw Stop() } }
    try await server.waitForDisconnect()
  }

  @Test func cancelingTheTaskEndsTheTransfer() async throws {
    let server = try LoopbackServer(replies: [Self.endless])
    let parts = stream(server)
    let task = Task { try await parts.collect() }
    try await server.waitForBytesWritten(1 << 20)
    task.cancel()
    await #expect(throws: APIError.self) { try await task.value }
    try await server.waitForDisconnect()
  }

  @Test func anErrorWithinTheStreamIsThrown() async throws {
    let broken = ScriptedResponse.eventStream(
      [chunk(#"{"content":"He"}"#), #"{"error":{"message":"overloaded","code":503}}"#],
      headers: [("x-request-id", "req-2")])
    let server = try LoopbackServer(replies: [broken])
    let stream = client(server, maxAttempts: 1).chat.completions.stream(model: "m", messages: [.user("U")])
    let error = await #expect(throws: APIError.self) { try await stream.collect() }
    #expect(error?.code == .server)
    #expect(error?.statusCode == 503)
    #expect(error?.requestID == "req-2")
  }
}
