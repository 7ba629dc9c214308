import Glibc
import Martlet

/// Many prompts through `batch`, so many at a time, against an endpoint that answers at once.
///
///     batch URL MODEL [COUNT] [CONCURRENT]
///
/// Prints wall time, requests per second, processor time per request and peak memory, and checks that every prompt has
/// its answer.
@main
enum Batch {
  static func main() async {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3 else {
      print("usage: batch URL MODEL [COUNT] [CONCURRENT]")
      exit(2)
    }
    func number(_ index: Int, _ fallback: Int) -> Int {
      arguments.count > index ? Int(arguments[index]) ?? fallback : fallback
    }
    let (count, concurrent) = (number(3, 10_000), number(4, 64))
    let client = ChatClient(provider: .custom(name: "bench", baseURL: arguments[1]), apiKey: "none")

    let started = RunClock.continuous.now()
    let results = await client.chat.completions.batch(
      model: arguments[2], prompts: (0..<count).map { "Say a word about the number \($0)." }, maxConcurrent: concurrent)
    let wall = RunClock.continuous.now() - started
    let processor = Double(clock()) / 1000
    let memory = try? peakMemory()

    let answered = results.count { (try? $0.get().choices[0].message.content?.isEmpty) == false }
    let perSecond = Int(Double(count) / max(wall / .seconds(1), 0.001))
    print("prompts \(count), \(concurrent) at a time, answered \(answered)")
    print("wall \(wall.wholeMilliseconds) ms, \(perSecond) requests per second")
    print("processor time per request \(processor / Double(max(count, 1))) ms, peak memory \(memory ?? "unknown")")
    if answered != count { exit(1) }
  }

  private static func peakMemory() throws -> String {
    let status = String(decoding: try FileReading.bytes(of: "/proc/self/status", limit: 1 << 16), as: UTF8.self)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.dropFirst("VmHWM:".count).trimmed ?? "unknown"
  }
}
