import Glibc

@testable import MartletHTTP

/// Ports for programs that must be told theirs.
///
/// They lie below those that the system hands out, so that neither a connection nor another server takes one between the
/// moment it is chosen and the moment the program listens there; and none is given twice, so that nobody takes the server
/// of another test, which may end at any time, for its own.
enum FixedPort {
  private static let last = Lock(Int(getpid()) * 97 % 20_000)

  static func next() -> Int {
    while true {
      let port = last.withLock { last in
        last = (last + 1) % 20_000
        return 10_000 + last
      }
      if isFree(port) { return port }
    }
  }

  private static func isFree(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = UInt16(port).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
