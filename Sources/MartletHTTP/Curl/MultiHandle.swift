internal import CCurl

/// A multi handle of libcurl: some of a client's transfers, and the connections that they keep.
///
/// A client has one for every ``capacity`` connections, because libcurl looks for an idle connection among all those of
/// a multi handle. Only for whoever is at work on the transfers.
final class MultiHandle {
  /// The most transfers of one.
  static let capacity = 64

  private let pointer: UnsafeMutableRawPointer
  /// The TLS sessions of all its transfers, each of which would keep room for sessions of its own otherwise.
  let sessions: UnsafeMutableRawPointer?
  private let number: Int
  private let poller: SocketPoller
  /// The easy handles that belong to it.
  fileprivate(set) var handleCount = 0
  /// When libcurl wants to look at its own times.
  private(set) var deadline = UInt64.max

  /// `number` is its place among the client's.
  init?(number: Int, poller: SocketPoller, maxConnections: Int) {
    guard let pointer = ccurl_multi_init() else { return nil }
    self.pointer = pointer
    sessions = ccurl_share_init(CURL_LOCK_DATA_SSL_SESSION)
    self.number = number
    self.poller = poller
    ccurl_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, max(1, min(maxConnections, Self.capacity)))
    // Over HTTP/2 too a transfer has its connection to itself: libcurl (7.88) stops reading a connection on which one
    // stream is paused, so that a slow reader would hold up all others, and their end would be that of the connection.
    ccurl_multi_set_long(pointer, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
    let context = Unmanaged.passUnretained(self).toOpaque()
    ccurl_multi_set_socket_function(
      pointer,
      { _, socket, wanted, context, known in
        MultiHandle.withHandle(context) { $0.watch(socket, for: wanted, isKnown: known != nil) } ?? -1
      }, context)
    ccurl_multi_set_timer_function(
      pointer,
      { _, milliseconds, context in
        MultiHandle.withHandle(context) { $0.setDeadline(after: milliseconds) } == nil ? -1 : 0
      }, context)
  }

  deinit {
    // A socket that is closed leaves the poller by itself.
    ccurl_multi_set_socket_function(pointer, nil, nil)
    ccurl_multi_set_timer_function(pointer, nil, nil)
    ccurl_multi_cleanup(pointer)
    // The easy handles are gone, because they keep this object.
    if let sessions { ccurl_share_cleanup(sessions) }
  }

  private static func withHandle<Result>(
    _ context: UnsafeMutableRawPointer?, _ body: (MultiHandle) -> Result
  ) -> Result? {
    guard let context else { return nil }
    return Unmanaged<MultiHandle>.fromOpaque(context)._withUnsafeGuaranteedRef(body)
  }

  private func setDeadline(after milliseconds: Int) {
    deadline = milliseconds < 0 ? .max : monotonicNow().saturatingSum(UInt64(min(milliseconds, 3_600_000)) * 1_000_000)
  }

  /// 0, or -1 when the socket cannot be waited for: then libcurl ends all transfers.
  private func watch(_ socket: Int32, for wanted: Int32, isKnown: Bool) -> Int32 {
    guard poller.watch(socket, for: wanted, isKnown: isKnown, of: number) else { return -1 }
    // Anything but nil marks the socket as one that is waited for.
    ccurl_multi_assign(pointer, socket, wanted == CURL_POLL_REMOVE ? nil : pointer)
    return 0
  }
}

extension MultiHandle {
  /// Makes an easy handle that belongs to this multi handle as long as it lives.
  func makeEasyHandle(_ configuration: HTTPConfiguration) -> EasyHandle? {
    guard let easy = EasyHandle(configuration, of: self) else { return nil }
    handleCount += 1
    return easy
  }

  func easyHandleIsGone() {
    handleCount -= 1
  }

  /// Begins a transfer; libcurl asks by its timer to be called.
  func add(_ easy: EasyHandle) -> CURLMcode {
    ccurl_multi_add_handle(pointer, easy.pointer)
  }

  func remove(_ easy: EasyHandle) {
    ccurl_multi_remove_handle(pointer, easy.pointer)
  }

  /// Has libcurl go on with what became possible on a socket.
  func act(on socket: Int32, possible: Int32) -> CURLMcode {
    var running: Int32 = 0
    return ccurl_multi_socket_action(pointer, socket, possible, &running)
  }

  /// Has libcurl go on with what its deadline was for.
  func actOnTime() -> CURLMcode {
    deadline = .max
    var running: Int32 = 0
    return ccurl_multi_socket_action(pointer, CURL_SOCKET_TIMEOUT, 0, &running)
  }

  /// A transfer that libcurl has ended, and how.
  func nextResult() -> (transfer: Transfer, code: CURLcode)? {
    var left: Int32 = 0
    while let message = ccurl_multi_info_read(pointer, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
      var context: UnsafeMutableRawPointer?
      guard ccurl_get_pointer(handle, CURLINFO_PRIVATE, &context) == CURLE_OK, let context else { continue }
      return (Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue(), ccurl_message_result(message))
    }
    return nil
  }
}
