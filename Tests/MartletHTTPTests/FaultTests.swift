import MartletTesting
import Testing

@testable import MartletHTTP

struct FaultTests {
  private let brief = HTTPTimeouts(connect: .seconds(10), firstByte: .seconds(10), idle: .milliseconds(80))

  @Test func f10AServerThatIsSilentAfterTheHeadIsIdle() async throws {
    let server = try LoopbackServer { _ in ScriptedResponse(framing: .chunked, fault: .stall(.end)) }
    let client = HTTPClient()
    let response = try await client.send(server.request(timeouts: brief))
    let error = await #expect(throws: HTTPError.self) { try await response.body.next() }
    #expect(error?.kind == .timeout(.idle))
    #expect(error?.isRetryable == true)
    try await server.waitForDisconnect()
  }

  @Test func f11CommentsAloneDoNotRestartTheIdleTime() async throws {
    let gate = try LoopbackGate()
    let pieces = Array(repeating: [ScriptedResponse.Piece.text(": still here\n"), .wait(gate)], count: 100_000)
    let server = try LoopbackServer { _ in ScriptedResponse(pieces: pieces.flatMap { $0 }, framing: .untilClose) }
    let client = HTTPClient()
    let response = try await client.send(server.request(timeouts: brief))
    let error = await #expect(throws: HTTPError.self) {
      while try await response.body.next() != nil { gate.open() }
    }
    #expect(error?.kind == .timeout(.idle))
  }

  @Test func aReaderThatIsBusyElsewhereIsNotIdle() async throws {
    let gate = try LoopbackGate()
    let server = try LoopbackServer { _ in
      ScriptedResponse(pieces: [.text("a"), .wait(gate), .text("b")], framing: .chunked)
    }
    let client = HTTPClient()
    let response = try await client.send(server.request(timeouts: brief))
    #expect(try await response.body.next() == Array("a".utf8))
    // As long as the idle time and more goes by in an exchange of the same client, on the same thread.
    let slow = try LoopbackServer { _ in ScriptedResponse(framing: .chunked, fault: .stall(.end)) }
    let longer = HTTPTimeouts(idle: .milliseconds(160))
    #expect(await client.failure(slow.request(timeouts: longer))?.kind == .timeout(.idle))
    gate.open()
    #expect(try await response.body.next() == Array("b".utf8))
    #expect(try await response.body.next() == nil)
  }

  @Test func aServerThatNeverAnswersIsLate() async throws {
    let server = try LoopbackServer { _ in ScriptedResponse(fault: .stall(.start)) }
    let client = HTTPClient()
    let error = await client.failure(server.request(timeouts: HTTPTimeouts(firstByte: .milliseconds(60))))
    #expect(error?.kind == .timeout(.firstByte))
    #expect(error?.message.contains("127.0.0.1:\(server.port)") == true)
    try await server.waitForDisconnect()
  }

  @Test func aHeadThatDripsIsLateToo() async throws {
    let server = try LoopbackServer { _ in
      var reply = ScriptedResponse.raw([.text("HTTP/1.1 200 OK\r\nX: ")])
      reply.fault = .stall(.end)
      return reply
    }
    let client = HTTPClient()
    let timeouts = HTTPTimeouts(firstByte: .milliseconds(60))
    #expect(await client.failure(server.request(timeouts: timeouts))?.kind == .timeout(.firstByte))
  }

  @Test func theWholeExchangeHasItsTime() async throws {
    let server = try LoopbackServer { _ in ScriptedResponse(framing: .chunked, fault: .stall(.end)) }
    let client = HTTPClient()
    let error = await client.failure(server.request(timeouts: HTTPTimeouts(total: .milliseconds(60))))
    #expect(error?.kind == .timeout(.total))
    #expect(error?.isRetryable == false)
  }

  @Test func aHandshakeThatNeverComesIsAConnectTimeout() async throws {
    let listener = DeafListener(listens: true)
    let timeouts = HTTPTimeouts(connect: .milliseconds(60))
    let request = HTTPRequest(url: "https://127.0.0.1:\(listener.port)/", timeouts: timeouts)
    let error = await HTTPClient().failure(request)
    #expect(error?.kind == .timeout(.connect))
    #expect(
      error?.message
        == "127.0.0.1:\(listener.port) accepted the connection, but did not finish the TLS handshake within 60 ms")
    #expect(error?.isRetryable == true)
  }

  @Test func f12ARefusedConnectionNamesHostAndReason() async throws {
    let listener = DeafListener(listens: false)
    let error = try #require(await HTTPClient().failure(HTTPRequest(url: "http://127.0.0.1:\(listener.port)/secret")))
    #expect(error.kind == .connect)
    #expect(error.isRetryable)
    #expect(error.message == "no connection to 127.0.0.1:\(listener.port): Connection refused")
  }

  @Test func f12AHostThatDoesNotExistFailsForGood() async throws {
    let error = try #require(await HTTPClient().failure(HTTPRequest(url: "https://nowhere.invalid/v1")))
    #expect(error.kind == .resolve(temporary: false))
    #expect(!error.isRetryable)
    #expect(error.message.contains("nowhere.invalid"))
  }

  @Test(arguments: [
    ScriptedResponse.Fault.close(.body(bytes: 5)), .close(.body(bytes: 0)), .halfClose(.body(bytes: 5)),
  ])
  func f17ABodyShorterThanItsLengthIsTruncated(fault: ScriptedResponse.Fault) async throws {
    let server = try LoopbackServer { _ in
      ScriptedResponse(pieces: [.text("0123456789")], framing: .declaredLength(10), fault: fault)
    }
    let error = await HTTPClient().failure(server.request())
    #expect(error?.kind == .truncated)
    #expect(error?.isRetryable == true)
  }

  @Test func f17ALengthThatPromisesTooMuchIsTruncated() async throws {
    let server = try LoopbackServer { _ in
      ScriptedResponse(pieces: [.text("01234")], framing: .declaredLength(10), fault: .close(.end))
    }
    #expect(await HTTPClient().failure(server.request())?.kind == .truncated)
  }

  @Test func f17AChunkedBodyWithoutItsLastChunkIsTruncatedAfterWhatCame() async throws {
    let server = try LoopbackServer { _ in
      ScriptedResponse(pieces: [.text("01234")], framing: .chunked, fault: .close(.end))
    }
    let client = HTTPClient()
    let response = try await client.send(server.request())
    #expect(try await response.body.next() == Array("01234".utf8))
    let error = await #expect(throws: HTTPError.self) { try await response.body.next() }
    #expect(error?.kind == .truncated)
    let again = await #expect(throws: HTTPError.self) { try await response.body.next() }
    #expect(again == error)
  }

  @Test func f07AResetInMidStreamComesAfterTheBytesBeforeIt() async throws {
    let gate = try LoopbackGate()
    let server = try LoopbackServer { _ in
      ScriptedResponse(pieces: [.text("data: 1\n\n"), .wait(gate)], framing: .chunked, fault: .reset(.end))
    }
    let client = HTTPClient()
    let response = try await client.send(server.request())
    #expect(try await response.body.next() == Array("data: 1\n\n".utf8))
    gate.open()
    let error = await #expect(throws: HTTPError.self) { try await response.body.next() }
    #expect(error?.kind == .reset)
    #expect(error?.isRetryable == true)
  }

  @Test(arguments: [ScriptedResponse.Fault.reset(.start), .close(.start)])
  func aConnectionLostBeforeTheAnswerIsReset(fault: ScriptedResponse.Fault) async throws {
    let server = try LoopbackServer { _ in ScriptedResponse(fault: fault) }
    let error = await HTTPClient().failure(server.request())
    #expect(error?.kind == .reset)
    #expect(error?.isRetryable == true)
  }

  @Test func f18AnEndlessChunkedBodyEndsAtTheLimit() async throws {
    let server = try LoopbackServer { _ in
      ScriptedResponse(pieces: [.endless([UInt8](repeating: 0x78, count: 16 << 10))], framing: .chunked)
    }
    var request = server.request()
    request.maxBodyBytes = 1 << 20
    let client = HTTPClient()
    let response = try await client.send(request)
    var received = 0
    let error = await #expect(throws: HTTPError.self) {
      while let piece = try await response.body.next() { received += piece.count }
    }
    #expect(error?.kind == .tooLarge(limit: 1 << 20))
    #expect(error?.isRetryable == false)
    #expect(received <= 1 << 20)
    try await server.waitForDisconnect()
  }

  @Test func aBodyOfExactlyTheLimitIsTaken() async throws {
    let server = try LoopbackServer { _ in .json("0123456789") }
    var request = server.request()
    request.maxBodyBytes = 10
    #expect(try await HTTPClient().text(request) == "0123456789")
    request.maxBodyBytes = 9
    #expect(await HTTPClient().failure(request)?.kind == .tooLarge(limit: 9))
  }

  @Test(arguments: ["gzip", "br", "zstd", "deflate"])
  func f18ACompressedBodyIsNotInflated(encoding: String) async throws {
    // Ten bytes of a gzip header stand for a bomb: they come out as they went in.
    let bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
    let server = try LoopbackServer { _ in
      ScriptedResponse(headers: [("Content-Encoding", encoding)], pieces: [.bytes(bytes)])
    }
    let client = HTTPClient()
    #expect(try await client.send(server.request()).collect() == bytes)
    #expect(server.requests[0].header("accept-encoding") == nil)
  }

  @Test func f19AHeadOfThreeHundredKilobytesIsRefused() async throws {
    let headers = (0..<300).map { (name: "X-\($0)", value: String(repeating: "v", count: 1_000)) }
    let server = try LoopbackServer { _ in .json("{}", headers: headers) }
    #expect(await HTTPClient().failure(server.request())?.kind == .tooLarge(limit: 256 << 10))
  }

  @Test func f19TenThousandHeaderLinesAreRefused() async throws {
    let headers = (0..<10_000).map { (name: "X-\($0)", value: "v") }
    let server = try LoopbackServer { _ in .json("{}", headers: headers) }
    #expect(await HTTPClient().failure(server.request())?.kind == .tooLarge(limit: 1_000))
  }

  @Test func f19OneHeaderLineWithoutEndIsRefused() async throws {
    let server = try LoopbackServer { _ in
      .raw([.text("HTTP/1.1 200 OK\r\nX: "), .endless([UInt8](repeating: 0x78, count: 4_096))])
    }
    guard case .tooLarge = await HTTPClient().failure(server.request())?.kind else {
      Issue.record("taken")
      return
    }
    try await server.waitForDisconnect()
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nA: 1\r\n folded\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA: 1\u{0}2\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: 0\r\n\r\n",
    "SSH-2.0-OpenSSH_9.2\r\n\r\n", "\u{0}\u{1}\u{2}\u{3}\r\n\r\n", "{\"error\":\"not HTTP\"}",
  ])
  func f19AMalformedHeadIsACleanError(text: String) async throws {
    let server = try LoopbackServer { _ in .raw([.text(text)]) }
    let client = HTTPClient()
    let error = try #require(await client.failure(server.request()))
    #expect(error.kind == .other, "\(error)")
    #expect(error.message.contains("127.0.0.1:\(server.port)"))
  }

  @Test func aBrokenChunkSizeEndsTheBody() async throws {
    let server = try LoopbackServer { _ in
      .raw([.text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nzz\r\n")])
    }
    #expect(await HTTPClient().failure(server.request()) != nil)
  }
}
