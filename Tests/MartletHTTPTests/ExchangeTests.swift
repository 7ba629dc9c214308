import MartletTesting
import Testing

@testable import MartletHTTP

struct ExchangeTests {
  @Test func aRequestArrivesAsItWasGivenAndItsAnswerComesBack() async throws {
    let server = try LoopbackServer { _ in .json("{}", status: 201, headers: [("X-One", "1"), ("X-Two", "")]) }
    let request = server.request(
      "/v1/chat?x=1", headers: [HTTPHeader("Authorization", "Bearer k"), HTTPHeader("X-Empty", "")],
      body: [Array("{\"a\":".utf8), [], Array("1}".utf8)])
    let response = try await HTTPClient().send(request)
    #expect(response.status == 201)
    #expect(response.headers["x-one"] == "1")
    #expect(response.headers["X-TWO"] == "")
    #expect(try await response.collect() == Array("{}".utf8))
    let seen = server.requests[0]
    #expect(seen.method == "POST")
    #expect(seen.path == "/v1/chat?x=1")
    #expect(seen.text == "{\"a\":1}")
    #expect(seen.header("authorization") == "Bearer k")
    #expect(seen.header("x-empty") == "")
    #expect(seen.header("content-length") == "7")
    for absent in ["expect", "accept-encoding", "content-type", "cookie", "transfer-encoding", "user-agent"] {
      #expect(seen.header(absent) == nil, "\(absent)")
    }
  }

  @Test(arguments: ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
  func everyMethodGoesOutWithAndWithoutABody(method: String) async throws {
    let server = try LoopbackServer { .json($0.text) }
    let client = HTTPClient()
    #expect(try await client.text(server.request(method: method, body: [Array("b".utf8)])) == "b")
    #expect(try await client.text(server.request(method: method)) == "")
    #expect(server.requests.map(\.method) == [method, method])
  }

  @Test func aHEADRequestEndsWithItsHead() async throws {
    let server = try LoopbackServer(replies: [
      ScriptedResponse(headers: [("Content-Length", "99")], framing: .untilClose), .json("{}"),
    ])
    let client = HTTPClient()
    #expect(try await client.text(server.request(method: "HEAD")) == "")
    #expect(try await client.text(server.request(method: "GET")) == "{}")
  }

  @Test func oneConnectionServesOneRequestAfterTheOther() async throws {
    let server = try LoopbackServer { .json($0.path) }
    let client = HTTPClient()
    for number in 0..<20 { #expect(try await client.text(server.request("/\(number)")) == "/\(number)") }
    #expect(server.connectionCount == 1)
  }

  @Test func whatAHandleSentBeforeIsNotSentAgain() async throws {
    let server = try LoopbackServer { _ in .json("{}") }
    let client = HTTPClient()
    let large = [[UInt8](repeating: 0x20, count: 1 << 20)]
    let lists: [(headers: [(String, String)], body: [[UInt8]])] = [
      ([], []),
      ([("Content-Type", "a/b"), ("X-Id", "1111"), ("X-Key", "k")], []),
      ([("Content-Type", "a/b"), ("X-Id", "2222"), ("X-Key", "k")], []),
      ([("Content-Type", "a/b"), ("X-Id", "3"), ("X-Key", "k")], []),
      ([("X-Id", "4"), ("X-Key", "k")], []), ([("X-Id", "5"), ("X-Other", "k")], []),
      ([("X-Id", " "), ("X-Other", "k")], []), ([("X-Id", "6"), ("X-Other", "k")], []),
      ([("X-Id", "7"), ("X-Other", "k")], large), ([("X-Id", "8"), ("X-Other", "k")], large),
      ([("X-Id", "9"), ("X-Other", "k")], []), ([], []),
    ]
    for (headers, body) in lists {
      _ = try await client.text(server.request(headers: headers.map { HTTPHeader($0.0, $0.1) }, body: body))
    }
    for (seen, (headers, _)) in zip(server.requests, lists) {
      for name in ["Content-Type", "X-Id", "X-Key", "X-Other"] {
        let value = headers.first { $0.0 == name }?.1
        #expect(seen.header(name) == (value == " " ? "" : value), "\(name) of \(headers)")
      }
      #expect(seen.header("Expect") == nil)
    }
    #expect(server.requests.count == lists.count)
    #expect(server.connectionCount == 1)
  }

  @Test func anExchangeIsSentOnce() async throws {
    let server = try LoopbackServer { _ in .json("{}") }
    let exchange = try HTTPClient().exchange(for: server.request())
    #expect(try await exchange.response().collect() == Array("{}".utf8))
    let error = await #expect(throws: HTTPError.self) { try await exchange.response() }
    #expect(error?.message.contains("was sent already") == true)
    #expect(server.requests.count == 1)
  }

  @Test func oneClientGoesFromServerToServer() async throws {
    let client = HTTPClient(HTTPConfiguration(maxConnections: 1))
    let one = try LoopbackServer { .json("one" + $0.path) }
    let other = try LoopbackServer { .json("other" + $0.path) }
    for number in 0..<3 {
      #expect(try await client.text(one.request("/\(number)")) == "one/\(number)")
      #expect(try await client.text(other.request("/\(number)?q=%20")) == "other/\(number)?q=%20")
    }
  }

  @Test func noMoreConnectionsThanAllowedServeAHundredRequests() async throws {
    let server = try LoopbackServer { .json($0.path) }
    let client = HTTPClient(HTTPConfiguration(maxConnections: 4))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<100 {
        group.addTask {
          let text = try await client.text(server.request("/\(number)"))
          #expect(text == "/\(number)")
        }
      }
      try await group.waitForAll()
    }
    #expect(server.requests.count == 100)
    #expect(server.peakConnectionCount <= 4)
    #expect(server.connectionCount <= 4)
  }

  @Test(arguments: [10, 64, 200])
  func twoHundredRequestsInParallelEachGetTheirAnswer(connections: Int) async throws {
    let server = try LoopbackServer { .json($0.text) }
    let client = HTTPClient(HTTPConfiguration(maxConnections: connections))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<200 {
        group.addTask {
          let body = Array(repeating: UInt8(ascii: "a") + UInt8(number % 26), count: number * 100)
          let response = try await client.send(server.request(body: [body]))
          #expect(try await response.collect() == body)
        }
      }
      try await group.waitForAll()
    }
    #expect(server.requests.count == 200)
    #expect(server.connectionCount <= connections)
  }

  @Test(arguments: [1, 32 << 10, 32 << 10 + 1, 64 << 10, 200_000])
  func aBodyOfEverySizeArrivesWholeAlsoAfterAnotherOne(size: Int) async throws {
    let server = try LoopbackServer { .json("\($0.body.count)") }
    let client = HTTPClient()
    let body = [[UInt8](repeating: 1, count: size / 2), [UInt8](repeating: 2, count: size - size / 2)]
    for sent in [body, [Array("before".utf8)], [], body, [[UInt8](repeating: 3, count: 300_000)], body] {
      #expect(try await client.text(server.request(body: sent)) == "\(sent.reduce(0) { $0 + $1.count })")
      #expect(server.requests.last?.body == sent.flatMap { $0 })
    }
    #expect(server.connectionCount == 1)
  }

  @Test func aBodyOfManySegmentsAndMegabytesArrivesWhole() async throws {
    let server = try LoopbackServer { .json("\($0.body.count)") }
    let segments = (0..<48).map { [UInt8](repeating: UInt8($0), count: 100_003) }
    #expect(try await HTTPClient().text(server.request(body: segments)) == "\(48 * 100_003)")
    #expect(server.requests[0].body == segments.flatMap { $0 })
    #expect(server.requests[0].header("expect") == nil)
  }

  @Test(arguments: [ScriptedResponse.Fault.close(.start), .reset(.start)], [300, 300_000])
  func f24AKeptConnectionThatDiedIsReplacedAndTheBodySentAgain(fault: ScriptedResponse.Fault, half: Int) async throws {
    let body = [[UInt8](repeating: 7, count: half), [UInt8](repeating: 8, count: half)]
    let server = try LoopbackServer { request in
      var reply = ScriptedResponse.json("\(request.body.count)")
      if request.index == 1 { reply.fault = fault }
      return reply
    }
    let client = HTTPClient()
    #expect(try await client.text(server.request(body: [[1]])) == "1")
    #expect(try await client.text(server.request(body: body)) == "\(2 * half)")
    #expect(server.requests.map(\.connection) == [0, 0, 1])
    #expect(server.requests[2].body == server.requests[1].body)
  }

  @Test func f24AConnectionClosedBetweenRequestsIsReplaced() async throws {
    let server = try LoopbackServer { request in
      var reply = ScriptedResponse.json("\(request.index)")
      reply.fault = .close(.end)
      return reply
    }
    let client = HTTPClient()
    for number in 0..<5 { #expect(try await client.text(server.request()) == "\(number)") }
  }

  @Test func f24InterimResponsesArePassedOver() async throws {
    let server = try LoopbackServer(replies: [
      .raw([
        .text("HTTP/1.1 100 Continue\r\n\r\n"), .text("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"),
        .text("HTTP/1.1 200 OK\r\nContent-"), .text("Length: 2\r\n\r\no"), .text("k"),
      ])
    ])
    let response = try await HTTPClient().send(server.request())
    #expect(response.status == 200)
    #expect(response.headers["Link"] == nil)
    #expect(try await response.collect() == Array("ok".utf8))
  }

  @Test func trailersDoNotDisturbTheBody() async throws {
    let server = try LoopbackServer(replies: [
      .raw([.text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n")])
    ])
    #expect(try await HTTPClient().text(server.request()) == "ok")
  }

  @Test func aBodyMayEndWithItsConnection() async throws {
    let server = try LoopbackServer(replies: [ScriptedResponse(pieces: [.text("a"), .text("b")], framing: .untilClose)])
    #expect(try await HTTPClient().text(server.request()) == "ab")
  }

  @Test func aStatusThatIsAFailureIsStillAResponse() async throws {
    let server = try LoopbackServer(replies: [.json("slow down", status: 429, headers: [("Retry-After", "3")])])
    let response = try await HTTPClient().send(server.request())
    #expect(response.status == 429)
    #expect(response.headers["retry-after"] == "3")
    #expect(try await response.collect() == Array("slow down".utf8))
  }

  @Test(arguments: [301, 302, 303, 307, 308])
  func f15ARedirectIsHandedOutAndNotFollowed(status: Int) async throws {
    let other = try LoopbackServer { _ in .json("{}") }
    let server = try LoopbackServer(replies: [.json("", status: status, headers: [("Location", other.baseURL + "/x")])])
    let response = try await HTTPClient().send(server.request(headers: [HTTPHeader("X-Api-Key", "k")]))
    #expect(response.status == status)
    #expect(response.headers["Location"] == other.baseURL + "/x")
    #expect(try await response.collect().isEmpty)
    #expect(other.connectionCount == 0)
  }

  @Test func requestsThatCannotBeSentNeverReachTheServer() async throws {
    let server = try LoopbackServer { _ in .json("{}") }
    let client = HTTPClient()
    var request = server.request(headers: [HTTPHeader("X", "a\r\nY: b")])
    #expect(await client.failure(request)?.kind == .other)
    request = server.request()
    request.url = "http://user:pw@127.0.0.1:\(server.port)/"
    #expect(await client.failure(request)?.kind == .invalidURL)
    request.url = "http://example.com/"
    #expect(await client.failure(request)?.kind == .insecureURL)
    #expect(server.connectionCount == 0)
  }
}

struct ProxyTests {
  @Test func plainHTTPGoesToTheProxyInAbsoluteForm() async throws {
    let proxy = try LoopbackServer { _ in .json("from the proxy") }
    let client = HTTPClient(
      HTTPConfiguration(allowsInsecureHTTP: true, environment: ["HTTP_PROXY": "127.0.0.1:\(proxy.port)"]))
    #expect(try await client.text(HTTPRequest(method: "GET", url: "http://api.test/v1")) == "from the proxy")
    #expect(proxy.requests[0].path == "http://api.test/v1")
  }

  @Test func aLoopbackServerIsReachedWithoutTheProxy() async throws {
    let server = try LoopbackServer { _ in .json("direct") }
    let proxy = try LoopbackServer { _ in .json("proxied") }
    let client = HTTPClient(HTTPConfiguration(environment: ["http_proxy": proxy.baseURL, "all_proxy": proxy.baseURL]))
    #expect(try await client.text(server.request()) == "direct")
    #expect(proxy.connectionCount == 0)
  }

  @Test(arguments: [407, 502])
  func f14ARefusedTunnelSaysItsStatusAndNoPassword(status: Int) async throws {
    let proxy = try LoopbackServer { _ in .json("no", status: status) }
    let environment = ["https_proxy": "http://bob:hunter2@127.0.0.1:\(proxy.port)"]
    let request = HTTPRequest(url: "https://api.test/v1", headers: [HTTPHeader("Authorization", "Bearer sk-1")])
    let error = try #require(await HTTPClient(HTTPConfiguration(environment: environment)).failure(request))
    #expect(error.kind == .proxy)
    #expect(!error.isRetryable)
    #expect(error.message.contains("\(status)"))
    for secret in ["bob", "hunter2", "sk-1"] { #expect(!error.message.contains(secret)) }
    #expect(proxy.requests[0].method == "CONNECT")
    #expect(proxy.requests[0].header("authorization") == nil)
  }

  @Test func f14AProxyThatWantsALoginForAPlainRequestIsNamed() async throws {
    let proxy = try LoopbackServer { request in
      .json("bad login \(request.header("Proxy-Authorization") ?? "")", status: 407)
    }
    let client = HTTPClient(
      HTTPConfiguration(
        allowsInsecureHTTP: true, environment: ["http_proxy": "http://bob:hunter2@127.0.0.1:\(proxy.port)"]))
    let error = try #require(await client.failure(HTTPRequest(url: "http://api.test/v1")))
    #expect(error.kind == .proxy)
    #expect(error.message.contains("127.0.0.1:\(proxy.port) refused the request to api.test:80 with status 407"))
    #expect(proxy.requests[0].header("Proxy-Authorization") == "Basic Ym9iOmh1bnRlcjI=")
  }

  @Test func f14AProxyThatRefusesConnectionsIsNamed() async throws {
    let proxy = DeafListener(listens: false)
    let environment = ["https_proxy": "http://bob:hunter2@127.0.0.1:\(proxy.port)"]
    let client = HTTPClient(HTTPConfiguration(environment: environment))
    let error = try #require(await client.failure(HTTPRequest(url: "https://api.test/v1")))
    #expect(error.kind == .proxy)
    #expect(error.message.contains("127.0.0.1:\(proxy.port)"))
    #expect(!error.message.contains("hunter2"))
  }
}
