import Martlet
import ProgramSupport
import Testing

/// `tools`, `call`, `schema`, `check --format json` and `--version`.
@Suite struct ToolCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(
      "a.yaml",
      """
      name: a
      model: openai/gpt-5-mini
      parameters: [{name: dir, required: true}, {name: unused, required: true}]
      instructions: "{{ unused }}"
      tools:
        - name: list
          description: Lists files
          parameters:
            type: object
            properties:
              pattern: {type: string, description: "What to list"}
              kind: {enum: [file, folder]}
              depth: {type: integer, minimum: 1, maximum: 9}
              names: {type: [array, "null"], items: {type: string}}
            required: [pattern]
            additionalProperties: false
          command: [sh, -c, 'echo "$0 $1 $(cat)"', "{{ dir }}", "{{ pattern }}"]
          effect: read
        - {name: fail, description: Fails, command: [sh, -c, "echo no >&2; exit 3"], args_from: none}
        - {name: nap, description: Sleeps, command: [sh, -c, "touch started; sleep 60"], args_from: none, cwd: .}
        - {name: add, description: Adds}
      """)
  }

  @Test func f20_argumentsThatAreNotUTF8AreRefusedWhereverTheyComeFrom() async throws {
    for line in [
      #"printf '{"pattern":"\377"}' | martlet call a.yaml list - --set dir=d"#,
      #"martlet call a.yaml list "$(printf '{"pattern":"\377"}')" --set dir=d"#,
    ] {
      let run = try await Program.shell(line, in: folder.path)
      #expect(run.status == 2, "\(run)")
      #expect(run.errors.contains("UTF-8"), "\(run)")
    }
  }

  private func martlet(_ arguments: String) async throws -> Program.Output {
    try await Program.shell("martlet \(arguments)", in: folder.path)
  }

  @Test func toolsAreListedWithoutAKeyOrAValueForAnyParameter() async throws {
    let list = try await martlet("tools a.yaml")
    #expect(list.status == 0)
    #expect(list.errors == "")
    #expect(
      list.output == """
        list  (runs sh, read)
          Lists files
            pattern  string, required        What to list
            kind     file | folder
            depth    integer 1 to 9
            names    list of string or null

        fail  (runs sh, write)
          Fails

        nap  (runs sh, write)
          Sleeps

        add  (Swift code, write)
          Adds

        """)
  }

  @Test func referencesAreFollowedAndTuplesListedPlaceByPlace() async throws {
    try folder.write(
      "b.yaml",
      """
      name: route
      description: Finds a way
      command: [cat]
      parameters:
        type: object
        allOf: [{$ref: "#/$defs/base"}]
        properties:
          from: {$ref: "#/$defs/point"}
          to: {$ref: "#/$defs/point", description: Where to}
          via: {type: array, items: {$ref: "#/$defs/point"}}
          span: {type: array, prefixItems: [{type: string}, {type: number}], items: false}
          open: {type: array, prefixItems: [{type: string}], items: {type: integer}}
          mode: {$ref: "#/$defs/mode"}
          either: {type: object, anyOf: [{required: [a]}, {required: [b]}]}
          many: {anyOf: [{type: string}, {type: integer}, {type: boolean}, {type: "null"}, {type: array}]}
          tree: {$ref: "#/$defs/tree"}
        required: [from]
        $defs:
          base: {properties: {dry: {type: boolean, description: Only plan}}, required: [dry]}
          point: {type: array, prefixItems: [{type: number}, {type: number}], description: A place}
          mode: {anyOf: [{enum: [car, foot]}, {type: "null"}]}
          tree: {type: array, items: {$ref: "#/$defs/tree"}}
      """)
    let list = try await martlet("tools b.yaml")
    #expect(
      list.output == """
        route  (runs cat, write)
          Finds a way
            from    list [number, number, …], required         A place
            to      list [number, number, …]                   Where to
            via     list of list [number, number, …]
            span    list [string, number]
            open    list [string, integer …]
            mode    car | foot or null
            either  object
            many    string or integer or boolean or null or …
            tree    list of list of list of list of …
            dry     boolean, required                          Only plan

        """, "\(list)")
  }

  @Test func toolsAreListedAsTheyStandInARequest() async throws {
    let list = try await martlet("tools a.yaml --json")
    let tools = try #require(JSONValue(parsing: list.output).arrayValue)
    #expect(tools.count == 4)
    #expect(tools[0]["function"]?["parameters"]?["required"] == ["pattern"])
    #expect(
      tools[3].canonicalString()
        == #"{"type":"function","function":{"name":"add","description":"Adds","parameters":{"type":"object","properties":{}}}}"#
    )
  }

  @Test func aToolIsCalledWithoutAModel() async throws {
    let call = try await martlet(#"call a.yaml list '{"pattern": "*.txt", "depth": 2}' --set dir=/tmp"#)
    #expect(call.status == 0)
    #expect(call.output == "/tmp *.txt {\"pattern\":\"*.txt\",\"depth\":2}\n")
    let piped = try await martlet(#"call a.yaml list - --set dir=x < /dev/stdin"#)
    #expect(piped.status == 2)
    #expect(piped.errors.contains("not valid JSON"))
    let input = try await Program.shell(
      "martlet call a.yaml list - --set dir=x", in: folder.path, input: #"{"pattern":"p"}"#)
    #expect(input.output == "x p {\"pattern\":\"p\"}\n")
  }

  @Test func onlyTheParametersThatTheToolRefersToNeedAValue() async throws {
    let call = try await martlet(#"call a.yaml list '{"pattern": "x"}'"#)
    #expect(call.status == 3)
    #expect(call.errors.contains("a.yaml:3:14: error: parameter `dir` needs a value"))
    #expect(!call.errors.contains("parameter `unused`"))
  }

  @Test func aFailureIsToldAsTheModelWouldBeTold() async throws {
    let call = try await martlet("call a.yaml fail")
    #expect(call.status == 1)
    #expect(call.output == "")
    #expect(call.errors == "error: tool_failed: the program failed: exit status 3.\nStandard error (its end):\nno\n")
    let invalid = try await martlet(#"call a.yaml list '{"patern": 1}' --set dir=x"#)
    #expect(invalid.status == 1)
    #expect(invalid.errors.hasPrefix("error: invalid_arguments: the tool was not run"))
    let json = try await martlet("call a.yaml fail --json")
    #expect(json.status == 1)
    let object = try JSONValue(parsing: json.output).objectValue
    #expect(object?.map(\.key) == ["name", "arguments", "result", "error", "duration_ms"])
    #expect(object?["error"] == true)
  }

  @Test(arguments: [
    (#"{"pattern": "*.txt", "depth": "2"}"#, #"/depth was a number in quotes, which was read as the number"#),
    (#"{"pattern": "*.txt", "depth": 2}}"#, "the arguments had text around them, which was left out"),
    (#"{"pattern": "*.txt", "depth": 2} and that is all"#, "the arguments had text around them, which was left out"),
    (#""{\"pattern\": \"*.txt\", \"depth\": 2}""#, "the arguments were a text that holds JSON, which was decoded"),
    (
      #"{"pattern": "*.txt", "depth": 2}{"pattern": "*.txt", "depth": 2}"#,
      "the arguments stood there more than once, and were read once"
    ),
  ]) func f26_argumentsAreRepairedAsInARun(arguments: String, notice: String) async throws {
    let call = try await Program.shell("martlet call a.yaml list - --set dir=/d", in: folder.path, input: arguments)
    #expect(call.status == 0)
    #expect(call.output == "/d *.txt {\"pattern\":\"*.txt\",\"depth\":2}\n")
    #expect(call.errors == "martlet: list (call_1): \(notice)\n")
    let same = try await martlet("call a.yaml list '\(arguments)' --set dir=/d")
    #expect(same.output == call.output && same.errors == call.errors)
    // What the file turns off is not done here either.
    try folder.write("b.yaml", try folder.read("a.yaml") + "\nrepair_arguments: false\n")
    let off = try await Program.shell("martlet call b.yaml list - --set dir=/d", in: folder.path, input: arguments)
    #expect([1, 2].contains(off.status))
    #expect(off.output == "")
  }

  @Test(arguments: [
    #"{"pattern": "a"#, #"{"pattern": "a"} {"pattern": "b"}"#, #""{\"pattern\": \"a\"""#, "text", "[1]",
  ])
  func f26_argumentsThatWereCutOrCouldMeanMoreAreRefused(arguments: String) async throws {
    let call = try await Program.shell("martlet call a.yaml list - --set dir=/d", in: folder.path, input: arguments)
    #expect(call.status == 2)
    #expect(call.output == "")
    #expect(call.errors.hasPrefix("martlet: the arguments "), "\(call.errors)")
  }

  @Test func whatCannotBeCalledSaysWhy() async throws {
    let unknown = try await martlet("call a.yaml lst")
    #expect(unknown.status == 3)
    #expect(unknown.errors == "a.yaml: error: the file declares no tool `lst`\n  hint: did you mean `list`?\n")
    let swift = try await martlet("call a.yaml add")
    #expect(swift.status == 3)
    #expect(swift.errors.contains("no Swift code is registered under its name"))
    #expect(try await martlet("call a.yaml fail '[1]'").status == 2)
    #expect(try await martlet("call none.yaml list").status == 3)
    #expect(try await martlet("tools none.yaml").status == 3)
  }

  @Test func aSignalEndsTheCall() async throws {
    let call = try await martlet(
      "call a.yaml nap & while ! [ -e started ]; do :; done; kill -TERM $!; wait $!")
    #expect(call.status == 128 + 15)
  }

  @Test func aToolFileWillDoForToolsCallAndCheck() async throws {
    try folder.write(
      "t.yaml", #"- {name: hi, description: Greets, command: [echo, "{{ word }}, {{ name | default: you }}"]}"#)
    #expect(try await martlet("tools t.yaml").output == "hi  (runs echo, write)\n  Greets\n")
    #expect(try await martlet("call t.yaml hi --set word=Hello").output == "Hello, you\n")
    let check = try await martlet("check t.yaml")
    #expect(check.status == 0)
    #expect(check.output == "t.yaml: ok (tool hi)\n")
    #expect(check.errors.contains("note: `{{ word }}` is no argument of `hi`"))
    let run = try await martlet("run t.yaml task")
    #expect(run.status == 3)
    #expect(run.errors.contains("this is a tool file, not an agent"))
  }

  @Test func checkTellsProgramsInJSON() async throws {
    try folder.write("b.yaml", "name: b\nmodle: scripted\n")
    let check = try await martlet("check --format json a.yaml b.yaml missing.yaml -q")
    #expect(check.status == 3)
    #expect(check.errors == "")
    let report = try JSONValue(parsing: check.output)
    #expect(report["ok"] == false)
    let files = try #require(report["files"]?.arrayValue)
    #expect(files.map { $0["ok"] } == [true, false, false])
    #expect(files[0]["diagnostics"] == [])
    #expect(
      files[1]["diagnostics"] == [
        [
          "severity": "error", "file": "b.yaml", "line": 2, "column": 1, "path": "",
          "message": "unknown key `modle` in an agent", "hint": "did you mean `model`?",
        ]
      ])
    #expect(files[2]["diagnostics"]?[0]?["line"] == 0)
    #expect(try await martlet("check --format xml a.yaml").status == 2)
  }

  @Test(arguments: ["", "--tools"]) func theSchemaIsAValidSchemaThatMarksWhatIsToCome(option: String) async throws {
    let schema = try await martlet("schema \(option)")
    #expect(schema.status == 0)
    let document = try JSONValue(parsing: schema.output)
    #expect(document["$schema"] == "https://json-schema.org/draft/2020-12/schema")
    let compiled = try JSONSchema(document)
    #expect(schema.output.contains(#""x-not-supported-yet": true"#))
    #expect(compiled.isValid(option.isEmpty ? ["name": "a", "model": "scripted"] : ["name": "t", "command": ["ls"]]))
    #expect(
      !compiled.isValid(option.isEmpty ? ["name": "a", "modle": "scripted"] : [["name": "t", "comand": ["ls"]]]))
  }

  @Test func theVersionNamesTheCommitAndTheLibraries() async throws {
    let version = try await martlet("--version")
    #expect(version.status == 0)
    let lines = version.output.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(
      lines.first?.wholeMatch(of: /martlet [0-9]+\.[0-9]+\.[0-9]+ \(commit ([0-9a-f]{12}(-dirty)?|unknown)\)/) != nil)
    #expect(lines[1].wholeMatch(of: /libcurl [0-9.]+.*/) != nil)
    #expect(lines[2].wholeMatch(of: /libyaml [0-9.]+/) != nil)
  }

  @Test(arguments: ["check a.yaml", "check a.yaml --format json", "tools a.yaml", "schema", "--version", "--help"])
  func aResultThatCannotBeWrittenIsAFailure(arguments: String) async throws {
    let full = try await martlet("\(arguments) > /dev/full")
    #expect(full.status == 1)
    #expect(full.errors.hasSuffix("martlet: standard output cannot be written: No space left on device\n"))
    let closed = try await martlet("\(arguments) | :; echo")
    #expect(!closed.errors.contains("cannot be written"))
  }

  @Test func aNameThatIsEmptyIsSaid() async throws {
    let check = try await martlet("check ''")
    #expect(check.status == 2)
    #expect(check.errors.hasPrefix("Error: the name of a file is empty"), "\(check.errors)")
    let run = try await martlet("run '' go")
    #expect(run.status == 3)
    #expect(run.errors == "error: the name of the file is empty\n")
  }

  @Test func aCallThatASignalEndsIsAnError() async throws {
    try folder.write("sleep", "#!/bin/sh\n: > ready\nexec sleep 1000\n", executable: true)
    try folder.write("sleep.yaml", "name: sleep\ndescription: S\ncommand: [./sleep]\ncwd: .\n")
    let call = try await Program.shell(
      """
      env --default-signal=INT "$MARTLET" call sleep.yaml sleep & martlet=$!
      until [ -e ready ]; do sleep 0.02; done
      kill -INT $martlet
      wait $martlet
      """, in: folder.path)
    #expect(call.status == 130)
    #expect(call.errors == "martlet: error: the call was canceled\n")
  }

  @Test func toolsNeedNoProgramButCallsDo() async throws {
    try folder.write("missing.yaml", "name: m\ndescription: M\ncommand: [./missing]\n")
    try folder.write("missing.c", "int main(void) { return 0; }\n")
    #expect(try await martlet("tools missing.yaml").status == 0)
    let call = try await martlet("call missing.yaml m")
    #expect(call.status == 3)
    #expect(call.errors.contains("hint: compile it: cc -o ./missing ./missing.c"))
  }
}
