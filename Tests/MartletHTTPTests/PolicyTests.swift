import CCurl
import Testing

@testable import MartletHTTP

/// What is decided before a socket is opened.
struct EndpointTests {
  private func kind(_ url: String, allowsInsecureHTTP: Bool = false) -> HTTPError.Kind? {
    do throws(HTTPError) {
      _ = try Endpoint(url, allowsInsecureHTTP: allowsInsecureHTTP)
      return nil
    } catch {
      return error.kind
    }
  }

  @Test(arguments: [
    "http://127.0.0.1:8080/v1", "http://127.255.0.3/", "http://[::1]:9/", "http://[0:0:0:0:0:0:0:1]/",
    "http://localhost/", "http://LocalHost:1/", "https://api.example.com/v1?x=1", "HTTPS://api.example.com",
  ])
  func loopbackHostsAndHTTPSAreAllowed(url: String) {
    #expect(kind(url) == nil)
  }

  @Test(arguments: [
    "http://api.example.com/", "http://128.0.0.1/", "http://localhost.example.com/", "http://127.0.0.1.example.com/",
    "http://[::2]/", "http://0.0.0.0/", "http://127.evil/",
  ])
  func plainHTTPToOtherHostsIsRefusedUnlessAllowed(url: String) {
    #expect(kind(url) == .insecureURL)
    #expect(kind(url, allowsInsecureHTTP: true) == nil)
  }

  @Test(arguments: [
    "", "api.example.com/v1", "/v1", "https://", "ftp://example.com/", "file:///etc/passwd",
    "https://user@example.com/", "https://user:secret@example.com/", "https://:secret@example.com/", "https://a b/",
    "https://example.com:99999/", "https://example.com/\u{0}", "https://exa\nmple.com/", "gopher://127.0.0.1/",
  ])
  func otherURLsAreInvalid(url: String) {
    #expect(kind(url, allowsInsecureHTTP: true) == .invalidURL)
  }

  @Test func messagesHoldNeitherUserInfoNorPath() {
    let error = #expect(throws: HTTPError.self) {
      try Endpoint("https://bob:hunter2@example.com/path?key=sk-1", allowsInsecureHTTP: false)
    }
    let message = error?.message ?? ""
    #expect(message.contains("example.com"))
    for secret in ["bob", "hunter2", "sk-1", "path"] { #expect(!message.contains(secret)) }
  }

  @Test func theNameIsHostAndPort() throws {
    #expect(try Endpoint("https://API.example.com/v1", allowsInsecureHTTP: false).name == "api.example.com:443")
    #expect(try Endpoint("http://[::1]/v1", allowsInsecureHTTP: false).name == "[::1]:80")
  }
}

struct ProxyRulesTests {
  private func proxy(_ environment: [String: String], for url: String) throws -> String? {
    let endpoint = try Endpoint(url, allowsInsecureHTTP: true)
    return try ProxyRules(environment: environment).proxy(for: endpoint)?.name
  }

  @Test func theVariableOfTheSchemeDecides() throws {
    let environment = ["https_proxy": "http://s:1", "HTTP_PROXY": "p:2"]
    #expect(try proxy(environment, for: "https://example.com") == "s:1")
    #expect(try proxy(environment, for: "http://example.com") == "p:2")
    #expect(try proxy(["ALL_PROXY": "socks5h://a:3"], for: "https://example.com") == "a:3")
    #expect(try proxy(["HTTPS_PROXY": "", "all_proxy": "a"], for: "https://example.com") == "a:1080")
    #expect(try proxy([:], for: "https://example.com") == nil)
  }

  @Test(arguments: ["http://127.0.0.1/", "http://localhost/", "https://[::1]/"])
  func loopbackIsNeverProxied(url: String) throws {
    #expect(try proxy(["ALL_PROXY": "p:1"], for: url) == nil)
  }

  @Test(arguments: [
    ("example.com", "https://example.com", true), ("example.com", "https://api.example.com", true),
    (".example.com", "https://api.example.com", true), ("example.com", "https://notexample.com", false),
    ("ample.com", "https://example.com", false), ("*", "https://example.com", true),
    ("a.org, EXAMPLE.com", "https://example.com", true), ("10.0.0.0/8", "https://10.1.2.3", true),
    ("10.0.0.0/8", "https://11.1.2.3", false), ("10.1.2.3", "https://10.1.2.3", true),
    ("fd00::/8", "https://[fd12::1]", true), ("[fd12::1]", "https://[fd12::1]", true),
    ("10.0.0.0/99", "https://10.1.2.3", false), ("", "https://example.com", false), (".", "https://example.com", false),
    ("192.168.1.128/25", "https://192.168.1.129", true), ("192.168.1.128/25", "https://192.168.1.127", false),
  ])
  func exceptionsMatchHostsAndNetworks(list: String, url: String, isExcepted: Bool) throws {
    #expect(try (proxy(["https_proxy": "p:1", "NO_PROXY": list], for: url) == nil) == isExcepted)
  }

  @Test(arguments: ["http://", "ftp://proxy:1", "http://bob:hunter2@pro xy:1"])
  func aSettingThatIsNoURLIsAnErrorWithoutItsText(setting: String) throws {
    let error = #expect(throws: HTTPError.self) { try proxy(["https_proxy": setting], for: "https://example.com") }
    #expect(error?.kind == .proxy)
    #expect(error?.message.contains("hunter2") == false)
  }

  @Test func thePasswordOfAProxyIsNotInItsName() throws {
    #expect(try proxy(["https_proxy": "http://bob:hunter2@proxy:8080"], for: "https://example.com") == "proxy:8080")
  }
}

struct RequestHeaderTests {
  @Test(arguments: [
    HTTPHeader("X-Evil", "a\r\nHost: other"), HTTPHeader("X-Evil", "a\nb"), HTTPHeader("X-Evil", "a\u{0}b"),
    HTTPHeader("Bad Name", "v"), HTTPHeader("Bad:Name", "v"), HTTPHeader("", "v"), HTTPHeader("X\r\nY", "v"),
    HTTPHeader("content-length", "3"), HTTPHeader("Transfer-Encoding", "chunked"), HTTPHeader("Expect", "100-continue"),
  ])
  func aHeaderThatWouldChangeTheFramingIsRefused(header: HTTPHeader) async {
    let error = #expect(throws: HTTPError.self) {
      try HTTPRequest(url: "https://example.com", headers: [header]).checkHeaders()
    }
    #expect(error?.kind == .other)
    #expect(error?.message.contains("\n") == false)
  }

  @Test func aNameThatIsSpelledOtherwiseIsNotWrittenOver() throws {
    try CurlLibrary.load()
    let list = HeaderList()
    let lists = [
      [HTTPHeader("X-Key", "aaaaaaaa")], [HTTPHeader("X-\u{212A}ey", "bbbbbbbb")], [], [HTTPHeader("X-Key", "cc")],
    ]
    for headers in lists {
      #expect(list.update(to: headers, bodyCount: 0))
      var lines: [String] = []
      var entry = list.pointer
      while let current = entry {
        lines.append(current.pointee.data.map { String(cString: $0) } ?? "")
        entry = current.pointee.next
      }
      #expect(lines == ["Content-Type:"] + headers.map { "\($0.name): \($0.value)" })
    }
  }

  @Test func whatChangedSinceHeadersWereFoundGoodIsChecked() throws {
    let known = [HTTPHeader("X-A", "1"), HTTPHeader("X-K", "2")]
    func check(_ headers: [HTTPHeader]) throws {
      try HTTPRequest(url: "https://example.com", headers: headers).checkHeaders(knowing: known)
    }
    try check(known)
    try check([HTTPHeader("X-A", "3"), HTTPHeader("X-C", "2"), HTTPHeader("X-D", "4")])
    // The last name is equal to a good one, but by another spelling of its K.
    let other = HTTPHeader("X-\u{212A}", "2")
    for bad in [HTTPHeader("X-K", "a\nb"), HTTPHeader("X K", "2"), HTTPHeader("Expect", "2"), other] {
      #expect(throws: HTTPError.self) { try check([known[0], bad]) }
      #expect(throws: HTTPError.self) { try check(known + [bad]) }
    }
  }

  @Test(arguments: ["", "GET /x", "P\r\nQ"])
  func aMethodThatIsNoTokenIsRefused(method: String) {
    #expect(throws: HTTPError.self) { try HTTPRequest(method: method, url: "https://example.com").checkHeaders() }
  }

  @Test func namesAreComparedIgnoringCase() {
    let headers = HTTPHeaders([HTTPHeader("Retry-After", "1"), HTTPHeader("retry-after", "2")])
    #expect(headers["RETRY-AFTER"] == "1")
    #expect(headers.values(of: "Retry-after") == ["1", "2"])
    #expect(headers["Retry"] == nil)
    #expect(HTTPHeader("A", "x") == HTTPHeader("a", "x"))
    #expect(Set([HTTPHeader("A", "x"), HTTPHeader("a", "x")]).count == 1)
  }
}
