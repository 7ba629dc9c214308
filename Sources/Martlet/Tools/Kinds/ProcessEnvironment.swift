import Glibc

/// The environment of this process, and what of it a command is given.
package enum ProcessEnvironment {
  /// The environment as it is now.
  package static var current: [String: String] {
    var entries: [String: String] = [:]
    var pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = environ
    while let entry = pointer.pointee {
      let text = String(cString: entry)
      if let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
        entries[String(text[..<equals])] = String(text[text.utf8.index(after: equals)...])
      }
      pointer += 1
    }
    return entries
  }

  /// Overwrites the values of variables of this process, so that neither `/proc/PID/environ` nor a later child has them.
  ///
  /// For a program, once it has read what it needs, and not while other code of it reads the environment.
  package static func erase(_ names: Set<String>) {
    var pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = environ
    while let entry = pointer.pointee {
      if let equals = strchr(entry, Int32(UInt8(ascii: "="))), names.contains(name(in: entry, endingAt: equals)) {
        memset(equals + 1, 0, strlen(equals + 1))
      }
      pointer += 1
    }
  }

  private static func name(in entry: UnsafeMutablePointer<CChar>, endingAt end: UnsafeMutablePointer<CChar>) -> String {
    String(decoding: UnsafeRawBufferPointer(start: entry, count: end - entry), as: UTF8.self)
  }

  /// What every command inherits; `LC_*` besides.
  static let inherited = ["PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR"]

  /// What a command is given: the few variables above, those it allows, and those it sets.
  static func forCommand(_ options: CommandDeclaration.Options, from environment: [String: String]) -> [String: String]
  {
    var entries = environment.filter { name, _ in
      inherited.contains(name) || name.hasPrefix("LC_") || options.inherited.contains(name)
    }
    for entry in options.environment { entries[entry.name] = entry.value.value.expanded(with: environment) }
    return entries
  }
}
