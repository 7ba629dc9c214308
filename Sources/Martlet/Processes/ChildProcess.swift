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
  init(starting request: ProcessRequest, maxTasks: UInt64) throws(SpawnFailure) {
    var vectors = try Vectors(request)
    let input = try Pipe(keeping: CPROCESS_WRITER, for: request)
    let output = try Pipe(keeping: CPROCESS_READER, for: request)
    let error = try Pipe(keeping: CPROCESS_READER, for: request)
    var child = cprocess_child()
    var plain = cprocess_request()
    plain.standard_input = input.given.number
    plain.standard_output = output.given.number
    plain.standard_error = error.given.number
    plain.open_files = 256
    plain.file_size = 1 << 30
    plain.cpu_seconds = Self.processorSeconds(timeout: request.timeout)
    plain.processes = maxTasks
    plain.mark = cprocess_mark(.random(in: .min ... .max))
    let code = withExtendedLifetime((input, output, error)) { vectors.start(&plain, &child) }
    guard code == 0 else {
      throw SpawnFailure(errno: code, stage: SpawnFailure.Stage(child.stage), request: request)
    }
    pidfd = FileDescriptor(child.pidfd)
    group = Group(pid: child.pid, pidfd: child.pidfd)
    mark = plain.mark
    self.input = input.kept
    self.output = output.kept
    self.error = error.kept
    collectedOutput = OutputCollector(limit: request.maxOutput)
    unwritten = request.standardInput[...]
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

  /// The timeout and five seconds, rounded up.
  private static func processorSeconds(timeout: Duration) -> UInt64 {
    let (seconds, attoseconds) = min(max(timeout, .zero), .seconds(366 * 86_400)).components
    return UInt64(seconds) + 5 + (attoseconds > 0 ? 1 : 0)
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

extension SpawnFailure.Stage {
  fileprivate init(_ stage: cprocess_stage) {
    switch stage {
    case CPROCESS_STAGE_CHDIR: self = .chdir
    case CPROCESS_STAGE_EXEC: self = .exec
    case CPROCESS_STAGE_SETUP: self = .setup
    default: self = .create
    }
  }
}

/// A pipe of which we keep one end and give the other to a child.
private struct Pipe {
  let kept: FileDescriptor
  let given: FileDescriptor

  init(keeping end: cprocess_end, for request: ProcessRequest) throws(SpawnFailure) {
    var reader: Int32 = -1
    var writer: Int32 = -1
    let code = cprocess_pipe(&reader, &writer, end)
    guard code == 0 else { throw SpawnFailure(errno: code, stage: .pipe, request: request) }
    kept = FileDescriptor(end == CPROCESS_READER ? reader : writer)
    given = FileDescriptor(end == CPROCESS_READER ? writer : reader)
  }
}

/// The strings of a request as C wants them.
private struct Vectors {
  private let executable: String
  private let workingDirectory: String?
  private var arguments = StringVector()
  private var environment = StringVector()

  init(_ request: ProcessRequest) throws(SpawnFailure) {
    executable = request.executable
    workingDirectory = request.workingDirectory
    for argument in request.arguments { arguments.append(argument) }
    for (name, value) in request.environment.sorted(by: { $0.key < $1.key }) { environment.append(name, value) }
    let hasNames = request.environment.keys.allSatisfy { !$0.isEmpty && !$0.utf8.contains(UInt8(ascii: "=")) }
    let hasNULs = executable.utf8.contains(0) || workingDirectory?.utf8.contains(0) == true
    guard !request.arguments.isEmpty, hasNames, !hasNULs, arguments.isValid, environment.isValid else {
      throw SpawnFailure(errno: EINVAL, stage: .request, request: request)
    }
  }

  /// Starts the child; tries again for some milliseconds while a process of another thread, just being made, still
  /// has a copy of the descriptor the program was written through.
  mutating func start(_ request: inout cprocess_request, _ child: inout cprocess_child) -> Int32 {
    executable.withCString { executable in
      arguments.withPointers { arguments in
        environment.withPointers { environment in
          request.path = executable
          request.arguments = arguments
          request.environment = environment
          return withWorkingDirectory(workingDirectory) { workingDirectory in
            request.working_directory = workingDirectory
            var code = cprocess_start(&request, &child)
            for _ in 0..<4 where code == ETXTBSY {
              usleep(1000)
              code = cprocess_start(&request, &child)
            }
            return code
          }
        }
      }
    }
  }
}

private func withWorkingDirectory(_ path: String?, _ body: (UnsafePointer<CChar>?) -> Int32) -> Int32 {
  guard let path else { return body(nil) }
  return path.withCString { body($0) }
}

/// Strings that each end with a NUL, in one block.
private struct StringVector {
  private var bytes: [UInt8] = []
  private var offsets: [Int] = []

  mutating func append(_ string: String) {
    offsets.append(bytes.count)
    bytes.append(contentsOf: string.utf8)
    bytes.append(0)
  }

  mutating func append(_ name: String, _ value: String) {
    offsets.append(bytes.count)
    bytes.append(contentsOf: name.utf8)
    bytes.append(UInt8(ascii: "="))
    bytes.append(contentsOf: value.utf8)
    bytes.append(0)
  }

  /// False if a string has a NUL of its own.
  var isValid: Bool { bytes.count { $0 == 0 } == offsets.count }

  /// Lends an array of pointers that ends with a null pointer.
  mutating func withPointers<R>(_ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>?) -> R) -> R {
    let offsets = offsets
    return bytes.withUnsafeMutableBytes { block in
      let start = block.baseAddress?.assumingMemoryBound(to: CChar.self)
      return withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<CChar>?.self, capacity: offsets.count + 1) {
        pointers in
        for (index, offset) in offsets.enumerated() {
          pointers.initializeElement(at: index, to: start.map { $0 + offset })
        }
        pointers.initializeElement(at: offsets.count, to: nil)
        return body(pointers.baseAddress)
      }
    }
  }
}
