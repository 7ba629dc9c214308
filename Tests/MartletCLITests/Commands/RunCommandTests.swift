import MartletJSON
import ProgramSupport
import Testing

@Suite struct RunCommandTests {
  private let question = "What's the weather in San Francisco in fahrenheit?"
  private let answer = "The weather in San Francisco: 61 °F and foggy (sample data).\n"

  /// An agent that answers by its script, in a folder of its own.
  private func agent(_ script: String, more: String = "") throws -> (folder: TemporaryFolder, file: String) {
    let folder = try TemporaryFolder()
    try folder.write("hang", "#!/bin/sh\nexec sleep 3600\n", executable: true)
    let file = try folder.write(
      "agent.yaml",
      """
      name: test
      model: scripted
      tools: [{name: hang, description: Hangs, command: [./hang]}, {name: echo, description: Echoes, command: [cat]}]
      script:
      \(script.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
      \(more)
      """)
    return (folder, file)
  }

  @Test func theAnswerAloneGoesToStandardOutput() async throws {
    let run = try await Program.run("run", "agents/weather.yaml", question)
    #expect(run.status == 0)
    #expect(run.output == answer)
    #expect(run.errors == "")
  }

  @Test func theWordsOfTheTaskAreJoinedAndTheWordRunCanBeLeftOut() async throws {
    let run = try await Program.run("agents/weather.yaml", "weather", "in", "San", "Francisco", "in", "fahrenheit")
    #expect(run.status == 0)
    #expect(run.output == answer)
  }

  @Test func aDashStandsForWhatStandardInputHolds() async throws {
    let (folder, file) = try agent("- {when: \"(?<all>.*)\", say: \"[{{ all }}]\"}")
    #expect(try await Program.run("run", file, "a", "-", "b", input: "x y").output == "[a x y b]\n")
    withExtendedLifetime(folder) {}
  }

  @Test func standardInputIsNotReadUnlessAskedFor() async throws {
    let folder = try TemporaryFolder()
    let run = try await Program.shell(
      "mkfifo \(folder.path)/never; exec 3<>\(folder.path)/never; \"$MARTLET\" run agents/weather.yaml hello <&3")
    #expect(run.output == "I can look up the weather: ask me for the weather in a city.\n")
  }

  @Test func thePromptOfTheFileIsTheTaskWhenThereIsNone() async throws {
    let (folder, file) = try agent("- {when: hello, say: hi}", more: "prompt: hello")
    #expect(try await Program.run("run", file).output == "hi\n")
    let (other, taskless) = try agent("- {say: hi}")
    let run = try await Program.run("run", taskless)
    #expect(run.status == 3)
    #expect(run.errors.contains("no task"))
    withExtendedLifetime((folder, other)) {}
  }

  @Test func jsonIsOneObjectWithEveryKey() async throws {
    let run = try await Program.run("run", "agents/weather.yaml", question, "--json")
    let object = try JSONValue(parsing: run.output)
    #expect(
      object.objectValue?.map(\.key) == [
        "outcome", "output", "finish_reason", "agent", "model", "session", "turns", "cached_turns", "tool_calls",
        "usage",
        "duration_ms", "error",
      ])
    #expect(object["outcome"] == "completed")
    #expect(object["output"]?.stringValue == String(answer.dropLast()))
    #expect(object["turns"] == 2)
    #expect(object["session"]?.stringValue?.count == 26)
    #expect(object["error"]?.isNull == true)
    #expect(
      object["usage"]?.objectValue?.map(\.key) == [
        "prompt_tokens", "completion_tokens", "total_tokens", "cached_tokens", "estimated", "cost",
      ])
    let call = try #require(object["tool_calls"]?[0])
    #expect(call.objectValue?.map(\.key) == ["turn", "id", "name", "arguments", "result", "error", "duration_ms"])
    #expect(call["arguments"]?.canonicalString() == #"{"location":"San Francisco","unit":"fahrenheit"}"#)
    #expect(run.errors == "")
  }

  @Test func jsonIsPrintedOnFailureToo() async throws {
    let (folder, file) = try agent("- {fail: {status: 401}}")
    let run = try await Program.run("run", file, "go", "--json")
    #expect(run.status == 4)
    let object = try JSONValue(parsing: run.output)
    #expect(object["outcome"] == "model_error")
    #expect(object["error"]?.objectValue?.map(\.key) == ["message", "code", "status", "retry_after"])
    #expect(object["error"]?["status"] == 401)
    let broken = try await Program.run("run", folder.path + "/none.yaml", "--json")
    #expect(broken.status == 3)
    #expect(try JSONValue(parsing: broken.output)["outcome"] == "invalid")
  }

  @Test func eventsAreJSONLinesInOrderAndTheLastIsTheWholeRun() async throws {
    let run = try await Program.run("run", "agents/weather.yaml", question, "--events")
    let lines = try run.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    #expect(lines.compactMap { $0["seq"]?.intValue } == Array(0..<lines.count))
    let types = lines.compactMap { $0["type"]?.stringValue }.filter { $0 != "text.delta" }
    #expect(
      types == [
        "run.started", "turn.started", "tool.started", "tool.finished", "turn.finished", "turn.started",
        "turn.finished",
        "run.finished",
      ])
    #expect(
      lines.compactMap { $0["type"] == "text.delta" ? $0["text"]?.stringValue : nil }.joined()
        == String(answer.dropLast()))
    #expect(lines.last?["outcome"] == "completed")
    #expect(lines.allSatisfy { $0["ms"]?.intValue != nil })
  }

  @Test func parametersAreSetAndWrongOnesEndTheRunAtItsStart() async throws {
    let (folder, file) = try agent(
      "- {say: \"{{ n }}\"}", more: "parameters: [{name: n, type: integer, required: true}]")
    #expect(try await Program.run("run", file, "go", "--set", "n=5").output == "5\n")
    let wrong = try await Program.run("run", file, "go", "--set", "n=x")
    #expect(wrong.status == 3)
    #expect(wrong.errors.contains("parameter `n` must be of type integer, found `x`"))
    #expect(try await Program.run("run", file, "go").errors.contains("--set n=…"))
    withExtendedLifetime(folder) {}
  }

  @Test(
    arguments: [
      (["run"], 2), (["run", "a.yaml", "--json", "--events"], 2), (["run", "a.yaml", "--bogus"], 2), (["chek"], 2),
      (["run", "a.yaml", "x", "--timeout", "10"], 2), (["run", "a.yaml", "x", "--set", "novalue"], 2), (["--help"], 0),
      (["run", "a.yaml", "x", "-o", "''"], 2), (["run", "none.yaml", "x"], 3),
    ] as [([String], Int32)])
  func badUsageHasItsOwnStatus(arguments: [String], status: Int32) async throws {
    let line = "\"$MARTLET\" " + arguments.joined(separator: " ")
    #expect(try await Program.shell(line).status == status)
  }

  // A usual line of `run` needs no parser; whatever else there is to say is the parser's.
  @Test(arguments: [
    ("run --help", "USAGE: martlet run [<options>] <agent> [<task> ...]"), ("help run", "USAGE: martlet run ["),
    ("run", "Usage: martlet run ["), ("run a.yaml x --version", "libcurl "),
    ("run a.yaml --max-turns 0", "Help:  --max-turns <count>"), ("run a.yaml --model", "Missing value for '--model"),
    ("run a.yaml x --generate-completion-script bash", "#!/bin/bash"), ("a.yaml --bogus", "Unknown option '--bogus'"),
    ("run help", "help: error: cannot be read"),
  ])
  func helpAndMistakesOfRunComeFromTheParser(words: String, text: String) async throws {
    let run = try await Program.shell("\"$MARTLET\" \(words)")
    #expect((run.output + run.errors).contains(text))
  }

  @Test(arguments: [
    ("- {fail: {status: 400}}", "", 4), ("- {fail: {status: 429, retry_after: 86400, times: 9}}", "", 5),
    ("- {call: {echo: {}}}", "limits: {max_turns: 1}", 6), ("- {when: nothing, say: hi}", "", 4),
  ])
  func theExitStatusSaysHowTheRunEnded(script: String, more: String, status: Int32) async throws {
    let (folder, file) = try agent(script, more: more)
    let run = try await Program.run("run", file, "go")
    #expect(run.status == status)
    #expect(run.errors.contains("martlet: error: "))
    withExtendedLifetime(folder) {}
  }

  @Test func thePartialAnswerOfALimitIsPrinted() async throws {
    let (folder, file) = try agent("- {say: So far., call: {echo: {}}}")
    let run = try await Program.run("run", file, "go", "--max-turns", "2")
    #expect(run.status == 6)
    #expect(run.output == "So far.\n")
    #expect(run.errors == "martlet: error: the model was not done in turn 2, the last one allowed (max_turns)\n")
    withExtendedLifetime(folder) {}
  }

  @Test func theAnswerGoesIntoAFileOnlyWhenTheRunCompleted() async throws {
    let (folder, file) = try agent("- {when: fail, say: partly, call: {echo: {}}}\n- {say: whole}")
    let target = folder.path + "/answer.txt"
    let run = try await Program.run("run", file, "go", "-o", target)
    #expect(run.status == 0)
    #expect(run.output == "")
    #expect(try folder.read("answer.txt") == "whole\n")
    let failed = try await Program.run("run", file, "fail", "-o", target, "--max-turns", "1")
    #expect(failed.status == 6)
    #expect(failed.output == "partly\n")
    #expect(failed.errors.contains("was not written"))
    #expect(try folder.read("answer.txt") == "whole\n")
    let linked = try await Program.shell("ln -s made.txt link; \"$MARTLET\" run \(file) go -o link", in: folder.path)
    #expect(linked.status == 0)
    #expect(try folder.read("made.txt") == "whole\n")
    let unwritable = try await Program.run("run", file, "go", "-o", folder.path + "/no/such/folder/x")
    #expect(unwritable.status == 1)
    #expect(unwritable.errors.contains("No such file or directory"))
  }

  @Test func withStreamAPipeGetsTheTextOfEveryTurnAsItComes() async throws {
    let (folder, file) = try agent("- {after: echo, say: done}\n- {say: Let me see., call: {echo: {}}}")
    #expect(try await Program.run("run", file, "go", "--stream").output == "Let me see.\ndone\n")
    #expect(try await Program.run("run", file, "go").output == "done\n")
    withExtendedLifetime(folder) {}
  }

  @Test func noticesOfAliasesAreShownOnlyWhenAskedFor() async throws {
    let (folder, file) = try agent("- {say: hi}", more: "system: Be kind.")
    #expect(try await Program.run("run", file, "go").errors == "")
    #expect(try await Program.run("run", file, "go", "--verbose").errors.contains("`system` is read as `instructions`"))
    withExtendedLifetime(folder) {}
  }

  @Test(arguments: [("INT", 130), ("TERM", 143), ("HUP", 129)])
  func f61ASignalEndsThePluginAndTheRunAndIsTold(signal: String, status: Int32) async throws {
    let (folder, file) = try agent("- {say: Wait., call: {hang: {}}}")
    let run = try await Program.shell(
      """
      env --default-signal=INT "$MARTLET" run \(file) go --events > \(folder.path)/events & martlet=$!
      until grep -q tool.started \(folder.path)/events; do :; done
      until child=$(cat /proc/$martlet/task/*/children) && [ "$(cat /proc/${child% }/comm)" = sleep ]; do :; done
      kill -\(signal) $martlet
      wait $martlet; status=$?
      kill -0 $child 2>/dev/null && echo "plugin lives"
      exit $status
      """)
    #expect(run.status == status)
    #expect(run.output == "")
    let last = try JSONValue(parsing: String(try folder.read("events").split(separator: "\n").last ?? ""))
    #expect(last["type"] == "run.finished")
    #expect(last["outcome"] == "interrupted")
    #expect(last["output"] == "Wait.")
  }

  @Test func f61ASignalEndsAProgramThatStillReadsItsAgent() async throws {
    let folder = try TemporaryFolder()
    let run = try await Program.shell(
      """
      mkfifo agent.yaml
      env --default-signal=INT "$MARTLET" run agent.yaml go & martlet=$!
      exec 3>agent.yaml
      kill -INT $martlet
      wait $martlet
      """, in: folder.path)
    #expect(run.status == 130)
    #expect(run.output + run.errors == "")
  }

  @Test func f61ASignalEndsAProgramWhoseLibcurlIsNotReady() async throws {
    let (folder, file) = try agent("- {say: Wait., call: {hang: {}}}")
    let run = try await Program.shell(
      """
      mkfifo \(folder.path)/never
      export OPENSSL_CONF=\(folder.path)/never
      env --default-signal=INT "$MARTLET" run \(file) go --events > \(folder.path)/events & martlet=$!
      until grep -q tool.started \(folder.path)/events; do :; done
      kill -TERM $martlet
      wait $martlet
      """)
    #expect(run.status == 143)
    #expect(try folder.read("events").contains("interrupted"))
  }

  @Test func f61ASecondSignalKillsAtOnce() async throws {
    let (folder, file) = try agent("- {call: {hang: {}}}")
    try folder.write(
      "hang", "#!/bin/sh\ntrap '' TERM\n: > \(folder.path)/ready\nwhile :; do sleep 0.05; done\n", executable: true)
    let run = try await Program.shell(
      """
      "$MARTLET" run \(file) go & martlet=$!
      until [ -e \(folder.path)/ready ]; do :; done
      child=$(cat /proc/$martlet/task/*/children)
      kill -TERM $martlet; kill -TERM $martlet
      wait $martlet; status=$?
      while kill -0 $child 2>/dev/null; do :; done
      exit $status
      """)
    #expect(run.status == 143)
  }

  @Test func f61AHangupThatIsIgnoredStaysIgnored() async throws {
    let (folder, file) = try agent("- {after: wait, say: done}\n- {call: {wait: {}}}")
    let text = try folder.read("agent.yaml").replacing(
      "{name: echo,", with: "{name: wait, description: Waits, command: [./wait]}, {name: echo,")
    try folder.write("agent.yaml", text)
    try folder.write(
      "wait", "#!/bin/sh\n: > \(folder.path)/ready\nuntil [ -e \(folder.path)/go ]; do sleep 0.02; done\n",
      executable: true)
    let run = try await Program.shell(
      """
      trap '' HUP
      "$MARTLET" run \(file) go --json > \(folder.path)/result & martlet=$!
      until [ -e \(folder.path)/ready ]; do :; done
      kill -HUP $martlet
      : > \(folder.path)/go
      wait $martlet
      """)
    #expect(run.status == 0)
    #expect(try JSONValue(parsing: folder.read("result"))["outcome"] == "completed")
  }

  @Test func f61AReaderThatGoesAwayEndsTheRunQuietly() async throws {
    let (folder, file) = try agent("- {after: echo, call: {hang: {}}}\n- {call: {hang: {}}}")
    try folder.write(
      "hang", "#!/bin/sh\nuntil [ -e \(folder.path)/gone ]; do sleep 0.02; done\n", executable: true)
    let run = try await Program.shell(
      "{ \"$MARTLET\" run \(file) go --events; echo \"status $?\" >&2; } "
        + "| { head -n 1 > /dev/null; exec <&-; : > \(folder.path)/gone; }")
    #expect(run.errors == "status 141\n")
    withExtendedLifetime(folder) {}
  }

  @Test func aFullDiskIsSaid() async throws {
    let run = try await Program.shell("\"$MARTLET\" run agents/weather.yaml hello > /dev/full")
    #expect(run.status == 1)
    #expect(run.errors == "martlet: standard output cannot be written: No space left on device\n")
    let events = try await Program.shell("\"$MARTLET\" run agents/weather.yaml hello --events > /dev/full")
    #expect(events.status == 1)
    #expect(events.errors == "martlet: standard output cannot be written: No space left on device\n")
  }

  @Test func closedStandardStreamsAreLeftAlone() async throws {
    let run = try await Program.shell("\"$MARTLET\" run agents/weather.yaml 'weather in Oslo' <&- >&-")
    #expect(run.status == 0)
    #expect(try await Program.shell("\"$MARTLET\" run agents/weather.yaml - <&-").status == 0)
  }

  @Test func inputThatCannotBeReadIsReportedInEveryFormat() async throws {
    let run = try await Program.shell("\"$MARTLET\" run agents/weather.yaml - --json < /tmp")
    #expect(run.status == 1)
    #expect(try JSONValue(parsing: run.output)["error"]?["code"] == "input")
  }

  @Test func textThatHasStreamedIsNotPrintedAgainWhenALaterTurnFails() async throws {
    let (folder, file) = try agent("- {after: echo, fail: {status: 400}}\n- {say: Let me see., call: {echo: {}}}")
    let run = try await Program.run("run", file, "go", "--stream")
    #expect(run.status == 4)
    #expect(run.output == "Let me see.\n")
    withExtendedLifetime(folder) {}
  }

  @Test func anAliasOfTheFileIsANoticeAmongTheEvents() async throws {
    let (folder, file) = try agent("- {say: hi}", more: "system: Be kind.")
    let lines = try await Program.run("run", file, "go", "--events").output.split(separator: "\n")
      .map { try JSONValue(parsing: String($0)) }
    let notice = try #require(lines.first { $0["type"] == "notice" })
    #expect(notice["code"] == "definition_note")
    #expect(notice["message"]?.stringValue?.contains("`system` is read as `instructions`") == true)
    withExtendedLifetime(folder) {}
  }
}
