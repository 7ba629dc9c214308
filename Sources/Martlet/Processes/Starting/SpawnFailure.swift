internal import Glibc

/// Why a child process could not be started.
package struct SpawnFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// The step at which the start failed.
  package enum Stage: Sendable, Equatable {
    /// The request cannot be expressed to the system: it has a NUL byte where none can be.
    case request
    /// Making the pipes and what watches them.
    case pipe
    /// Making the process.
    case create
    /// Preparing its session and descriptors.
    case setup
    /// Entering the working directory.
    case chdir
    /// Executing the program.
    case exec
  }

  /// The error number of the system.
  package let errno: Int32
  package let stage: Stage
  /// A sentence without a period that says what is wrong, with the path it is about, and what can be done.
  package let description: String

  /// Explains an error number; looks at the file to tell what is missing of it.
  init(errno: Int32, stage: Stage, request: ProcessRequest) {
    self.errno = errno
    self.stage = stage
    description =
      switch stage {
      case .request: Self.explainRequest(request)
      case .pipe, .create, .setup: Self.explainResources(errno)
      case .chdir: Self.explainFolder(errno, path: request.workingDirectory ?? ".")
      case .exec: Self.explainProgram(errno, request: request)
      }
  }

  /// For what fails without a request.
  init(errno: Int32, stage: Stage, doing action: String) {
    self.errno = errno
    self.stage = stage
    description = "\(action): \(Self.message(errno))"
  }
}

extension SpawnFailure {
  private static func explainRequest(_ request: ProcessRequest) -> String {
    request.arguments.isEmpty
      ? "the argument vector is empty"
      : "an argument, a path or an entry of the environment cannot be passed on: it has a NUL byte or a malformed name"
  }

  private static func explainResources(_ errno: Int32) -> String {
    switch errno {
    case EMFILE: "too many open files in this process: raise the limit (ulimit -n) or run fewer calls at once"
    case ENFILE: "too many open files on this machine"
    case EAGAIN: "too many processes: raise the limit (ulimit -u) or run fewer calls at once"
    case ENOMEM: "not enough memory for another process"
    default: "no process could be made: \(message(errno))"
    }
  }

  private static func explainFolder(_ errno: Int32, path: String) -> String {
    switch errno {
    case ENOENT: "the working directory \(path) does not exist"
    case ENOTDIR: "the working directory \(path) is not a directory"
    case EACCES: "the working directory \(path) may not be entered"
    default: "the working directory \(path) cannot be entered: \(message(errno))"
    }
  }

  private static func explainProgram(_ errno: Int32, request: ProcessRequest) -> String {
    let path = request.executable
    let file = ProgramFile(path: path, workingDirectory: request.workingDirectory)
    switch (errno, file) {
    case (ENOENT, .missing), (ENOTDIR, _):
      return "\(path) does not exist"
    case (ENOENT, .script(let interpreter)):
      let ending = interpreter.hasSuffix("\r") ? "; the line ends with CR LF" : ""
      return "the interpreter on the #! line of \(path) does not exist: \(interpreter.filter { $0 != "\r" })\(ending)"
    case (ENOENT, _):
      return "\(path) exists, but the loader or interpreter it needs does not"
    case (EACCES, .folder):
      return "\(path) is a directory"
    case (EACCES, .script(let interpreter)):
      return "\(path) may not be executed, or its interpreter \(interpreter) may not"
    case (EACCES, .notExecutable):
      return "\(path) is not executable: chmod +x makes it so"
    case (EACCES, _):
      return "\(path) may not be executed: permission denied"
    case (ENOEXEC, _):
      return "\(path) is neither a program for this machine nor a script: it has no #! line such as #!/bin/sh"
    case (E2BIG, _):
      return "the arguments and the environment are too long: pass large values on standard input"
    case (ETXTBSY, _):
      return "\(path) is being written to"
    default:
      return "\(path) cannot be executed: \(message(errno))"
    }
  }

  private static func message(_ errno: Int32) -> String {
    String(cString: strerror(errno))
  }
}

/// What a file that could not be executed looks like.
private enum ProgramFile {
  case missing
  case folder
  case notExecutable
  case script(interpreter: String)
  case other

  init(path: String, workingDirectory: String?) {
    let isRelative = !path.hasPrefix("/")
    let path = isRelative ? (workingDirectory.map { $0 + "/" } ?? "") + path : path
    var status = stat()
    guard stat(path, &status) == 0 else {
      self = .missing
      return
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      self = .folder
    } else if access(path, X_OK) != 0 {
      self = .notExecutable
    } else if status.st_mode & S_IFMT == S_IFREG, let interpreter = Self.interpreter(path: path) {
      self = .script(interpreter: interpreter)
    } else {
      self = .other
    }
  }

  /// The first word after `#!`; a carriage return at its end stays visible to the caller.
  private static func interpreter(path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var line = [UInt8](repeating: 0, count: 256)
    let count = read(descriptor, &line, line.count)
    guard count > 2, line.starts(with: Array("#!".utf8)) else { return nil }
    let words = line[2..<count].prefix { $0 != UInt8(ascii: "\n") }.split { $0 == 0x20 || $0 == 0x09 }
    return words.first.map { String(decoding: $0, as: UTF8.self) }
  }
}
