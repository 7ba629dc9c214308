import FoundationEssentials
import Glibc
import Martlet

/// The built program, run as a user would run it.
package enum Program {
  package struct Output: Sendable {
    package var status: Int32
    package var output: String
    package var errors: String
  }

  /// The program beside the tests' own bundle.
  package static let path: String = {
    let arguments = CommandLine.arguments
    let bundle = arguments.first { $0.hasSuffix(".xctest") } ?? arguments[0]
    return FilePaths.absolute(FilePaths.folder(of: bundle)) + "/martlet"
  }()

  /// The folder of the package.
  package static let package = String(#filePath.dropLast("/Tests/ProgramSupport/Program.swift".count))

  /// Runs the program with arguments, in `folder`; standard output and error are pipes.
  package static func run(
    _ arguments: String..., in folder: String = package, input: String = "", environment: [String: String] = [:]
  ) async throws -> Output {
    try await run(arguments: arguments, in: folder, input: input, environment: environment)
  }

  /// Runs the program with a list of arguments, in `folder`; standard output and error are pipes.
  package static func run(
    arguments: [String], in folder: String = package, input: String = "", environment: [String: String] = [:]
  ) async throws -> Output {
    let quoted = arguments.map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ")
    return try await shell("\"$MARTLET\" \(quoted)", in: folder, input: input, environment: environment)
  }

  /// Runs a shell line in which `$MARTLET`, and `martlet`, is the program.
  package static func shell(
    _ line: String, in folder: String = package, input: String = "", environment: [String: String] = [:]
  ) async throws -> Output {
    let scratch = try TemporaryFolder()
    var entries = [
      "PATH": FilePaths.folder(of: path) + ":" + searchPath, "HOME": "/tmp", "MARTLET": path,
      "LANG": "C.UTF-8",
    ]
    entries.merge(environment) { $1 }
    let result = await ProcessSupervisor().run(
      ProcessRequest(
        executable: "/bin/sh", arguments: ["sh", "-c", "exec 2>\(scratch.path)/errors\n\(line)"],
        environment: ChildEnvironment(entries), workingDirectory: folder, standardInput: Array(input.utf8),
        timeout: .seconds(isSanitized ? 1800 : 120),
        maxOutput: 1 << 20))
    guard case .exited(let status) = result.ending else { throw Unexpected(ending: "\(result.ending)") }
    let output = String(decoding: result.output.head + result.output.tail, as: UTF8.self)
    return Output(status: status, output: output, errors: try scratch.read("errors"))
  }

  /// Whether a program is in the system's folders, so that a test that needs it can say why it is skipped.
  package static func isInstalled(_ name: String) -> Bool {
    FilePaths.program(named: name, searchPath: searchPath) != nil
  }

  /// Whether a line of the shell succeeds, so that a test that needs it can say why it is skipped.
  package static func canRun(_ line: String) -> Bool {
    system("{ \(line); } >/dev/null 2>&1 </dev/null") == 0
  }

  private static let searchPath = "/usr/local/bin:/usr/bin:/bin"

  package struct Unexpected: Error {
    package let ending: String
  }

  /// The text of a file of the package.
  package static func text(of file: String) throws -> String {
    String(decoding: try FileReading.bytes(of: package + "/" + file, limit: 1 << 24), as: UTF8.self)
  }
}

/// A folder of its own that is gone when the value is.
package final class TemporaryFolder: Sendable {
  package let path: String

  package init() throws {
    var template = Array("/tmp/martlet-test.XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else {
      throw FileError(path: "/tmp", doing: "cannot make a folder", errno: errno)
    }
    path = String(cString: made)
  }

  /// Writes a file, executable if asked for, in a folder of its own if its name has one, and gives its path.
  @discardableResult
  package func write(_ name: String, _ text: String, executable: Bool = false) throws -> String {
    let file = path + "/" + name
    try FileManager.default.createDirectory(atPath: FilePaths.folder(of: file), withIntermediateDirectories: true)
    try AtomicFile.write(Array(text.utf8), to: file)
    if executable { chmod(file, 0o755) }
    return file
  }

  package func read(_ name: String) throws -> String {
    String(decoding: try FileReading.bytes(of: path + "/" + name, limit: 1 << 24), as: UTF8.self)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }
}
