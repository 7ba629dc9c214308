import Glibc
import ProgramSupport
import Testing

@testable import Martlet

/// A request for a script of `/bin/sh`.
func shell(
  _ script: String, _ arguments: String..., environment: [String: String] = [:], workingDirectory: String? = nil,
  input: [UInt8] = [], timeout: Duration = .seconds(1800), maxOutput: Int = 32 * 1024,
  attribution: [String: String] = [:]
) -> ProcessRequest {
  var all = ["PATH": "/usr/bin:/bin"]
  all.merge(environment) { $1 }
  var marked = ChildEnvironment(all)
  for (name, value) in attribution { marked.mark(name, value) }
  return ProcessRequest(
    executable: "/bin/sh", arguments: ["sh", "-c", script, "sh"] + arguments, environment: marked,
    workingDirectory: workingDirectory, standardInput: input, timeout: timeout, maxOutput: maxOutput)
}

extension ProcessResult {
  /// All of standard output, if none of it was dropped.
  var text: String { String(decoding: output.head + output.tail, as: UTF8.self) }
  var errorText: String { String(decoding: errorTail, as: UTF8.self) }
}

/// Supervisors with short stages, so that no test waits for seconds.
func impatientSupervisor(orphans: ProcessSupervisor.Orphans = .left) -> ProcessSupervisor {
  ProcessSupervisor(orphans: orphans, terminationGrace: .milliseconds(50), drain: .milliseconds(50))
}

/// A folder that is removed with its owner.
final class ScratchFolder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/martlet-processes-XXXXXX".utf8CString)
    path = String(cString: mkdtemp(&template))
  }

  deinit {
    guard let folder = opendir(path) else { return }
    while let entry = readdir(folder) {
      withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { _ = unlinkat(dirfd(folder), $0, 0) }
      }
    }
    closedir(folder)
    rmdir(path)
  }

  @discardableResult
  func write(_ text: String, to name: String, mode: mode_t = 0o755) -> String {
    let file = path + "/" + name
    let descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, mode)
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    #expect(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
    return file
  }

  func read(_ name: String) -> String {
    let descriptor = open(path + "/" + name, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }

  func has(_ name: String) -> Bool { access(path + "/" + name, F_OK) == 0 }

  /// Waits for a script to have written a whole line with a number.
  func number(in name: String) async -> Int32 {
    await until { self.read(name).hasSuffix("\n") }
    return Int32(read(name).dropLast()) ?? 0
  }
}

/// Waits for a state of the outside world, or for the test's time limit.
func until(_ condition: () -> Bool) async {
  while !condition() {
    do { try await Task.sleep(for: .milliseconds(1)) } catch { return }
  }
}

/// Whether a process runs; one that waits to be reaped does not.
func isAlive(_ pid: Int32) -> Bool {
  ProcessTable.status(of: pid).map { !$0.isZombie } ?? false
}

/// The pipes and process descriptors this process has; other kinds come and go with its runtime.
func openDescriptors() -> Set<Int32> {
  descriptors { $0.hasPrefix("pipe:") || $0.hasSuffix("[pidfd]") }
}

func descriptors(where isWanted: (String) -> Bool) -> Set<Int32> {
  var target = [CChar](repeating: 0, count: 256)
  return Set(
    (0..<4096).filter { descriptor in
      let count = max(0, readlink("/proc/self/fd/\(descriptor)", &target, target.count))
      return isWanted(String(decoding: target.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self))
    })
}

extension Trait where Self == TimeLimitTrait {
  /// Far beyond what the test takes: it only ends one that would hang.
  static var hangGuard: Self { .timeLimit(.minutes(isSanitized ? 30 : 2)) }
}

/// Ends a process that a test has made for itself unless two values are the same; after an `#expect` it would run on.
func check<Value: Equatable>(_ found: Value, is expected: Value) {
  guard found != expected else { return }
  let message = Array("found \(found), expected \(expected)\n".utf8)
  write(2, message, message.count)
  exit(1)
}

/// Sets the soft limit on open descriptors of this process.
func limitDescriptors(to count: Int) {
  let resource = __rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue))
  var limit = rlimit()
  getrlimit(resource, &limit)
  limit.rlim_cur = min(limit.rlim_max, rlim_t(count))
  setrlimit(resource, &limit)
}
