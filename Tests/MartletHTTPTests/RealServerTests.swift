import Glibc
import Testing

@testable import MartletHTTP

/// Against tinyproxy, where it is installed.
@Suite(.enabled(if: RealServer.isInstalled("tinyproxy"), "the program tinyproxy is not installed"))
struct RealProxyTests {
  private func proxy(_ more: String = "") throws -> RealServer {
    try #require(
      RealServer(
        ["tinyproxy", "-d", "-c"],
        configuration: "Port PORT\nListen 127.0.0.1\nTimeout 60\nMaxClients 20\nAllow 127.0.0.1\n\(more)\n"))
  }

  private func failure(through proxy: RealServer, login: String = "", url: String) async throws -> HTTPError {
    let address = "http://\(login)127.0.0.1:\(proxy.port)"
    let client = HTTPClient(
      HTTPConfiguration(allowsInsecureHTTP: true, environment: ["https_proxy": address, "http_proxy": address]))
    let request = HTTPRequest(url: url, headers: [HTTPHeader("Authorization", "Bearer sk-1")])
    let error = try #require(await client.failure(request))
    for secret in ["bob", "hunter2", "sk-1"] { #expect(!error.message.contains(secret)) }
    return error
  }

  /// It answers a wrong login with 401, which in a plain request could as well come from the server.
  @Test(arguments: [
    ("https://api.test/v1", "", "407"), ("http://api.test/v1", "", "407"),
    ("https://api.test/v1", "bob:hunter2@", "401"),
  ])
  func f14ALoginThatTheProxyDoesNotKnowIsADistinctError(url: String, login: String, status: String) async throws {
    let error = try await failure(through: proxy("BasicAuth alice secret"), login: login, url: url)
    #expect(error.kind == .proxy)
    #expect(!error.isRetryable)
    #expect(error.message.contains("with status \(status)"), "\(error)")
  }

  @Test func f14AHostThatTheProxyCannotReachIsADistinctError() async throws {
    let error = try await failure(through: proxy(), url: "https://nowhere.invalid/v1")
    #expect(error.kind == .proxy)
    #expect(error.message.contains("refused the tunnel with status 5"), "\(error)")
  }

  @Test func f14AHostThatTheProxyForbidsIsADistinctError() async throws {
    let error = try await failure(through: proxy("ConnectPort 563"), url: "https://api.test/v1")
    #expect(error.kind == .proxy)
    #expect(error.message.contains("refused the tunnel with status 403"), "\(error)")
  }

  @Test(.enabled(if: CertificateAuthority.shared != nil, "the program openssl is not installed or too old"))
  func aTunnelWithALoginLeadsToTheServerAndItsCertificateIsChecked() async throws {
    // A host that is no loopback host by its name, and so is asked for through the proxy.
    let authority = try #require(CertificateAuthority.shared)
    let server = try #require(authority.server("good", options: []))
    let proxy = try proxy("BasicAuth bob hunter2\nUpstream http 127.0.0.1:\(server.port) \"nothing.test\"")
    let client = HTTPClient(
      HTTPConfiguration(
        caFile: authority.folder + "/ca.pem",
        environment: ["https_proxy": "http://bob:hunter2@127.0.0.1:\(proxy.port)"]))
    let error = await client.failure(HTTPRequest(method: "GET", url: "https://0.0.0.0:\(server.port)/"))
    #expect(error?.kind == .tls)
    #expect(error?.message.contains("is for another host") == true, "\(String(describing: error))")
  }
}

/// Against nginx, where it is installed, over HTTP/2.
@Suite(
  .enabled(if: RealServer.isInstalled("nginx"), "the program nginx is not installed"),
  .enabled(if: CertificateAuthority.shared != nil, "the program openssl is not installed or too old"))
struct RealServerTests {
  private func server(_ http: String, _ location: String) throws -> (server: RealServer, client: HTTPClient) {
    let authority = try #require(CertificateAuthority.shared)
    let configuration = """
      daemon off; master_process off; pid FOLDER/pid; error_log FOLDER/errors;
      events {}
      http {
        access_log off; client_body_temp_path FOLDER/body; proxy_temp_path FOLDER/proxy; \(http)
        fastcgi_temp_path FOLDER/f; uwsgi_temp_path FOLDER/u; scgi_temp_path FOLDER/s;
        server {
          listen 127.0.0.1:PORT ssl http2;
          ssl_certificate \(authority.folder)/good.pem; ssl_certificate_key \(authority.folder)/good.key;
          location / { \(location) }
        }
      }
      """
    let server = try #require(RealServer(["nginx", "-c"], configuration: configuration))
    return (server, HTTPClient(HTTPConfiguration(caFile: authority.folder + "/ca.pem")))
  }

  @Test func f24AGoAwayBetweenRequestsIsNotSeen() async throws {
    let (server, client) = try server("keepalive_requests 2;", "return 200 served;")
    for _ in 0..<9 {
      #expect(try await client.text(HTTPRequest(method: "GET", url: "https://127.0.0.1:\(server.port)/")) == "served")
    }
    try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<20 {
        group.addTask {
          try await client.text(HTTPRequest(method: "GET", url: "https://127.0.0.1:\(server.port)/"))
        }
      }
      for try await text in group { #expect(text == "served") }
    }
  }

  @Test func f24AConnectionThatIsClosedWithoutAnAnswerIsAReset() async throws {
    let (server, client) = try server("", "return 444;")
    let error = await client.failure(HTTPRequest(url: "https://127.0.0.1:\(server.port)/", body: [[1, 2, 3]]))
    #expect(error?.kind == .reset, "\(String(describing: error))")
    #expect(error?.isRetryable == true)
  }
}
