import MartletHTTP
import MartletJSON
import MartletTesting
import Testing

@testable import MartletChat

/// The client over real sockets.
@Suite struct ChatClientTests {
  private let answer = ScriptedResponse.answer
  private let streamed = ScriptedResponse.streamedAnswer

  private let failed = ScriptedResponse.json(#"{"error":{"message":"busy"}}"#, status: 503)

  @Test func createAsksAndReturnsTheAnswer() async throws {
    let server = try LoopbackServer(replies: [answer])
    let response = try await client(server).chat.completions.create(
      model: "m", messages: [.user("Hello")], temperature: 0.5)
    #expect(response.id == "x")
    #expect(response.created == 1_706_554_800)
    #expect(response.choices.map(\.message.content) == ["Hi"])
    #expect(response.choices[0].finishReason == .stop)
    #expect(response.usage.totalTokens == 60)
    let request = server.requests[0]
    #expect(request.path == "/v1/chat/completions")
    #expect(request.text == #"{"model":"m","temperature":0.5,"messages":[{"role":"user","content":"Hello"}]}"#)
    #expect(request.header("authorization") == "Bearer sk-canary")
    #expect(request.header("content-type") == "application/json")
  }

  @Test func streamGivesThePartsAndThenTheEnd() async throws {
    let server = try LoopbackServer(replies: [streamed])
    var parts: [String] = []
    var last: ChatCompletionChunk?
    for try await chunk in client(server).chat.completions.stream(model: "m", messages: [.user("Hello")]) {
      if let content = chunk.choices.first?.delta.content { parts.append(content) }
      last = chunk
    }
    #expect(parts == ["He", "y"])
    #expect(last?.choices[0].finishReason == .stop)
    #expect(last?.usage?.completionTokens == 2)
    let body = try JSONValue(parsing: server.requests[0].body)
    #expect(body["stream"] == true)
    #expect(body["stream_options"] == ["include_usage": true])
  }

  @Test func endingAStreamEarlyEndsTheTransfer() async throws {
    var endless = streamed
    endless.pieces.insert(.endless(Array("data: \(chunk(#"{"content":"x"}"#))\n\n".utf8)), at: 1)
    let server = try LoopbackServer(replies: [endless])
    for try await chunk in client(server).chat.completions.stream(model: "m", messages: [.user("U")]) {
      if chunk.choices[0].delta.content == "x" { break }
    }
    try await server.waitForDisconnect()
  }

  @Test func c11_aWholeAnswerToAStreamAndAStreamToAWholeAnswerAreRead() async throws {
    let server = try LoopbackServer(replies: [streamed, answer])
    let completions = client(server).chat.completions
    #expect(try await completions.create(model: "m", messages: [.user("U")]).choices[0].message.content == "Hey")
    var parts: [String] = []
    for try await chunk in completions.stream(model: "m", messages: [.user("U")]) {
      parts.append(chunk.choices[0].delta.content ?? "")
    }
    #expect(parts == ["Hi", ""])
  }

  @Test func f01_F04_aFailureThatMayPassIsTriedAgainWithTheSameBytes() async throws {
    let limited = ScriptedResponse.json(
      #"{"error":{"message":"slow"}}"#, status: 429, headers: [("Retry-After", "3")])
    let server = try LoopbackServer(replies: [limited, failed, answer])
    let waits = Waits()
    let response = try await client(server, waits: waits).chat.completions.create(model: "m", messages: [.user("U")])
    #expect(response.choices[0].message.content == "Hi")
    #expect(await waits.durations == [.seconds(3), .zero])
    #expect(Set(server.requests.map(\.text)).count == 1)
    #expect(Set(server.requests.map { $0.header("x-client-request-id") }).count == 1)
    #expect(server.requests[0].header("x-client-request-id")?.count == 32)
  }

  @Test func f04_attemptsAreBounded() async throws {
    let failed = failed
    let server = try LoopbackServer { _ in failed }
    let error = await failure { () async throws(APIError) in
      _ = try await client(server, maxAttempts: 3).chat.completions.create(model: "m", messages: [.user("U")])
    }
    #expect(error?.statusCode == 503)
    #expect(server.requests.count == 3)
  }

  @Test(arguments: [
    ScriptedResponse.Fault.stall(.body(bytes: 0)), .stall(.body(bytes: 60)), .halfClose(.body(bytes: 0)),
    .halfClose(.body(bytes: 60)),
  ])
  func f10_aServerThatFallsSilentIsAskedAgain(fault: ScriptedResponse.Fault) async throws {
    var silent = answer
    silent.fault = fault
    let (first, later) = (silent, answer)
    let server = try LoopbackServer { $0.index == 0 ? first : later }
    var client = client(server)
    client.timeouts.idle = .milliseconds(80)
    let response = try await client.chat.completions.create(model: "m", messages: [.user("U")])
    #expect(response.choices[0].message.content == "Hi")
    // On a busy machine the good answer may be late as well.
    #expect(server.requests.count >= 2)
  }

  @Test(arguments: [true, false])
  func f08_c6_aReplyIsOverAtItsMarkAlthoughTheConnectionStaysOpen(hasReason: Bool) async throws {
    let reason = hasReason ? "data: \(end("stop"))\n\n" : ""
    let server = try LoopbackServer { _ in
      var open = ScriptedResponse(
        headers: [("Content-Type", "text/event-stream")],
        pieces: [.text("data: \(chunk(#"{"content":"Hi"}"#))\n\n\(reason)data: [DONE]\n\n")], framing: .chunked)
      open.fault = .stall(.end)
      return open
    }
    var parts: [String] = []
    for try await chunk in client(server).chat.completions.stream(model: "m", messages: [.user("U")]) {
      parts += chunk.choices.compactMap(\.delta.content)
    }
    #expect(parts.joined() == "Hi")
    #expect(server.requests.count == 1)
  }

  @Test(arguments: [
    "x", ": still here\n\n", "\n", "event: ping\ndata:\n\n", "data: {\"choices\":[]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"content\":\"\"}}]}\n\n",
  ])
  func f11_bytesWithoutAnythingUsefulAreSilence(drip: String) async throws {
    let gate = try LoopbackGate()
    let pieces = [ScriptedResponse.Piece.text(drip), .wait(gate)]
    let server = try LoopbackServer { _ in
      ScriptedResponse(
        headers: [("Content-Type", "text/event-stream")], pieces: (0..<100_000).flatMap { _ in pieces },
        framing: .untilClose)
    }
    let pump = Task {
      while !Task.isCancelled {
        gate.open()
        await Task.yield()
      }
    }
    defer { pump.cancel() }
    var client = client(server, maxAttempts: 1)
    client.timeouts.idle = .milliseconds(80)
    let completions = client.chat.completions
    let error = await #expect(throws: APIError.self) {
      for try await _ in completions.stream(model: "m", messages: [.user("U")]) {}
    }
    #expect(error?.code == .timeout)
    #expect(error?.message.contains("nothing useful") == true)
    #expect(error?.isRetryable == true)
  }

  @Test func f05_aRefusalIsNotTriedAgainAndNeverShowsTheKey() async throws {
    let server = try LoopbackServer(replies: [
      .json(
        #"{"error":{"message":"bad key sk-canary","code":"invalid_api_key"}}"#, status: 401,
        headers: [("X-Request-Id", "req-1")])
    ])
    let error = await failure { () async throws(APIError) in
      _ = try await client(server).chat.completions.create(model: "m", messages: [.user("U")])
    }
    #expect(error?.code == .authentication)
    #expect(error?.message == "bad key •••")
    #expect(error?.requestID == "req-1")
    #expect(server.requests.count == 1)
  }

  @Test func e16_aRefusedMemberIsLeftOutAndTheRequestSentAgain() async throws {
    let refused = ScriptedResponse.json(
      #"{"error":{"message":"Extra inputs are not permitted: stream_options"}}"#, status: 422)
    let server = try LoopbackServer(replies: [refused, streamed])
    var text = ""
    for try await chunk in client(server).chat.completions.stream(model: "m", messages: [.user("U")]) {
      text += chunk.choices[0].delta.content ?? ""
    }
    #expect(text == "Hey")
    #expect(server.requests.map { $0.text.contains("stream_options") } == [true, false])
  }

  @Test func f07_aStreamIsTriedAgainOnlyBeforeItsFirstPart() async throws {
    var lost = streamed
    lost.fault = .reset(.body(bytes: 0))
    let server = try LoopbackServer(replies: [lost, streamed])
    var text = ""
    for try await chunk in client(server).chat.completions.stream(model: "m", messages: [.user("U")]) {
      text += chunk.choices[0].delta.content ?? ""
    }
    #expect(text == "Hey")
    #expect(server.requests.count == 2)

    let gate = try LoopbackGate()
    var late = streamed
    late.pieces.insert(.wait(gate), at: 2)
    late.pieces.removeLast(4)
    late.fault = .reset(.end)
    let second = try LoopbackServer(replies: [late, streamed])
    var parts: [String] = []
    let error = await failure { () async throws(APIError) in
      for try await chunk in client(second).chat.completions.stream(model: "m", messages: [.user("U")]) {
        parts.append(chunk.choices[0].delta.content ?? "")
        gate.open()
      }
    }
    #expect(error?.code == .connection)
    #expect(parts == ["He"])
    #expect(second.requests.count == 1)
  }

  @Test func c6_F09_anUnmarkedEndIsAskedForAgainOnce() async throws {
    let unmarked = ScriptedResponse.eventStream([chunk(#"{"content":"Hi"}"#)])
    let server = try LoopbackServer(replies: [unmarked, unmarked])
    var request = ChatRequest(model: "m")
    request.stream = true
    let head = RequestHead(request)
    let client = client(server)
    let error = await failure { () async throws(APIError) in
      do {
        _ = try await client.reply(head: head, segments: []) { _ in }
      } catch let error as APIError {
        throw error
      } catch {}
    }
    #expect(error?.isUnmarkedEnd == true)
    let reply = try await client.reply(
      head: head, segments: [], options: .init(acceptsUnmarkedEnd: true)
    ) { _ in }
    #expect(reply.text == "Hi")
  }

  @Test func replySendsSegmentsAndGivesBatchesOnePerRead() async throws {
    let gate = try LoopbackGate()
    let two = "data: \(chunk(#"{"content":"a"}"#))\n\ndata: \(chunk(#"{"content":"b"}"#))\n\n"
    let server = try LoopbackServer(replies: [
      ScriptedResponse(
        headers: [("Content-Type", "text/event-stream")],
        pieces: [
          .text(two), .wait(gate),
          .text("data: \(chunk(#"{"content":"c"}"#))\n\ndata: \(end("stop"))\n\ndata: [DONE]\n\n"),
        ], framing: .chunked)
    ])
    var request = ChatRequest(model: "m")
    request.stream = true
    var batches: [[ChatDelta]] = []
    var encoder = HistoryEncoder()
    let segments = encoder.encode([.system("S"), .user("U")])
    let reply = try await client(server).reply(head: RequestHead(request), segments: segments) { batch in
      batches.append(batch)
      gate.open()
    }
    #expect(batches == [[.text("a"), .text("b")], [.text("c")]])
    #expect(reply.text == "abc")
    let body = server.requests[0].text
    #expect(body.hasSuffix(#""messages":[{"role":"system","content":"S"},{"role":"user","content":"U"}]}"#))
    #expect(reply.usage.promptTokens == (body.utf8.count + 3) / 4)
  }

  @Test func whatTheReaderOfDeltasThrowsComesOutUnchanged() async throws {
    struct Stop: Error {}
    let server = try LoopbackServer(replies: [streamed])
    var request = ChatRequest(model: "m")
    request.stream = true
    await #expect(throws: Stop.self) {
      _ = try await client(server).reply(head: RequestHead(request), segments: []) { _ in throw Stop() }
    }
  }

  @Test func aMissingKeyIsSaidBeforeAnythingIsSent() async throws {
    let client = ChatClient(provider: .bud, apiKey: nil) { _ in nil }
    let error = await failure { () async throws(APIError) in
      _ = try await client.chat.completions.create(model: "m", messages: [.user("U")])
    }
    #expect(error?.code == .authentication)
    #expect(error?.message == "no API key for bud: set BUD_API_KEY")
  }

  @Test func theProviderFollowsTheKeyThatIsSet() {
    func provider(_ variables: [String: String]) -> Provider {
      ChatClient(provider: nil, apiKey: nil) { variables[$0] }.provider
    }
    #expect(provider([:]) == .bud)
    #expect(provider(["OPENAI_API_KEY": "k"]) == .openAI)
    #expect(provider(["OPENAI_API_KEY": "k", "BUD_API_KEY": "k"]) == .bud)
    #expect(
      provider(["OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://127.0.0.1:9"]).baseURL == "http://127.0.0.1:9/v1")
  }

  @Test func severalAnswersAreAllReturned() async throws {
    let server = try LoopbackServer(replies: [
      .json(
        #"{"choices":[{"message":{"content":"A"},"finish_reason":"stop"},{"index":1,"message":{"content":"B"},"finish_reason":"stop"}]}"#
      )
    ])
    let response = try await client(server).chat.completions.create(model: "m", messages: [.user("U")])
    #expect(response.choices.map(\.message.content) == ["A", "B"])
    #expect(response.choices.map(\.index) == [0, 1])
  }

  @Test func cancelingTheTaskEndsTheRequest() async throws {
    var silent = answer
    silent.fault = .stall(.start)
    let server = try LoopbackServer(replies: [silent])
    let client = client(server)
    let task = Task {
      await failure { () async throws(APIError) in
        _ = try await client.chat.completions.create(model: "m", messages: [.user("U")])
      }
    }
    try await server.waitForRequests(1)
    task.cancel()
    #expect(await task.value?.code == .canceled)
    #expect(server.requests.count == 1)
  }
}
