internal import CCurl
import Glibc

/// What libcurl's error codes mean for the one who asked, in one sentence.
extension Transfer {
  /// The failure of a transfer that libcurl ended with a code other than `CURLE_OK`.
  func failure(_ code: CURLcode) -> HTTPError {
    if let refusal { return refusal }
    let name = endpoint.name
    switch code {
    case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
      if isConnecting { return HTTPError(.invalidURL, "libcurl refused the URL for \(name)") }
      return HTTPError(.other, "\(name) sent an answer that is not HTTP")
    case CURLE_COULDNT_RESOLVE_HOST:
      return HTTPError(.resolve(temporary: true), "the host \(endpoint.host) cannot be resolved at the moment")
    case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY, CURLE_COULDNT_CONNECT:
      return connectFailure(code)
    case CURLE_OPERATION_TIMEDOUT:
      return timeout(isConnecting ? .connect : .firstByte)
    case CURLE_PARTIAL_FILE:
      return HTTPError(.truncated, "\(name) closed the connection before the end of the body")
    case CURLE_GOT_NOTHING:
      return HTTPError(.reset, "\(name) closed the connection without an answer")
    case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_SEND_FAIL_REWIND:
      return lostConnection()
    case CURLE_OUT_OF_MEMORY where !isConnecting:
      // The code libcurl gives for a header line of more than 100 KiB.
      return HTTPError(.tooLarge(limit: 100 << 10), "\(name) sent a header line of more than \(100 << 10) bytes")
    case CURLE_WEIRD_SERVER_REPLY:
      return HTTPError(.other, "\(name) sent a malformed response head")
    default:
      return tlsFailure(code)
        ?? HTTPError(.other, "the request to \(name) failed: \(String(cString: ccurl_easy_strerror(code)))")
    }
  }

  /// The failure of a transfer that took too long.
  func timeout(_ phase: HTTPError.Phase) -> HTTPError {
    let name = endpoint.name
    let times = request.timeouts
    let message =
      switch phase {
      case .connect where isShakingHands:
        "\(name) accepted the connection, but did not finish the TLS handshake within \(times.connect.inSeconds)"
      case .connect: "no connection to \(name) within \(times.connect.inSeconds)"
      case .firstByte: "\(name) sent no response head within \(times.firstByte.inSeconds)"
      case .idle: "\(name) sent nothing useful for \(times.idle.inSeconds)"
      case .total: "the exchange with \(name) was not over within \(times.total.inSeconds)"
      }
    return HTTPError(.timeout(phase), message)
  }

  /// Whether the connection is there, and only TLS is still to be agreed upon.
  private var isShakingHands: Bool {
    // A port of the other side is known of a connection, not of an attempt at one.
    endpoint.isSecure && proxy == nil && easy?.number(CURLINFO_PRIMARY_PORT) ?? 0 > 0
  }

  /// The failure with a lookup's verdict, if the host was not resolved.
  func refined(_ failure: HTTPError) async -> HTTPError {
    guard failure.kind == .resolve(temporary: true) else { return failure }
    var isUnknown = NameLookup.isReserved(endpoint.host)
    if !isUnknown, monotonicNow().saturatingDifference(startedAt) < NameLookup.answerTime {
      isUnknown = await NameLookup.isUnknown(endpoint.host)
    }
    guard isUnknown else { return Task.isCancelled ? canceled : failure }
    return HTTPError(.resolve(temporary: false), "the host \(endpoint.host) does not exist")
  }

  private func connectFailure(_ code: CURLcode) -> HTTPError {
    let number = easy?.number(CURLINFO_OS_ERRNO) ?? 0
    let reason = number == 0 ? "" : ": " + String(cString: strerror(Int32(truncatingIfNeeded: number)))
    guard let proxy else {
      return HTTPError(.connect, "no connection to \(endpoint.name)\(reason)")
    }
    if code == CURLE_COULDNT_RESOLVE_PROXY {
      return HTTPError(.proxy, "the host of the proxy \(proxy.name) cannot be resolved")
    }
    return HTTPError(.proxy, "no connection to \(endpoint.name) through the proxy \(proxy.name)\(reason)")
  }

  private func lostConnection() -> HTTPError {
    if let proxy, isConnecting {
      let status = easy?.number(CURLINFO_HTTP_CONNECTCODE) ?? 0
      let answer = status == 0 ? "broke off the tunnel" : "refused the tunnel with status \(status)"
      return HTTPError(.proxy, "the proxy \(proxy.name) \(answer) to \(endpoint.name)")
    }
    // Both come with the code of a failed read, and neither gets better by asking again.
    let reason = easy?.reason ?? ""
    if reason.contains("response headers") {
      return HTTPError(.tooLarge(limit: request.maxHeaderBytes), "\(endpoint.name) sent too large a response head")
    }
    return HTTPError(.reset, "the connection to \(endpoint.name) was lost")
  }
}

// MARK: - TLS

extension Transfer {
  private static let tlsCodes = [
    CURLE_SSL_CONNECT_ERROR, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_CERTPROBLEM,
    CURLE_SSL_CIPHER, CURLE_PEER_FAILED_VERIFICATION, CURLE_USE_SSL_FAILED, CURLE_SSL_ENGINE_INITFAILED,
    CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
    CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT,
  ]

  private func tlsFailure(_ code: CURLcode) -> HTTPError? {
    guard Self.tlsCodes.contains(code) else { return nil }
    let name = endpoint.name
    var reason = easy?.reason ?? ""
    if reason.isEmpty { reason = String(cString: ccurl_easy_strerror(code)) }
    if code == CURLE_SSL_CACERT_BADFILE {
      return HTTPError(.tls, "the file of certificate authorities for \(name) cannot be read")
    }
    if code == CURLE_SSL_CONNECT_ERROR {
      // OpenSSL reports a peer that went away, which says nothing about its certificate, under the same code.
      let losses = ["SSL_ERROR_SYSCALL", "reset by peer", "unexpected eof"]
      if losses.contains(where: { reason.contains($0) }) {
        return HTTPError(.reset, "the connection to \(name) was lost in the TLS handshake")
      }
      // What OpenSSL makes of an answer whose first bytes are no record of TLS.
      let plain = ["wrong version number", "http request", "packet length too long"]
      if plain.contains(where: { reason.contains($0) }) {
        return HTTPError(.tls, "\(name) does not speak TLS: does its URL begin with http:// instead of https://?")
      }
    }
    if code == CURLE_PEER_FAILED_VERIFICATION, let fault = certificateFault(reason) {
      return HTTPError(.tls, "the certificate of \(name) \(fault)")
    }
    return HTTPError(.tls, "TLS with \(name) failed: \(reason)")
  }

  /// By the verdict of OpenSSL, whose numbers `X509_V_ERR_…` are stable, and by libcurl's text for the host name.
  private func certificateFault(_ reason: String) -> String? {
    // libcurl compares the names before it asks OpenSSL.
    if reason.contains("does not match") || reason.contains("subject name") { return "is for another host" }
    switch easy?.number(CURLINFO_SSL_VERIFYRESULT) ?? 0 {
    case 9: return "is not valid yet"
    case 10: return "has expired"
    case 18: return "is self-signed"
    case 19: return "is signed by an authority that is not trusted (self-signed in its chain)"
    case 2, 20, 21: return "is signed by an authority that is not trusted"
    case 23: return "was revoked"
    case 62: return "is for another host"
    default: return nil
    }
  }
}

extension Duration {
  fileprivate var inSeconds: String {
    let thousandths = nanoseconds / 1_000_000
    let (whole, rest) = thousandths.quotientAndRemainder(dividingBy: 1_000)
    return rest == 0 ? "\(whole) s" : "\(thousandths) ms"
  }
}
