import Glibc

/// Paths as text, without touching the disk, and the two questions asked of it.
package enum FilePaths {
  /// The folder part of a path: `agents` for `agents/weather.yaml`, `.` for a bare name.
  package static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last part of a path.
  package static func name(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return String(path[path.utf8.index(after: slash)...])
  }

  /// A path as seen from `folder`; an absolute path stays what it is.
  package static func resolve(_ path: String, in folder: String) -> String {
    path.utf8.first == UInt8(ascii: "/") || folder == "." ? path : folder + "/" + path
  }

  /// The path from the root, so that it means the same in every folder; the path itself when there is no current folder.
  package static func absolute(_ path: String) -> String {
    guard path.utf8.first != UInt8(ascii: "/"), let current = getcwd(nil, 0) else { return path }
    defer { free(current) }
    return resolve(path.hasPrefix("./") ? String(path.dropFirst(2)) : path, in: String(cString: current))
  }

  /// Whether the folder that relative paths begin in is still there.
  static var hasCurrentFolder: Bool {
    guard let current = getcwd(nil, 0) else { return errno != ENOENT }
    free(current)
    return true
  }

  /// Whether something that can be executed as a program is at this path.
  package static func isExecutable(_ path: String) -> Bool {
    isRegularFile(path) && access(path, X_OK) == 0
  }

  /// Whether anything is at this path.
  package static func exists(_ path: String) -> Bool { mode(of: path) != nil }

  /// Whether a regular file is at this path.
  package static func isRegularFile(_ path: String) -> Bool {
    mode(of: path).map { $0 & S_IFMT == S_IFREG } ?? false
  }

  /// Whether a folder is at this path.
  package static func isFolder(_ path: String) -> Bool {
    mode(of: path).map { $0 & S_IFMT == S_IFDIR } ?? false
  }

  /// Whether two paths lead to the same file.
  package static func isSameFile(_ one: String, _ other: String) -> Bool {
    var (first, second) = (stat(), stat())
    guard stat(one, &first) == 0, stat(other, &second) == 0 else { return false }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }

  /// The path without `folder/..` and `/.`, for people to read; the path itself where a link makes that more than nothing.
  package static func simplified(_ path: String) -> String {
    var parts = path.split(separator: "/")
    guard parts.contains("..") || parts.dropFirst().contains(".") else { return path }
    let all = parts
    parts = []
    for part in all where part != "." {
      if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
    }
    let short = (path.utf8.first == UInt8(ascii: "/") ? "/" : "") + parts.joined(separator: "/")
    return isSameFile(short, path) || isSameFile(folder(of: short), folder(of: path)) ? short : path
  }

  /// Finds a program as a shell would: a name without a slash in the folders of `searchPath`, by default the system's.
  package static func program(named name: String, searchPath: String?) -> String? {
    for folder in (searchPath ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":", omittingEmptySubsequences: false)
    {
      let path = (folder.isEmpty ? "." : String(folder)) + "/" + name
      if isExecutable(path) { return path }
    }
    return nil
  }

  private static func mode(of path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode : nil
  }
}
