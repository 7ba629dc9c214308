import ArgumentParser
import FoundationEssentials
import Martlet

struct CacheCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache",
    abstract: "Shows or clears the response cache.",
    discussion: """
      With `cache: true` under `model:` a request that was answered before is answered from a folder of this machine: \
      $XDG_CACHE_HOME/martlet/responses, or ~/.cache/martlet/responses.
      """,
    subcommands: [Stats.self, Clear.self], defaultSubcommand: Stats.self)

  struct Stats: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "stats", abstract: "Shows what is in the cache.")

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
      let cache = ResponseCache()
      let statistics = try CacheCommand.result { () throws(APIError) in try cache.statistics() }
      let text = json ? statistics.json(cache).indentedString() + "\n" : statistics.text(cache)
      try Console.standardOutput.print(text)
    }
  }

  struct Clear: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "clear",
      abstract: "Removes every answer from the cache.",
      discussion: "Runs that use the cache at the time go on, and keep what they are answered from then on.")

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
      let cache = ResponseCache()
      let removed = try CacheCommand.result { () throws(APIError) in try cache.clear() }
      if json {
        let object: JSONValue = [
          "folder": cache.folder.map { .string($0) } ?? .null, "removed": .number(JSONNumber(removed.entries)),
          "bytes": .number(JSONNumber(removed.bytes)),
        ]
        try Console.standardOutput.print(object.indentedString() + "\n")
      } else if removed.entries == 0 {
        try Console.standardOutput.print("the cache was empty\n")
      } else {
        try Console.standardOutput.print("removed \(removed.entries.answers), \(removed.bytes.inBytes)\n")
      }
    }
  }

  /// What the cache gives; says why it cannot be used and ends the command.
  private static func result<Value>(_ body: () throws(APIError) -> Value) throws(ExitStatus) -> Value {
    do throws(APIError) {
      return try body()
    } catch {
      Console.standardError.write("martlet: \(error.message.escapedForTerminal)\n")
      throw .failed
    }
  }
}

extension ResponseCache.Statistics {
  fileprivate func text(_ cache: ResponseCache) -> String {
    let folder = (cache.folder ?? "").escapedForTerminal
    guard entries > 0 else {
      return "\(folder): empty\n`cache: true` under an agent's `model:`, or `cache: true` in Swift, fills it\n"
    }
    var text = "\(folder): \(entries.answers), \(bytes.inBytes) of \(cache.maxBytes.inBytes)\n"
    if let oldest, let newest {
      text += "stored \(Self.day(oldest))\(Self.day(oldest) == Self.day(newest) ? "" : " to \(Self.day(newest))"); "
      text += "kept for \(cache.maxAge.components.seconds / 86_400) days\n"
    }
    let width = shares.map { $0.entries.answers.count }.max() ?? 0
    for share in shares {
      let padding = String(repeating: " ", count: width - share.entries.answers.count)
      text += "  \(padding)\(share.entries.answers), \(share.bytes.inBytes)  "
      text += "\(share.model.escapedForTerminal) at \(share.endpoint.escapedForTerminal)\n"
    }
    return text
  }

  fileprivate func json(_ cache: ResponseCache) -> JSONValue {
    [
      "folder": cache.folder.map { .string($0) } ?? .null, "entries": .number(JSONNumber(entries)),
      "bytes": .number(JSONNumber(bytes)), "max_bytes": .number(JSONNumber(cache.maxBytes)),
      "max_age_seconds": .number(JSONNumber(Int(cache.maxAge.components.seconds))),
      "oldest": oldest.map { .number(JSONNumber(Int($0))) } ?? .null,
      "newest": newest.map { .number(JSONNumber(Int($0))) } ?? .null,
      "models": .array(
        shares.map {
          [
            "endpoint": .string($0.endpoint), "model": .string($0.model), "entries": .number(JSONNumber($0.entries)),
            "bytes": .number(JSONNumber($0.bytes)),
          ]
        }),
    ]
  }

  /// The day of a time, in UTC.
  private static func day(_ seconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601.year().month().day())
  }
}

extension Int {
  /// A count of answers in words.
  fileprivate var answers: String { "\(self) answer\(self == 1 ? "" : "s")" }

  /// A count of bytes in words: `12 KiB`, `3.4 MiB`.
  fileprivate var inBytes: String {
    guard self >= 1 << 20 else { return "\(self >> 10) KiB" }
    let tenths = self / (1 << 20 / 10)
    return tenths % 10 == 0 || tenths >= 1000 ? "\(tenths / 10) MiB" : "\(tenths / 10).\(tenths % 10) MiB"
  }
}
