import Glibc

func threadName() -> String {
  var name = [UInt8](repeating: 0, count: 32)
  let file = open("/proc/thread-self/comm", O_RDONLY | O_CLOEXEC)
  let count = read(file, &name, name.count)
  close(file)
  return String(decoding: name.prefix(max(0, count - 1)), as: UTF8.self)
}
