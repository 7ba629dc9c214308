import Glibc
import ProgramSupport
import Testing

@testable import Martlet

/// 1,000, or as many as `MARTLET_PLUGIN_CALLS` says: 10,000 take about two minutes,
/// `MARTLET_PLUGIN_CALLS=10000 swift test --filter manyCalls`.
private let pluginCalls = getenv("MARTLET_PLUGIN_CALLS").flatMap { Int(String(cString: $0)) } ?? 1000

/// Plugins that do harm, among many calls, in a host with children of its own.
@Suite(.timeLimit(.minutes((isSanitized ? 30 : 2) + pluginCalls / 500))) struct EvilPluginTests {
  /// Every kind of plugin: most are brief and good, some are evil.
  private static func request(_ number: Int, _ folder: ScratchFolder) -> ProcessRequest {
    let mark = ["MARTLET_CALL_ID": "call_\(number)", "MARTLET_SESSION_ID": folder.path]
    let brief = Duration.milliseconds(200)
    switch number % 50 {
    case 1: return shell("exit 3", attribution: mark)
    case 2: return shell("kill -SEGV $$", attribution: mark)
    case 3: return ProcessRequest(executable: folder.path + "/none", arguments: ["none"])
    case 4: return shell("exit 0", input: [UInt8](repeating: 0, count: 200_000), attribution: mark)
    case 5: return shell("sleep 1000 >/dev/null 2>&1 & exit 0", attribution: mark)
    case 6: return shell("sleep 1000 & exit 0", attribution: mark)
    case 7:
      // The daemon is at its work when the leader ends.
      let daemon = "(setsid sh -c ': > \"$1\"; exec sleep 1000' sh \"$1\" >/dev/null 2>&1 &)"
      return shell(
        "\(daemon); until [ -e \"$1\" ]; do sleep 0.01; done", "\(folder.path)/daemon-\(number)", attribution: mark)
    case 8: return shell("trap '' TERM; while :; do sleep 0.01; done", timeout: brief, attribution: mark)
    case 9: return shell("head -c 100000 /dev/urandom; head -c 100000 /dev/zero >&2", attribution: mark)
    case 10: return shell("kill -STOP $$", timeout: brief, attribution: mark)
    case 13: return shell("(setsid sh -c 'sh -c : & :' >/dev/null 2>&1 &)", attribution: mark)
    case 14: return shell("(env -i setsid sleep 1000 >/dev/null 2>&1 &)", attribution: mark)
    case 11 where number % 200 == 11: return shell("exec yes", attribution: mark)
    case 12 where number % 200 == 12: return shell("exec yes >&2", attribution: mark)
    default: return ProcessRequest(executable: "/bin/true", arguments: ["true"])
    }
  }

  /// The ending that each kind must have.
  private static func isRight(_ ending: ProcessResult.Ending, _ number: Int) -> Bool {
    switch number % 50 {
    case 1: ending == .exited(status: 3)
    case 2: ending == .signaled(SIGSEGV)
    case 3: if case .notStarted = ending { true } else { false }
    case 8, 10: ending == .timedOut(after: .milliseconds(200))
    case 11 where number % 200 == 11: ending == .outputLimit(.standardOutput, bytes: 8 << 20)
    case 12 where number % 200 == 12: ending == .outputLimit(.standardError, bytes: 8 << 20)
    default: ending == .exited(status: 0)
    }
  }

  private static func perform(_ numbers: Range<Int>, _ supervisor: ProcessSupervisor, _ folder: ScratchFolder) async {
    await withTaskGroup(of: Void.self) { group in
      for lane in 0..<16 {
        group.addTask {
          for number in numbers where number % 16 == lane {
            let ending = await supervisor.run(request(number, folder)).ending
            if !isRight(ending, number) { say("call \(number)", ["\(ending)"]) }
          }
        }
      }
    }
  }

  /// G6.
  @Test func f41_F50_manyCallsLeaveNoDescriptorNoLiveProcessAndNoMemory() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      try ProcessSupervision.adoptOrphans()
      limitDescriptors(to: 4096)
      let folder = ScratchFolder()
      let supervisor = impatientSupervisor(orphans: .adopted)
      // The allocator and the runtime take what they need at first.
      await EvilPluginTests.perform(0..<200, supervisor, folder)
      let descriptors = openDescriptors()
      let memory = residentBytes()
      await EvilPluginTests.perform(200..<200 + pluginCalls, supervisor, folder)
      say("new descriptors", openDescriptors().subtracting(descriptors))
      let children = ProcessTable.ownChildren() ?? []
      say("children", children.map { "\($0): \(String(describing: ProcessTable.status(of: $0)))" })
      let growth = (residentBytes() - memory) >> 20
      say("megabytes", growth < 8 || isAddressSanitized ? [] : [growth])
    }
    #expect(String(decoding: result?.standardErrorContent ?? [], as: UTF8.self) == "")
  }

  @Test func f46TheChildrenOfAHostAreNeverTouched() async {
    await #expect(processExitsWith: .success) {
      try ProcessSupervision.adoptOrphans()
      let folder = ScratchFolder()
      let supervisor = impatientSupervisor(orphans: .adopted)
      // What a host may have: a child at work, one that has ended and is not looked at yet, one in a session of its own
      // with the names of our marks in its environment, and an orphan that it adopted.
      let atWork = spawn("exec sleep 1000")
      let ended = spawn("exit 23")
      let apart = spawn(
        "exec setsid sleep 1000", environment: ["MARTLET_CALL_ID=other", "MARTLET_SESSION_ID=\(folder.path)"])
      let parent = spawn("sh -c 'echo $$ > \(folder.path)/orphan; exec sleep 1000' & exit 0")
      var status: Int32 = 0
      waitpid(parent, &status, 0)
      let orphan = await folder.number(in: "orphan")
      await until { ProcessTable.status(of: ended)?.isZombie == true }

      for number in 0..<30 {
        let mark = ["MARTLET_CALL_ID": "call_\(number)", "MARTLET_SESSION_ID": folder.path]
        let script = number % 3 == 0 ? "exit 0" : "(setsid sleep 1000 >/dev/null 2>&1 &); exec sleep 1000"
        let call = Task {
          await supervisor.run(shell(script, timeout: .milliseconds(number % 3 == 1 ? 20 : 60_000), attribution: mark))
        }
        if number % 3 == 2 { call.cancel() }
        _ = await call.value
      }
      supervisor.killAll()

      let areAlive = [atWork, apart, orphan].map(isAlive)
      let children = Set(ProcessTable.ownChildren() ?? [])
      // Before anything is judged: they hold a pipe of the tests, which would wait for them.
      for child in [atWork, apart, orphan] { kill(child, SIGKILL) }
      check(areAlive, is: [true, true, true])
      check(children, is: [atWork, ended, apart, orphan])
      check(waitpid(ended, &status, 0), is: ended)
      check(status >> 8, is: 23)
      for child in [atWork, apart, orphan] { waitpid(child, &status, 0) }
    }
  }

  @Test(.enabled(if: canRun("prlimit --nproc=5000 true && setpriv --version"), "prlimit or setpriv is not installed"))
  func f47AForkBombIsStoppedAndTheOthersAreServedMeanwhile() async {
    await #expect(processExitsWith: .success) {
      try ProcessSupervision.adoptOrphans()
      let supervisor = impatientSupervisor(orphans: .adopted)
      let folder = ScratchFolder()
      // The bomb gets a user of its own where it can, and a limit that spares the machine.
      let user = getuid() == 0 ? "setpriv --reuid=64999 --clear-groups" : ""
      let most = getuid() == 0 ? "120" : "$(( $(ls -d /proc/[0-9]*/task/[0-9]* 2>/dev/null | wc -l) + 120 ))"
      let request = shell(
        ": > \(folder.path)/begun; exec prlimit --nproc=\(most) \(user) perl -e 'fork while 1'",
        attribution: ["MARTLET_CALL_ID": "bomb", "MARTLET_SESSION_ID": folder.path])
      let blast = Task { await supervisor.run(request) }
      await until { folder.has("begun") }
      for number in 0..<20 {
        check(await supervisor.run(shell("exit \(number)")).ending, is: .exited(status: Int32(number)))
      }
      blast.cancel()
      check(await blast.value.ending, is: .canceled)
      await until { ProcessTable.ownChildren() == [] }
      check(await supervisor.run(shell("exit 7")).ending, is: .exited(status: 7))
    }
  }

  @Test func f48AGigabyteOnBothPipesTakesNoMemory() async {
    await #expect(processExitsWith: .success) {
      let supervisor = impatientSupervisor()
      _ = await supervisor.run(shell(":"))
      let before = residentBytes()
      let result = await supervisor.run(
        shell("head -c 1073741824 /dev/zero & head -c 1073741824 /dev/zero >&2 & wait"))
      guard case .outputLimit(_, bytes: 8 << 20) = result.ending else { exit(2) }
      check(residentBytes() - before < 64 << 20, is: true)
    }
  }
}

/// Tells the test about what should not be there; a process that a test has made cannot do so otherwise.
private func say(_ what: String, _ found: some Collection) {
  let line = Array("\(what): \(found)\n".utf8)
  if !found.isEmpty { write(2, line, line.count) }
}

/// A child that is no business of any supervisor.
private func spawn(_ script: String, environment: [String] = []) -> Int32 {
  var words = (["sh", "-c", script] as [String]).map { strdup($0) } + [nil]
  var entries = (["PATH=/usr/bin:/bin"] + environment).map { strdup($0) } + [nil]
  var child: pid_t = 0
  check(posix_spawn(&child, "/bin/sh", nil, nil, &words, &entries), is: 0)
  for word in words + entries { free(word) }
  return child
}

/// The memory of this process that is in use.
private func residentBytes() -> Int {
  guard let file = fopen("/proc/self/statm", "r") else { return 0 }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 128)
  fgets(&line, 128, file)
  let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  let fields = text.split(separator: " ")
  return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * Int(getpagesize())
}

private func canRun(_ line: String) -> Bool {
  system("{ \(line); } >/dev/null 2>&1 </dev/null") == 0
}
