import Glibc
import Testing

@testable import Martlet

@Suite(.hangGuard) struct TerminationTests {
  private let supervisor = impatientSupervisor()
  private let folder = ScratchFolder()

  /// Starts a call, waits for its script to write a number to the file `pid`, and cancels it.
  private func cancelOncePidIsKnown(
    _ request: ProcessRequest, by supervisor: ProcessSupervisor? = nil
  ) async -> (pid: Int32, result: ProcessResult) {
    let call = Task { await (supervisor ?? self.supervisor).run(request) }
    let pid = await folder.number(in: "pid")
    #expect(isAlive(pid))
    call.cancel()
    return (pid, await call.value)
  }

  @Test func f43ChildThatNeitherReadsNorExitsIsStoppedWhenItsTimeIsUp() async {
    let input = [UInt8](repeating: 0x20, count: 10 << 20)
    let result = await supervisor.run(shell("echo begun; exec sleep 1000", input: input, timeout: .milliseconds(300)))
    #expect(result.ending == .timedOut(after: .milliseconds(300)))
    #expect(result.duration >= .milliseconds(300))
  }

  @Test(arguments: [Duration.zero, .seconds(-5), .nanoseconds(1)])
  func noTimeAtAllIsATimeoutToo(timeout: Duration) async {
    let result = await supervisor.run(shell("exec sleep 1000", timeout: timeout))
    #expect(result.ending == .timedOut(after: timeout))
  }

  @Test func timeBeyondAllClocksIsNoTrap() async {
    #expect(await supervisor.run(shell("exit 4", timeout: .seconds(Int64.max))).ending == .exited(status: 4))
  }

  @Test func childCanCleanUpOnSIGTERM() async {
    let script = "trap 'echo cleaned; exit 7' TERM; echo $$ > \"$1\"; sleep 1000 & wait"
    let patient = ProcessSupervisor(terminationGrace: .seconds(60))
    let (pid, result) = await cancelOncePidIsKnown(shell(script, folder.path + "/pid"), by: patient)
    #expect(result.ending == .canceled)
    #expect(result.text == "cleaned\n")
    #expect(!isAlive(pid))
  }

  @Test func f44ChildThatIgnoresSIGTERMIsKilled() async {
    let script = "trap 'echo term' TERM; echo $$ > \"$1\"; while :; do sleep 0.01; done"
    // Long enough for a shell on a busy machine to get its turn.
    let (pid, result) = await cancelOncePidIsKnown(shell(script, folder.path + "/pid"), by: ProcessSupervisor())
    #expect(result.ending == .canceled)
    #expect(result.text == "term\n")
    #expect(!isAlive(pid))
  }

  @Test func f44StoppedChildIsKilled() async {
    let (pid, result) = await cancelOncePidIsKnown(
      shell("echo $$ > \"$1\"; kill -STOP $$; sleep 1000", folder.path + "/pid"))
    #expect(result.ending == .canceled)
    #expect(!isAlive(pid))
  }

  @Test(arguments: [
    "sleep 1000 & echo $!",
    "sleep 1000 >/dev/null 2>&1 </dev/null & echo $!",
    "(trap '' TERM HUP; sleep 1000 & echo $!)",
  ])
  func f45BackgroundGrandchildNeitherHoldsTheCallUpNorSurvivesIt(script: String) async throws {
    let result = await supervisor.run(shell(script))
    #expect(result.ending == .exited(status: 0))
    let pid = try #require(Int32(result.text.dropLast()))
    await until { !isAlive(pid) }
  }

  @Test func f45OutputOfAGrandchildThatEndsInTimeIsKept() async {
    let patient = ProcessSupervisor(drain: .seconds(60))
    let result = await patient.run(shell("(sleep 0.05; echo late) & echo early"))
    #expect(result.text == "early\nlate\n")
  }

  /// A daemon that left the group and the session, and keeps nothing but its environment.
  private static let daemonize = "(setsid sh -c 'echo $$ > \"$1\"; exec sleep 1000' sh \"$1\" >/dev/null 2>&1 &)"

  @Test func f46DaemonIsFoundByItsEnvironmentAfterACancellation() async {
    let request = shell(
      Self.daemonize + "; sleep 1000", folder.path + "/pid",
      attribution: ["MARTLET_CALL_ID": "call_\(folder.path)", "MARTLET_SESSION_ID": "s1"])
    let (pid, result) = await cancelOncePidIsKnown(request)
    #expect(result.ending == .canceled)
    #expect(!isAlive(pid))
  }

  @Test func f46DaemonWithoutEnvironmentIsFoundAfterACancellation() async {
    let request = shell(
      "(env -i setsid sh -c 'echo $$ > \"$1\"; exec sleep 1000' sh \"$1\" &); sleep 1000", folder.path + "/pid")
    let (pid, result) = await cancelOncePidIsKnown(request)
    #expect(result.ending == .canceled)
    #expect(!isAlive(pid))
  }

  @Test func f46DaemonIsFoundAfterATimeout() async {
    // The leader stops the clock itself: it floods once the daemon is there.
    let script = Self.daemonize + "; until [ -s \"$1\" ]; do sleep 0.01; done; exec yes"
    let result = await supervisor.run(
      shell(script, folder.path + "/pid", attribution: ["MARTLET_CALL_ID": "flood_\(folder.path)"]))
    #expect(result.ending == .outputLimit(.standardOutput, bytes: 8 << 20))
    let pid = await folder.number(in: "pid")
    #expect(!isAlive(pid))
  }

  @Test func f46ProcessOfTheSessionThatChangedItsGroupIsFound() async {
    let script = """
      if (fork() == 0) {
        setpgrp(0, 0);
        open(my $file, ">", $ENV{PID_FILE});
        print $file "$$\\n";
        close $file;
      }
      sleep 1000;
      """
    let request = shell(
      "exec perl -e \"$1\"", script, environment: ["PID_FILE": folder.path + "/pid", "PATH": path()])
    let (pid, result) = await cancelOncePidIsKnown(request)
    #expect(result.ending == .canceled)
    #expect(!isAlive(pid))
  }

  private func path() -> String {
    getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
  }

  @Test func processesOfOtherCallsAreLeftAlone() async {
    let other = ScratchFolder()
    let bystander = Task {
      await supervisor.run(
        shell(
          Self.daemonize + "; exec sleep 1000", other.path + "/pid",
          attribution: ["MARTLET_CALL_ID": "other_\(folder.path)", "MARTLET_SESSION_ID": "s2"]))
    }
    let daemon = await other.number(in: "pid")
    let (_, result) = await cancelOncePidIsKnown(
      shell(
        "echo $$ > \"$1\"; exec sleep 1000", folder.path + "/pid",
        attribution: ["MARTLET_CALL_ID": "one_\(folder.path)", "MARTLET_SESSION_ID": "s2"]))
    #expect(result.ending == .canceled)
    #expect(isAlive(daemon))
    bystander.cancel()
    #expect(await bystander.value.ending == .canceled)
    #expect(!isAlive(daemon))
  }

  @Test func canceledTaskStartsNothing() async {
    let call = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await supervisor.run(shell("echo > \"$1\"", folder.path + "/ran"))
    }
    #expect(await call.value.ending == .canceled)
    #expect(!folder.has("ran"))
  }

  @Test func cancellationAfterTheEndChangesNothing() async {
    let call = Task { await supervisor.run(shell("exit 5")) }
    #expect(await call.value.ending == .exited(status: 5))
    call.cancel()
    #expect(await supervisor.run(shell("exit 6")).ending == .exited(status: 6))
  }

  @Test func killAllEndsEveryRunningCallWithoutGrace() async {
    let patient = ProcessSupervisor(terminationGrace: .seconds(1000))
    let folder = folder
    await withTaskGroup(of: ProcessResult.self) { group in
      for name in ["a", "b", "c"] {
        group.addTask {
          await patient.run(
            shell("trap '' TERM; echo $$ > \"$1\"; while :; do sleep 1000; done", folder.path + "/" + name))
        }
      }
      var pids: [Int32] = []
      for name in ["a", "b", "c"] { pids.append(await folder.number(in: name)) }
      group.cancelAll()
      patient.killAll()
      for await result in group { #expect(result.ending == .canceled) }
      for pid in pids { #expect(!isAlive(pid)) }
    }
    // It is about what runs, not about what follows.
    #expect(await patient.run(shell("exit 0")).ending == .exited(status: 0))
  }
}
