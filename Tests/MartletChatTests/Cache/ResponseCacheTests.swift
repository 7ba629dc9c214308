import FoundationEssentials
import Glibc
import MartletTesting
import ProgramSupport
import Testing

@testable import MartletChat

/// The folder of the cache, without a network.
@Suite struct ResponseCacheTests {
  private let folder: TemporaryFolder
  private let time = SharedLock(Int64(2_000_000_000))

  init() throws { folder = try TemporaryFolder() }

  private var path: String { folder.path + "/made/for/it" }

  private func cache(maxBytes: Int = ResponseCache.defaultMaxBytes) -> ResponseCache {
    ResponseCache(at: path, maxBytes: maxBytes, maxAge: ResponseCache.defaultMaxAge) { [time] in
      time.withLock { $0 }
    }
  }

  private func key(_ text: String) throws -> CacheKey {
    let request = ChatRequest(model: "m", messages: [.user(text)])
    var encoder = HistoryEncoder()
    let body = RequestHead(request).body(encoder.encode(request.messages))
    return try #require(CacheKey(endpoint: "https://a.test", headers: [], body: body))
  }

  private func entry(_ key: CacheKey, _ body: String = "reply", bytes: Int = 0) -> CacheEntry {
    CacheEntry(key: key, contentType: "application/json", body: Array(body.utf8) + [UInt8](repeating: 0, count: bytes))
  }

  private func keep(_ text: String, bytes: Int = 0, in cache: ResponseCache) throws {
    try cache.keep(entry(key(text), bytes: bytes), for: key(text))
  }

  private func pass(_ seconds: Int64) { time.withLock { $0 += seconds } }

  private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }

  @Test func whatIsKeptIsFoundAsItWas() throws {
    let key = try key("a")
    #expect(cache().entry(for: key) == nil)
    try cache().keep(entry(key), for: key)
    #expect(cache().entry(for: key) == entry(key))
    try cache().keep(entry(key, "another"), for: key)
    #expect(cache().entry(for: key)?.body == Array("another".utf8))
    #expect(try names().filter(CacheKey.isName) == [key.name])
  }

  @Test func aPipeInPlaceOfItsLedgerHoldsNobodyUp() throws {
    try keep("a", in: cache())
    let ledger = path + "/" + ResponseCache.ledger
    unlink(ledger)
    #expect(mkfifo(ledger, 0o600) == 0)
    try keep("b", in: cache())
    #expect(try cache().entry(for: key("b")) != nil)
  }

  @Test func folderAndFilesAreForTheirOwnerAlone() throws {
    let former = umask(0)
    defer { umask(former) }
    try keep("a", in: cache())
    var status = stat()
    for part in ["/made", "/made/for", "/made/for/it"] {
      #expect(stat(folder.path + part, &status) == 0)
      #expect(status.st_mode & 0o777 == 0o700)
    }
    for name in try names() {
      #expect(stat(path + "/" + name, &status) == 0)
      #expect(status.st_mode & 0o777 == 0o600)
    }
    chmod(path, 0o777)
    #expect(cache().entry(for: try key("a")) != nil)
    #expect(stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o700)
  }

  @Test(arguments: 0..<24) func aDamagedEntryIsAMissAndIsRemoved(at place: Int) throws {
    let key = try key("a")
    try keep("a", in: cache())
    let file = path + "/" + key.name
    var bytes = try Array(Data(contentsOf: URL(filePath: file)))
    switch place {
    case 0: bytes = []
    case 1: bytes.removeLast()
    case 2: bytes.append(0)
    case 3: bytes = Array("not one of ours\n".utf8)
    case 4: bytes = [UInt8](repeating: 0, count: bytes.count)
    default: bytes[bytes.count * (place - 5) / 19] ^= 1
    }
    try Data(bytes).write(to: URL(filePath: file))
    #expect(cache().entry(for: key) == nil)
    #expect(try !names().contains(key.name))
  }

  @Test func theEntryOfAnotherRequestUnderTheNameIsAMiss() throws {
    let (one, other) = (try key("a"), try key("b"))
    try cache().keep(entry(one), for: one)
    rename(path + "/" + one.name, path + "/" + other.name)
    #expect(cache().entry(for: other) == nil)
    #expect(try !names().contains(other.name))
  }

  @Test func whatIsNoFileIsAMiss() throws {
    let (link, pipe, directory) = (try key("link"), try key("pipe"), try key("folder"))
    try keep("a", in: cache())
    symlink(path + "/" + (try key("a").name), path + "/" + link.name)
    mkfifo(path + "/" + pipe.name, 0o600)
    mkdir(path + "/" + directory.name, 0o700)
    for key in [link, pipe, directory] { #expect(cache().entry(for: key) == nil) }
    #expect(try names().filter(CacheKey.isName) == [key("a").name, directory.name].sorted())
    #expect(throws: CacheFailure.self) { try cache().keep(entry(directory), for: directory) }
    #expect(try names().filter { $0.hasPrefix(".new") } == [])
  }

  @Test func anEntryIsGivenForThirtyDays() throws {
    try keep("a", in: cache())
    pass(30 * 86_400)
    #expect(cache().entry(for: try key("a")) != nil)
    pass(1)
    #expect(cache().entry(for: try key("a")) == nil)
    #expect(try !names().contains(key("a").name))
  }

  @Test func anEntryOfADayToComeIsAMiss() throws {
    try keep("a", in: cache())
    pass(-2 * 86_400)
    #expect(cache().entry(for: try key("a")) == nil)
  }

  @Test func theSizeIsLimitedAndTheLeastUsedGoFirst() throws {
    let cache = cache(maxBytes: 64 * 4096)
    for number in 0..<200 {
      try keep("\(number)", bytes: 3000, in: cache)
      pass(1)
      #expect(cache.entry(for: try key("0")) != nil, "used all the time, after \(number)")
      let statistics = try cache.statistics()
      #expect(statistics.bytes <= (64 + 64 / 16) * 4096)
      #expect(cache.entry(for: try key("\(number)")) != nil)
    }
    #expect(cache.entry(for: try key("1")) == nil)
    #expect(try cache.statistics().entries > 50)
  }

  @Test func aSweepRemovesWhatIsTooOldOnceADay() throws {
    try keep("old", in: cache())
    pass(40 * 86_400)
    try keep("new", in: cache())
    #expect(try names().filter(CacheKey.isName) == [key("new").name])
  }

  @Test func whatKilledProcessesLeftIsRemovedAfterAnHour() throws {
    let cache = cache(maxBytes: 16 * 4096)
    try keep("a", in: cache)
    for (name, age) in [(".new-old", 3700), (".new-young", 60), ("notes.txt", 1_000_000)] {
      try Data([1]).write(to: URL(filePath: path + "/" + name))
      var times = [
        timespec(tv_sec: 2_000_000_000 - age, tv_nsec: 0), timespec(tv_sec: 2_000_000_000 - age, tv_nsec: 0),
      ]
      utimensat(AT_FDCWD, path + "/" + name, &times, 0)
    }
    try keep("b", in: cache)
    #expect(try names().filter { !CacheKey.isName($0) } == [".added", ".new-young", "notes.txt"])
  }

  @Test func anEntryThatIsTooLargeIsLetGo() throws {
    try keep("a", bytes: 5000, in: cache(maxBytes: 4096))
    #expect(!FilePathsProbe.exists(path + "/" + (try key("a").name)))
  }

  @Test func clearRemovesEntriesAndNothingElse() throws {
    for text in ["a", "b"] { try keep(text, in: cache()) }
    try Data([1]).write(to: URL(filePath: path + "/notes.txt"))
    let removed = try cache().clear()
    #expect(removed.entries == 2)
    #expect(removed.bytes == 2 * 4096)
    #expect(try names() == ["notes.txt"])
    #expect(try cache().clear().entries == 0)
  }

  @Test func statisticsCountByEndpointAndModel() throws {
    #expect(try cache().statistics() == ResponseCache.Statistics())
    for text in ["a", "b"] { try keep(text, in: cache()) }
    pass(10)
    try keep("c", in: cache())
    let statistics = try cache().statistics()
    #expect(statistics.entries == 3)
    #expect(statistics.oldest == 2_000_000_000)
    #expect(statistics.newest == 2_000_000_010)
    #expect(statistics.shares == [.init(endpoint: "https://a.test", model: "m", entries: 3, bytes: 3 * 4096)])
  }

  @Test func theEnvironmentNamesTheFolder() {
    func folder(_ variables: [String: String]) -> String? { ResponseCache { variables[$0] }.folder }
    #expect(folder(["XDG_CACHE_HOME": "/x", "HOME": "/h"]) == "/x/martlet/responses")
    #expect(folder(["HOME": "/h"]) == "/h/.cache/martlet/responses")
    #expect(folder(["XDG_CACHE_HOME": "relative", "HOME": "/h"]) == "/h/.cache/martlet/responses")
    #expect(folder(["XDG_CACHE_HOME": "", "HOME": ""]) == nil)
    #expect(folder([:]) == nil)
  }
}

/// Whether something is at a path.
enum FilePathsProbe {
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
