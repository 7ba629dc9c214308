import Glibc

/// Signals as people know them.
package enum SignalNames {
  package static func name(of signal: Int32) -> String {
    names[signal].map { "SIG\($0)" } ?? "signal \(signal)"
  }

  /// Why a program may have been killed by this signal, where that is worth saying.
  static func explanation(of signal: Int32) -> String {
    switch signal {
    case SIGSEGV, SIGBUS: " (it crashed: invalid memory access)"
    case SIGABRT: " (it aborted itself)"
    case SIGXFSZ: " (it wrote a file larger than 1 GiB)"
    case SIGXCPU: " (it used more processor time than its timeout allows)"
    case SIGKILL: " (by someone else, or because memory ran out)"
    default: ""
    }
  }

  private static let names: [Int32: String] = [
    SIGHUP: "HUP", SIGINT: "INT", SIGQUIT: "QUIT", SIGILL: "ILL", SIGTRAP: "TRAP", SIGABRT: "ABRT", SIGBUS: "BUS",
    SIGFPE: "FPE", SIGKILL: "KILL", SIGUSR1: "USR1", SIGSEGV: "SEGV", SIGUSR2: "USR2", SIGPIPE: "PIPE",
    SIGALRM: "ALRM", SIGTERM: "TERM", SIGXCPU: "XCPU", SIGXFSZ: "XFSZ", SIGSYS: "SYS",
  ]
}
