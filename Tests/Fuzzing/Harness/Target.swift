import Glibc

/// A parser with what it promises for every input; a broken promise is a trap.
struct Target: Sendable {
  let name: String
  let check: @Sendable ([UInt8]) -> Void

  init(_ name: String, _ check: @escaping @Sendable ([UInt8]) -> Void) {
    self.name = name
    self.check = check
  }

  /// All targets, by the names of their folders of seeds.
  static let all = [
    Target("agent", checkAgentFile), Target("events", checkEventStream), Target("headers", checkHeaders),
    Target("json", checkJSON), Target("output", checkOutput), Target("pattern", checkPattern),
    Target("reply", checkReply), Target("schema", checkSchema), Target("text", checkText), Target("urls", checkURLs),
    Target("yaml", checkYAML),
  ]

  /// The one that the environment names.
  static var chosen: Target {
    let name = getenv("MARTLET_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = all.first(where: { $0.name == name }) else {
      fatalError("MARTLET_FUZZ_TARGET must be one of \(all.map(\.name).joined(separator: ", "))")
    }
    return target
  }
}

/// Traps, with a message, unless a promise holds.
func promise(_ holds: Bool, _ promise: @autoclosure () -> String) {
  if !holds { fatalError("broken promise: \(promise())") }
}

/// The value of a body that must not throw.
func promised<Value>(_ promise: @autoclosure () -> String, _ body: () throws -> Value) -> Value {
  do {
    return try body()
  } catch {
    fatalError("broken promise: \(promise()): \(error)")
  }
}

/// Does a part of the parser's work, which in the program without sanitizers is held to its processor time.
@inline(__always)
func timed<Value, Failure: Error>(_ work: String, _ body: () throws(Failure) -> Value) throws(Failure) -> Value {
  #if TIMING
    Stopwatch.start()
    defer { Stopwatch.stop(work) }
  #endif
  return try body()
}
