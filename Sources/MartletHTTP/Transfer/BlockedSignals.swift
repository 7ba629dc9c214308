import Glibc

/// Keeps all signals off this thread, and off the threads that it makes meanwhile, but for those of a thread's own faults.
///
/// They belong to the host program, and the SIGPIPE of a TLS write, which libcurl does not prevent, to nobody.
func withSignalsBlocked<Result>(_ body: () -> Result) -> Result {
  var all = sigset_t()
  var previous = sigset_t()
  sigfillset(&all)
  for fault in [SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGSYS] { sigdelset(&all, fault) }
  pthread_sigmask(SIG_SETMASK, &all, &previous)
  defer {
    if sigismember(&previous, SIGPIPE) == 0 { discardPendingSIGPIPE() }
    pthread_sigmask(SIG_SETMASK, &previous, nil)
  }
  return body()
}

/// Lets through meanwhile what threads of the pool let through: what a task starts has the mask of its thread.
func withSignalsAsOnPool(_ body: () -> Void) {
  discardPendingSIGPIPE()
  var open = sigset_t()
  sigemptyset(&open)
  sigaddset(&open, SIGPIPE)
  sigaddset(&open, SIGPROF)
  pthread_sigmask(SIG_UNBLOCK, &open, nil)
  body()
  pthread_sigmask(SIG_BLOCK, &open, nil)
}

private func discardPendingSIGPIPE() {
  var pending = sigset_t()
  guard sigpending(&pending) == 0, sigismember(&pending, SIGPIPE) == 1 else { return }
  var pipe = sigset_t()
  sigemptyset(&pipe)
  sigaddset(&pipe, SIGPIPE)
  var atOnce = timespec()
  sigtimedwait(&pipe, nil, &atOnce)
}
