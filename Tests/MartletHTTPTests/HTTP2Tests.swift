import MartletChat
import MartletTesting
import Testing

@testable import MartletHTTP

/// The chat client over TLS and HTTP/2 through nginx, where it is installed, to the loopback server behind it.
@Suite(
  .enabled(if: RealServer.isInstalled("nginx"), "the program nginx is not installed"),
  .enabled(if: CertificateAuthority.shared != nil, "the program openssl is not installed or too old"))
struct HTTP2Tests {
  /// The server behind nginx, nginx, and a client that trusts its certificate.
  private struct Setting {
    let server: LoopbackServer
    let proxy: RealServer
    let client: ChatClient
  }

  private func setting(
    _ answer: @escaping @Sendable (RecordedRequest) -> ScriptedResponse
  ) throws -> Setting {
    let authority = try #require(CertificateAuthority.shared)
    let server = try LoopbackServer(answer)
    let configuration = """
      daemon off; master_process off; pid FOLDER/pid; error_log FOLDER/errors;
      events {}
      http {
        access_log off; client_body_temp_path FOLDER/body; proxy_temp_path FOLDER/proxy; client_max_body_size 64m;
        # On a busy machine minutes may lie between two steps of a test.
        proxy_read_timeout 600; proxy_send_timeout 600; send_timeout 600; client_body_timeout 600; keepalive_timeout 600;
        fastcgi_temp_path FOLDER/f; uwsgi_temp_path FOLDER/u; scgi_temp_path FOLDER/s;
        server {
          listen 127.0.0.1:PORT ssl http2;
          ssl_certificate \(authority.folder)/good.pem; ssl_certificate_key \(authority.folder)/good.key;
          location / {
            proxy_pass \(server.baseURL); proxy_http_version 1.1; proxy_buffering off;
            proxy_set_header X-Protocol $server_protocol; proxy_set_header X-Connection $connection;
          }
        }
      }
      """
    let proxy = try #require(RealServer(["nginx", "-c"], configuration: configuration))
    let provider = Provider.custom(
      name: "proxied", baseURL: "https://127.0.0.1:\(proxy.port)/v1", caFile: authority.folder + "/ca.pem")
    return Setting(server: server, proxy: proxy, client: ChatClient(provider: provider, apiKey: "sk-test"))
  }

  private func connections(_ server: LoopbackServer) -> Set<String> {
    Set(server.requests.compactMap { $0.header("X-Connection") })
  }

  @Test func aRequestIsAnsweredWithAllThatItsHeadersSay() async throws {
    let setting = try setting { _ in
      var response = ScriptedResponse.chat("Hi")
      response.headers += [("X-Request-Id", "req-7"), ("X-RateLimit-Remaining-Requests", "3")]
      return response
    }
    for _ in 0..<3 {
      let response = try await setting.client.chat.completions.create(model: "m", messages: [.user("U")])
      #expect(response.choices[0].message.content == "Hi")
      #expect(response.requestID == "req-7")
      #expect(response.rateLimit?.requests?.remaining == 3)
    }
    #expect(setting.server.requests.map { $0.header("X-Protocol") } == ["HTTP/2.0", "HTTP/2.0", "HTTP/2.0"])
    #expect(setting.server.requests[0].header("Authorization") == "Bearer sk-test")
    #expect(connections(setting.server).count == 1)
  }

  @Test func aRequestOfSeveralMegabytesArrivesWhole() async throws {
    let setting = try setting { _ in .chat("A cat.") }
    let image = ContentPart.image(url: "data:image/png;base64," + String(repeating: "QUJD", count: 2_000_000))
    _ = try await setting.client.chat.completions.create(model: "m", messages: [.user(["What is this?", image])])
    let body = setting.server.requests[0].text
    #expect(body.utf8.count > 8_000_000)
    #expect(body.hasSuffix(#"QUJD"}}]}]}"#))
  }

  @Test func partsOfAStreamComeAsTheyAreSent() async throws {
    let gate = try LoopbackGate()
    let setting = try setting { _ in
      var response = ScriptedResponse.chatStream("He", "y")
      response.pieces.insert(.wait(gate), at: 1)
      return response
    }
    var text = ""
    let stream = setting.client.chat.completions.stream(model: "m", messages: [.user("U")])
    for try await piece in stream.text {
      // Nothing more is sent before this piece has arrived.
      if text.isEmpty { gate.open() }
      text += piece
    }
    #expect(text == "Hey")
    #expect(setting.server.requests[0].header("X-Protocol") == "HTTP/2.0")
  }

  /// Says "x" and more than a reader who stops there takes, and then nothing until the client goes away.
  private static let unending: ScriptedResponse = {
    var response = ScriptedResponse.chatStream("x")
    response.pieces = response.pieces.prefix(1) + Array(repeating: .text(": more\n\n"), count: 1_000)
    response.fault = .stall(.end)
    return response
  }()

  @Test func leavingAStreamEndsItsTransferAtOnce() async throws {
    let setting = try setting { $0.index == 0 ? Self.unending : .chatStream("Hi") }
    let stream = setting.client.chat.completions.stream(model: "m", messages: [.user("U")])
    for try await text in stream.text where text == "x" { break }
    try await setting.server.waitForDisconnect()
    #expect(try await stream.collect().choices[0].message.content == "Hi")
  }

  @Test func aStreamThatNobodyReadsHoldsUpNoOther() async throws {
    let gate = try LoopbackGate()
    let setting = try setting { request in
      if request.text.contains("unending") { return Self.unending }
      var response = ScriptedResponse.chatStream("He", "y")
      response.pieces.insert(.wait(gate), at: 1)
      return response
    }
    let completions = setting.client.chat.completions
    var quiet = completions.stream(model: "m", messages: [.user("quiet")]).text.makeAsyncIterator()
    #expect(try await quiet.next() == "He")
    var unending: ChatCompletionStream.Text.Iterator? = completions.stream(model: "m", messages: [.user("unending")])
      .text
      .makeAsyncIterator()
    while try await unending?.next() != "x" {}
    gate.open()
    #expect(try await quiet.next() == "y")
    #expect(try await quiet.next() == nil)
    unending = nil
    try await setting.server.waitForDisconnect()
  }

  @Test func aBatchReusesConnectionsAndKeepsItsOrder() async throws {
    let setting = try setting { request in
      // The last number of the body is the prompt's.
      let prompt = request.text.split { !$0.isNumber }.last ?? ""
      return .chat("answer \(prompt)")
    }
    let results = await setting.client.chat.completions.batch(
      model: "m", prompts: (0..<300).map { "question \($0)" }, maxConcurrent: 24)
    let answers = try results.map { try $0.get().choices[0].message.content }
    #expect(answers == (0..<300).map { "answer \($0)" })
    #expect(setting.server.requests.allSatisfy { $0.header("X-Protocol") == "HTTP/2.0" })
    #expect(connections(setting.server).count <= 24)
  }

  @Test func aRefusalIsReadAsOverTheOlderProtocol() async throws {
    let setting = try setting { request in
      request.index == 0
        ? .chatError(status: 429, message: "slow down", headers: [("Retry-After", "0")]) : .chat("Hi")
    }
    let response = try await setting.client.chat.completions.create(model: "m", messages: [.user("U")])
    #expect(response.choices[0].message.content == "Hi")
    #expect(setting.server.requests.count == 2)
    #expect(setting.server.requests[0].body == setting.server.requests[1].body)
  }
}
