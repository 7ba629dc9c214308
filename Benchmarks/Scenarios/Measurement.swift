import Glibc
import Martlet

/// What a piece of work takes, printed as the floor prints its own: its size, the wall and the processor time in
/// microseconds, and the peak of memory in KiB.
struct Measurement {
  private let wall = Self.microseconds(CLOCK_MONOTONIC)
  private let processor = Self.microseconds(CLOCK_PROCESS_CPUTIME_ID)

  /// Ends the measurement of so many requests, or whatever counts.
  func end(_ count: Int) throws {
    let wall = Self.microseconds(CLOCK_MONOTONIC) - wall
    let processor = Self.microseconds(CLOCK_PROCESS_CPUTIME_ID) - processor
    print(count, Int(wall), Int(processor), try Self.peakMemory())
  }

  static func microseconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
  }

  /// The median of the wall times of so many rounds, in microseconds.
  static func median(of rounds: Int, _ work: () async throws -> Void) async rethrows -> Double {
    var times: [Double] = []
    for _ in 0..<max(1, rounds) {
      let start = microseconds(CLOCK_MONOTONIC)
      try await work()
      times.append(microseconds(CLOCK_MONOTONIC) - start)
    }
    return times.sorted()[times.count / 2]
  }

  private static func peakMemory() throws -> Int {
    let status = String(decoding: try FileReading.bytes(of: "/proc/self/status", limit: 1 << 16), as: UTF8.self)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
  }
}

/// A run that did not come to the end that the scenario means.
struct UnexpectedEnd: Error {
  let what: String
}
