import Glibc

/// How many files this process may have open at once.
enum OpenFileLimit {
  /// What a run with one plugin and one request takes, and the runtime, which traps when it gets none.
  static let least = 16

  /// Raises the limit as far as the system lets us. Plugins get a lower one in any case.
  static func raise() {
    guard var limit = current, limit.rlim_cur < limit.rlim_max else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(resource, &limit)
  }

  /// Says that not even the least number of files can be opened; nil when it can.
  static func problem() -> String? {
    guard let error = errorOfOpening(least) else { return nil }
    return error == ENFILE
      ? "too many open files on this machine"
      : "too many open files in this process: it may have \(current?.rlim_cur ?? 0) (ulimit -n), and needs room for \(least) more than it was started with"
  }

  /// The error number if so many files more cannot be open at once.
  private static func errorOfOpening(_ count: Int) -> Int32? {
    // An array would be the first thing that the runtime makes, while nothing else goes on yet.
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { opened in
      var number = 0
      defer { for place in 0..<number { close(opened[place]) } }
      while number < count {
        let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return errno == EMFILE || errno == ENFILE ? errno : nil }
        opened.initializeElement(at: number, to: descriptor)
        number += 1
      }
      return nil
    }
  }

  private static let resource = __rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue))

  private static var current: rlimit? {
    var limit = rlimit()
    return getrlimit(resource, &limit) == 0 ? limit : nil
  }
}
