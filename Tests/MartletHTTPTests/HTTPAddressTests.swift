import Testing

@testable import MartletHTTP

/// URLs that need no parser to be found good; libcurl's has to find them good as well.
@Suite struct HTTPAddressTests {
  @Test(arguments: [
    "https://api.example.com", "https://api.example.com/", "https://api.example.com/v1", "https://h:1/a-b/c_d/e.f",
    "https://h:65535", "https://10.0.0.1:8443/v1", "https://x/../y", "https://1/", "https://a..b/", "https://API/",
    "http://127.0.0.1:8080/v1", "http://localhost", "http://localhost:11434/v1",
  ])
  func aPlainURLIsGood(url: String) throws {
    #expect(HTTPAddress.isPlain(url, allowsInsecureHTTP: false))
    #expect(throws: Never.self) { try Endpoint(url, allowsInsecureHTTP: false) }
  }

  @Test(arguments: [
    "", "https://", "https:///v1", "https://-h", "https://.h", "https:/h", "HTTPS://h", "ftp://h", "https://ü.de",
    "https://h:", "https://h:0", "https://h:01", "https://h:65536", "https://h:99999999999999999999", "https://h:80x",
    "https://u@h", "https://[::1]/", "https://h?x=1", "https://h#x", "https://h/%20", "https://h/ ", "https://h\u{0}",
    "https://h\n", "https://h/" + String(repeating: "a", count: 2_000), "http://h", "http://127.0.0.2",
    "http://LOCALHOST", "http://localhost.",
  ])
  func anyOtherURLIsLeftToTheParser(url: String) {
    #expect(!HTTPAddress.isPlain(url, allowsInsecureHTTP: false))
  }

  @Test func plainHTTPIsForWhoAllowsIt() {
    #expect(HTTPAddress.isPlain("http://models.lan:8080/v1", allowsInsecureHTTP: true))
    #expect(HTTPAddress.problem(with: "http://models.lan:8080/v1", allowsInsecureHTTP: true) == nil)
    #expect(HTTPAddress.problem(with: "http://models.lan:8080/v1", allowsInsecureHTTP: false)?.kind == .insecureURL)
  }

  /// What is taken for good is good: 20,000 URLs of what the two could see in different ways.
  @Test func libcurlAgrees() {
    let parts = [
      "http", "https", "://", ":", "/", "127.0.0.1", "localhost", "0", "1", "65535", "9", ".", "-", "_", "a", "Z", "@",
    ]
    var plain = 0
    for _ in 0..<20_000 {
      let length = Int.random(in: 0...7)
      let url =
        (Bool.random() ? "https://" : "http://") + (0..<length).map { _ in parts.randomElement() ?? "" }.joined()
      for allows in [false, true] where HTTPAddress.isPlain(url, allowsInsecureHTTP: allows) {
        plain += 1
        #expect(throws: Never.self, "\(url)") { try Endpoint(url, allowsInsecureHTTP: allows) }
      }
    }
    #expect(plain > 1_000)
  }
}
