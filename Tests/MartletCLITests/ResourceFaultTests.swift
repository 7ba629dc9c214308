import MartletJSON
import ProgramSupport
import Testing

/// What the system does not give to the program: descriptors, processes, names.
@Suite struct ResourceFaultTests {
  private static let canIsolateNetwork = Program.canRun("unshare -rnm true && perl -e 1")
  private static let canFilter = Program.canRun(
    "perl -MPOSIX -e '(POSIX::uname())[4] =~ /^(x86_64|aarch64)$/ or exit 1'")

  private func agent(_ tool: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("tool", "#!/bin/sh\n\(tool)\n", executable: true)
    try folder.write(
      "agent.yaml",
      """
      name: test
      model: scripted
      tools: [{name: tool, description: Works, command: [./tool]}]
      script: [{after: tool, say: "{{ result }}"}, {call: {tool: {}}}]
      """)
    return folder
  }

  /// Below four not even the dynamic loader can work.
  @Test(arguments: [4, 5, 8, 12, 18, 19, 24, 32])
  func f62AProgramWithFewDescriptorsSaysSoOrWorks(limit: Int) async throws {
    let folder = try agent("echo worked")
    let run = try await Program.shell(
      "ulimit -n \(limit) && exec \"$MARTLET\" run agent.yaml go", in: folder.path)
    if limit >= 19 {
      #expect(run.status == 0)
      #expect(run.output == "worked\n", "\(run)")
    } else {
      #expect(run.status == 1)
      #expect(run.output == "")
      #expect(
        run.errors
          == "martlet: too many open files in this process: it may have \(limit) (ulimit -n), "
          + "and needs room for 16 more than it was started with\n")
    }
  }

  @Test func f62DescriptorsThatTheProgramWasStartedWithCountToo() async throws {
    let folder = try agent("echo worked")
    let opened = (3...9).map { "exec \($0)</dev/null" }.joined(separator: "; ")
    let run = try await Program.shell("\(opened); ulimit -n 24; \"$MARTLET\" run agent.yaml go", in: folder.path)
    #expect(run.status == 1)
    #expect(run.errors.hasPrefix("martlet: too many open files in this process"), "\(run)")
  }

  @Test func aLowLimitThatMayBeRaisedIsNoObstacle() async throws {
    let folder = try agent("ulimit -Sn")
    let run = try await Program.shell("ulimit -Sn 10; \"$MARTLET\" run agent.yaml go", in: folder.path)
    #expect(run.output == "256\n", "\(run)")
  }

  /// Runs a program whose every attempt to make a process fails with an error number, unless it is 0, by a filter of system
  /// calls, which also does as if there were no clone3.
  private static let filter = """
    use POSIX;
    my ($error, @program) = @ARGV;
    my ($seccomp, $prctl, $clone) = (POSIX::uname())[4] eq "x86_64" ? (317, 157, 56) : (277, 167, 220);
    sub instruction { pack("SCCL", @_) }
    my $filter = instruction(0x20, 0, 0, 0) . instruction(0x15, 5, 0, 435) . instruction(0x15, 0, 3, $clone)
      . instruction(0x20, 0, 0, 16) . instruction(0x45, 1, 0, 0x10000) . instruction(6, 0, 0, $error ? 0x50000 | $error : 0x7fff0000)
      . instruction(6, 0, 0, 0x7fff0000) . instruction(6, 0, 0, 0x50000 | 38);
    my $program = pack("S x6 P", 8, $filter);
    syscall($prctl, 38, 1, 0, 0, 0) == 0 && syscall($seccomp, 1, 0, $program) == 0 or exit 99;
    exec @program;
    """

  @Test(
    .enabled(if: canFilter, "perl is not installed, or this machine is neither x86_64 nor aarch64"),
    .disabled(if: isAddressSanitized, "LeakSanitizer needs a process of its own"),
    arguments: [(12, "not enough memory for another process"), (11, "too many processes")])
  func f62AProcessThatCannotBeMadeIsToldToTheModel(error: Int, message: String) async throws {
    let folder = try agent("echo worked")
    try folder.write("filter", Self.filter)
    let run = try await Program.shell(
      "exec perl filter \(error) \"$MARTLET\" run agent.yaml go", in: folder.path)
    #expect(run.status == 0)
    #expect(run.output.hasPrefix("error: tool_failed: "), "\(run)")
    #expect(run.output.contains(message))
  }

  @Test(
    .enabled(if: canFilter, "perl is not installed, or this machine is neither x86_64 nor aarch64"),
    .disabled(if: isAddressSanitized, "LeakSanitizer needs a process of its own"))
  func aSystemWithoutClone3StartsProgramsWithTheirSignalsAtTheirDefaults() async throws {
    // Read by the shell itself, which blocks all signals while it starts a program.
    let folder = try agent(
      """
      while read -r name mask; do
        case $name in SigBlk:|SigIgn:) echo "$mask" ;; esac
      done </proc/$$/status
      """)
    try folder.write("filter", Self.filter)
    let run = try await Program.shell(
      "trap '' USR1 HUP; exec perl filter 0 \"$MARTLET\" run agent.yaml go", in: folder.path)
    #expect(run.output == "0000000000000000\n0000000000000000\n", "\(run)")
  }

  /// A host that takes SIGCHLD with `sigwait` or a descriptor blocks it in all threads: in ours it would be lost.
  @Test(
    .enabled(if: Program.canRun("env --block-signal=CHLD true"), "there is no `env --block-signal`"),
    arguments: [true, false])
  func theSignalOfAChildsEndIsBlockedWhereTheHostBlocksIt(isBlocked: Bool) async throws {
    let folder = try agent(
      """
      for thread in /proc/$PPID/task/*; do
        if [ "$(cat $thread/comm)" = martlet-process ]; then sed -n 's/^SigBlk:\t//p' $thread/status; fi
      done
      """)
    let run = try await Program.shell(
      "exec env \(isBlocked ? "--block-signal=CHLD" : "") \"$MARTLET\" run agent.yaml go", in: folder.path)
    let mask = try #require(UInt64(run.output.dropLast(), radix: 16), "\(run)")
    #expect((mask >> 16 & 1 == 1) == isBlocked)
  }

  /// A name server on a loopback interface of its own that takes questions and gives no answer.
  private static let silentServer = """
    my ($control, $server, $up) = (undef, undef, pack("a16 s x14", "lo", 0x41));
    socket($control, 2, 2, 0) && ioctl($control, 0x8914, $up) or die "loopback: $!";
    socket($server, 2, 2, 0) && bind($server, pack("S n a4 x8", 2, 53, "\\x7f\\0\\0\\1")) or die "port: $!";
    open(my $bound, ">", "bound");
    recv($server, my $question, 512, 0);
    open(my $asked, ">", "asked");
    sleep 3600;
    """

  /// Runs the agent where names are asked for at that server; `line` is about the process `$martlet`.
  private func runWithSilentServer(resolver: String, _ line: String) async throws -> (
    run: Program.Output, events: [JSONValue]
  ) {
    let folder = try TemporaryFolder()
    try folder.write(
      "agent.yaml", "name: a\nmodel: local/m\nproviders: {local: {base_url: \"https://api.example.com/v1\"}}\n")
    try folder.write("server", Self.silentServer)
    try folder.write("resolv.conf", "nameserver 127.0.0.1\n\(resolver)\n")
    try folder.write("nsswitch.conf", "hosts: files dns\n")
    try folder.write(
      "script",
      """
      for file in resolv.conf nsswitch.conf; do mount --bind $file /etc/$file || exit 99; done
      perl server & server=$!
      until [ -e bound ]; do kill -0 $server || exit 98; sleep 0.02; done
      "$MARTLET" run agent.yaml go --events > events & martlet=$!
      until [ -e asked ]; do sleep 0.02; done
      \(line)
      wait $martlet; status=$?
      kill $server
      exit $status
      """)
    let run = try await Program.shell("unshare -rnm sh ./script", in: folder.path)
    return (run, try folder.read("events").split(separator: "\n").map { try JSONValue(parsing: String($0)) })
  }

  @Test(.enabled(if: canIsolateNetwork, "this user may not leave the network (unshare -rnm), or perl is not installed"))
  func f12ANameServerThatNeverAnswersDoesNotHoldUpTheEnd() async throws {
    let (run, events) = try await runWithSilentServer(resolver: "", "kill -TERM $martlet")
    #expect(run.status == 143, "\(run)")
    #expect(events.last?["outcome"] == "interrupted")
  }

  @Test(.enabled(if: canIsolateNetwork, "this user may not leave the network (unshare -rnm), or perl is not installed"))
  func f12ANameServerThatNeverAnswersIsAskedAgain() async throws {
    let (run, events) = try await runWithSilentServer(
      resolver: "options timeout:1 attempts:1",
      "until grep -q 'model.retry\\|run.finished' events; do sleep 0.02; done; kill -TERM $martlet")
    #expect(run.status == 143, "\(run)")
    let retry = events.first { $0["type"] == "model.retry" }
    let message = retry?["error"]?["message"]?.stringValue ?? ""
    #expect(message.contains("the host api.example.com cannot be resolved at the moment"), "\(events)")
  }

  @Test(.enabled(if: canIsolateNetwork, "this user may not leave the network (unshare -rnm), or perl is not installed"))
  func f12AResolverThatCannotBeReachedIsAskedAgain() async throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "agent.yaml", "name: a\nmodel: local/m\nproviders: {local: {base_url: \"https://api.example.com/v1\"}}\n")
    let run = try await Program.shell(
      """
      unshare -rn "$MARTLET" run agent.yaml go --events > events & martlet=$!
      until grep -q 'model.retry\\|run.finished' events; do sleep 0.02; done
      kill -TERM $martlet
      wait $martlet
      """, in: folder.path)
    #expect(run.status == 143)
    let events = try folder.read("events")
    #expect(events.contains("the host api.example.com cannot be resolved at the moment"), "\(events)")
  }
}
