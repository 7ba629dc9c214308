import Glibc
import Testing

@testable import MartletHTTP

@Suite struct BlockedSignalsTests {
  /// A SIGPIPE that came to this thread would end the process.
  @Test func aSIGPIPEReachesNobody() {
    let value = withSignalsBlocked {
      pthread_kill(pthread_self(), SIGPIPE)
      return 7
    }
    #expect(value == 7)
    var pending = sigset_t()
    sigpending(&pending)
    #expect(sigismember(&pending, SIGPIPE) == 0)
  }

  @Test func theMaskIsAsBefore() {
    var before = sigset_t()
    var during = sigset_t()
    var after = sigset_t()
    pthread_sigmask(SIG_BLOCK, nil, &before)
    withSignalsBlocked { _ = pthread_sigmask(SIG_BLOCK, nil, &during) }
    pthread_sigmask(SIG_BLOCK, nil, &after)
    for signal in Int32(1)..<32 {
      #expect(sigismember(&before, signal) == sigismember(&after, signal))
      let isOpen = [SIGKILL, SIGSTOP, SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGSYS].contains(signal)
      #expect(sigismember(&during, signal) == (isOpen ? 0 : 1))
    }
  }
}
