import Glibc
import MartletJSON
import MartletTesting
import ProgramSupport
import Testing

/// What the system around the program does to it.
@Suite struct SystemFaultTests {
  private static let canMount = Program.canRun("unshare -rm sh -c 'mount -t tmpfs none /tmp'")

  /// An agent that calls one tool and then says what came of it.
  private func agent(_ tool: String, options: String = "") throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("tool", "#!/bin/sh\n\(tool)\n", executable: true)
    try folder.write(
      "agent.yaml",
      """
      name: test
      model: scripted
      tools: [{name: tool, description: Works, command: [./tool]\(options)}]
      script: [{when: hello, say: hi}, {after: tool, say: "{{ result }}"}, {call: {tool: {}}}]
      """)
    return folder
  }

  private let waits = ": > ready; until [ -e go ]; do sleep 0.02; done; echo done"

  @Test(.enabled(if: Program.isInstalled("nohup"), "the program nohup is not installed"))
  func f61ANohupProgramSurvivesTheEndOfItsTerminal() async throws {
    let folder = try agent(waits, options: ", cwd: .")
    let run = try await Program.shell(
      """
      nohup "$MARTLET" run agent.yaml go > result 2>/dev/null & martlet=$!
      until [ -e ready ]; do :; done
      kill -HUP $martlet
      : > go
      wait $martlet
      """, in: folder.path)
    #expect(run.status == 0)
    #expect(try folder.read("result") == "done\n")
  }

  @Test func f61AStoppedProgramGoesOnWhereItWas() async throws {
    let folder = try agent(waits, options: ", cwd: .")
    // Job control gives the program a group that a terminal could stop.
    try folder.write(
      "job",
      """
      set -m
      "$MARTLET" run agent.yaml go > result & martlet=$!
      until [ -e ready ]; do :; done
      kill -TSTP $martlet
      until grep -q '^State:.T' /proc/$martlet/status; do :; done
      : > go
      kill -CONT $martlet
      until ! grep -q '^State:.T' /proc/$martlet/status 2>/dev/null; do :; done
      # bash may still have to say that the program was stopped: 128 + SIGTSTP.
      status=148
      while [ $status = 148 ]; do wait $martlet; status=$?; done
      exit $status
      """)
    let run = try await Program.shell("exec bash ./job", in: folder.path)
    #expect(run.status == 0)
    #expect(try folder.read("result") == "done\n")
  }

  @Test func f61AQuitLeavesNoPlugin() async throws {
    let folder = try agent("echo $$ > pid.new; mv pid.new pid; exec sleep 3600", options: ", cwd: .")
    let run = try await Program.shell(
      """
      env --default-signal=QUIT "$MARTLET" run agent.yaml go & martlet=$!
      until [ -e pid ]; do :; done
      kill -QUIT $martlet
      wait $martlet; status=$?
      while kill -0 $(cat pid) 2>/dev/null && ! grep -q '^State:.Z' /proc/$(cat pid)/status; do :; done
      exit $status
      """, in: folder.path)
    #expect(run.status == 131)
    let told = /martlet: test: running for \d+ s, in turn 1\nmartlet: call_1_1 tool: running for \d+ s\n/
    #expect(run.errors.contains(told), "\(run)")
  }

  @Test func f61AQuitTellsWhatTheModelIsWaitedFor() async throws {
    var stalled = ScriptedResponse.chatStream("Once ", "upon")
    stalled.fault = .stall(.body(bytes: 200))
    let answer = stalled
    let server = try LoopbackServer { _ in answer }
    let folder = try TemporaryFolder()
    try folder.write(
      "agent.yaml", "name: a\nmodel: local/m\nproviders: {local: {base_url: \"\(server.baseURL)/v1\"}}\n")
    let run = try await Program.shell(
      """
      env --default-signal=QUIT "$MARTLET" run agent.yaml go --events > events & martlet=$!
      until grep -q text.delta events; do sleep 0.02; done
      kill -QUIT $martlet
      wait $martlet
      """, in: folder.path)
    #expect(run.status == 131)
    #expect(run.errors.contains("martlet: local/m: waited for since "), "\(run.errors)")
    #expect(run.errors.hasSuffix(" bytes of text so far\n"))
  }

  @Test func f50AnIgnoredSIGCHLDThatWasInheritedTakesNoStatusAway() async throws {
    let folder = try agent("echo fine; exit 3")
    let run = try await Program.shell("trap '' CHLD; exec \"$MARTLET\" run agent.yaml go", in: folder.path)
    #expect(run.output.contains("exit status 3"), "\(run)")
  }

  @Test(.enabled(if: Program.canRun("python3 -c 0"), "python3 is not installed"))
  func f46ADaemonWithoutAnyMarkIsKilledByTheProgram() async throws {
    let folder = try agent("exec python3 plugin.py", options: ", cwd: .")
    try folder.write(
      "plugin.py",
      """
      import os, resource, time
      resource.setrlimit(10, (5, 5))  # RLIMIT_LOCKS, which the module does not name
      if os.fork():
          os.wait()
          while not os.path.exists("pid"): time.sleep(0.01)
          print("started", flush=True)
          os._exit(0)
      os.setsid()
      if os.fork(): os._exit(0)
      open("pid.new", "w").write(str(os.getpid())); os.rename("pid.new", "pid")
      null = os.open("/dev/null", os.O_RDWR)
      for number in range(3): os.dup2(null, number)
      os.execve("/bin/sleep", ["sleep", "1000"], {})
      """)
    let run = try await Program.shell(
      "\"$MARTLET\" run agent.yaml go; kill -0 $(cat pid) 2>/dev/null && echo lives", in: folder.path)
    #expect(run.output == "started\n", "\(run)")
  }

  @Test(.enabled(if: getuid() != 0 || Program.canRun("setpriv --version"), "setpriv is not installed"))
  func f47AUserIsBoundInTheNumberOfItsProcesses() async throws {
    let folder = try agent("cat /proc/self/limits")
    let user = getuid() == 0 ? "chmod -R a+rX . && exec setpriv --reuid=64998 --clear-groups" : "exec"
    let run = try await Program.shell(
      "cut -d/ -f2 /proc/loadavg; \(user) \"$MARTLET\" run agent.yaml go", in: folder.path)
    let lines = run.output.split(separator: "\n")
    let limit = lines.first { $0.hasPrefix("Max processes") }?.split(separator: " ").dropFirst(2).first
    let tasks = try #require(lines.first?.split(separator: " ").first.flatMap { Int($0) })
    let found = try #require(limit.flatMap { Int($0) }, "\(run)")
    #expect(abs(found - tasks - 4096) < 4000, "\(run)")
  }

  @Test func f61APluginThatIgnoresTheSignalIsKilled() async throws {
    let folder = try agent(
      "trap '' TERM; echo $$ > pid.new; mv pid.new pid; while :; do sleep 0.05; done", options: ", cwd: .")
    let run = try await Program.shell(
      """
      "$MARTLET" run agent.yaml go --events > events & martlet=$!
      until [ -e pid ]; do sleep 0.02; done
      kill -TERM $martlet
      wait $martlet; status=$?
      [ ! -e /proc/$(cat pid) ] || echo "the plugin lives"
      exit $status
      """, in: folder.path)
    #expect(run.status == 143)
    #expect(run.output == "")
    let events = try folder.read("events").split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    #expect(events.last?["outcome"] == "interrupted")
  }

  @Test(arguments: ["run agent.yaml go", "run agent.yaml go --events", "run agent.yaml go --json"])
  func f61AReaderThatTakesALittleEndsTheRunQuietly(arguments: String) async throws {
    let folder = try agent("head -c 30000 /dev/zero | tr '\\0' x")
    let run = try await Program.shell(
      "{ \"$MARTLET\" \(arguments); echo \"status $?\" >&2; } | { exec <&-; :; }", in: folder.path)
    #expect(["status 141\n", "status 0\n"].contains(run.errors), "\(run.errors)")
  }

  @Test func f62ADeletedFolderIsNoObstacleForAFileElsewhere() async throws {
    let folder = try agent("echo worked")
    let run = try await Program.shell(
      "mkdir gone; cd gone; rmdir ../gone; \"$MARTLET\" run \(folder.path)/agent.yaml go", in: folder.path)
    #expect(run.output == "worked\n", "\(run.errors)")
    #expect(run.status == 0)
  }

  @Test func f62ADeletedFolderIsNamedWhenTheFileShouldBeInIt() async throws {
    let folder = try agent("echo worked")
    for command in ["run agent.yaml go", "check agent.yaml", "call agent.yaml tool"] {
      let run = try await Program.shell(
        "mkdir gone; cd gone; rmdir ../gone; \"$MARTLET\" \(command)", in: folder.path)
      #expect(run.status == 3, "\(run.errors)")
      #expect(
        run.errors.contains("agent.yaml: error: cannot be read: the current folder does not exist any more"),
        "\(run.errors)")
    }
    let output = try await Program.shell(
      "mkdir gone; cd gone; rmdir ../gone; \"$MARTLET\" run \(folder.path)/agent.yaml go -o answer", in: folder.path)
    #expect(output.status == 1)
    #expect(
      output.errors.contains("answer: cannot be written: the current folder does not exist any more"), "\(output)")
  }

  @Test(.enabled(if: canMount, "this user may not mount a file system of its own (unshare -rm)"))
  func f62AReadOnlyFileSystemStopsOnlyWhatIsWritten() async throws {
    let folder = try agent("echo worked; : > trace", options: ", cwd: .")
    try folder.write(
      "script",
      """
      mkdir disk && mount -t tmpfs none disk && cp agent.yaml tool disk && mount -o remount,ro disk && cd disk || exit 99
      "$MARTLET" run agent.yaml hello || exit 98
      "$MARTLET" run agent.yaml go
      "$MARTLET" run agent.yaml hello -o answer
      echo "status $?"
      """)
    let run = try await Program.shell("unshare -rm sh ./script", in: folder.path)
    #expect(run.output.hasPrefix("hi\nerror: tool_failed: the program failed: exit status "), "\(run)")
    #expect(run.output.contains("Read-only file system"))
    #expect(run.output.hasSuffix("\nhi\nstatus 1\n") || run.output.hasSuffix("\nstatus 1\n"))
    #expect(run.errors.contains("answer: cannot be written: Read-only file system"))
  }

  @Test(.disabled(if: isSanitized, "a sanitizer's own files are bound by the limit too"))
  func f62AnAnswerBeyondTheLimitOfFileSizesIsSaid() async throws {
    let folder = try agent("head -c 20000 /dev/zero | tr '\\0' x")
    let run = try await Program.shell(
      "ulimit -f 1; \"$MARTLET\" run agent.yaml go -o answer 2>&1; echo \"status $?\"", in: folder.path)
    #expect(run.output.contains("File too large"), "\(run)")
    #expect(run.output.hasSuffix("status 1\n"))
    #expect(try await Program.shell("ls -A | grep -c answer", in: folder.path).output == "0\n")
  }

  @Test(arguments: ["", "--stream", "--json", "--events", "--verbose"])
  func f49WhateverAPluginWritesWeWriteUTF8WithoutControl(option: String) async throws {
    let folder = try agent("printf 'a\\377\\376\\000\\033[31m\\302b'; printf '\\377\\033]0;x\\007' >&2; exit 3")
    let run = try await Program.shell(
      """
      "$MARTLET" run agent.yaml go \(option) > output 2> errors
      cat output errors | iconv -f UTF-8 -t UTF-8 > /dev/null || echo "not UTF-8"
      # The text of an answer goes as it is to what is no terminal.
      [ -z "\(option)" ] || [ "\(option)" = --stream ] || [ "\(option)" = --verbose ] || cat output >> errors
      tr -d '\\n\\t' < errors | LC_ALL=C grep -c '[[:cntrl:]]'
      """, in: folder.path)
    #expect(run.output == "0\n", "\(run)")
    #expect(try folder.read("output").contains("exit status 3"))
  }

  @Test func f53AFileThatOutgrowsItsLimitIsAToolError() async throws {
    let folder = try agent("exec truncate -s 2G large", options: ", cwd: .")
    let run = try await Program.run("run", "agent.yaml", "go", in: folder.path)
    #expect(run.status == 0)
    #expect(run.output.hasPrefix("error: tool_failed: the program failed: "))
    #expect(run.output.contains("SIGXFSZ (it wrote a file larger than 1 GiB)") || run.output.contains("File too large"))
  }

  @Test(
    .enabled(if: canMount, "this user may not mount a file system of its own (unshare -rm)"),
    .disabled(if: isSanitized, "a sanitizer's own files need the disk too"))
  func f53AFullDiskIsAToolErrorAndTheRunGoesOn() async throws {
    let folder = try agent("head -c 1000000 /dev/zero > \"$TMPDIR/large\" || exit 4; echo fine")
    try folder.write(
      "script",
      """
      mkdir disk && mount -t tmpfs -o size=64k none disk || exit 99
      TMPDIR=$PWD/disk exec "$MARTLET" run agent.yaml go
      """)
    let run = try await Program.shell("unshare -rm sh ./script", in: folder.path)
    #expect(run.status == 0)
    #expect(run.output.hasPrefix("error: tool_failed: the program failed: exit status 4."), "\(run)")
    #expect(run.output.contains("No space left on device"))
  }

  @Test func f38AConversationThatIsTooLongEndsAsALimit() async throws {
    let server = try LoopbackServer { _ in
      .chatError(status: 400, message: "The maximum context length is 8192 tokens", code: "context_length_exceeded")
    }
    let folder = try TemporaryFolder()
    try folder.write(
      "agent.yaml", "name: a\nmodel: local/m\nproviders: {local: {base_url: \"\(server.baseURL)/v1\"}}\n")
    let run = try await Program.run("run", "agent.yaml", "go", "--json", in: folder.path)
    #expect(run.status == 6)
    let result = try JSONValue(parsing: run.output)
    #expect(result["outcome"] == "limit")
    #expect(result["error"]?["code"] == "context_length_exceeded")
    #expect(server.requests.count == 1)
  }
}
