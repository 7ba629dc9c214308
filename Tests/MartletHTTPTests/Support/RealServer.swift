import Glibc

/// A server program such as tinyproxy or nginx, on a port of loopback, which ends with the object.
final class RealServer: Sendable {
  let port: Int
  private let program: Program
  private let folder: String

  /// Starts a program with a configuration in which `PORT` is a free port and `FOLDER` a new folder; returns when the
  /// port accepts connections, or nil when the program has ended.
  init?(_ command: [String], configuration: String) {
    var template = Array("/tmp/martlet-server-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { return nil }
    folder = String(cString: made)
    port = FixedPort.next()
    let text = configuration.replacing("PORT", with: "\(port)").replacing("FOLDER", with: folder)
    guard let file = fopen(folder + "/configuration", "w") else { return nil }
    fputs(text, file)
    fclose(file)
    guard let program = Program(command + [folder + "/configuration"], in: folder) else { return nil }
    self.program = program
    while !Self.accepts(port) {
      if program.hasEnded { return nil }
      sched_yield()
    }
  }

  deinit {
    _ = Program.run(["rm", "-r", "--", folder], in: "/")
  }

  static func isInstalled(_ name: String) -> Bool {
    Program.run(["sh", "-c", "command -v \(name)"], in: "/") != nil
  }

  /// Whether something listens on the port.
  static func accepts(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = UInt16(port).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
