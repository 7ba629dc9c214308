import Glibc

/// A file that is written whole or not at all.
package enum AtomicFile {
  /// Puts the bytes into a new file beside `path`, which then takes its place; what was there before stays until then.
  ///
  /// A link is followed, an existing file's permissions are kept, and what is no regular file is written to directly.
  package static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    let target = destination(of: path)
    var status = stat()
    let exists = stat(target, &status) == 0
    if exists, status.st_mode & S_IFMT != S_IFREG {
      return try write(bytes, path: target, flags: O_WRONLY, mode: 0)
    }
    let mode = exists ? status.st_mode & 0o7777 : 0o666
    let temporary = FilePaths.resolve(
      ".martlet-\(SessionID.make())", in: FilePaths.folder(of: target))
    do throws(FileError) {
      try write(bytes, path: temporary, flags: O_WRONLY | O_CREAT | O_EXCL, mode: mode)
      if exists { chmod(temporary, mode) }
      guard rename(temporary, target) == 0 else {
        throw FileError(path: path, doing: "cannot be replaced", errno: errno)
      }
    } catch {
      unlink(temporary)
      throw FileError(path: path, reason: error.reason)
    }
  }

  private static func write(_ bytes: [UInt8], path: String, flags: Int32, mode: mode_t) throws(FileError) {
    let descriptor = open(path, flags | O_CLOEXEC | O_NOCTTY, mode)
    guard descriptor >= 0 else { throw FileError(path: path, doing: "cannot be written", errno: errno) }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        throw FileError(path: path, doing: "cannot be written", errno: errno)
      }
    }
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw FileError(path: path, doing: "cannot be written", errno: errno)
    }
  }

  /// The file that a path means: at the end of a link, also of one whose target is still to be made.
  private static func destination(of path: String, links: Int = 16) -> String {
    var target = [CChar](repeating: 0, count: 4096)
    let count = readlink(path, &target, target.count)
    guard count > 0, count < target.count, links > 0 else { return path }
    let next = FilePaths.resolve(
      String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self), in: FilePaths.folder(of: path))
    return destination(of: next, links: links - 1)
  }
}
