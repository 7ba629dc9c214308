import Glibc

/// A file that could not be read or written, and why.
package struct FileError: Error, CustomStringConvertible {
  package let path: String
  /// What was tried and why it failed, such as `cannot be read: No such file or directory`.
  package let reason: String

  package init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  package init(path: String, doing: String, errno code: Int32) {
    let isAdrift = code == ENOENT && path.utf8.first != UInt8(ascii: "/") && !FilePaths.hasCurrentFolder
    let reason = isAdrift ? "the current folder does not exist any more" : String(cString: strerror(code))
    self.init(path: path, reason: "\(doing): \(reason)")
  }

  package var description: String { "\(path): \(reason)" }
}

/// Whole files and descriptors, read up to a limit.
package enum FileReading {
  /// The bytes of a file.
  ///
  /// One byte more than `limit` is read at most, so that the caller can tell a file that is too long.
  package static func bytes(of path: String, limit: Int) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw FileError(path: path, doing: "cannot be read", errno: errno) }
    defer { close(descriptor) }
    return try bytes(of: descriptor, name: path, limit: limit)
  }

  /// What a descriptor gives until its end, with the same limit.
  package static func bytes(of descriptor: Int32, name: String, limit: Int) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    // Not zeros: a page of memory that nothing is read into is never touched.
    try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64 << 10) { chunk throws(FileError) in
      while bytes.count <= limit {
        let count = read(descriptor, chunk.baseAddress, min(chunk.count, limit + 1 - bytes.count))
        if count == 0 { break }
        if count < 0 {
          if errno == EINTR { continue }
          throw FileError(path: name, doing: "cannot be read", errno: errno)
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: chunk[..<count]))
      }
    }
    return bytes
  }
}
