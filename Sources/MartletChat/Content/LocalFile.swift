#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file on this machine that goes into a message.
enum LocalFile {
  /// The bytes of a regular file, of which one more than `limit` is read at most.
  ///
  /// - Throws: ``APIError/Code/invalidParameter`` with the path and the reason.
  static func bytes(of path: String, limit: Int) throws(APIError) -> [UInt8] {
    // A pipe without a writer would keep `open` waiting.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure(path, errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(path, errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .invalid("messages", "\(path) is a folder; name a file in it")
    default: throw .invalid("messages", "\(path) is no regular file; save what comes from it in one, and name that")
    }
    guard status.st_size <= limit else {
      throw .invalid("messages", "\(path) holds more than \(limit) bytes: make it smaller")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(status.st_size))
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count <= limit {
      let count = read(descriptor, &chunk, min(chunk.count, limit + 1 - bytes.count))
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure(path, errno)
      }
      bytes += chunk[..<count]
    }
    return bytes
  }

  private static func failure(_ path: String, _ number: Int32) -> APIError {
    .invalid("messages", "\(path) cannot be read: \(String(cString: strerror(number)))")
  }
}
