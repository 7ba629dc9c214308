import Glibc
import Testing

@testable import Martlet

@Suite(.hangGuard) struct SpawnFailureTests {
  private let supervisor = ProcessSupervisor()
  private let folder = ScratchFolder()

  private func failure(_ request: ProcessRequest) async -> SpawnFailure? {
    guard case .notStarted(let failure) = await supervisor.run(request).ending else { return nil }
    return failure
  }

  private func failure(executing path: String, workingDirectory: String? = nil) async -> SpawnFailure? {
    await failure(ProcessRequest(executable: path, arguments: [path], workingDirectory: workingDirectory))
  }

  @Test func f41MissingProgramIsNamed() async throws {
    let failure = try #require(await failure(executing: "/nonexistent/tool"))
    #expect(failure.errno == ENOENT)
    #expect(failure.stage == .exec)
    #expect(failure.description == "/nonexistent/tool does not exist")
  }

  @Test func f41ProgramThatIsNotExecutableIsToldHowToBecomeSo() async throws {
    let path = folder.write("#!/bin/sh\n", to: "tool", mode: 0o644)
    let failure = try #require(await failure(executing: path))
    #expect(failure.errno == EACCES)
    #expect(failure.stage == .exec)
    #expect(failure.description == "\(path) is not executable: chmod +x makes it so")
  }

  @Test func f41DirectoryIsNoProgram() async throws {
    let failure = try #require(await failure(executing: folder.path))
    #expect(failure.errno == EACCES)
    #expect(failure.description == "\(folder.path) is a directory")
  }

  @Test func f41ScriptWithoutInterpreterLineIsExplained() async throws {
    let path = folder.write("echo hello\n", to: "tool")
    let failure = try #require(await failure(executing: path))
    #expect(failure.errno == ENOEXEC)
    #expect(failure.description.contains("it has no #! line"))
  }

  @Test func f41MissingInterpreterIsNamed() async throws {
    let path = folder.write("#! /nonexistent/python3 -u\n", to: "tool")
    let failure = try #require(await failure(executing: path))
    #expect(failure.errno == ENOENT)
    #expect(failure.description == "the interpreter on the #! line of \(path) does not exist: /nonexistent/python3")
  }

  @Test func f41CarriageReturnAfterTheInterpreterIsPointedOut() async throws {
    let path = folder.write("#!/bin/sh\r\necho hello\r\n", to: "tool")
    let failure = try #require(await failure(executing: path))
    #expect(failure.errno == ENOENT)
    #expect(failure.description.hasSuffix("does not exist: /bin/sh; the line ends with CR LF"))
  }

  @Test func f41ArgumentsTooLongAreRefused() async throws {
    let long = String(repeating: "x", count: 200_000)
    let failure = try #require(await failure(shell(":", long)))
    #expect(failure.errno == E2BIG)
    #expect(failure.stage == .exec)
    #expect(failure.description.hasSuffix("pass large values on standard input"))
  }

  @Test func f62MissingWorkingDirectoryIsNamed() async throws {
    let failure = try #require(await failure(executing: "/bin/true", workingDirectory: "/nonexistent"))
    #expect(failure.errno == ENOENT)
    #expect(failure.stage == .chdir)
    #expect(failure.description == "the working directory /nonexistent does not exist")
  }

  @Test func f62FileIsNoWorkingDirectory() async throws {
    let path = folder.write("", to: "file")
    let failure = try #require(await failure(executing: "/bin/true", workingDirectory: path))
    #expect(failure.errno == ENOTDIR)
    #expect(failure.stage == .chdir)
    #expect(failure.description == "the working directory \(path) is not a directory")
  }

  @Test(arguments: [
    ProcessRequest(executable: "/bin/true\0x", arguments: ["true"]),
    ProcessRequest(executable: "/bin/true", arguments: ["true", "a\0b"]),
    ProcessRequest(executable: "/bin/true", arguments: ["true"], environment: ["A": "a\0b"]),
    ProcessRequest(executable: "/bin/true", arguments: ["true"], environment: ["A=B": "c"]),
    ProcessRequest(executable: "/bin/true", arguments: ["true"], environment: ["": "c"]),
    ProcessRequest(executable: "/bin/true", arguments: ["true"], workingDirectory: "/\0tmp"),
    ProcessRequest(executable: "/bin/true", arguments: []),
  ])
  func whatTheSystemCannotExpressIsRefused(request: ProcessRequest) async throws {
    let failure = try #require(await failure(request))
    #expect(failure.errno == EINVAL)
    #expect(failure.stage == .request)
  }

  @Test func f41FailuresLeaveNeitherZombiesNorDescriptors() async {
    await #expect(processExitsWith: .success) {
      let folder = ScratchFolder()
      let requests = [
        ProcessRequest(executable: "/nonexistent", arguments: ["x"]),
        ProcessRequest(executable: folder.write("", to: "plain", mode: 0o644), arguments: ["x"]),
        ProcessRequest(executable: folder.write("echo\n", to: "script"), arguments: ["x"]),
        ProcessRequest(executable: "/bin/true", arguments: ["x", String(repeating: "x", count: 200_000)]),
        ProcessRequest(executable: "/bin/true", arguments: ["x"], workingDirectory: "/nonexistent"),
      ]
      let supervisor = ProcessSupervisor()
      _ = await supervisor.run(ProcessRequest(executable: "/bin/true", arguments: ["true"]))
      let before = openDescriptors()
      for _ in 0..<10 {
        for request in requests {
          guard case .notStarted = await supervisor.run(request).ending else { exit(1) }
        }
      }
      check(openDescriptors(), is: before)
      check(ProcessTable.ownChildren(), is: [])
    }
  }

  @Test func f62NoDescriptorLeftMeansNotStartedAndTheNextCallWorks() async {
    await #expect(processExitsWith: .success) {
      let supervisor = ProcessSupervisor()
      let request = ProcessRequest(executable: "/bin/true", arguments: ["true"])
      check(await supervisor.run(request).ending, is: .exited(status: 0))
      // No gaps below the limit.
      while open("/dev/null", O_RDONLY) < 99 {}
      let before = openDescriptors()
      // Three pipes and the descriptor of the process need seven.
      for room in 0..<7 {
        limitDescriptors(to: 100 + room)
        let ending = await supervisor.run(request).ending
        limitDescriptors(to: 1000)
        guard case .notStarted(let failure) = ending else { exit(1) }
        check(failure.errno, is: EMFILE)
        check(failure.description.hasPrefix("too many open files in this process"), is: true)
        check(openDescriptors(), is: before)
        check(failure.stage == .pipe || failure.stage == .create, is: true)
      }
      check(await supervisor.run(request).ending, is: .exited(status: 0))
    }
  }
}
