import Dispatch
import Glibc
import MartletTesting
import Testing

@testable import MartletHTTP

/// Tasks that prefer the executor of their client, and so may be carried on by the thread that waits for its sockets.
@Suite(.timeLimit(.minutes(1)))
struct TransferExecutorTests {
  private let answers = DispatchSemaphore(value: 0)

  /// A server that answers a request to `/held` once `answers` is signaled, and all in one piece.
  private func server(
    _ answer: @escaping @Sendable (String) -> ScriptedResponse? = { _ in nil }
  ) throws -> LoopbackServer {
    try LoopbackServer { [answers] request in
      let path = request.path
      if path == "/held" { answers.wait() }
      if let answer = answer(path) { return answer }
      var response = ScriptedResponse.raw([
        .text("HTTP/1.1 200 OK\r\nContent-Length: \(path.utf8.count)\r\n\r\n\(path)")
      ])
      response.keepsAlive = true
      return response
    }
  }

  /// Sends a request whose answer comes once the task waits for it, and goes on with `body` where it came.
  private func carriedOn<Value: Sendable>(
    _ client: HTTPClient, _ server: LoopbackServer, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let exchange = try client.exchange(for: server.request("/held"))
    let (transfer, count) = (exchange.body.transfer, server.requests.count)
    let task = Task(executorPreference: client.executor) {
      _ = try await exchange.response().collect()
      return try await body()
    }
    try await server.waitForRequests(count + 1)
    while !transfer.isAwaited { await Task.yield() }
    answers.signal()
    return try await task.value
  }

  @Test func aTaskThatIsAloneGoesOnOnTheThreadThatGotItsResponse() async throws {
    let (server, client) = (try server(), HTTPClient())
    let threads = try await carriedOn(client, server) {
      var threads: Set = [pthread_self()]
      for _ in 0..<50 {
        _ = try await client.text(server.request())
        threads.insert(pthread_self())
      }
      return threads
    }
    #expect(threads.count == 1)
    #expect(server.connectionCount == 1)
  }

  @Test func aTaskOfNoPreferenceStaysOnThePool() async throws {
    let (server, client) = (try server(), HTTPClient())
    let leader = try await carriedOn(client, server) { pthread_self() }
    for _ in 0..<20 {
      let thread = try await Task { () -> pthread_t in
        _ = try await client.text(server.request())
        return pthread_self()
      }.value
      #expect(thread != leader)
    }
  }

  @Test func aTaskThatBlocksHoldsUpNoOther() async throws {
    let (server, client) = (try server(), HTTPClient())
    for _ in 0..<3 {
      let isDone = DispatchSemaphore(value: 0)
      let text = try await carriedOn(client, server) {
        Task {
          // More than is sent in one step.
          _ = try await client.text(server.request("/large", body: [[UInt8](repeating: 0x20, count: 8 << 20)]))
          isDone.signal()
        }
        isDone.wait()
        return try await client.text(server.request("/after"))
      }
      #expect(text == "/after")
    }
  }

  @Test func manyTasksThatBlockInTurnHoldUpNone() async throws {
    let (server, client) = (try server(), HTTPClient())
    let texts = try await withThrowingTaskGroup(of: [String].self) { group in
      for number in 0..<8 {
        group.addTask(executorPreference: client.executor) {
          var texts: [String] = []
          for round in 0..<100 {
            texts.append(try await client.text(server.request("/\(number)/\(round)")))
            if round % 10 == 9 { usleep(100) }
          }
          return texts
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(Set(texts).count == 800)
  }

  @Test func aBodyComesInWhileTheTaskThatAskedForItBlocks() async throws {
    let gate = try LoopbackGate()
    let server = try server { path in
      path == "/cut" ? ScriptedResponse(pieces: [.text("a"), .wait(gate), .text("b")], framing: .chunked) : nil
    }
    let client = HTTPClient()
    let text = try await carriedOn(client, server) {
      let body = try await client.send(server.request("/cut")).body
      var text = String(decoding: try await body.next() ?? [], as: UTF8.self)
      let isRead = DispatchSemaphore(value: 0)
      let rest = Task {
        gate.open()
        let rest = try await body.next() ?? []
        isRead.signal()
        return rest
      }
      isRead.wait()
      text += String(decoding: try await rest.value, as: UTF8.self)
      return text
    }
    #expect(text == "ab")
  }

  /// Its other jobs run on the thread that the task gave up, one after the other.
  private actor Worker {
    func text(_ client: HTTPClient, _ request: HTTPRequest) async throws -> String { try await client.text(request) }
    func wait(for semaphore: DispatchSemaphore) { semaphore.wait() }
  }

  @Test func whatAnActorDoesMeanwhileHoldsUpNoTransferOfItsOwn() async throws {
    let isReceived = DispatchSemaphore(value: 0)
    let server = try server { path in
      if path == "/large" { isReceived.signal() }
      return nil
    }
    let (client, worker) = (HTTPClient(), Worker())
    let text = try await carriedOn(client, server) {
      async let text = worker.text(
        client, server.request("/large", body: [[UInt8](repeating: 0x20, count: 8 << 20)]))
      await worker.wait(for: isReceived)
      return try await text
    }
    #expect(text == "/large")
  }

  @Test func aCanceledExchangeEndsWhileTheThreadIsAway() async throws {
    let (server, client) = (try server(), HTTPClient())
    let kind = try await carriedOn(client, server) {
      let isOver = DispatchSemaphore(value: 0)
      let exchange = try client.exchange(for: server.request("/held"))
      let transfer = exchange.body.transfer
      let task = Task { () -> HTTPError.Kind? in
        defer { isOver.signal() }
        do throws(HTTPError) {
          _ = try await exchange.response()
          return nil
        } catch {
          return error.kind
        }
      }
      while !transfer.isAwaited { sched_yield() }
      task.cancel()
      isOver.wait()
      return await task.value
    }
    #expect(kind == .canceled)
    answers.signal()
  }

  @Test func aClientMayEndInATaskThatItsThreadCarriesOn() async throws {
    let server = try server()
    let client = Lock<HTTPClient?>(HTTPClient())
    weak let known = client.withLock { $0 }
    let executor = try #require(known).executor
    let task = Task(executorPreference: executor) {
      _ = try await client.withLock { $0 }?.text(server.request("/held"))
      client.withLock { $0 = nil }
    }
    try await server.waitForRequests(1)
    answers.signal()
    try await task.value
    try await server.waitForDisconnect()
    #expect(known == nil)
  }

  @Test func aTaskThatIsCarriedOnIsOpenToTheSignalsOfItsOwnFaults() async throws {
    let (server, client) = (try server(), HTTPClient())
    let blocked = try await carriedOn(client, server) { () -> [Int32] in
      var mask = sigset_t()
      pthread_sigmask(SIG_BLOCK, nil, &mask)
      return [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP].filter { sigismember(&mask, $0) == 1 }
    }
    #expect(blocked == [])
  }
}
