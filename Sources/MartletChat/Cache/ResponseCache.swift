/// Answers kept on this machine, so that a request that was answered before need not be sent again.
///
/// A request with ``ChatRequest/cache`` is looked up by its endpoint and its bytes, and answered from the folder if the
/// same was asked before. Kept are whole answers alone: ended by `stop` or by calls of functions, and usable as they are.
/// The folder is shared by all processes of a user; a failure of the disk fails no request.
///
/// ```swift
/// let first = try await client.chat.completions.create(model: "m", messages: [.user("What is AI?")], cache: true)
/// let second = try await client.chat.completions.create(model: "m", messages: [.user("What is AI?")], cache: true)
/// print(second.cached)  // true
/// ```
public struct ResponseCache: Sendable {
  /// What the entries may take on the disk: 256 MiB.
  public static let defaultMaxBytes = 256 << 20
  /// How long an answer is given again: 30 days.
  public static let defaultMaxAge = Duration.seconds(30 * 86_400)
  /// A request with its answer that is longer is not kept: 32 MiB.
  package static let maxEntryBytes = 32 << 20

  /// The folder of the entries; nil if the environment names no place for one.
  public let folder: String?
  /// What the entries may take on the disk, in bytes; beyond it those go that were not used for the longest time.
  public let maxBytes: Int
  /// How long an answer is given again.
  public let maxAge: Duration

  /// The time of day in seconds since 1970.
  let now: @Sendable () -> Int64

  /// Makes a cache in a folder, which is made when the first answer is kept.
  ///
  /// - Parameters:
  ///   - folder: The folder, of its own, readable by its owner alone.
  ///   - maxBytes: What the entries may take on the disk.
  ///   - maxAge: How long an answer is given again.
  public init(
    folder: String, maxBytes: Int = Self.defaultMaxBytes, maxAge: Duration = Self.defaultMaxAge
  ) {
    self.init(at: folder, maxBytes: maxBytes, maxAge: maxAge) { WallClock.seconds }
  }

  /// Makes the user's cache: `martlet/responses` in `$XDG_CACHE_HOME`, or in `~/.cache`.
  public init() {
    self.init(variable: EnvironmentVariables.value(of:))
  }

  /// Makes the user's cache by variables; one that is no absolute path does not count (XDG Base Directory).
  package init(variable: (String) -> String?) {
    let base = Self.absolute(variable("XDG_CACHE_HOME")) ?? Self.absolute(variable("HOME")).map { $0 + "/.cache" }
    self.init(
      at: base.map { $0 + "/martlet/responses" }, maxBytes: Self.defaultMaxBytes, maxAge: Self.defaultMaxAge
    ) { WallClock.seconds }
  }

  init(at folder: String?, maxBytes: Int, maxAge: Duration, now: @escaping @Sendable () -> Int64) {
    self.folder = folder
    self.maxBytes = max(maxBytes, 0)
    self.maxAge = maxAge
    self.now = now
  }

  private static func absolute(_ path: String?) -> String? {
    path.flatMap { $0.utf8.first == UInt8(ascii: "/") ? $0 : nil }
  }
}

extension ResponseCache {
  /// The entry of a request; nil if there is none, or none that can be used, which is then removed.
  func entry(for key: CacheKey) -> CacheEntry? {
    guard let path = folder, let folder = try? CacheFolder.existing(path) else { return nil }
    let time = now()
    guard let file = folder.contents(of: key.name, limit: Self.maxFileBytes) else {
      // A link, a folder or a file of someone else stands where the entry would be.
      if folder.has(key.name) { folder.remove(key.name) }
      return nil
    }
    guard !isTooOld(file.stored, at: time), let entry = CacheEntry(bytes: file.bytes), entry.identity == key.identity
    else {
      folder.remove(key.name)
      return nil
    }
    folder.touch(key.name, used: time, stored: file.stored)
    sweepIfDue(folder, added: 0)
    return entry
  }

  /// Removes the entry of a request, which turned out to be of no use.
  func remove(_ key: CacheKey) {
    guard let path = folder, let folder = try? CacheFolder.existing(path) else { return }
    folder.remove(key.name)
  }

  /// Keeps an answer; one that is too long is let go.
  func keep(_ entry: CacheEntry, for key: CacheKey) throws(CacheFailure) {
    guard let path = folder else {
      throw .noFolder
    }
    guard entry.identity.count + entry.body.count <= min(Self.maxEntryBytes, maxBytes) else { return }
    let bytes = entry.bytes
    let folder = try CacheFolder.made(path)
    try folder.put(bytes, as: key.name, time: now())
    sweepIfDue(folder, added: bytes.count)
  }

  private static let maxFileBytes = maxEntryBytes + CacheEntry.maxHeadBytes + 64

  /// Whether an entry is past its time, or from a day that has not come.
  func isTooOld(_ stored: Int64, at time: Int64) -> Bool {
    let age = time - stored
    return age > maxAge.components.seconds || age < -86_400
  }
}
