import Glibc
import Martlet

/// Many prompts through `batch`, so many at a time, against an endpoint that answers at once.
///
///     batch URL MODEL [COUNT] [CONCURRENT]
///
/// Prints wall time, requests per second, processor time per request and peak memory. Fails if a prompt has no answer, and
/// if up to 10,000 prompts took more than 100 MB.
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
    let memory = peakMemory()

    let answered = results.count { (try? $0.get().choices[0].message.content?.isEmpty) == false }
    let perSecond = Int(Double(count) / max(wall / .seconds(1), 0.001))
    print("prompts \(count), \(concurrent) at a time, answered \(answered)")
    print("wall \(wall.wholeMilliseconds) ms, \(perSecond) requests per second")
    let shownMemory = memory.map { "\($0 / 1_000_000) MB" } ?? "unknown"
    print("processor time per request \(processor / Double(max(count, 1))) ms, peak memory \(shownMemory)")
    let failures = problems(unanswered: count - answered, of: count, memory)
    for failure in failures { print("failed: \(failure)") }
    if !failures.isEmpty { exit(1) }
  }

  private static func problems(unanswered: Int, of count: Int, _ memory: Int?) -> [String] {
    var problems: [String] = []
    if unanswered > 0 { problems.append("\(unanswered) of \(count) prompts have no answer") }
    guard count <= promptsOfBound else { return problems }
    if let memory, memory > memoryBound {
      problems.append(
        "\(count) prompts took \(memory) bytes at most; \(promptsOfBound) must take \(memoryBound) or less")
    } else if memory == nil {
      problems.append("the system does not say how much memory was taken")
    }
    return problems
  }

  /// What so many prompts and all their answers may take, in bytes.
  private static let memoryBound = 100_000_000
  private static let promptsOfBound = 10_000

  /// The largest resident memory of this process so far, in bytes; nil where the system does not say.
  private static func peakMemory() -> Int? {
    guard let bytes = try? FileReading.bytes(of: "/proc/self/status", limit: 1 << 16) else { return nil }
    let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let words = line?.split { $0 == " " || $0 == "\t" } ?? []
    return words.count == 3 ? Int(words[1]).map { $0 << 10 } : nil
  }
}
