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
      ".\(FilePaths.name(of: target)).\(SessionID.make())", in: FilePaths.folder(of: target))
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

  private static func destination(of path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }
}
