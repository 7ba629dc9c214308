extension ResponseCache {
  /// Removes what is too much or too old, once enough was added, or once a day.
  ///
  /// A file grows by one byte for each block that any process adds, so that no process has to look at the whole folder to
  /// know when it is time: at a sixteenth of the limit, so that the limit is exceeded by no more than that. One process
  /// sweeps, under a lock that ends with it; the others go on. What it removes may be in use: it is asked for again.
  func sweepIfDue(_ folder: borrowing CacheFolder, added bytes: Int) {
    let blocks = (bytes + CacheFolder.blockBytes - 1) / CacheFolder.blockBytes
    let time = now()
    let ledger = blocks > 0 ? folder.append(blocks, to: Self.ledger) : nil
    let isFull = (ledger ?? 0) * CacheFolder.blockBytes >= maxBytes / Self.sweepShare
    guard isFull || isSweepOld(folder, at: time) else { return }
    folder.withLock(on: Self.ledger) { truncate in
      sweep(folder, at: time)
      truncate()
    }
    folder.touch(Self.ledger, used: time, stored: time)
  }

  private func isSweepOld(_ folder: borrowing CacheFolder, at time: Int64) -> Bool {
    guard let ledger = folder.file(Self.ledger) else { return false }
    return abs(time - ledger.used) > Self.sweepInterval
  }

  private func sweep(_ folder: borrowing CacheFolder, at time: Int64) {
    let files = folder.files { CacheKey.isName($0) || $0.hasPrefix(CacheFolder.temporaryPrefix) }
    var kept: [CacheFolder.File] = []
    for file in files {
      if CacheKey.isName(file.name) {
        if isTooOld(file.stored, at: time) { folder.remove(file.name) } else { kept.append(file) }
      } else if abs(time - file.stored) > Self.unfinishedAge {
        // Its process was killed before it could finish.
        folder.remove(file.name)
      }
    }
    var total = kept.reduce(0) { $0 + $1.bytes }
    guard total > maxBytes else { return }
    let target = maxBytes - maxBytes / Self.sweepShare
    for file in kept.sorted(by: { ($0.used, $0.name) < ($1.used, $1.name) }) {
      if total <= target { break }
      folder.remove(file.name)
      total -= file.bytes
    }
  }

  /// Its length says how many blocks were added since the last sweep, its time of use when that was.
  static let ledger = ".added"
  /// A sweep is due when a share of this size of the limit was added, and leaves as much free.
  static let sweepShare = 16
  /// A sweep is due after a day, for the entries that are too old.
  static let sweepInterval: Int64 = 86_400
  /// A file that was begun an hour ago is not going to be finished.
  static let unfinishedAge: Int64 = 3600
}
