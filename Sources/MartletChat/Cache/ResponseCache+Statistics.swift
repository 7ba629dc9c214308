extension ResponseCache {
  /// What is in the cache.
  public struct Statistics: Sendable, Hashable {
    /// The entries of one model at one endpoint.
    public struct Share: Sendable, Hashable {
      /// The URL that was asked.
      public var endpoint: String
      /// The model's name at its provider.
      public var model: String
      /// How many answers are kept.
      public var entries: Int
      /// What they take on the disk, in whole blocks.
      public var bytes: Int
    }

    /// How many answers are kept.
    public var entries = 0
    /// What they take on the disk, in whole blocks.
    public var bytes = 0
    /// When the oldest one was stored, in seconds since 1970; nil if there is none.
    public var oldest: Int64?
    /// When the newest one was stored, in seconds since 1970; nil if there is none.
    public var newest: Int64?
    /// The same by endpoint and model, the largest first.
    public var shares: [Share] = []
  }

  /// Counts what is in the cache; entries that are too old or cannot be read are not among it.
  ///
  /// - Throws: ``APIError/Code/configuration`` with the folder and the reason.
  public func statistics() throws(APIError) -> Statistics {
    var statistics = Statistics()
    guard let folder = try existingFolder() else { return statistics }
    let time = now()
    var shares: [[String]: Statistics.Share] = [:]
    for file in folder.files(where: CacheKey.isName) where !isTooOld(file.stored, at: time) {
      let beginning = folder.beginning(of: file.name, count: CacheEntry.maxHeadBytes)
      guard let head = CacheEntry.Head(beginning) else { continue }
      statistics.entries += 1
      statistics.bytes += file.bytes
      statistics.oldest = min(statistics.oldest ?? .max, file.stored)
      statistics.newest = max(statistics.newest ?? .min, file.stored)
      var share =
        shares[[head.endpoint, head.model]]
        ?? Statistics.Share(endpoint: head.endpoint, model: head.model, entries: 0, bytes: 0)
      share.entries += 1
      share.bytes += file.bytes
      shares[[head.endpoint, head.model]] = share
    }
    statistics.shares = shares.values.sorted {
      ($1.bytes, $0.endpoint, $0.model) < ($0.bytes, $1.endpoint, $1.model)
    }
    return statistics
  }

  /// Removes every answer; processes that use the cache at the time go on.
  ///
  /// - Returns: How many were removed, and what they took on the disk.
  /// - Throws: ``APIError/Code/configuration`` with the folder and the reason.
  @discardableResult
  public func clear() throws(APIError) -> (entries: Int, bytes: Int) {
    guard let folder = try existingFolder() else { return (0, 0) }
    var (entries, bytes) = (0, 0)
    for file in folder.files(where: { CacheKey.isName($0) || $0.hasPrefix(CacheFolder.temporaryPrefix) })
    where folder.remove(file.name) {
      guard CacheKey.isName(file.name) else { continue }
      entries += 1
      bytes += file.bytes
    }
    if folder.files(where: CacheKey.isName).isEmpty { folder.remove(Self.ledger) }
    return (entries, bytes)
  }

  private func existingFolder() throws(APIError) -> CacheFolder? {
    guard let folder else { throw CacheFailure.noFolder.error }
    do throws(CacheFailure) {
      return try CacheFolder.existing(folder)
    } catch {
      throw error.error
    }
  }
}

extension CacheFailure {
  /// The environment says nothing about where the cache could be.
  static let noFolder = CacheFailure("neither XDG_CACHE_HOME nor HOME names a folder for it")

  /// The failure for callers of the client.
  fileprivate var error: APIError {
    APIError(code: .configuration, message: "the response cache cannot be used: \(message)")
  }
}
