/// An HTTP/1.1 server on the loopback interface that says what you script and records what it hears.
///
/// It is a real server: sockets, threads of its own, a port chosen by the system. Give its ``baseURL`` to an agent
/// or a client, script the replies, and look at the ``requests`` afterwards. Nothing in it depends on time: a test
/// waits for a state.
///
/// ```swift
/// let server = try LoopbackServer(replies: [.json(#"{"choices":[]}"#)])
/// // … use server.baseURL …
/// try await server.waitForRequests(1)
/// #expect(server.requests[0].path == "/v1/chat/completions")
/// ```
///
/// The server stops, with its threads and descriptors, when it is no longer referenced or ``stop()`` is called.
public final class LoopbackServer: Sendable {
  private let core: LoopbackCore

  /// Starts a server that asks the handler for the answer to each request.
  ///
  /// The handler runs on the thread of the request's connection, so that several may run at once. It must not hold
  /// the server, which would then never stop by itself.
  ///
  /// - Throws: ``LoopbackError`` when the system has no socket or thread left.
  public init(_ handler: @escaping @Sendable (RecordedRequest) -> ScriptedResponse) throws {
    core = try LoopbackCore(handler)
  }

  /// Starts a server that gives these answers in order, and status 500 when none is left.
  ///
  /// - Throws: ``LoopbackError`` when the system has no socket or thread left.
  public convenience init(replies: [ScriptedResponse]) throws {
    try self.init { request in
      if request.index < replies.count { return replies[request.index] }
      return .json(#"{"error":{"message":"no scripted reply is left"}}"#, status: 500)
    }
  }

  deinit {
    core.stop()
  }

  /// The port on 127.0.0.1.
  public var port: Int { core.port }

  /// The URL of the server without a path, such as `http://127.0.0.1:40321`.
  public var baseURL: String { "http://127.0.0.1:\(port)" }

  /// The requests so far, in the order in which they were complete.
  public var requests: [RecordedRequest] { core.state { $0.requests } }

  /// How many connections were accepted so far.
  public var connectionCount: Int { core.state { $0.accepted } }

  /// The most connections that were open at the same time.
  public var peakConnectionCount: Int { core.state { $0.peak } }

  /// How many connections the client closed or reset so far.
  public var disconnectCount: Int { core.state { $0.disconnects } }

  /// How many bytes were written so far, on all connections.
  public var bytesWritten: Int { core.state { $0.bytesWritten } }

  /// Waits until this many requests were received in all.
  ///
  /// - Throws: `CancellationError` when the task is cancelled, ``LoopbackError`` when the server stops before.
  public func waitForRequests(_ count: Int) async throws {
    try await core.wait { $0.requests.count >= count }
  }

  /// Waits until this many connections were accepted in all.
  ///
  /// - Throws: `CancellationError` when the task is cancelled, ``LoopbackError`` when the server stops before.
  public func waitForConnections(_ count: Int) async throws {
    try await core.wait { $0.accepted >= count }
  }

  /// Waits until the client closed or reset this many connections in all.
  ///
  /// - Throws: `CancellationError` when the task is cancelled, ``LoopbackError`` when the server stops before.
  public func waitForDisconnect(_ count: Int = 1) async throws {
    try await core.wait { $0.disconnects >= count }
  }

  /// Waits until this many bytes were written in all.
  ///
  /// - Throws: `CancellationError` when the task is cancelled, ``LoopbackError`` when the server stops before.
  public func waitForBytesWritten(_ count: Int) async throws {
    try await core.wait { $0.bytesWritten >= count }
  }

  /// Closes every connection and returns when the last thread has ended; does nothing the second time.
  public func stop() {
    core.stop()
  }
}
