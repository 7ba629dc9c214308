import Testing

@testable import MartletHTTP

/// F24 over HTTP/2: the end of one stream, or of the connection, with frames made by hand.
@Suite(.enabled(if: CertificateAuthority.shared != nil, "the program openssl is not installed or too old"))
struct HTTP2FaultTests {
  private func server(
    _ answer: @escaping @Sendable (FrameServer.Request) -> [Frame]
  ) throws -> (server: FrameServer, client: HTTPClient) {
    let authority = try #require(CertificateAuthority.shared)
    let server = try #require(FrameServer(authority, answer: answer))
    return (server, HTTPClient(HTTPConfiguration(caFile: authority.folder + "/ca.pem")))
  }

  private func request(_ server: FrameServer) -> HTTPRequest {
    HTTPRequest(url: "https://127.0.0.1:\(server.port)/", body: [Array("question".utf8)])
  }

  private static func served(_ stream: UInt32) -> [Frame] {
    [.head(stream), .data(stream, "served", isLast: true)]
  }

  @Test func f24AStreamThatIsRefusedIsAskedForAgainUnseen() async throws {
    let (server, client) = try server { $0.index == 0 ? [.reset($0.stream, .refused)] : Self.served($0.stream) }
    #expect(try await client.text(request(server)) == "served")
    #expect(server.requests.count == 2)
  }

  @Test(arguments: [Frame.Code.internalError, .cancel, .enhanceYourCalm, .none])
  func f24AStreamResetBeforeItsHeadIsAReset(code: Frame.Code) async throws {
    let (server, client) = try server { $0.index == 0 ? [.reset($0.stream, code)] : Self.served($0.stream) }
    let error = try #require(await client.failure(request(server)))
    #expect(error.kind == .reset, "\(error)")
    #expect(error.isRetryable)
    #expect(try await client.text(request(server)) == "served")
  }

  @Test(arguments: [Frame.Code.internalError, .cancel])
  func f24AStreamResetInItsBodyIsAResetAfterWhatCame(code: Frame.Code) async throws {
    let (server, client) = try server { request in
      request.index == 0
        ? [.head(request.stream), .data(request.stream, "half", isLast: false)] : Self.served(request.stream)
    }
    let response = try await client.send(request(server))
    #expect(try await response.body.next() == Array("half".utf8))
    server.send([.reset(1, code)])
    let error = await #expect(throws: HTTPError.self) { try await response.body.next() }
    #expect(error?.kind == .reset, "\(String(describing: error))")
    #expect(error?.isRetryable == true)
    #expect(try await client.text(request(server)) == "served")
  }

  @Test func f24AStreamResetWithoutErrorAfterItsEndIsWhole() async throws {
    let (server, client) = try server { Self.served($0.stream) + [.reset($0.stream, .none)] }
    for _ in 0..<3 { #expect(try await client.text(request(server)) == "served") }
  }

  @Test func f24AGoAwayThatLeavesTheRequestOutIsAResetAndTheNextConnectionServes() async throws {
    let (server, client) = try server { $0.index == 0 ? [.goAway(after: 0, .none)] : Self.served($0.stream) }
    let error = try #require(await client.failure(request(server)))
    #expect(error.kind == .reset, "\(error)")
    #expect(error.isRetryable)
    #expect(try await client.text(request(server)) == "served")
    #expect(server.requests.map(\.connection) == [0, 1])
  }

  @Test func f24AGoAwayLetsTheRequestBeforeItEnd() async throws {
    let (server, client) = try server { request in
      [.head(request.stream), .goAway(after: request.stream, .none), .data(request.stream, "served", isLast: true)]
    }
    for _ in 0..<3 { #expect(try await client.text(request(server)) == "served") }
    #expect(server.requests.map(\.connection) == [0, 1, 2])
  }

  @Test func f24AGoAwayForAnErrorOfTheConnectionIsAReset() async throws {
    let (server, client) = try server { request in
      request.index == 0
        ? [.head(request.stream), .data(request.stream, "half", isLast: false), .goAway(after: 0, .protocolError)]
        : Self.served(request.stream)
    }
    let error = try #require(await client.failure(request(server)))
    #expect(error.kind == .reset, "\(error)")
    #expect(error.isRetryable)
    #expect(try await client.text(request(server)) == "served")
  }
}
