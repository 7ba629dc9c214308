import Dispatch
import Glibc
import MartletTesting
import Testing

@testable import MartletHTTP

/// Tasks that prefer the executor of their client, and so may be carried on by the thread that waits for its sockets.
@Suite(.timeLimit(.minutes(10)))
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
    let names = try await carriedOn(client, server) {
      var names = [threadName()]
      for _ in 0..<50 {
        // More than is sent in one step, so that the task has to wait.
        _ = try await client.text(server.request(body: [[UInt8](repeating: 0x20, count: 8 << 20)]))
        names.append(threadName())
      }
      return names
    }
    #expect(Set(names) == ["martlet-http"])
    #expect(server.connectionCount == 1)
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
            if round % 10 == 9 { for _ in 0..<100 { sched_yield() } }
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

  /// What it does next runs on the thread that a task of its gave up.
  private actor Worker {
    func text(_ client: HTTPClient, _ transfer: HTTPExchange, _ next: HTTPRequest, _ isReceived: DispatchSemaphore)
      async throws -> String
    {
      _ = try await transfer.response().collect()
      Task { isReceived.wait() }
      return try await client.text(next)
    }
  }

  @Test func whatAnActorDoesMeanwhileHoldsUpNoTransferOfItsOwn() async throws {
    let isReceived = DispatchSemaphore(value: 0)
    let server = try server { path in
      if path == "/large" { isReceived.signal() }
      return nil
    }
    let client = HTTPClient()
    let exchange = try client.exchange(for: server.request("/held"))
    let large = server.request("/large", body: [[UInt8](repeating: 0x20, count: 8 << 20)])
    let task = Task(executorPreference: client.executor) {
      try await Worker().text(client, exchange, large, isReceived)
    }
    while !exchange.body.transfer.isAwaited { await Task.yield() }
    answers.signal()
    #expect(try await task.value == "/large")
  }

  @Test func aTaskThatBeginsOnTheThreadOfAnotherIsNotHeldUpByIt() async throws {
    let (server, client) = (try server(), HTTPClient())
    let text = try await carriedOn(client, server) {
      let isDone = DispatchSemaphore(value: 0)
      let task = Task.immediate {
        defer { isDone.signal() }
        return try await client.text(
          server.request("/large", body: [[UInt8](repeating: 0x20, count: 8 << 20)]))
      }
      isDone.wait()
      return try await task.value
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
    weak var known: HTTPClient?
    do {
      let client = SharedLock<HTTPClient?>(HTTPClient())
      known = client.withLock { $0 }
      let (executor, exchange) = try #require(
        try client.withLock { client in
          try client.map { ($0.executor, SharedLock<HTTPExchange?>(try $0.exchange(for: server.request("/held")))) }
        })
      let task = Task(executorPreference: executor) {
        _ = try await exchange.withLock { $0 }?.response().collect()
        exchange.withLock { $0 = nil }
        client.withLock { $0 = nil }
        return threadName()
      }
      while exchange.withLock({ $0?.body.transfer.isAwaited }) == false { await Task.yield() }
      answers.signal()
      #expect(try await task.value == "martlet-http")
    }
    try await server.waitForDisconnect()
    #expect(known == nil)
  }

  @Test func aTaskThatIsCarriedOnIsOpenToTheSignalsThatThePoolIsOpenTo() async throws {
    let (server, client) = (try server(), HTTPClient())
    let blocked = try await carriedOn(client, server) { () -> [Int32] in
      var mask = sigset_t()
      pthread_sigmask(SIG_BLOCK, nil, &mask)
      return [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGPIPE].filter { sigismember(&mask, $0) == 1 }
    }
    #expect(blocked == [])
  }
}
