import Glibc

/// A file that holds a key and that nobody else can read.
enum SecretFile {
  /// The text of the file; refused when it is a link, belongs to someone else, or others can read it.
  static func text(of path: String) throws(FileError) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(path: path, doing: "cannot be read", errno: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(path: path, reason: "is not a regular file")
    }
    guard status.st_uid == geteuid() else { throw FileError(path: path, reason: "belongs to another user") }
    guard status.st_mode & 0o077 == 0 else {
      throw FileError(path: path, reason: "can be read by others: chmod 600 \(path)")
    }
    let limit = 64 << 10
    let bytes = try FileReading.bytes(of: descriptor, name: path, limit: limit)
    guard bytes.count <= limit else { throw FileError(path: path, reason: "is longer than \(limit) bytes") }
    return String(decoding: bytes, as: UTF8.self)
  }
}
