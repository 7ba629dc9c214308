internal import Glibc

/// The processes of this machine, as far as `/proc` shows them.
enum ProcessTable {
  /// What is known of one process.
  struct Status: Equatable {
    /// Its life is over: it only waits to be reaped.
    var isZombie: Bool
    var parent: Int32
    var group: Int32
    var session: Int32
    /// In clock ticks since the system's start.
    var startTime: UInt64

    /// Reads the text of `/proc/PID/stat`: `pid (name) state parent group session …`, where the name can be anything.
    init?(parsing text: [UInt8]) {
      guard let nameEnd = text.lastIndex(of: UInt8(ascii: ")")) else { return nil }
      let fields = text[(nameEnd + 1)...].split { $0 == 0x20 || $0 == 0x0A }
      guard fields.count > 19, let state = fields[0].first,
        let parent = Int32(ascii: fields[1]), let group = Int32(ascii: fields[2]),
        let session = Int32(ascii: fields[3]), let startTime = UInt64(ascii: fields[19])
      else { return nil }
      isZombie = state == UInt8(ascii: "Z") || state == UInt8(ascii: "X")
      self.parent = parent
      self.group = group
      self.session = session
      self.startTime = startTime
    }
  }

  static func status(of pid: Int32) -> Status? {
    contents(of: "/proc/\(pid)/stat").flatMap(Status.init(parsing:))
  }

  /// The entries of a process's environment, each followed by a NUL; nil if it may not be read.
  static func environment(of pid: Int32) -> [UInt8]? {
    contents(of: "/proc/\(pid)/environ")
  }

  /// The mark that the process inherited; nil if it is not shown.
  ///
  /// Unlike an environment it is there between two programs, in a process that is ending, and in a zombie.
  static func mark(of pid: Int32) -> UInt64? {
    contents(of: "/proc/\(pid)/limits").flatMap(mark(parsing:))
  }

  /// Reads the text of `/proc/PID/limits`: `name  soft  hard  unit` in columns, of which the name can have spaces.
  static func mark(parsing text: [UInt8]) -> UInt64? {
    let name = Array("Max file locks ".utf8)
    guard let line = text.split(separator: 0x0A).first(where: { $0.starts(with: name) }) else { return nil }
    return line.dropFirst(name.count).split(separator: 0x20).first.flatMap(UInt64.init(ascii:))
  }

  /// How many processes and threads there are on the machine; nil if that is not shown.
  static func taskCount() -> UInt64? {
    contents(of: "/proc/loadavg").flatMap(taskCount(parsing:))
  }

  /// Reads the text of `/proc/loadavg`: `load load load running/all last`.
  static func taskCount(parsing text: [UInt8]) -> UInt64? {
    let fields = text.split(separator: 0x20)
    guard fields.count > 3 else { return nil }
    return fields[3].split(separator: UInt8(ascii: "/")).dropFirst().first.flatMap(UInt32.init(ascii:)).map(UInt64.init)
  }

  static func allProcesses() -> [Int32] {
    numbers(in: "/proc")
  }

  /// The children of this process, those it adopted included; nil if the kernel does not list them.
  static func ownChildren() -> [Int32]? {
    var children: [Int32] = []
    for thread in numbers(in: "/proc/self/task") {
      // A thread that has just ended has no file; the main thread always has one.
      guard let list = contents(of: "/proc/self/task/\(thread)/children") else {
        if thread == getpid() { return nil }
        continue
      }
      children += list.split(separator: UInt8(ascii: " ")).compactMap { Int32(ascii: $0) }
    }
    return children
  }

  /// Sends SIGKILL to all children, and to those that they leave behind, until none lives or 0.1 s is over.
  static func killEveryChild() {
    for _ in 0..<50 {
      let living = (ownChildren() ?? []).filter { status(of: $0)?.isZombie == false }
      if living.isEmpty { return }
      for child in living { _ = ProcessHandle(pid: child)?.kill() }
      usleep(2000)
    }
  }

  /// Whether every one of the entries stands in a process's environment.
  static func environment(_ environment: [UInt8], contains entries: [[UInt8]]) -> Bool {
    var found = [Bool](repeating: false, count: entries.count)
    var start = environment.startIndex
    while start < environment.endIndex {
      let end = environment[start...].firstIndex(of: 0) ?? environment.endIndex
      for (index, entry) in entries.enumerated() where entry.count == end - start {
        if environment[start..<end].elementsEqual(entry) { found[index] = true }
      }
      start = end + 1
    }
    return found.allSatisfy(\.self)
  }

  /// More than the kernel takes for a new environment (6 MiB).
  private static let longestFile = 8 << 20

  private static func contents(of path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var text: [UInt8] = []
    var count = 1
    while count > 0, text.count < longestFile {
      let chunk = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, initialized in
        count = read(descriptor, buffer.baseAddress, buffer.count)
        initialized = max(0, count)
      }
      if text.isEmpty { text = chunk } else { text += chunk }
    }
    return count < 0 ? nil : text
  }

  private static func numbers(in folder: String) -> [Int32] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var numbers: [Int32] = []
    while let entry = readdir(stream) {
      let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
      let name = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
      if let number = Int32(String(cString: name)) { numbers.append(number) }
    }
    return numbers
  }
}

extension FixedWidthInteger {
  fileprivate init?(ascii digits: ArraySlice<UInt8>) {
    self.init(String(decoding: digits, as: UTF8.self))
  }
}
