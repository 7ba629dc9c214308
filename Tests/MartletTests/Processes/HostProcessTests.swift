import Glibc
import Testing

@testable import Martlet

/// What concerns the whole process, each in a process of its own.
@Suite(.hangGuard) struct HostProcessTests {
  @Test func twoHundredCallsAtOnceLeaveNothingBehind() async {
    await #expect(processExitsWith: .success) {
      limitDescriptors(to: 4096)
      let supervisor = ProcessSupervisor()
      _ = await supervisor.run(shell(":"))
      let before = openDescriptors()
      await withTaskGroup(of: Bool.self) { group in
        for number in 0..<200 {
          group.addTask {
            let result = await supervisor.run(shell("cat; exit \(number)", input: Array("input \(number)".utf8)))
            return result.ending == .exited(status: Int32(number)) && result.text == "input \(number)"
          }
        }
        for await isRight in group { check(isRight, is: true) }
      }
      check(openDescriptors(), is: before)
      check(ProcessTable.ownChildren(), is: [])
    }
  }

  @Test func threadEndsWithItsSupervisor() async {
    await #expect(processExitsWith: .success) {
      func events() -> Int { descriptors { $0.hasSuffix("[eventfd]") || $0.hasSuffix("[eventpoll]") }.count }
      let before = events()
      for _ in 0..<50 {
        check(await ProcessSupervisor().run(shell("exit 1")).ending, is: .exited(status: 1))
      }
      // The runtime may have opened some of its own, but far fewer than two for each of them.
      await until { events() < before + 10 }
    }
  }

  @Test func announcedCallThatIsWithdrawnLeavesNothingBehind() async {
    await #expect(processExitsWith: .success) {
      let supervisor = ProcessSupervisor()
      _ = await supervisor.run(shell(":"))
      let before = openDescriptors()
      let announcement = supervisor.announce()
      await until { openDescriptors() != before }
      supervisor.withdraw(announcement)
      await until { openDescriptors() == before }
      let unexplained = supervisor.announce()
      let result = await supervisor.run(
        ProcessRequest(executable: "/bin/true", arguments: []), announcedAs: unexplained)
      guard case .notStarted = result.ending else { exit(1) }
      await until { openDescriptors() == before }
      check(await supervisor.run(shell("exit 1")).ending, is: .exited(status: 1))
      check(openDescriptors(), is: before)
    }
  }

  @Test func signalOfAChildsEndComesToTheHostAsItIsUsedTo() async {
    await #expect(processExitsWith: .success) {
      let supervisor = ProcessSupervisor()
      check(await supervisor.run(shell("exit 1")).ending, is: .exited(status: 1))
      // By default it is nobody's, and it is not kept for later.
      var pending = sigset_t()
      sigpending(&pending)
      check(sigismember(&pending, SIGCHLD), is: 0)
      check(pipe(&childSignals), is: 0)
      signal(SIGCHLD) { _ in
        var name: UInt64 = 0
        let file = open("/proc/thread-self/comm", O_RDONLY | O_CLOEXEC)
        _ = read(file, &name, 8)
        close(file)
        write(childSignals[1], &name, 8)
      }
      for _ in 0..<20 { check(await supervisor.run(shell("exit 2")).ending, is: .exited(status: 2)) }
      var threads = [UInt64](repeating: 0, count: 64)
      check(read(childSignals[0], &threads, 512) > 0, is: true)
      check(threads.contains { $0.littleEndian == 0x2D74_656C_7472_616D }, is: false)  // "martlet-"
      signal(SIGCHLD, SIG_DFL)
      check(await supervisor.run(shell("exit 3")).ending, is: .exited(status: 3))
    }
  }

  @Test func killAllBeforeTheFirstCallHarmsNothing() async {
    await #expect(processExitsWith: .success) {
      let supervisor = ProcessSupervisor()
      supervisor.killAll()
      check(await supervisor.run(shell("exit 1")).ending, is: .exited(status: 1))
    }
  }

  @Test func f46AdoptedDaemonIsKilledAtAnOrdinaryEnd() async {
    await #expect(processExitsWith: .success) {
      try ProcessSupervision.adoptOrphans()
      let folder = ScratchFolder()
      let supervisor = ProcessSupervisor(orphans: .adopted)

      // A child of the host that has nothing to do with the call.
      let other = ProcessSupervisor()
      let bystander = Task { await other.run(shell("echo $$ > \"$1\"; exec sleep 1000", folder.path + "/bystander")) }
      let bystanderPid = await folder.number(in: "bystander")

      let daemon = "(setsid sh -c 'echo $$ > \"$1\"; exec sleep 1000' sh \"$1\" >/dev/null 2>&1 &)"
      let wait = "until [ -s \"$1\" ]; do sleep 0.01; done"
      let result = await supervisor.run(
        shell(
          "\(daemon); sleep 1000 & sh -c 'exit 0' & \(wait)", folder.path + "/pid",
          attribution: ["MARTLET_CALL_ID": "call_1", "MARTLET_SESSION_ID": folder.path]))
      check(result.ending, is: .exited(status: 0))
      let pid = await folder.number(in: "pid")
      check(pid > 1, is: true)
      check(ProcessTable.status(of: pid), is: nil)
      // Neither survivors nor zombies: not of the daemon, not of the group.
      check(ProcessTable.ownChildren(), is: [bystanderPid])
      check(isAlive(bystanderPid), is: true)
      bystander.cancel()
      check(await bystander.value.ending, is: .canceled)
    }
  }

  /// Neither its session nor its environment tells whose it was.
  @Test(arguments: [
    "(env -i setsid sh -c 'echo $$ > \"$1\"; exec sleep 1000' sh \"$1\" >/dev/null 2>&1 &)",
    "(setsid sh -c 'echo $$ > \"$1\"' sh \"$1\" >/dev/null 2>&1 &)",
  ])
  func f46AnOrphanWithoutEnvironmentIsKilledAndReaped(orphan: String) async {
    await #expect(processExitsWith: .success) { [orphan] in
      try ProcessSupervision.adoptOrphans()
      let folder = ScratchFolder()
      let supervisor = ProcessSupervisor(orphans: .adopted)
      let result = await supervisor.run(
        shell("\(orphan); until [ -s \"$1\" ]; do sleep 0.01; done", folder.path + "/pid"))
      check(result.ending, is: .exited(status: 0))
      check(ProcessTable.status(of: await folder.number(in: "pid")), is: nil)
      check(ProcessTable.ownChildren(), is: [])
    }
  }

  @Test func hostThatReapsEveryChildIsToldSo() async {
    await #expect(processExitsWith: .success) {
      signal(SIGCHLD, SIG_IGN)
      let supervisor = ProcessSupervisor()
      let folder = ScratchFolder()
      let script = "echo text; : > \"$1/begun\"; until [ -e \"$1/go\" ]; do sleep 0.01; done; exit 3"
      async let call = supervisor.run(shell(script, folder.path))
      await until { folder.has("begun") }
      folder.write("", to: "go")
      let result = await call
      check(result.ending, is: .statusUnknown)
      check(result.text, is: "text\n")
    }
  }
}

/// A pipe for a signal handler: each SIGCHLD puts in it the beginning of the name of its thread.
private nonisolated(unsafe) var childSignals: [Int32] = [-1, -1]
