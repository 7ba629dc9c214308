import Glibc
import MartletTesting
import Testing

@testable import MartletHTTP

/// Against `openssl s_server` and a certificate authority made for the test.
@Suite(.enabled(if: CertificateAuthority.shared != nil, "the program openssl is not installed or too old"))
struct TLSTests {
  private func exchange(
    _ certificate: String, host: String = "127.0.0.1", trusts: String? = "ca.pem", options: [String] = []
  ) async throws -> Result<Int, HTTPError> {
    let authority = try #require(CertificateAuthority.shared)
    let server = try #require(authority.server(certificate, options: options))
    let client = HTTPClient(HTTPConfiguration(caFile: trusts.map { authority.folder + "/" + $0 }))
    do throws(HTTPError) {
      let request = HTTPRequest(
        method: "GET", url: "https://\(host):\(server.port)/", headers: [HTTPHeader("Authorization", "Bearer sk-1")])
      let response = try await client.send(request)
      _ = try await response.collect()
      return .success(response.status)
    } catch {
      return .failure(error)
    }
  }

  private func refusal(of result: Result<Int, HTTPError>) throws -> HTTPError {
    let error = #expect(throws: HTTPError.self) { try result.get() }
    #expect(error?.kind == .tls)
    #expect(error?.isRetryable == false)
    #expect(error?.message.contains("sk-1") == false)
    return try #require(error)
  }

  @Test(arguments: ["127.0.0.1", "localhost"])
  func aCertificateOfTheGivenAuthorityIsTrusted(host: String) async throws {
    #expect(try await exchange("good", host: host).get() == 200)
  }

  /// The server tells in its page whether it was one.
  @Test func aSecondConnectionResumesTheSessionOfTheFirst() async throws {
    let authority = try #require(CertificateAuthority.shared)
    let server = try #require(authority.server("good", options: []))
    let client = HTTPClient(HTTPConfiguration(caFile: authority.folder + "/ca.pem"))
    let request = HTTPRequest(method: "GET", url: "https://127.0.0.1:\(server.port)/")
    var pages: [String] = []
    for _ in 0..<2 { pages.append(String(decoding: try await client.send(request).collect(), as: UTF8.self)) }
    #expect(pages[0].contains("New, TLSv1"), "\(pages[0])")
    #expect(pages[1].contains("Reused, TLSv1"), "\(pages[1])")
  }

  @Test func f13ASelfSignedCertificateIsRefused() async throws {
    let error = try refusal(of: await exchange("self"))
    #expect(error.message.contains("self-signed"), "\(error)")
  }

  @Test func f13AnUnknownAuthorityIsRefused() async throws {
    let error = try refusal(of: await exchange("good", trusts: nil))
    #expect(error.message.contains("not trusted"), "\(error)")
  }

  @Test func f13AnExpiredCertificateIsRefused() async throws {
    let error = try refusal(of: await exchange("expired"))
    #expect(error.message.contains("has expired"), "\(error)")
  }

  @Test func f13ACertificateForAnotherHostIsRefused() async throws {
    let error = try refusal(of: await exchange("other"))
    #expect(error.message.contains("is for another host"), "\(error)")
    #expect(error.message.contains("127.0.0.1:"))
  }

  @Test(arguments: ["-tls1", "-tls1_1"]) func f13TLSBefore12IsRefused(version: String) async throws {
    let error = try refusal(of: await exchange("good", options: [version, "-cipher", "DEFAULT@SECLEVEL=0"]))
    #expect(error.message.contains("version"), "\(error)")
  }

  @Test func aMissingFileOfAuthoritiesIsNamedAsTheCause() async throws {
    let error = try refusal(of: await exchange("good", trusts: "missing.pem"))
    #expect(error.message.contains("certificate authorities"))
  }

  @Test func aServerThatDoesNotSpeakTLSIsNotAskedInPlain() async throws {
    let server = try LoopbackServer { _ in .json("{}") }
    let error = await HTTPClient().failure(HTTPRequest(url: "https://127.0.0.1:\(server.port)/"))
    #expect(error?.kind == .tls || error?.kind == .reset)
    #expect(server.requests.isEmpty)
  }

  @Test func aServerThatAnswersInPlainIsToldFromABadCertificate() async throws {
    let server = try #require(PlainSpeaker("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))
    let error = await HTTPClient().failure(HTTPRequest(url: "https://127.0.0.1:\(server.port)/"))
    #expect(error?.kind == .tls)
    #expect(
      error?.message
        == "127.0.0.1:\(server.port) does not speak TLS: does its URL begin with http:// instead of https://?")
  }
}

/// A certificate authority and the certificates it signed, in a temporary folder that goes with the process.
final class CertificateAuthority: Sendable {
  static let shared = CertificateAuthority()

  let folder: String

  private init?() {
    var template = Array("/tmp/martlet-tls-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { return nil }
    folder = String(cString: made)
    CertificateAuthority.folderToRemove.withLock { $0 = folder }
    atexit {
      guard let folder = CertificateAuthority.folderToRemove.withLock({ $0 }) else { return }
      _ = Program.run(["rm", "-r", "--", folder], in: "/")
    }
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    let isMade =
      openssl(["req", "-x509"] + key + ["-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test CA", "-days", "2"])
      && openssl(
        ["req", "-x509"] + key + [
          "-keyout", "self.key", "-out", "self.pem", "-subj", "/CN=x", "-days", "2", "-addext",
          "subjectAltName=IP:127.0.0.1",
        ])
      && sign("good", for: "IP:127.0.0.1,DNS:localhost", days: 2, key)
      && sign("other", for: "DNS:other.test", days: 2, key)
      && sign("expired", for: "IP:127.0.0.1", days: -1, key)
    if !isMade { return nil }
  }

  private static let folderToRemove = Lock<String?>(nil)

  private func openssl(_ arguments: [String]) -> Bool {
    Program.run(["openssl"] + arguments, in: folder) != nil
  }

  private func sign(_ name: String, for names: String, days: Int, _ key: [String]) -> Bool {
    openssl(
      ["req", "-new"] + key + [
        "-keyout", "\(name).key", "-out", "\(name).csr", "-subj", "/CN=x", "-addext", "subjectAltName=\(names)",
      ])
      && openssl([
        "x509", "-req", "-in", "\(name).csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
        "\(name).pem", "-days", "\(days)", "-copy_extensions", "copy",
      ])
  }

  /// A server with a certificate, which ends with the object.
  func server(_ certificate: String, options: [String]) -> (program: Program, port: Int)? {
    let arguments = [
      "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", "\(certificate).pem", "-key", "\(certificate).key",
      "-www",
    ]
    guard let program = Program(arguments + options, in: folder) else { return nil }
    while let line = program.line() {
      if line.hasPrefix("ACCEPT"), let port = line.split(separator: ":").last.flatMap({ Int($0) }) {
        return (program, port)
      }
    }
    return nil
  }
}
