internal import CProcess
internal import Glibc

/// A descriptor that is closed when its last owner lets go of it.
final class FileDescriptor: Sendable {
  let number: Int32

  init(_ number: Int32) {
    self.number = number
  }

  deinit {
    close(number)
  }
}

/// Any process, held so that its number cannot pass to another while it is signaled.
struct ProcessHandle {
  private let pidfd: FileDescriptor

  /// Nil if there is no such process.
  init?(pid: Int32) {
    let number = cprocess_open(pid)
    guard number >= 0 else { return nil }
    pidfd = FileDescriptor(number)
  }

  /// False if that is not allowed, or the process is gone.
  func kill() -> Bool {
    cprocess_signal(pidfd.number, SIGKILL) == 0
  }
}

/// A child process and our ends of its pipes.
final class ChildProcess {
  /// What names a child's process group, for as long as the child is neither reaped nor let go of.
  struct Group: Sendable {
    let pid: Int32
    fileprivate let pidfd: Int32

    /// Sends a signal to every process of the group; none if the child was reaped by somebody else.
    func signal(_ number: Int32) {
      var child = cprocess_child(pid: pid, pidfd: pidfd, stage: CPROCESS_STAGE_CREATE)
      _ = cprocess_signal_group(&child, number)
    }

    /// Whether the child's number is still its own.
    var isUnreaped: Bool { cprocess_signal(pidfd, 0) != ESRCH }
  }

  /// More than this on either output is too much.
  static let outputLimit = 8 << 20

  let group: Group
  /// What all its descendants inherit, and nobody else has; 0 where there is no such thing.
  let mark: UInt64
  private var pidfd: FileDescriptor?
  private(set) var input: FileDescriptor?
  private(set) var output: FileDescriptor?
  private(set) var error: FileDescriptor?
  private(set) var collectedOutput: OutputCollector
  private(set) var collectedError = OutputCollector(tailLimit: ProcessResult.errorTailLimit)
  private var unwritten: ArraySlice<UInt8>

  /// Returns once the child executes its program. The calling thread's end is the child's end.
  ///
  /// - Parameter maxTasks: How many processes and threads its user may have, as far as that binds the user; 0 for any
  ///   number.
  init(starting plan: SpawnPlan, from groundwork: consuming SpawnGroundwork, maxTasks: UInt64) throws(SpawnFailure) {
    var child = cprocess_child()
    mark = try plan.start(&child, from: groundwork, maxTasks: maxTasks)
    pidfd = FileDescriptor(child.pidfd)
    group = Group(pid: child.pid, pidfd: child.pidfd)
    input = groundwork.input.kept
    output = groundwork.output.kept
    error = groundwork.error.kept
    collectedOutput = OutputCollector(limit: plan.request.maxOutput)
    unwritten = plan.request.standardInput[...]
  }

  /// Readable once the child has exited.
  var exitDescriptor: Int32 { group.pidfd }

  /// Waits for the child, which is known to have exited, and frees its number. Nothing can be done to it afterwards.
  func reap() -> ProcessResult.Ending {
    defer { pidfd = nil }
    var how = cprocess_exit()
    guard cprocess_reap(group.pidfd, &how) == 0 else { return .statusUnknown }
    return how.signaled != 0 ? .signaled(how.status) : .exited(status: how.status)
  }
}

/// Its pipes: none of these calls blocks, and none reads or writes without end.
extension ChildProcess {
  enum Flow { case open, ended }

  /// Writes what the pipe takes. A child that does not read its input is no error.
  func writeInput() -> Flow {
    guard let descriptor = input?.number else { return .ended }
    for _ in 0..<16 where !unwritten.isEmpty {
      let count = unwritten.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 { return errno == EAGAIN ? .open : .ended }
      unwritten = unwritten.dropFirst(count)
    }
    return unwritten.isEmpty ? .ended : .open
  }

  /// Collects what the pipe has.
  func read(_ stream: ProcessStream, through buffer: UnsafeMutableRawBufferPointer) -> Flow {
    let isOutput = stream == .standardOutput
    guard let descriptor = isOutput ? output?.number : error?.number else { return .ended }
    for _ in 0..<4 {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0 { return errno == EAGAIN ? .open : .ended }
      if count == 0 { return .ended }
      let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      if isOutput { collectedOutput.append(bytes) } else { collectedError.append(bytes) }
      if hasTooMuch(stream) { return .open }
    }
    return .open
  }

  func hasTooMuch(_ stream: ProcessStream) -> Bool {
    (stream == .standardOutput ? collectedOutput : collectedError).totalBytes > Self.outputLimit
  }

  func closeInput() {
    input = nil
    unwritten = []
  }

  func close(_ stream: ProcessStream) {
    if stream == .standardOutput { output = nil } else { error = nil }
  }

  var outputIsOpen: Bool { output != nil || error != nil }
}

extension ChildProcess {
  /// Returns an error number, or 0.
  static func adoptOrphans() -> Int32 {
    cprocess_adopt_orphans()
  }

  /// Returns an error number, or 0.
  static func seal() -> Int32 {
    cprocess_seal()
  }
}
