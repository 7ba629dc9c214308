/// What one child process is started with, and the bounds it runs within.
///
/// The child leads a session and a process group of its own, has descriptors 0, 1 and 2 only, default signal
/// dispositions, umask 077, no core dumps, at most 256 open files (soft), files of at most 1 GiB, and processor time
/// of at most the timeout and five seconds.
package struct ProcessRequest: Sendable {
  /// A path with a slash; relative to the working directory when it is relative. No search in `PATH`, no shell.
  package var executable: String
  /// The whole argument vector, `argv[0]` included.
  package var arguments: [String]
  package var environment: ChildEnvironment
  /// The folder the child starts in; nil for the current one.
  package var workingDirectory: String?
  /// The bytes the child can read before it sees the end of its input.
  package var standardInput: [UInt8]
  /// How long the child may run before its process group is terminated.
  package var timeout: Duration
  /// How many bytes of standard output are kept: the first half of them from its head, the others from its tail.
  package var maxOutput: Int

  package init(
    executable: String, arguments: [String], environment: ChildEnvironment = [:], workingDirectory: String? = nil,
    standardInput: [UInt8] = [], timeout: Duration = .seconds(60), maxOutput: Int = 32 * 1024
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.standardInput = standardInput
    self.timeout = timeout
    self.maxOutput = maxOutput
  }
}
