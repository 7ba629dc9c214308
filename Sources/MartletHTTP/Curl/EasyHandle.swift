internal import CCurl
import Glibc

/// An easy handle of libcurl: its fixed options set once, those of a request before each transfer.
///
/// Only for whoever is at work on the transfers.
final class EasyHandle {
  let pointer: UnsafeMutableRawPointer
  let multi: MultiHandle
  private let errorText: UnsafeMutablePointer<CChar>
  private let headers = HeaderList()
  /// Where small bodies are joined, kept from one request to the next unless it is large or one of many.
  private var body: UnsafeMutableRawBufferPointer?

  /// Where a request goes, and how long it may take to get there.
  private struct Target {
    let endpoint: Endpoint
    let proxy: Proxy?
    let connect: Duration
  }

  /// What the options say now.
  private var target: Target?

  /// The sizes of libcurl's buffers for a transfer, in bytes.
  private struct BufferSizes: Equatable {
    let received: Int
    let sent: Int

    /// What libcurl has by itself.
    static let usual = BufferSizes(received: 16 << 10, sent: 64 << 10)
    /// For one of many transfers, most of which wait: a reply that comes whole is a few kilobytes.
    static let small = BufferSizes(received: 2 << 10, sent: 16 << 10)
    /// For a body of that size: libcurl waits for the socket after each buffer that it sent.
    static func large(body: Int) -> BufferSizes {
      BufferSizes(received: usual.received, sent: max(usual.sent, min(body, 256 << 10)))
    }
  }

  private var bufferSizes = BufferSizes.usual

  /// At most so much room for a body is kept, in bytes.
  private static let keptBody = 32 << 10

  /// Bodies below this size are joined; libcurl would send larger ones apart from the head anyway.
  private static let largeBody = 64 << 10

  init?(_ configuration: HTTPConfiguration, of multi: MultiHandle) {
    guard let pointer = ccurl_easy_init() else { return nil }
    self.pointer = pointer
    self.multi = multi
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    setUp(configuration)
  }

  deinit {
    ccurl_easy_cleanup(pointer)
    body?.deallocate()
    errorText.deallocate()
    multi.easyHandleIsGone()
  }

  /// What libcurl said of the last failure; may name hosts, never headers.
  var reason: String { String(cString: errorText).printable() }

  func number(_ info: CURLINFO) -> Int {
    var value = 0
    return ccurl_get_long(pointer, info, &value) == CURLE_OK ? value : 0
  }

  private func set(_ option: CURLoption, _ value: Int) {
    ccurl_set_long(pointer, option, value)
  }
}

// MARK: - Options

extension EasyHandle {
  /// The options that are the same for every request of a client.
  private func setUp(_ configuration: HTTPConfiguration) {
    ccurl_set_pointer(pointer, CURLOPT_ERRORBUFFER, errorText)
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_NOPROGRESS, 1)
    // Lets a transfer be ended while its name is being resolved; the resolver's thread cleans up after itself.
    set(CURLOPT_QUICK_EXIT, 1)
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_UNRESTRICTED_AUTH, 0)
    set(CURLOPT_NETRC, 0)
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    set(CURLOPT_TCP_KEEPALIVE, 1)
    set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    set(CURLOPT_SSL_VERIFYPEER, 1)
    set(CURLOPT_SSL_VERIFYHOST, 2)
    if let file = configuration.caFile {
      ccurl_set_string(pointer, CURLOPT_CAINFO, file)
      ccurl_set_string(pointer, CURLOPT_CAPATH, nil)
    }
    if let sessions = multi.sessions { ccurl_set_pointer(pointer, CURLOPT_SHARE, sessions) }
    setUpCallbacks()
  }

  private func setUpCallbacks() {
    ccurl_set_write_function(pointer) { bytes, size, count, transfer in
      Transfer.withTransfer(transfer) { transfer in
        switch transfer.receiveBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) {
        case .taken: size * count
        case .paused: Int(CURL_WRITEFUNC_PAUSE)
        case .refused: transfer.easy?.refuse() ?? Int(CURL_WRITEFUNC_ERROR)
        }
      } ?? 0
    }
    ccurl_set_header_function(pointer) { bytes, size, count, transfer in
      Transfer.withTransfer(transfer) { transfer in
        let isTaken = transfer.receiveHeader(UnsafeRawBufferPointer(start: bytes, count: size * count)) {
          transfer.easy?.number(CURLINFO_RESPONSE_CODE) ?? 0
        }
        return isTaken ? size * count : transfer.easy?.refuse() ?? Int(CURL_WRITEFUNC_ERROR)
      } ?? 0
    }
    ccurl_set_read_function(pointer) { bytes, size, count, transfer in
      Transfer.withTransfer(transfer) {
        $0.upload.read(into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
      } ?? Int(CURL_READFUNC_ABORT)
    }
    ccurl_set_seek_function(pointer) { transfer, offset, origin in
      let isDone = Transfer.withTransfer(transfer) { origin == SEEK_SET && $0.upload.seek(to: Int(offset)) }
      return isDone == true ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
    }
    ccurl_set_prereq_function(pointer) { transfer, _, _, _, _ in
      Transfer.withTransfer(transfer) { $0.connected(at: monotonicNow()) }
      return CURL_PREREQFUNC_OK
    }
    // libcurl of this age does not close its sockets in the children of a host program.
    ccurl_set_open_socket_function(pointer) { _, _, address in
      guard let address else { return CURL_SOCKET_BAD }
      let type = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
      return socket(address.pointee.family, type, address.pointee.protocol)
    }
  }

  /// The options of one request; each is set every time, because the handle has served another request before.
  ///
  /// `isOneOfMany` when so many transfers are under way that the room that each takes counts. False if there is no memory
  /// for the headers.
  func prepare(for transfer: Transfer, isOneOfMany: Bool) -> Bool {
    releaseRequest()
    let request = transfer.request
    prepareTarget(transfer.endpoint, transfer.proxy, connect: request.timeouts.connect)
    let context = Unmanaged.passUnretained(transfer).toOpaque()
    for option in [CURLOPT_PRIVATE, CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_READDATA] {
      ccurl_set_pointer(pointer, option, context)
    }
    ccurl_set_pointer(pointer, CURLOPT_SEEKDATA, context)
    ccurl_set_pointer(pointer, CURLOPT_PREREQDATA, context)
    errorText[0] = 0
    set(CURLOPT_FORBID_REUSE, 0)
    prepareBuffers(isOneOfMany ? .small : .large(body: transfer.upload.count))
    prepareMethod(request.method, &transfer.upload)
    let isComplete = headers.update(to: request.headers, bodyCount: transfer.upload.count)
    ccurl_set_headers(pointer, headers.pointer)
    return isComplete
  }

  /// libcurl keeps these as long as a transfer takes; that for what is sent only with TLS, or for a large body.
  private func prepareBuffers(_ sizes: BufferSizes) {
    if sizes == bufferSizes { return }
    let code = ccurl_set_long(pointer, CURLOPT_BUFFERSIZE, sizes.received)
    set(CURLOPT_UPLOAD_BUFFERSIZE, sizes.sent)
    // Refused while a buffer is in use.
    if code == CURLE_OK { bufferSizes = sizes }
  }

  /// The options of where a request goes, unless the last one went there.
  private func prepareTarget(_ endpoint: Endpoint, _ proxy: Proxy?, connect: Duration) {
    if let target, target.endpoint == endpoint, target.proxy == proxy, target.connect == connect { return }
    let target = Target(endpoint: endpoint, proxy: proxy, connect: connect)
    self.target = target
    ccurl_set_string(pointer, CURLOPT_URL, nil)
    ccurl_set_url(pointer, target.endpoint.parsed.pointer)
    ccurl_set_string(pointer, CURLOPT_PROTOCOLS_STR, target.endpoint.isSecure ? "https" : "http")
    // An empty proxy, not none: with none libcurl would read the process's environment.
    ccurl_set_string(pointer, CURLOPT_PROXY, target.proxy?.url ?? "")
    ccurl_set_string(pointer, CURLOPT_NOPROXY, target.proxy == nil ? "*" : "")
    // Beside the clock of the exchange, because libcurl shares this time out among a host's addresses.
    let connect = max(1, min(target.connect.nanoseconds / 1_000_000, 86_400_000))
    set(CURLOPT_CONNECTTIMEOUT_MS, Int(connect))
  }

  private func prepareMethod(_ method: String, _ upload: inout Upload) {
    set(CURLOPT_NOBODY, 0)
    if upload.count > 0 || method == "POST" || method == "PUT" || method == "PATCH" {
      set(CURLOPT_POST, 1)
      ccurl_set_offset(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(upload.count))
      if upload.count < Self.largeBody { prepareSmallBody(&upload) }
    } else {
      set(CURLOPT_HTTPGET, 1)
      if method == "HEAD" { set(CURLOPT_NOBODY, 1) }
    }
    ccurl_set_string(pointer, CURLOPT_CUSTOMREQUEST, method)
  }

  /// Joins the body: libcurl sends it in one write with the head, and needs no buffer of 64 KiB while it waits.
  private func prepareSmallBody(_ upload: inout Upload) {
    let joined = room(for: upload.count)
    _ = upload.read(into: joined)
    upload.discard()
    ccurl_set_pointer(pointer, CURLOPT_POSTFIELDS, joined.baseAddress)
  }

  /// Room for a body, with some more for the next one, which is longer in most cases.
  private func room(for count: Int) -> UnsafeMutableRawBufferPointer {
    if let body, body.count >= count { return body }
    body?.deallocate()
    let made = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count + count / 8, 1), alignment: 1)
    body = made
    return made
  }

  /// Has the connection closed with the transfer.
  ///
  /// Over HTTP/2 it would stay open, and libcurl (7.88) sends the stream's reset only with the next thing that it sends:
  /// until then the server goes on.
  func closeConnection() {
    set(CURLOPT_FORBID_REUSE, 1)
  }

  /// What a callback answers to end the transfer, whose connection libcurl gives up before anybody else can.
  fileprivate func refuse() -> Int {
    closeConnection()
    return Int(CURL_WRITEFUNC_ERROR)
  }

  /// Lets go of what the last request left, but for the room for small bodies.
  func releaseRequest() {
    ccurl_set_pointer(pointer, CURLOPT_POSTFIELDS, nil)
    if let body, body.count > Self.keptBody || bufferSizes == .small {
      body.deallocate()
      self.body = nil
    }
  }
}

extension Transfer {
  fileprivate static func withTransfer<Result>(
    _ context: UnsafeMutableRawPointer?, _ body: (Transfer) -> Result
  ) -> Result? {
    guard let context else { return nil }
    return Unmanaged<Transfer>.fromOpaque(context)._withUnsafeGuaranteedRef(body)
  }
}
