import Glibc

/// One connection of a ``LoopbackServer``, served from its first byte to its last on a thread of its own.
struct LoopbackConnection {
  let core: LoopbackCore
  let client: Int32
  let number: Int
  private var reader = RequestReader()

  /// Why serving cannot go on.
  private enum End: Error {
    case clientGone, serverStops, done, reset
  }

  init(core: LoopbackCore, client: Int32, number: Int) {
    self.core = core
    self.client = client
    self.number = number
  }

  mutating func serve() {
    var end = End.done
    do throws(End) {
      while let request = try nextRequest() {
        let recorded = core.update { state in
          let recorded = RecordedRequest(
            index: state.requests.count, connection: number, method: request.method, path: request.path,
            headers: request.headers, body: request.body)
          state.requests.append(recorded)
          return recorded
        }
        try answer(core.handler(recorded), to: recorded)
        if request.header("connection")?.lowercased() == "close" { break }
      }
    } catch {
      end = error
    }
    if end == .reset {
      var option = linger(l_onoff: 1, l_linger: 0)
      setsockopt(client, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
    close(client)
    core.update { state in
      state.open -= 1
      if end == .clientGone { state.disconnects += 1 }
    }
  }
}

// MARK: - Reading

extension LoopbackConnection {
  /// The next request; nil when what came is not one.
  private mutating func nextRequest() throws(End) -> RequestReader.Request? {
    while true {
      switch reader.next() {
      case .request(let request): return request
      case .malformed: return nil
      case .wantsContinue: try write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
      case .needsMore:
        try waitFor(POLLIN)
        try receive()
      }
    }
  }

  private mutating func receive() throws(End) {
    var isGone = false
    let chunk = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
      let received = recv(client, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
      isGone = received == 0 || received < 0 && errno != EAGAIN && errno != EINTR
      count = max(0, received)
    }
    if isGone { throw .clientGone }
    reader.append(chunk)
  }

  /// Waits for an event of the client's socket or, if one is given, for a descriptor to be readable.
  ///
  /// Whatever the client sends in the meantime is kept, so that its end is noticed.
  private mutating func waitFor(_ events: Int32, or other: Int32 = -1) throws(End) {
    while true {
      var watched = [
        pollfd(fd: core.stopReader, events: Int16(POLLIN), revents: 0),
        pollfd(fd: client, events: Int16(events | POLLIN), revents: 0),
        pollfd(fd: other, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&watched, nfds_t(watched.count), -1) > 0 else { continue }
      if watched[0].revents != 0 { throw .serverStops }
      if watched[2].revents != 0 { return }
      let happened = Int32(watched[1].revents)
      if events == POLLIN, happened != 0 { return }
      if happened & ~POLLOUT != 0 { try receive() }
      if happened & events != 0 { return }
    }
  }
}

// MARK: - Writing

extension LoopbackConnection {
  private mutating func answer(_ response: ScriptedResponse, to request: RecordedRequest) throws(End) {
    let fault = response.fault
    if case .start = fault?.position { try strike(fault) }
    if case .raw = response.framing {} else { try write(response.head(for: request)) }
    let faultAt: Int? = if case .body(let bytes) = fault?.position { bytes } else { nil }
    var written = 0
    for piece in response.pieces {
      if let faultAt, written >= faultAt { try strike(fault) }
      switch piece {
      case .wait(let gate):
        repeat { try waitFor(0, or: gate.reader) } while !gate.pass()
      case .bytes(let bytes):
        let left = faultAt.map { $0 - written } ?? .max
        try write(response.framed(bytes, upTo: left))
        written += min(left, bytes.count)
        if left < bytes.count { try strike(fault) }
      case .endless(let bytes):
        while !bytes.isEmpty { try write(response.framed(bytes, upTo: .max)) }
      }
    }
    if fault != nil { try strike(fault) }
    if case .chunked = response.framing { try write(Array("0\r\n\r\n".utf8)) }
    if case .untilClose = response.framing { throw .done }
    if !response.keepsAlive { throw .done }
  }

  private mutating func strike(_ fault: ScriptedResponse.Fault?) throws(End) {
    switch fault {
    case nil: return
    case .reset: throw .reset
    case .close: throw .done
    case .halfClose:
      shutdown(client, Int32(SHUT_WR))
      while true { try waitFor(0) }
    case .stall:
      while true { try waitFor(0) }
    }
  }

  private mutating func write(_ bytes: [UInt8]) throws(End) {
    var sent = 0
    while sent < bytes.count {
      let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
      let count = bytes.withUnsafeBytes { bytes in
        send(client, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, flags)
      }
      if count > 0 {
        sent += count
        core.update { $0.bytesWritten += count }
      } else if errno == EAGAIN {
        try waitFor(POLLOUT)
      } else if errno != EINTR {
        throw .clientGone
      }
    }
  }
}

extension ScriptedResponse.Fault {
  fileprivate var position: ScriptedResponse.Position {
    switch self {
    case .reset(let position), .close(let position), .halfClose(let position), .stall(let position): position
    }
  }
}

extension ScriptedResponse {
  fileprivate func head(for request: RecordedRequest) -> [UInt8] {
    var head = "HTTP/1.1 \(status) Scripted\r\n"
    for header in headers { head += "\(header.name): \(header.value)\r\n" }
    switch framing {
    case .length:
      let length = pieces.reduce(0) { sum, piece in
        if case .bytes(let bytes) = piece { sum + bytes.count } else { sum }
      }
      // These have no body, and no length (RFC 9112, section 6.3).
      if status >= 200, status != 204, status != 304 { head += "Content-Length: \(length)\r\n" }
    case .declaredLength(let length): head += "Content-Length: \(length)\r\n"
    case .chunked: head += "Transfer-Encoding: chunked\r\n"
    case .untilClose, .raw: break
    }
    if !keepsAlive { head += "Connection: close\r\n" }
    return Array((head + "\r\n").utf8)
  }

  /// A piece as it goes onto the wire, cut off after `most` of its bytes.
  fileprivate func framed(_ bytes: [UInt8], upTo most: Int) -> [UInt8] {
    guard case .chunked = framing, !bytes.isEmpty else { return Array(bytes.prefix(max(0, most))) }
    let start = Array((String(bytes.count, radix: 16) + "\r\n").utf8)
    if most < bytes.count { return start + bytes.prefix(max(0, most)) }
    return start + bytes + [0x0D, 0x0A]
  }
}
