import CCurl
import Glibc

/// A port that connects, or refuses to, and never says anything.
final class DeafListener: Sendable {
  let port: Int
  private let descriptor: Int32

  /// With `listens`, the system completes connections that nobody accepts; without, it refuses them.
  init(listens: Bool) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let (socket, listens) = (descriptor, listens)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        _ = bind(socket, generic, size)
        if listens { listen(socket, 8) }
        getsockname(socket, generic, &size)
      }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { close(descriptor) }
}
