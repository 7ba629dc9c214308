import Glibc

/// Tells a name that does not exist from a resolver that does not answer, which libcurl's one code leaves open.
enum NameLookup {
  /// A lookup that failed after more than this was no answer from a name server.
  static let answerTime: UInt64 = 2_000_000_000

  /// Whether the name never exists and need not be asked for (RFC 6761, section 6.4).
  static func isReserved(_ host: String) -> Bool {
    host == "invalid" || host.hasSuffix(".invalid")
  }

  /// Whether the host is known not to exist. Asks the system's resolver on a thread of its own.
  static func isUnknown(_ host: String) async -> Bool {
    let answer = Answer(host)
    return await withTaskCancellationHandler {
      await withUnsafeContinuation { waiter in answer.ask(waiter) }
    } onCancel: {
      answer.resume(false)
    }
  }

  /// The answer of one lookup, given once: by the resolver, or before it when the task is cancelled.
  private final class Answer: Sendable {
    private let host: String
    private let state = Lock<(waiter: UnsafeContinuation<Bool, Never>?, answer: Bool?)>((nil, nil))

    init(_ host: String) {
      self.host = host
    }

    func ask(_ waiter: UnsafeContinuation<Bool, Never>) {
      let known = state.withLock { state in
        if state.answer == nil { state.waiter = waiter }
        return state.answer
      }
      if let known { return waiter.resume(returning: known) }
      let context = Unmanaged.passRetained(self)
      var thread = pthread_t()
      let code = pthread_create(
        &thread, nil,
        { context in
          guard let context else { return nil }
          Unmanaged<Answer>.fromOpaque(context).takeRetainedValue().lookUp()
          return nil
        }, context.toOpaque())
      if code == 0 {
        pthread_detach(thread)
      } else {
        context.release()
        resume(false)
      }
    }

    private func lookUp() {
      var addresses: UnsafeMutablePointer<addrinfo>?
      let code = getaddrinfo(host, nil, nil, &addresses)
      if let addresses { freeaddrinfo(addresses) }
      // EAI_NODATA (-5), which glibc declares for GNU sources only: the name exists and has no address.
      resume(code == EAI_NONAME || code == -5)
    }

    func resume(_ answer: Bool) {
      let waiter = state.withLock { state in
        if state.answer == nil { state.answer = answer }
        return state.waiter.take()
      }
      waiter?.resume(returning: answer)
    }
  }
}
