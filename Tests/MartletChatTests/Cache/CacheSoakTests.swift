import FoundationEssentials
import Glibc
import MartletTesting
import ProgramSupport
import Testing

@testable import MartletChat

/// Two processes with 64 tasks each on one cache that is too small for them, killed again and again while a third one
/// damages and clears it: no answer is ever a wrong one.
///
/// `MARTLET_CACHE_SOAK=60 swift test --filter CacheSoakTests` does it for a minute.
@Suite(.timeLimit(.minutes(60))) struct CacheSoakTests {
  @Test func twoProcessesAnd64TasksOnOneCacheWithKillsGiveNoWrongAnswer() async throws {
    let seconds = ProcessInfo.processInfo.environment["MARTLET_CACHE_SOAK"].flatMap { Int($0) }
    let folder = try TemporaryFolder()
    let path = folder.path + "/cache"
    let server = try LoopbackServer {
      Question(in: $0.text)?.answer(isStreamed: $0.text.contains(#""stream":true"#)) ?? .json("{}")
    }
    let url = server.baseURL
    let tally = SharedLock(Tally())
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<2 {
        group.addTask {
          await repeated(for: seconds, atLeast: 2) { await killed(path, url, tally) }
          await finished(path, url, tally)
        }
      }
      let sabotage = Task { await Sabotage(path: path).goOn(tally) }
      await group.waitForAll()
      sabotage.cancel()
      await sabotage.value
    }
    let counts = tally.withLock { $0 }
    print("\(counts), \(server.requests.count) requests reached the server")
    let statistics = try Soak.cache(path).statistics()
    #expect(statistics.bytes <= Soak.maxBytes + Soak.maxBytes / ResponseCache.sweepShare + 128 * 8192)
    // Two processes came to their ends, in which some answers came from the cache, whatever was done to it.
    #expect(counts.kills >= 4)
    #expect(counts.ends == 2)
    #expect(counts.damaged + counts.clears > 0)
  }

  /// A process that is killed in the middle of it.
  private func killed(_ path: String, _ url: String, _ tally: SharedLock<Tally>) async {
    let result = await #expect(processExitsWith: .signal(SIGKILL)) { [path, url] in
      _ = await Soak(path: path, url: url).run(untilKilledAfter: Int.random(in: 64...2000))
    }
    if result != nil { tally.withLock { $0.kills += 1 } }
  }

  /// A process that comes to its end.
  private func finished(_ path: String, _ url: String, _ tally: SharedLock<Tally>) async {
    let result = await #expect(processExitsWith: .success) { [path, url] in
      let cached = await Soak(path: path, url: url).run(untilKilledAfter: nil)
      guard cached > 0 else { exit(4) }
    }
    if result != nil { tally.withLock { $0.ends += 1 } }
  }

  private func repeated(for seconds: Int?, atLeast count: Int, _ body: () async -> Void) async {
    let end = ContinuousClock.now + .seconds(seconds ?? 0)
    var round = 0
    while round < count || ContinuousClock.now < end {
      await body()
      round += 1
    }
  }
}

/// What happened in the test.
private struct Tally: Sendable {
  var kills = 0
  var ends = 0
  var damaged = 0
  var clears = 0
}

/// A question and the only right answer to it.
private struct Question {
  static let count = 300
  let number: Int

  init(number: Int) { self.number = number }

  init?(in text: String) {
    guard let start = text.firstRange(of: "question ")?.upperBound,
      let number = Int(text[start...].prefix { $0.isNumber })
    else { return nil }
    self.number = number
  }

  var messages: [ChatMessage] { [.system("S"), .user("question \(number)")] }

  var pieces: [String] {
    (0...number % 40).map { "answer \(number) part \($0) \(String(repeating: "x", count: number % 97)) " }
  }

  func answer(isStreamed: Bool) -> ScriptedResponse {
    guard isStreamed else { return .chat(pieces.joined()) }
    return .eventStream(pieces.map { chunk(#"{"content":"\#($0)"}"#) } + [end("stop"), "[DONE]"])
  }
}

/// One process's part: 64 tasks that ask, and check each answer.
private struct Soak: Sendable {
  static let maxBytes = 512 << 10
  static let tasks = 64
  static let rounds = 30
  let path: String
  let url: String

  static func cache(_ path: String) -> ResponseCache { ResponseCache(folder: path, maxBytes: maxBytes) }

  /// Asks until it is killed, or for some rounds; gives how many answers came from the cache.
  func run(untilKilledAfter limit: Int?) async -> Int {
    var client = ChatClient(provider: .custom(name: "test", baseURL: url), apiKey: Secret(""), variable: { _ in nil })
    client.cache = Self.cache(path)
    let asked = SharedLock(0)
    return await withTaskGroup(of: Int.self) { [client] group in
      for _ in 0..<Self.tasks {
        group.addTask {
          var cached = 0
          var round = 0
          while limit != nil || round < Self.rounds {
            round += 1
            if await ask(client) { cached += 1 }
            let count = asked.withLock { count in
              count += 1
              return count
            }
            if let limit, count >= limit { kill(getpid(), SIGKILL) }
          }
          return cached
        }
      }
      return await group.reduce(0, +)
    }
  }

  /// Asks one question; whether the answer came from the cache. A wrong answer ends the process.
  private func ask(_ client: ChatClient) async -> Bool {
    let question = Question(number: .random(in: 0..<Question.count))
    do {
      let completions = client.chat.completions
      var text = ""
      let answer: ChatCompletion
      if Bool.random() {
        answer = try await completions.create(model: "m", messages: question.messages, cache: true)
        text = answer.choices[0].message.content ?? ""
      } else {
        answer = try await completions.stream(model: "m", messages: question.messages, cache: true)
          .collect { text += $0 }
      }
      let isRight = text == question.pieces.joined() && answer.choices[0].finishReason == .stop
      if !isRight { exit(3) }
      return answer.cached
    } catch {
      exit(5)
    }
  }
}

/// Damages entries and clears the cache, as others do.
private struct Sabotage: Sendable {
  let path: String

  func goOn(_ tally: SharedLock<Tally>) async {
    var round = 0
    while !Task.isCancelled {
      await Task.yield()
      round += 1
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      guard let name = names.filter(CacheKey.isName).randomElement() else {
        round -= 1
        continue
      }
      if round.isMultiple(of: 50) {
        _ = try? Soak.cache(path).clear()
        tally.withLock { $0.clears += 1 }
      } else {
        damage(path + "/" + name)
        tally.withLock { $0.damaged += 1 }
      }
    }
  }

  /// Cuts the file, or changes one of its bytes.
  private func damage(_ file: String) {
    let descriptor = open(file, O_WRONLY)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size > 0 else { return }
    let place = Int.random(in: 0..<Int(status.st_size))
    if Bool.random() {
      ftruncate(descriptor, off_t(place))
    } else {
      var byte = UInt8.random(in: .min ... .max)
      pwrite(descriptor, &byte, 1, off_t(place))
    }
  }
}
