/// How a child process ended, and what it wrote.
package struct ProcessResult: Sendable, Equatable {
  /// The reason why a call is over.
  package enum Ending: Sendable, Equatable {
    /// The child exited by itself; any status, 0 included.
    case exited(status: Int32)
    /// A signal that was not ours ended the child.
    case signaled(Int32)
    /// The child was killed because its time was up.
    case timedOut(after: Duration)
    /// The child was killed because it wrote more than this many bytes to one of its outputs.
    case outputLimit(ProcessStream, bytes: Int)
    /// The child was killed, or not started, because the task was canceled or ``ProcessSupervisor/killAll()`` called.
    case canceled
    /// There was no child; nothing of the program has run.
    case notStarted(SpawnFailure)
    /// The child ended, but the host program took its status: it ignores SIGCHLD or waits for every child.
    case statusUnknown
  }

  package var ending: Ending
  /// What the child wrote to standard output.
  package var output: CapturedOutput
  /// The last bytes of standard error, at most ``errorTailLimit``.
  package var errorTail: [UInt8]
  /// The time from the start to the end of the child.
  package var duration: Duration

  /// How many bytes of standard error are kept.
  package static let errorTailLimit = 2048

  package init(
    ending: Ending, output: CapturedOutput = CapturedOutput(), errorTail: [UInt8] = [], duration: Duration = .zero
  ) {
    self.ending = ending
    self.output = output
    self.errorTail = errorTail
    self.duration = duration
  }
}

/// One of the two outputs of a child process.
package enum ProcessStream: Sendable, Equatable {
  case standardOutput
  case standardError
}
