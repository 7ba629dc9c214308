import Glibc

/// A child process whose output is read: only what the tests need of one.
final class Program: Sendable {
  private let process: pid_t
  private let output: Int32
  private let input: Int32

  /// Starts a program found in `PATH`, with its output and errors in one pipe.
  ///
  /// With `takesInput` it reads what is written to it, and its errors go nowhere; without, it has no input.
  init?(_ arguments: [String], in folder: String, takesInput: Bool = false) {
    var ends: [Int32] = [-1, -1]
    var inputEnds: [Int32] = [-1, -1]
    guard pipe(&ends) == 0, !takesInput || pipe(&inputEnds) == 0 else { return nil }
    for end in ends + inputEnds where end >= 0 { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    if takesInput {
      posix_spawn_file_actions_adddup2(&actions, inputEnds[0], 0)
      posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
      posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    }
    // What other tests and whoever runs them have open is no business of the program's.
    for descriptor in Int32(3)..<1_024 { posix_spawn_file_actions_addclose(&actions, descriptor) }
    // The threads of the test runner block signals, which a child would inherit.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    // Ends by itself, should the tests be killed.
    let command = ["timeout", "600", "env", "-C", folder] + arguments
    var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process = pid_t()
    let code = posix_spawnp(&process, "timeout", &actions, &attributes, &words, environ)
    close(ends[1])
    if takesInput { close(inputEnds[0]) }
    guard code == 0 else {
      close(ends[0])
      if takesInput { close(inputEnds[1]) }
      return nil
    }
    self.process = process
    output = ends[0]
    input = inputEnds[1]
  }

  deinit {
    terminate()
    waitpid(process, nil, 0)
    close(output)
    if input >= 0 { close(input) }
  }

  func terminate() {
    kill(process, SIGTERM)
  }

  /// What it has written; empty at the end.
  func bytes() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 16 << 10) { buffer, count in
      count = max(0, read(output, buffer.baseAddress, buffer.count))
    }
  }

  func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
      if count < 0 { return }
      rest = rest.dropFirst(count)
    }
  }

  /// Whether it runs no more.
  var hasEnded: Bool {
    var info = siginfo_t()
    return waitid(P_PID, id_t(process), &info, Int32(WEXITED | WNOWAIT | WNOHANG)) == 0
      && info._sifields._sigchld.si_pid == process
  }

  /// The next line of the output; nil at its end.
  func line() -> String? {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while read(output, &byte, 1) == 1 {
      if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
      line.append(byte)
    }
    return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
  }

  /// Runs a program to its end; its output, or nil when it cannot be started or fails.
  static func run(_ arguments: [String], in folder: String) -> String? {
    guard let program = Program(arguments, in: folder) else { return nil }
    var output = ""
    while let line = program.line() { output += line + "\n" }
    // Waits without collecting, which the end of the object does.
    var info = siginfo_t()
    guard waitid(P_PID, id_t(program.process), &info, Int32(WEXITED | WNOWAIT)) == 0 else { return nil }
    return info._sifields._sigchld.si_status == 0 ? output : nil
  }
}
