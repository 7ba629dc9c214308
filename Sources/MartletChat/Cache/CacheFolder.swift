#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The folder of the cache, opened: only its owner may read what is in it.
///
/// Everything in it happens by its descriptor, so that the folder cannot be exchanged between two steps. Many processes
/// use it at a time without a lock: a file comes by a rename and goes by an unlink, and whoever has it open keeps it.
struct CacheFolder: ~Copyable {
  /// A file in the folder.
  struct File: Sendable {
    let name: String
    /// What it takes on the disk, in whole blocks.
    let bytes: Int
    /// When it was written and when it was last used, in seconds since 1970.
    let stored: Int64
    let used: Int64
  }

  static let blockBytes = 4096
  private let path: String
  private let descriptor: Int32

  deinit { close(descriptor) }

  /// Opens a folder; nil if it is not there.
  static func existing(_ path: String) throws(CacheFailure) -> CacheFolder? {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor < 0, errno == ENOENT { return nil }
    return try CacheFolder.checked(path, descriptor)
  }

  /// Opens a folder; it and what is missing above it are made for their owner alone.
  static func made(_ path: String) throws(CacheFailure) -> CacheFolder {
    var made = path.utf8.first == UInt8(ascii: "/") ? "" : "."
    for part in path.split(separator: "/") {
      made += "/" + part
      if mkdir(made, 0o700) != 0, errno != EEXIST {
        let number = errno
        var status = stat()
        // A folder above may be there and belong to a file system that takes no new ones.
        guard stat(made, &status) == 0 else { throw CacheFailure(made, "cannot be made", number) }
      }
    }
    return try CacheFolder.checked(path, open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
  }

  /// What others could put there is no answer of ours.
  private static func checked(_ path: String, _ descriptor: Int32) throws(CacheFailure) -> CacheFolder {
    guard descriptor >= 0 else { throw CacheFailure(path, "cannot be opened", errno) }
    var status = stat()
    var failure: CacheFailure?
    if fstat(descriptor, &status) != 0 {
      failure = CacheFailure(path, "cannot be opened", errno)
    } else if status.st_uid != geteuid() {
      failure = CacheFailure("\(path) belongs to another user")
    } else if status.st_mode & 0o077 != 0, fchmod(descriptor, 0o700) != 0 {
      failure = CacheFailure(path, "is open to others, which cannot be changed", errno)
    }
    guard let failure else { return CacheFolder(path: path, descriptor: descriptor) }
    close(descriptor)
    throw failure
  }

  /// The bytes of a regular file of the same owner, and when it was written; nil if there is none.
  func contents(of name: String, limit: Int) -> (bytes: [UInt8], stored: Int64)? {
    guard let (file, status) = opened(name) else { return nil }
    defer { close(file) }
    guard status.st_size <= limit else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(status.st_size))
    var chunk = [UInt8](repeating: 0, count: min(256 << 10, Int(status.st_size) + 1))
    while bytes.count <= limit {
      let count = read(file, &chunk, chunk.count)
      if count == 0 { return (bytes, status.modified) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      bytes += chunk[..<count]
    }
    return nil
  }

  /// The first bytes of a regular file of the same owner; none if there is no such file.
  func beginning(of name: String, count: Int) -> [UInt8] {
    guard let file = opened(name) else { return [] }
    defer { close(file.descriptor) }
    var chunk = [UInt8](repeating: 0, count: count)
    let length = read(file.descriptor, &chunk, count)
    return length > 0 ? Array(chunk[..<length]) : []
  }

  /// Opens a regular file of the same owner.
  private func opened(_ name: String) -> (descriptor: Int32, status: stat)? {
    let file = openat(descriptor, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
    guard file >= 0 else { return nil }
    var status = stat()
    if fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() {
      return (file, status)
    }
    close(file)
    return nil
  }

  /// Whether anything has that name.
  func has(_ name: String) -> Bool { faccessat(descriptor, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0 }

  /// Puts a file into the folder, whole or not at all, as if it had been written at a time.
  ///
  /// It is not waited for the disk: an entry that a power cut damaged is found by its digest.
  func put(_ bytes: [UInt8], as name: String, time: Int64) throws(CacheFailure) {
    let temporary = Self.temporaryPrefix + UniqueBits.nextDigits()
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY
    let file = openat(descriptor, temporary, flags, 0o600)
    guard file >= 0 else { throw CacheFailure(path, "cannot be written to", errno) }
    var failure = Self.writeAll(bytes, to: file)
    if failure == nil {
      var times = [timespec(tv_sec: Int(time), tv_nsec: 0), timespec(tv_sec: Int(time), tv_nsec: 0)]
      futimens(file, &times)
    }
    if close(file) != 0, failure == nil { failure = errno }
    if failure == nil, renameat(descriptor, temporary, descriptor, name) != 0 { failure = errno }
    guard let failure else { return }
    // Somebody cleared the cache meanwhile.
    if unlinkat(descriptor, temporary, 0) != 0, failure == ENOENT { return }
    throw CacheFailure(path, "cannot be written to", failure)
  }

  /// Adds to a file at its end, and gives its new length; nil if that cannot be done.
  func append(_ count: Int, to name: String) -> Int? {
    // What is no file, such as a pipe that nobody reads, must not hold a run up.
    let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK
    let file = openat(descriptor, name, flags, 0o600)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    guard Self.writeAll([UInt8](repeating: UInt8(ascii: "."), count: count), to: file) == nil, fstat(file, &status) == 0
    else { return nil }
    return Int(status.st_size)
  }

  /// Says that a file was used at a time, and when it was written.
  func touch(_ name: String, used: Int64, stored: Int64) {
    var times = [timespec(tv_sec: Int(used), tv_nsec: 0), timespec(tv_sec: Int(stored), tv_nsec: 0)]
    utimensat(descriptor, name, &times, AT_SYMLINK_NOFOLLOW)
  }

  /// Removes a file; whether it was there and is gone.
  @discardableResult
  func remove(_ name: String) -> Bool { unlinkat(descriptor, name, 0) == 0 }

  /// What is known of a file without reading it; nil if it is not there.
  func file(_ name: String) -> File? {
    var status = stat()
    guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
    let blocks = (Int(status.st_size) + Self.blockBytes - 1) / Self.blockBytes
    return File(name: name, bytes: blocks * Self.blockBytes, stored: status.modified, used: status.accessed)
  }

  /// The files whose names are of interest.
  func files(where isOfInterest: (String) -> Bool) -> [File] {
    let listing = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard listing >= 0 else { return [] }
    guard let directory = fdopendir(listing) else {
      close(listing)
      return []
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if isOfInterest(name) { names.append(name) }
    }
    return names.compactMap { file($0) }
  }

  /// Does something while no other process does it; not at all if one does.
  func withLock(on name: String, _ body: (_ truncate: () -> Void) -> Void) {
    let file = openat(descriptor, name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0o600)
    guard file >= 0 else { return }
    // The lock ends with the process, also when that is killed.
    defer { close(file) }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else { return }
    // Closing is not enough: a child that is just being started may still have a copy of the descriptor.
    defer { flock(file, LOCK_UN) }
    body { ftruncate(file, 0) }
  }

  /// What the names of files begin with that are not whole yet.
  static let temporaryPrefix = ".new-"

  /// Writes all of some bytes; gives the number of the error that prevented it.
  private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Int32? {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        return errno
      }
    }
    return nil
  }
}

extension stat {
  /// When the contents were written, in seconds since 1970.
  fileprivate var modified: Int64 {
    #if canImport(Darwin)
      Int64(st_mtimespec.tv_sec)
    #else
      Int64(st_mtim.tv_sec)
    #endif
  }

  /// When the file was used, in seconds since 1970.
  fileprivate var accessed: Int64 {
    #if canImport(Darwin)
      Int64(st_atimespec.tv_sec)
    #else
      Int64(st_atim.tv_sec)
    #endif
  }
}

/// Why the cache could not be used.
struct CacheFailure: Error, Sendable, Equatable {
  let message: String

  init(_ message: String) {
    self.message = message
  }

  init(_ path: String, _ what: String, _ number: Int32) {
    message = "\(path) \(what): \(String(cString: strerror(number)))"
  }
}
