import Glibc

/// A port that says the same bytes to the first one who connects, whatever it is asked, and waits for its end.
final class PlainSpeaker: Sendable {
  let port: Int

  init?(_ words: String) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        _ = bind(listener, generic, size)
        listen(listener, 1)
        getsockname(listener, generic, &size)
      }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
    let context = Unmanaged.passRetained(Speech(listener: listener, words: Array(words.utf8)))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<Speech>.fromOpaque(context).takeRetainedValue().speak() }
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      context.release()
      return nil
    }
    pthread_detach(thread)
  }

  private final class Speech {
    private let listener: Int32
    private let words: [UInt8]

    init(listener: Int32, words: [UInt8]) {
      self.listener = listener
      self.words = words
    }

    func speak() {
      let connection = accept(listener, nil, nil)
      close(listener)
      _ = words.withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
      var rest = [UInt8](repeating: 0, count: 4096)
      while read(connection, &rest, rest.count) > 0 {}
      close(connection)
    }
  }
}
