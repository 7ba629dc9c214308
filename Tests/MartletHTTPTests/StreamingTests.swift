import Glibc
import MartletTesting
import Testing

@testable import MartletHTTP

struct StreamingTests {
  @Test func piecesArriveAsTheyAreWritten() async throws {
    let gate = try LoopbackGate()
    let server = try LoopbackServer { _ in
      ScriptedResponse(
        pieces: [.text("da"), .wait(gate), .text("ta: 1\n"), .wait(gate), .text("\n")], framing: .chunked)
    }
    let client = HTTPClient()
    let response = try await client.send(server.request())
    #expect(try await response.body.next() == Array("da".utf8))
    gate.open()
    #expect(try await response.body.next() == Array("ta: 1\n".utf8))
    gate.open()
    #expect(try await response.body.next() == Array("\n".utf8))
    #expect(try await response.body.next() == nil)
    #expect(try await response.body.next() == nil)
  }

  @Test func theHeadIsThereBeforeAnyByteOfTheBody() async throws {
    let gate = try LoopbackGate()
    let server = try LoopbackServer { _ in
      ScriptedResponse(headers: [("X", "1")], pieces: [.wait(gate), .text("body")], framing: .chunked)
    }
    let client = HTTPClient()
    let response = try await client.send(server.request())
    #expect(response.headers["X"] == "1")
    gate.open()
    #expect(try await response.collect() == Array("body".utf8))
  }

  @Test func aBodyIsAnAsyncSequence() async throws {
    let server = try LoopbackServer { _ in .eventStream(["1", "2", "[DONE]"]) }
    let client = HTTPClient()
    var framer = EventStreamFramer()
    var events: [String] = []
    for try await piece in try await client.send(server.request()).body {
      events += try framer.push(piece).map { String(decoding: $0.data, as: UTF8.self) }
    }
    #expect(events == ["1", "2", "[DONE]"])
  }

  @Test func aReaderThatLagsPausesTheTransfer() async throws {
    let size = 50 << 20
    let server = try LoopbackServer { _ in
      ScriptedResponse(pieces: Array(repeating: .bytes([UInt8](repeating: 1, count: 1 << 20)), count: 50))
    }
    var request = server.request()
    request.maxBodyBytes = size
    let client = HTTPClient()
    let response = try await client.send(request)
    // Unread, the body fills the buffer up to a read's size below the mark, and no further.
    while response.body.peakUnread <= Transfer.highWater - (16 << 10) { await Task.yield() }
    #expect(server.bytesWritten < size)
    var received = 0
    while let piece = try await response.body.next() {
      received += piece.count
      await Task.yield()
    }
    #expect(received == size)
    #expect(response.body.peakUnread <= Transfer.highWater)
  }

  @Test func f18TheLimitHoldsForWhatAPauseKeptBack() async throws {
    let limit = Transfer.highWater + 1
    let server = try LoopbackServer { _ in ScriptedResponse(pieces: [.bytes([UInt8](repeating: 1, count: limit + 1))]) }
    var request = server.request()
    request.maxBodyBytes = limit
    let client = HTTPClient()
    let response = try await client.send(request)
    while response.body.peakUnread <= Transfer.highWater - (16 << 10) { await Task.yield() }
    let error = await #expect(throws: HTTPError.self) { try await response.collect() }
    #expect(error?.kind == .tooLarge(limit: limit))
  }

  @Test func severalPausedTransfersShareTheThread() async throws {
    let server = try LoopbackServer { _ in
      ScriptedResponse(pieces: Array(repeating: .bytes([UInt8](repeating: 1, count: 1 << 20)), count: 4))
    }
    let client = HTTPClient()
    let paused = try await client.send(server.request())
    while paused.body.peakUnread <= Transfer.highWater - (16 << 10) { await Task.yield() }
    #expect(try await client.send(server.request()).collect().count == 4 << 20)
    #expect(try await paused.collect().count == 4 << 20)
  }

  @Test func twoReadersAtOnceAreAnErrorAndNoCrash() async throws {
    let gate = try LoopbackGate()
    let server = try LoopbackServer { _ in ScriptedResponse(pieces: [.wait(gate), .text("x")], framing: .chunked) }
    let client = HTTPClient()
    let body = try await client.send(server.request()).body
    let kinds = await withTaskGroup(of: HTTPError.Kind?.self) { group in
      for _ in 0..<2 {
        group.addTask {
          do throws(HTTPError) {
            _ = try await body.next()
            return nil
          } catch {
            gate.open()
            return error.kind
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(kinds) == [nil, .other])
  }
}

struct CancellationTests {
  @Test func cancellingBeforeTheHeadEndsTheTransfer() async throws {
    let server = try LoopbackServer { _ in ScriptedResponse(fault: .stall(.start)) }
    let client = HTTPClient()
    let task = Task { await client.failure(server.request())?.kind }
    try await server.waitForRequests(1)
    task.cancel()
    #expect(await task.value == .canceled)
    try await server.waitForDisconnect()
  }

  @Test func cancellingInTheBodyEndsTheTransfer() async throws {
    let server = try LoopbackServer { _ in
      ScriptedResponse(pieces: [.text("first")], framing: .chunked, fault: .stall(.end))
    }
    let client = HTTPClient()
    let (seen, sight) = AsyncStream.makeStream(of: Void.self)
    let task = Task { () -> HTTPError.Kind? in
      do throws(HTTPError) {
        let response = try await client.send(server.request())
        _ = try await response.body.next()
        sight.finish()
        _ = try await response.body.next()
        return nil
      } catch {
        return error.kind
      }
    }
    for await _ in seen {}
    task.cancel()
    #expect(await task.value == .canceled)
    try await server.waitForDisconnect()
  }

  @Test func aCancelledTaskReadsNoMoreOfWhatIsBuffered() async throws {
    let server = try LoopbackServer { _ in
      ScriptedResponse(pieces: [.text("first")], framing: .chunked, fault: .stall(.end))
    }
    let client = HTTPClient()
    let response = try await client.send(server.request())
    while response.body.peakUnread == 0 { await Task.yield() }
    let task = Task { () -> HTTPError.Kind? in
      withUnsafeCurrentTask { $0?.cancel() }
      do throws(HTTPError) {
        _ = try await response.body.next()
        return nil
      } catch {
        return error.kind
      }
    }
    #expect(await task.value == .canceled)
    try await server.waitForDisconnect()
  }

  @Test func aTaskCancelledFromTheStartSendsNothing() async throws {
    let server = try LoopbackServer { _ in .json("{}") }
    let client = HTTPClient()
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await client.failure(server.request())?.kind
    }
    #expect(await task.value == .canceled)
    #expect(try await client.text(server.request()) == "{}")
    #expect(server.requests.count == 1)
  }

  @Test func aQueuedRequestCanBeCancelled() async throws {
    let gate = try LoopbackGate()
    let server = try LoopbackServer { _ in ScriptedResponse(pieces: [.wait(gate), .text("ok")]) }
    let client = HTTPClient(HTTPConfiguration(maxConnections: 1))
    let first = Task { try await client.text(server.request()) }
    try await server.waitForRequests(1)
    let second = Task { await client.failure(server.request("/queued"))?.kind }
    second.cancel()
    #expect(await second.value == .canceled)
    gate.open(steps: 2)
    #expect(try await first.value == "ok")
    #expect(server.requests.map(\.path) == ["/"])
  }

  @Test func aPlaceThatATimeoutFreesIsGivenToTheNext() async throws {
    let server = try LoopbackServer { request in
      request.path == "/silent" ? ScriptedResponse(fault: .stall(.start)) : .json("{}")
    }
    let client = HTTPClient(HTTPConfiguration(maxConnections: 1))
    let timeouts = HTTPTimeouts(firstByte: .milliseconds(60))
    async let silent = client.failure(server.request("/silent", timeouts: timeouts))
    try await server.waitForRequests(1)
    async let next = client.text(server.request("/next"))
    #expect(await silent?.kind == .timeout(.firstByte))
    #expect(try await next == "{}")
  }

  /// The thread sleeps by the time of the first request, until the task that sends the second tells it.
  @Test func aRequestWithLessTimeThanTheOneBeforeEndsInTime() async throws {
    let server = try LoopbackServer { request in
      request.path == "/silent" ? ScriptedResponse(fault: .stall(.start)) : .json("{}")
    }
    let client = HTTPClient()
    #expect(try await client.text(server.request()) == "{}")
    let timeouts = HTTPTimeouts(firstByte: .milliseconds(60))
    #expect(await client.failure(server.request("/silent", timeouts: timeouts))?.kind == .timeout(.firstByte))
    #expect(try await client.text(server.request()) == "{}")
  }

  @Test func droppingTheBodyEndsTheTransfer() async throws {
    let server = try LoopbackServer { _ in
      ScriptedResponse(pieces: [.endless([UInt8](repeating: 1, count: 4_096))], framing: .chunked)
    }
    let client = HTTPClient()
    #expect(try await client.send(server.request()).status == 200)
    try await server.waitForDisconnect()
  }

  @Test func aBodyOutlivesItsClient() async throws {
    let gate = try LoopbackGate()
    let server = try LoopbackServer { _ in
      ScriptedResponse(pieces: [.text("a"), .wait(gate), .text("b")], framing: .chunked)
    }
    let response = try await HTTPClient().send(server.request())
    gate.open()
    #expect(try await response.collect() == Array("ab".utf8))
  }

  @Test func aClientThatGoesClosesItsConnections() async throws {
    let server = try LoopbackServer { _ in .json("{}") }
    var client: HTTPClient? = HTTPClient()
    #expect(try await client?.text(server.request()) == "{}")
    client = nil
    try await server.waitForDisconnect()
  }

  @Test func cancellingAtAnyMomentNeverHangs() async throws {
    let server = try LoopbackServer { _ in .eventStream(Array(repeating: "x", count: 20)) }
    let client = HTTPClient(HTTPConfiguration(maxConnections: 8))
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<300 {
        group.addTask {
          let task = Task { await client.failure(server.request()) }
          for _ in 0..<(number % 40) { await Task.yield() }
          task.cancel()
          let kind = await task.value?.kind
          #expect(kind == nil || kind == .canceled)
        }
      }
    }
    #expect(try await !client.text(server.request()).isEmpty)
  }
}

struct DescriptorTests {
  private static func openDescriptors() -> Int {
    (0..<1_024).count { fcntl(Int32($0), F_GETFD) >= 0 }
  }

  /// In a process of its own, because other tests open descriptors at the same time.
  @Test func clientsAndServersLeaveNoDescriptor() async {
    await #expect(processExitsWith: .success) {
      // The first round opens what the runtime keeps for good.
      for round in 0..<3 {
        let before = DescriptorTests.openDescriptors()
        do {
          let server = try LoopbackServer { request in
            request.path == "/stall" ? ScriptedResponse(fault: .stall(.start)) : .json("{}")
          }
          let client = HTTPClient()
          for _ in 0..<10 { _ = try await client.text(server.request()) }
          await withTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
              group.addTask {
                let timeouts = HTTPTimeouts(firstByte: .milliseconds(30))
                _ = await client.failure(server.request(number % 2 == 0 ? "/stall" : "/", timeouts: timeouts))
              }
            }
          }
          _ = await client.failure(HTTPRequest(url: "https://nowhere.invalid/"))
        }
        if round > 0, DescriptorTests.openDescriptors() != before { exit(1) }
      }
      exit(0)
    }
  }
}
