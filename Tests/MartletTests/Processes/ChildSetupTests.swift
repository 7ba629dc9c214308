import Glibc
import Testing

@testable import Martlet

/// What a child finds when it starts.
@Suite(.hangGuard) struct ChildSetupTests {
  private let supervisor = ProcessSupervisor()

  @Test func f52ChildHasOnlyDescriptorsZeroToTwo() async {
    let leaks = (0..<5).map { _ in open("/dev/null", O_RDONLY) }
    defer { for leak in leaks { close(leak) } }
    // The fourth is the folder that ls reads.
    let result = await supervisor.run(shell("exec ls /proc/self/fd"))
    #expect(result.text == "0\n1\n2\n3\n")
  }

  @Test func childLeadsASessionAndAGroupOfItsOwn() async throws {
    let result = await supervisor.run(shell("exec cat /proc/self/stat"))
    let status = try #require(ProcessTable.Status(parsing: Array(result.text.utf8)))
    let pid = Int32(result.text.prefix { $0 != " " })
    #expect(status.session == pid)
    #expect(status.group == pid)
    #expect(status.parent == getpid())
  }

  @Test func environmentIsExactlyTheOneGiven() async {
    let request = ProcessRequest(
      executable: "/usr/bin/env", arguments: ["env"],
      environment: ["B": "two words", "A": "=1=", "EMPTY": "", "É": "ü\nnext"])
    #expect(await supervisor.run(request).text == "A==1=\nB=two words\nEMPTY=\nÉ=ü\nnext\n")
    #expect(await supervisor.run(ProcessRequest(executable: "/usr/bin/env", arguments: ["env"])).text == "")
  }

  @Test func argumentsArriveAsTheyAre() async {
    let result = await supervisor.run(shell("printf '<%s>' \"$0\" \"$@\"", "", "a b", "$(id)", "-n", "ä\n*"))
    #expect(result.text == "<sh><><a b><$(id)><-n><ä\n*>")
  }

  @Test func relativePathsStartAtTheWorkingDirectory() async {
    let folder = ScratchFolder()
    folder.write("#!/bin/sh\npwd\n", to: "tool")
    let request = ProcessRequest(executable: "./tool", arguments: ["tool"], workingDirectory: folder.path)
    #expect(await supervisor.run(request).text == folder.path + "\n")
  }

  @Test func limitsAndUmaskAreSet() async {
    let result = await supervisor.run(shell("umask; exec cat /proc/self/limits", timeout: .milliseconds(59_001)))
    let lines = result.text.split(separator: "\n")
    func limit(_ name: String) -> [Substring] {
      lines.first { $0.hasPrefix(name) }.map { $0.dropFirst(26).split(separator: " ") } ?? []
    }
    #expect(lines.first == "0077")
    #expect(limit("Max core file size").prefix(2) == ["0", "0"])
    #expect(limit("Max open files").first == "256")
    #expect(limit("Max file size").prefix(2) == ["1073741824", "1073741824"])
    #expect(limit("Max cpu time").prefix(2) == ["65", "66"])
  }

  @Test func signalsAreAtTheirDefaultsWhateverTheHostDoes() async {
    await #expect(processExitsWith: .success) {
      for number in [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGUSR1] { signal(number, SIG_IGN) }
      let supervisor = ProcessSupervisor()
      let status = await supervisor.run(
        ProcessRequest(executable: "/bin/cat", arguments: ["cat", "/proc/self/status"])
      ).text
      let signals = status.split(separator: "\n").filter { $0.hasPrefix("Sig") }.dropFirst()
      let none = String(repeating: "0", count: 16)
      check(signals.map { $0 }, is: ["SigPnd:\t\(none)", "SigBlk:\t\(none)", "SigIgn:\t\(none)", "SigCgt:\t\(none)"])
      check(await supervisor.run(shell("kill -PIPE $$")).ending, is: .signaled(SIGPIPE))
      // The host's own dispositions are untouched.
      var action = sigaction()
      sigaction(SIGPIPE, nil, &action)
      check(action.__sigaction_handler.sa_handler.map { unsafeBitCast($0, to: Int.self) }, is: 1)
    }
  }

  @Test func hostWithoutStandardDescriptorsCanRunChildren() async {
    await #expect(processExitsWith: .exitCode(42)) {
      for descriptor: Int32 in 0...2 { close(descriptor) }
      let supervisor = ProcessSupervisor()
      let result = await supervisor.run(shell("cat; echo error >&2", input: Array("input".utf8)))
      let isRight = result.text == "input" && result.errorText == "error\n" && result.ending == .exited(status: 0)
      exit(isRight ? 42 : 1)
    }
  }

  @Test func childDiesWithItsHost() async throws {
    let file = "/tmp/martlet-host-\(getpid())"
    defer { unlink(file) }
    await #expect(processExitsWith: .signal(SIGKILL)) {
      let file = "/tmp/martlet-host-\(getppid())"
      let supervisor = ProcessSupervisor()
      Task { await supervisor.run(shell("echo $$ > \(file).new; mv \(file).new \(file); exec sleep 1000")) }
      await until { access(file, F_OK) == 0 }
      kill(getpid(), SIGKILL)
    }
    let stream = try #require(fopen(file, "r"))
    defer { fclose(stream) }
    var line = [CChar](repeating: 0, count: 32)
    fgets(&line, 32, stream)
    let pid = atoi(line)
    #expect(pid > 1)
    await until { !isAlive(pid) }
  }
}
